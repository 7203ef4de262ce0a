"""Microsoft Project XML, whichever program wrote it, as a schedule; what a task says wrongly is told by task."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from uuid import UUID

from desktop.domain.errors import Damaged
from desktop.domain.schedule.links import LONGEST_LAG
from desktop.domain.schedule.project_file import (
    FileBaseline,
    FileLink,
    FilePerson,
    FileProblem,
    FileTask,
    ProjectFile,
)
from desktop.exchange.project_calendar import calendar_of, end_of_work
from desktop.exchange.project_elements import Element, elements_in, read_elements, text_in
from desktop.exchange.project_fields import (
    ELAPSED,
    LINE_ALIAS,
    LINE_FIELD,
    LINK_TYPES,
    MINUTES,
    PER_CENT,
    PERSON_ALIAS,
    PERSON_FIELD,
    read_minutes,
    read_moment,
    read_work,
)

MOST_TASKS = 50_000
_KEPT = (
    *("GUID", "Start", "Finish", "ManualStart", "ManualFinish", "Duration", "Work", "Milestone", "PercentComplete"),
    *("Notes", "PredecessorLink", "ExtendedAttribute", "Baseline"),
)
_LINE_BREAK = re.compile(r"\s*[\r\n\t]\s*")
_YEARS = range(1900, 2200)
_DAY = dt.timedelta(days=1)
_CLOCK_DAY = 24 * 60
_WEEK = 7
_WORKING_WEEK = 5
_WORK_RESOURCE = "1"


def read_project_xml(path: Path) -> ProjectFile:
    """The schedule of a file.

    Raises:
        Refusal: the file cannot be read as Microsoft Project XML, or has no tasks; what and where is told.
    """
    found = _File()
    read_elements(path, found.take)
    if not found.tasks:
        raise Damaged(
            f"“{path.name}”里没有任务。",
            kept="没有导入任何内容。",
            todo="请确认导出的是有任务的项目。",
        )
    return found.project(path.stem)


@dataclass(slots=True)
class _Task:
    """A task as the file spells it, before others are known."""

    number: int
    place: int
    name: str
    parent: int
    element: Element
    people: list[str] = field(default_factory=list)
    assigned: Decimal = Decimal(0)


class _File:
    """What is gathered on the way through a file."""

    def __init__(self) -> None:
        self.tasks: dict[int, _Task] = {}
        self.problems: list[FileProblem] = []
        self._texts: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._calendars: dict[str, Element] = {}
        self._people: dict[str, FilePerson] = {}
        self._above: list[tuple[int, int]] = []
        self._skipped: set[int] = set()
        self._lines: set[str] = set()
        self._summaries: set[int] = set()
        self._assignments: list[tuple[int, str, Decimal]] = []

    # ----------------------------------------------------------------- on the way

    def take(self, name: str, value: Element | str) -> None:
        """Take in a record or a property of the project."""
        if isinstance(value, str):
            self._texts.setdefault(name, value)
        elif name == "Task":
            self._take_task(value)
        elif name == "Resource":
            self._take_person(value)
        elif name == "Assignment":
            self._take_assignment(value)
        elif name == "Calendar":
            self._calendars[text_in(value, "UID")] = value
        else:
            self._aliases[text_in(value, "FieldID")] = text_in(value, "Alias")

    def _take_task(self, element: Element) -> None:
        number, level = _whole(text_in(element, "UID")), _whole(text_in(element, "OutlineLevel")) or 0
        if text_in(element, "IsNull") == "1" or number == 0:
            return
        place = _whole(text_in(element, "ID")) or len(self.tasks) + 1
        name = _LINE_BREAK.sub(" ", text_in(element, "Name")).strip()
        if number is None or number in self.tasks:
            told = "没有编号（UID）" if number is None else f"编号（UID）{number} 与前面的任务相同"
            self.problems.append(FileProblem(f"{told}，没有读入", 0, place, name))
            return
        if len(self.tasks) >= MOST_TASKS:
            raise Damaged(
                f"文件里的任务超过了 {MOST_TASKS:,} 项。",
                kept="没有导入任何内容。",
                todo="请按子项目分开导出。",
            )
        if self._is_left_out(element, number, place, name):
            return
        while self._above and self._above[-1][0] >= level:
            self._above.pop()
        parent = self._above[-1][1] if self._above else 0
        self._above.append((level, number))
        kept = {key: element[key] for key in _KEPT if key in element}
        self.tasks[number] = _Task(number, place, name, parent, kept)

    def _is_left_out(self, element: Element, number: int, place: int, name: str) -> bool:
        why = ""
        if text_in(element, "Active") == "0":
            why = "在文件中已停用，没有读入"
        elif text_in(element, "ExternalTask") == "1":
            why = "是别的项目的任务，没有读入"
        if why:
            self._skipped.add(number)
            self.problems.append(FileProblem(why, number, place, name))
        return bool(why)

    def _take_person(self, element: Element) -> None:
        name = _LINE_BREAK.sub(" ", text_in(element, "Name")).strip()
        if name and text_in(element, "Type") in {"", _WORK_RESOURCE} and text_in(element, "IsNull") != "1":
            known = self._attribute(element, PERSON_FIELD, PERSON_ALIAS)
            self._people[text_in(element, "UID")] = FilePerson(name, known)

    def _take_assignment(self, element: Element) -> None:
        number = _whole(text_in(element, "TaskUID"))
        minutes = read_minutes(text_in(element, "Work"))
        if minutes is None:
            parts = [read_minutes(text_in(part, "Value")) for part in elements_in(element, "TimephasedData")]
            minutes = sum((part for part in parts if part), Decimal(0))
        if number is not None:
            self._assignments.append((number, text_in(element, "ResourceUID"), minutes))

    def _attribute(self, element: Element, number: str, alias: str) -> str:
        """A value that this program once wrote."""
        if self._aliases.get(number) != alias:
            return ""
        for one in elements_in(element, "ExtendedAttribute"):
            if text_in(one, "FieldID") == number:
                return text_in(one, "Value").strip()
        return ""

    # ----------------------------------------------------------------- in the end

    def project(self, name: str) -> ProjectFile:
        """The schedule, once all is known."""
        chosen = self._calendars.get(self._texts.get("CalendarUID", ""))
        base = chosen or next(iter(self._calendars.values()), {})
        calendar, told = calendar_of(base, self._calendars)
        self.problems += [FileProblem(text) for text in told]
        for number, person, minutes in self._assignments:
            task = self.tasks.get(number)
            if task is not None and (person in self._people or minutes):
                task.people.append(person)
                task.assigned += minutes
        evening = end_of_work(base)
        self._summaries = {task.parent for task in self.tasks.values()}
        tasks = _rolled_up([self._finished(task, evening) for task in self.tasks.values()])
        title = self._texts.get("Title") or self._texts.get("Name") or name
        return ProjectFile(title.removesuffix(".xml"), tasks, calendar, tuple(self.problems))

    @property
    def _minutes(self) -> int:
        return _whole(self._texts.get("MinutesPerDay", "")) or MINUTES

    def _finished(self, task: _Task, evening: dt.time) -> FileTask:
        element = task.element
        start, end = self._days(task, element, evening)
        people = tuple(dict.fromkeys(self._people[one] for one in task.people if one in self._people))
        progress = _whole(text_in(element, "PercentComplete"))
        if not task.name:
            self._tell(task, "没有名称")
        return FileTask(
            task.number,
            task.name,
            start,
            end,
            self._line(task, element),
            task.parent,
            text_in(element, "Milestone") == "1",
            people,
            self._work(task, element),
            Decimal(progress) if progress is not None and 0 <= progress <= 100 else None,  # noqa: PLR2004 - per cent
            text_in(element, "Notes").replace("\r\n", "\n").replace("\r", "\n").strip(),
            tuple(self._links(task, element)),
            dict(self._baselines(element, evening)),
        )

    def _line(self, task: _Task, element: Element) -> str:
        line = self._attribute(element, LINE_FIELD, LINE_ALIAS)
        if not line:
            try:
                known = UUID(text_in(element, "GUID").strip())
            except ValueError:
                return ""
            line = str(known) if known.int else ""
        if line in self._lines:
            self._tell(task, "与前面的任务来自计划中的同一行，作为新任务读入")
            return ""
        self._lines.add(line)
        return line

    def _days(self, task: _Task, element: Element, evening: dt.time) -> tuple[dt.date | None, dt.date | None]:
        start, end = (
            self._moment(task, element, names, noun)
            for names, noun in ((("Start", "ManualStart"), "开始"), (("Finish", "ManualFinish"), "完成"))
        )
        if start is None or end is None:
            return (start.date() if start else None), (end.date() if end else None)
        if end < start:
            self._tell(task, f"完成日期 {end.date()} 早于开始日期 {start.date()}，没有取日期")
            return None, None
        return _span(start, end, evening)

    def _moment(self, task: _Task, element: Element, names: tuple[str, str], noun: str) -> dt.datetime | None:
        text = next((found for name in names if (found := text_in(element, name).strip())), "")
        moment = read_moment(text) if text else None
        if not text:
            if task.number not in self._summaries:
                self._tell(task, f"没有{noun}日期")
        elif moment is None or moment.year not in _YEARS:
            self._tell(task, f"{noun}日期“{text[:40]}”读不出来")
            return None
        return moment

    def _work(self, task: _Task, element: Element) -> Decimal | None:
        """Person-days: what the task says, else the sum of its assignments."""
        text = text_in(element, "Work").strip()
        if text and read_minutes(text) is None:
            self._tell(task, f"工时“{text[:40]}”读不出来")
        work = read_work(text, self._minutes)
        if work is None and task.assigned > 0:
            work = (task.assigned / self._minutes).quantize(Decimal("1e-4"), ROUND_HALF_UP).normalize()
        return work

    def _baselines(self, element: Element, evening: dt.time) -> list[tuple[int, FileBaseline]]:
        found = []
        for one in elements_in(element, "Baseline"):
            start, end = read_moment(text_in(one, "Start")), read_moment(text_in(one, "Finish"))
            first = start.date() if start else None
            last = end.date() if end else None
            if start and end and start <= end:
                first, last = _span(start, end, evening)
            cost = _number(text_in(one, "Cost"))
            fen = int(cost.quantize(Decimal(1), ROUND_HALF_UP)) if cost is not None else None
            work = read_work(text_in(one, "Work"), self._minutes)
            found.append((_whole(text_in(one, "Number")) or 0, FileBaseline(first, last, work, fen)))
        return found

    def _links(self, task: _Task, element: Element) -> list[FileLink]:
        links: dict[int, FileLink] = {}
        for one in elements_in(element, "PredecessorLink"):
            before = _whole(text_in(one, "PredecessorUID"))
            kind = LINK_TYPES.get(text_in(one, "Type").strip() or "1")
            if before is None or before not in self.tasks:
                if before not in self._skipped:
                    self._tell(task, f"前置任务的编号“{text_in(one, 'PredecessorUID')[:40]}”在文件中没有，没有取")
            elif kind is None:
                self._tell(task, f"与“{self.tasks[before].name}”的链接类型“{text_in(one, 'Type')[:20]}”不认识，没有取")
            elif before in links:
                self._tell(task, f"与“{self.tasks[before].name}”的链接不止一个，只取第一个")
            else:
                links[before] = FileLink(before, kind, self._lag(task, self.tasks[before], one))
        return list(links.values())

    def _lag(self, task: _Task, before: _Task, link: Element) -> int:
        text, form = text_in(link, "LinkLag").strip() or "0", text_in(link, "LagFormat").strip()
        amount = _number(text)
        told = f"与“{before.name}”的间隔"
        if amount is None:
            self._tell(task, f"{told}“{text[:40]}”读不出来，按没有间隔取")
            return 0
        if form in PER_CENT:
            length = read_minutes(text_in(before.element, "Duration")) or Decimal(0)
            exact, words = length / self._minutes * amount / 100, f"{told}是前置任务工期的 {amount:f}%"
        elif form in ELAPSED:
            clock = amount / 10 / _CLOCK_DAY
            exact, words = clock * _WORKING_WEEK / _WEEK, f"{told}是 {_short(clock)} 个日历日"
        else:
            exact, words = amount / 10 / self._minutes, f"{told}是 {_short(amount / 10 / self._minutes)} 个工作日"
        lag = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        if abs(lag) > LONGEST_LAG:
            self._tell(task, f"{words}，太长，按没有间隔取")
            return 0
        if amount and (lag != exact or form in PER_CENT | ELAPSED):
            self._tell(task, f"{words}，按 {lag} 个工作日取，请核对")
        return lag

    def _tell(self, task: _Task, text: str) -> None:
        self.problems.append(FileProblem(text, task.number, task.place, task.name))


def _rolled_up(tasks: list[FileTask]) -> tuple[FileTask, ...]:
    """Summary tasks without days of their own have those of the tasks below them."""
    spans: dict[int, tuple[dt.date, dt.date]] = {}
    for place in reversed(range(len(tasks))):
        task = tasks[place]
        below = spans.get(task.number)
        if below and (task.start is None or task.end is None):
            task = tasks[place] = replace(task, start=below[0], end=below[1])
        if task.start and task.end and task.parent:
            known = spans.get(task.parent, (task.start, task.end))
            spans[task.parent] = (min(known[0], task.start), max(known[1], task.end))
    return tuple(tasks)


def _span(start: dt.datetime, end: dt.datetime, evening: dt.time) -> tuple[dt.date, dt.date]:
    """The days on which work is done: a start in the evening is the next day's, an end at midnight the day before's."""
    first, last = start.date(), end.date()
    if start < end:
        if end.time() == dt.time():
            last -= _DAY
        if start.time() >= evening and first < last:
            first += _DAY
    return min(first, last), last


def _short(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}"


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 12 else None  # noqa: PLR2004


def _number(text: str) -> Decimal | None:
    text = text.strip()
    if not text or len(text) > 30 or set(text) - set("+-0123456789.eE"):  # noqa: PLR2004
        return None
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None
