"""The lines of a plan's schedule read as tasks, summary tasks and dependencies; what cannot be told is a problem."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from desktop.domain.calendar import WorkCalendar
from desktop.domain.form import Problem
from desktop.domain.plan import Line, days_of
from desktop.domain.schedule.graph import TaskGraph
from desktop.domain.schedule.links import Dependency, NameBook
from desktop.domain.schedule.network import Network, Task, reckon
from desktop.domain.schedule.outline import Outline

_MOST_NAMED = 8
_MOST_CIRCLES = 50


@dataclass(frozen=True)
class PlanSchedule:
    """A schedule as its lines say it.

    ``parents`` lead from line to line above and never back; ``dependencies`` are those that can be told and leave an
    order. Lines without days are no ``tasks`` yet. ``problems`` tell the rest, each at its cell.
    """

    lines: Sequence[Line]
    tasks: tuple[Task, ...]
    parents: Mapping[str, str]
    dependencies: tuple[Dependency, ...]
    problems: tuple[Problem, ...]

    @property
    def summaries(self) -> set[str]:
        """The lines that have others below them."""
        return set(self.parents.values())

    def spans(self) -> dict[str, tuple[dt.date, dt.date]]:
        """The days of every line: its own, or from the first to the last of those below it."""
        summaries = self.summaries
        spans: dict[str, tuple[dt.date, dt.date]] = {}
        for task in self.tasks:
            if task.id in summaries:
                continue
            first, last, at = task.start, task.end, task.id
            spans[at] = (first, last)
            while at in self.parents:
                at = self.parents[at]
                before = spans.get(at, (first, last))
                spans[at] = (min(before[0], first), max(before[1], last))
        return spans

    def network(self, calendar: WorkCalendar, progress: Mapping[str, Decimal] | None = None) -> Network:
        """The critical path; ``progress`` by line in points of 100.

        Raises:
            EndlessSchedule: the dates run out.
        """
        ids = {task.id for task in self.tasks}
        known = progress or {}
        tasks = [
            Task(
                task.id,
                task.name,
                task.start,
                task.end,
                task.milestone,
                task.parent if task.parent in ids else "",
                task.work,
                known.get(task.id),
            )
            for task in self.tasks
        ]
        filled = {task.parent for task in tasks}
        links = [
            link
            for link in self.dependencies
            if link.before in ids and link.after in ids and not (link.kind.to_finish and link.after in filled)
        ]
        return reckon(tasks, links, calendar)


def read_schedule(lines: Sequence[Line]) -> PlanSchedule:
    """The tasks of a schedule, with what keeps each line from being understood (INIT-1)."""
    book = NameBook(lines)
    problems: list[Problem] = []
    parents = _parents(lines, book, problems)
    links = _dependencies(lines, book, parents, problems)
    circular = _circles(lines, parents, links, problems)
    sound = tuple(link for link in links if link not in circular)
    return PlanSchedule(lines, tuple(_tasks(lines, parents)), parents, sound, tuple(problems))


def _tasks(lines: Sequence[Line], parents: Mapping[str, str]) -> Iterator[Task]:
    for line in lines:
        days = days_of(line)
        if days:
            key, work = str(line["id"]), line.get("work")
            yield Task(
                key,
                _name(line),
                dt.date.fromisoformat(days[0]),
                dt.date.fromisoformat(days[1]),
                line.get("milestone") == "yes",
                parents.get(key, ""),
                Decimal(work) if isinstance(work, str) else None,
            )


def _parents(lines: Sequence[Line], book: NameBook, problems: list[Problem]) -> dict[str, str]:
    parents: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        words = str(line.get("parent") or "").strip()
        if not words:
            continue
        key, found = str(line["id"]), book.find(words)
        where = f"“进度计划”第 {number} 行的上级任务"
        if found is None:
            problems.append(problem_at("parent", line, f"{where}“{words}”在进度计划中没有，请核对名称"))
        elif found.fault:
            problems.append(problem_at("parent", line, f"{where}{found.fault}"))
        elif found.line == key:
            problems.append(problem_at("parent", line, f"{where}“{words}”就是它自己"))
        else:
            parents[key] = found.line
    circles = _climbing_in_circles(parents)
    for number, line in enumerate(lines, 1):
        if str(line["id"]) in circles:
            del parents[str(line["id"])]
            problems.append(problem_at("parent", line, f"“进度计划”第 {number} 行的上级任务绕回了它自己，成了循环"))
    return parents


def _climbing_in_circles(parents: Mapping[str, str]) -> set[str]:
    """The lines that stand above themselves."""
    found, done = set[str](), set[str]()
    for key in parents:
        path: dict[str, int] = {}
        at = key
        while at in parents and at not in done and at not in path:
            path[at] = len(path)
            at = parents[at]
        if at in path:
            found |= {one for one, place in path.items() if place >= path[at]}
        done.update(path)
    return found


def _dependencies(
    lines: Sequence[Line], book: NameBook, parents: Mapping[str, str], problems: list[Problem]
) -> list[Dependency]:
    outline = Outline([str(line["id"]) for line in lines], parents)
    links: dict[tuple[str, str], Dependency] = {}
    for number, line in enumerate(lines, 1):
        key, text = str(line["id"]), str(line.get("after") or "")
        for written in book.read(text) if text.strip() else ():
            link = Dependency(written.line, key, written.kind, written.lag)
            fault = written.fault or _unfit(link, written.words, outline)
            if not fault and (link.before, key) in links:
                fault = f"“{written.words}”写了不止一次"
            if fault:
                problems.append(problem_at("after", line, f"“进度计划”第 {number} 行的前置任务{fault}"))
            else:
                links[link.before, key] = link
    return list(links.values())


def _unfit(link: Dependency, words: str, outline: Outline) -> str:
    """Why a link cannot be, for the place of its tasks in the outline."""
    if link.before == link.after:
        return f"“{words}”就是它自己"
    if outline.above(link.before, link.after):
        return f"“{words}”是它自己的上级任务，不能作它的前置"
    if outline.above(link.after, link.before):
        return f"“{words}”是它自己的下级任务，不能作它的前置"
    if link.kind.to_finish and link.after in outline.children:
        return f"“{words}”：汇总任务只能按 FS（完成-开始）或 SS（开始-开始）等待"
    return ""


def _circles(
    lines: Sequence[Line], parents: Mapping[str, str], links: Sequence[Dependency], problems: list[Problem]
) -> set[Dependency]:
    """The links that lie on circles, each told with the tasks of the circle."""
    graph = TaskGraph([str(line["id"]) for line in lines], parents, links)
    circular = graph.circular()
    for count, link in enumerate(circular):
        place = graph.places[link.after]
        named = _name(lines[graph.places[link.before]])
        text = f"“进度计划”第 {place + 1} 行的前置任务“{named}”与本任务互为前置，成了循环"
        if count < _MOST_CIRCLES:
            names = [_name(lines[graph.places[key]]) for key in graph.circle(link)]
            shown = names if len(names) <= _MOST_NAMED else [*names[: _MOST_NAMED - 1], "…", names[-1]]
            text += f"：{' → '.join([*shown, names[0]])}"
        problems.append(problem_at("after", lines[place], text))
    return set(circular)


def problem_at(column: str, line: Line, text: str, *, blocks: bool = True) -> Problem:
    """A problem at a cell of the schedule."""
    return Problem("schedule", column, text, line=str(line["id"]), blocks=blocks, rule="INIT-1")


def _name(line: Line) -> str:
    return str(line.get("name") or "")
