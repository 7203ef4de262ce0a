"""Checks over a plan's schedule, each problem at its own cell; whoever edits a plan uses them (INIT-1, CHG-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from desktop.domain.calendar import calendar_of
from desktop.domain.field import Content, Facts
from desktop.domain.form import Problem, lines_of
from desktop.domain.plan import Line, days_of, folded
from desktop.domain.schedule.links import Dependency, Link
from desktop.domain.schedule.reading import PlanSchedule, problem_at, read_schedule
from desktop.domain.schedule.workdays import Workdays


def check_schedule(content: Content, facts: Facts, until: str | None = None) -> Iterator[Problem]:
    """INIT-1: names are unique, predecessors and parents can be told and kept to, nothing runs past the 计划终验.

    ``until`` is that day (ISO) where the form itself sets it: a milestone after it blocks. Else the ledger's counts,
    and what runs past it is only told. So is a task that starts before its predecessors let it.
    """
    lines = lines_of(content, "schedule")
    known = facts.get("project.planned_final_on")
    end = until or (known if isinstance(known, str) else "")
    yield from _twice(lines)
    schedule = read_schedule(lines)
    yield from schedule.problems
    yield from _OutOfOrder(schedule, Workdays(calendar_of(facts))).problems()
    for number, line in enumerate(lines, 1):
        days = days_of(line)
        if days and end and days[1] > end:
            milestone = line.get("milestone") == "yes"
            noun = "里程碑" if milestone else "任务"
            text = f"“进度计划”第 {number} 行：{noun}“{line.get('name') or ''}”到 {days[1]} 才完成，晚于计划终验 {end}"
            yield problem_at("period", line, text, blocks=milestone and until is not None)


def _twice(lines: Sequence[Line]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        name = folded(line.get("name"))
        if name and name in seen:
            text = f"第 {number} 行的任务“{line.get('name')}”与前面的重名，请改成不同的名称"
            yield problem_at("name", line, text)
        seen.add(name)


class _OutOfOrder:
    """Where the entered days contradict the dependencies and the outline: told, never barred.

    A task may be handed over and go on the same day, as offices write it: 完成-开始 without lag asks no more.
    """

    def __init__(self, schedule: PlanSchedule, days: Workdays) -> None:
        self.schedule, self.days = schedule, days
        self.tasks = {task.id: task for task in schedule.tasks}
        self.spans = schedule.spans()

    def problems(self) -> Iterator[Problem]:
        numbers = {str(line["id"]): number for number, line in enumerate(self.schedule.lines, 1)}
        for link in self.schedule.dependencies:
            if link.before in self.spans and link.after in self.spans and (why := self._early(link)):
                line = self.schedule.lines[numbers[link.after] - 1]
                name = self.schedule.lines[numbers[link.before] - 1].get("name")
                where = f"“进度计划”第 {numbers[link.after]} 行的前置任务“{name}”"
                yield problem_at("period", line, f"{where}{why}", blocks=False)
        for key in sorted(self.schedule.summaries & self.tasks.keys(), key=numbers.__getitem__):
            task, (first, last) = self.tasks[key], self.spans[key]
            if (task.start, task.end) != (first, last):
                line = self.schedule.lines[numbers[key] - 1]
                where = f"“进度计划”第 {numbers[key]} 行：汇总任务“{task.name}”"
                text = f"{where}的起止与下级任务的 {first} 至 {last} 不一致"
                yield problem_at("period", line, text, blocks=False)

    def _early(self, link: Dependency) -> str:
        """How a task's days come before what a link asks for; nothing where they do not."""
        (begins, ends), (start, finish) = self.spans[link.before], self.spans[link.after]
        if link.kind is Link.FS and not link.lag:
            return f"到 {ends} 才完成，本任务却从 {start} 开始" if ends > start else ""
        bound = (self._start(link.before, begins) if link.kind.from_start else self.days.place_after(ends)) + link.lag
        told = f"{begins} 开始" if link.kind.from_start else f"{ends} 完成"
        told += f"，按 {link.kind.value}{link.lag:+d} 本任务最早"
        if link.kind.to_finish:
            if self.days.place_after(finish) >= bound:
                return ""
            return f"{told} {self._day(bound - 1)} 才能完成，却到 {finish} 就完成"
        if self._start(link.after, start) >= bound:
            return ""
        return f"{told} {self._day(bound)} 才能开始，却从 {start} 开始"

    def _start(self, key: str, day: dt.date) -> int:
        task = self.tasks.get(key)
        return self.days.place_after(day) if task and task.is_moment else self.days.place(day)

    def _day(self, place: int) -> str:
        try:
            return str(self.days.day(place))
        except OverflowError:
            return "9999 年以后"
