"""A plan's schedule as a project file, and a project file taken into the lines of a draft (INIT-1, CHG-4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from desktop.domain.calendar import WorkCalendar
from desktop.domain.canonical import Json
from desktop.domain.plan import SCHEDULE, Line, folded
from desktop.domain.schedule.links import Dependency, NameBook
from desktop.domain.schedule.network import Task
from desktop.domain.schedule.outline import Outline
from desktop.domain.schedule.project_file import (
    FileBaseline,
    FileLink,
    FilePerson,
    FileTask,
    ProjectFile,
)
from desktop.domain.schedule.reading import read_schedule
from desktop.domain.values import decimal_text


def project_of(
    name: str,
    lines: Sequence[Line],
    calendar: WorkCalendar,
    baselines: Mapping[int, Sequence[Line]] | None = None,
    progress: Mapping[str, Decimal] | None = None,
) -> ProjectFile:
    """A plan's schedule as a file: lines in outline order, with the days they had under each of ``baselines``.

    Of the calendar it holds the years of the plan and the next.
    """
    schedule = read_schedule(lines)
    ids = [str(line["id"]) for line in lines]
    by_id = dict(zip(ids, lines, strict=True))
    order = Outline(ids, schedule.parents).order
    numbers = {key: number for number, key in enumerate(order, 1)}
    dated = {task.id: task for task in schedule.tasks}
    links: dict[str, list[FileLink]] = {}
    for link in schedule.dependencies:
        links.setdefault(link.after, []).append(FileLink(numbers[link.before], link.kind, link.lag))
    older = _baselines(baselines or {})
    tasks = []
    for key in order:
        line, task = by_id[key], dated.get(key)
        tasks.append(
            FileTask(
                numbers[key],
                str(line.get("name") or ""),
                task.start if task else None,
                task.end if task else None,
                key,
                numbers.get(schedule.parents.get(key, ""), 0),
                line.get("milestone") == "yes",
                _people(line.get("owner")),
                _work(line.get("work")),
                (progress or {}).get(key),
                str(line.get("note") or ""),
                tuple(links.get(key, ())),
                older.get(key, {}),
            )
        )
    return ProjectFile(name, tuple(tasks), _years_of(calendar, schedule.tasks))


def _years_of(calendar: WorkCalendar, tasks: Sequence[Task]) -> WorkCalendar:
    if not tasks:
        return WorkCalendar(frozenset(), frozenset(), calendar.known_until)
    first, last = min(task.start for task in tasks).year, max(task.end for task in tasks).year + 1
    holidays, workdays = (
        frozenset(day for day in days if first <= day.year <= last) for days in (calendar.holidays, calendar.workdays)
    )
    return WorkCalendar(holidays, workdays, calendar.known_until)


def _baselines(baselines: Mapping[int, Sequence[Line]]) -> dict[str, dict[int, FileBaseline]]:
    found: dict[str, dict[int, FileBaseline]] = {}
    for number, lines in baselines.items():
        for task in read_schedule(lines).tasks:
            found.setdefault(task.id, {})[number] = FileBaseline(task.start, task.end, task.work)
    return found


def _people(owner: Json) -> tuple[FilePerson, ...]:
    if not isinstance(owner, Mapping) or not owner.get("name"):
        return ()
    return (FilePerson(str(owner["name"]), str(owner.get("id") or "")),)


def _work(value: Json) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) else None


class Fate(Enum):
    """What becomes of a line when a file is taken in."""

    NEW = "新增"
    CHANGED = "修改"
    SAME = "不变"
    MISSING = "文件中没有"


@dataclass(frozen=True)
class Difference:
    """A column that a file changes, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class TakenLine:
    """A line as it will be, what becomes of it, and what is worth knowing about it."""

    line: Line
    fate: Fate
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taken:
    """A file beside the lines of a draft, before anything is taken.

    ``rows`` tell of every line, ``lines`` is the draft once the file is taken in; ``told`` is about the whole file.
    """

    rows: tuple[TakenLine, ...]
    lines: tuple[Line, ...]
    told: tuple[str, ...]

    def count(self, fate: Fate) -> int:
        """How many lines meet that fate."""
        return sum(row.fate is fate for row in self.rows)


def take_project(
    file: ProjectFile,
    lines: Sequence[Line],
    new_id: Callable[[], str],
    people: Mapping[str, Json] | None = None,
    *,
    without_missing: bool = False,
) -> Taken:
    """A file compared with the lines of a draft: matched by line id, then by name.

    What the file does not tell stays as it was, and so do lines that it lacks, unless they shall go; ``people`` are
    owners by name, for those whose person it does not tell.
    """
    return _Taking(file, lines, new_id, people or {}).taken(without_missing=without_missing)


class _Taking:
    def __init__(
        self, file: ProjectFile, lines: Sequence[Line], new_id: Callable[[], str], people: Mapping[str, Json]
    ) -> None:
        self.file, self.lines, self.people = file, lines, people
        self.before = {str(line["id"]): line for line in lines}
        self.schedule = read_schedule(lines)
        self.book = NameBook(lines)
        self.sound: dict[str, set[Dependency]] = {}
        for link in self.schedule.dependencies:
            self.sound.setdefault(link.after, set()).add(link)
        self.ids = self._match(new_id)
        known = {task.number for task in file.tasks}
        self.notes: dict[int, list[str]] = {}
        for problem in file.problems:
            if problem.number in known:
                self.notes.setdefault(problem.number, []).append(problem.text)
        self.told = tuple(problem.told for problem in file.problems if problem.number not in known)

    def _match(self, new_id: Callable[[], str]) -> dict[int, str]:
        """The id that each task of the file has in the draft."""
        ids = {task.number: task.line for task in self.file.tasks if task.line in self.before}
        free = self.before.keys() - set(ids.values())
        by_name: dict[str, list[str]] = {}
        for key in self.before:
            if key in free and (name := folded(self.before[key].get("name"))):
                by_name.setdefault(name, []).append(key)
        for task in self.file.tasks:
            if task.number not in ids:
                alike = by_name.get(folded(task.name), [])
                ids[task.number] = alike.pop(0) if alike else task.line or new_id()
        return ids

    def taken(self, *, without_missing: bool) -> Taken:
        """The comparison."""
        names = self._names()
        drafted = [self._drafted(task, names[task.number]) for task in self.file.tasks]
        whole = self._with_missing(drafted)
        made = {str(line["id"]): place for place, line in enumerate(drafted)}
        kept = [line for line in whole if not without_missing or str(line["id"]) in made]
        book = NameBook(kept)
        for task, line in zip(self.file.tasks, drafted, strict=True):
            line["parent"] = self._parent(task, line, book)
            line["after"] = self._after(task, line, book)
        rows = [
            self._row(self.file.tasks[made[str(line["id"])]], line)
            if str(line["id"]) in made
            else TakenLine(line, Fate.MISSING)
            for line in whole
        ]
        return Taken(tuple(rows), tuple(kept), self.told)

    def _names(self) -> dict[int, str]:
        """The names of the tasks, told apart by the task above where several bear the same."""
        counts: dict[str, int] = {}
        for task in self.file.tasks:
            counts[folded(task.name)] = counts.get(folded(task.name), 0) + 1
        by_number = {task.number: task.name for task in self.file.tasks}
        names: dict[int, str] = {}
        used = {name for name, count in counts.items() if count == 1}
        for task in self.file.tasks:
            name = task.name
            if counts[folded(name)] > 1 and name:
                above = by_number.get(task.parent, "")
                stem = f"{above}·{name}" if above else name
                name, number = stem, 1
                while folded(name) in used:
                    number += 1
                    name = f"{stem}（{number}）"
                used.add(folded(name))
                if name != task.name:
                    self.notes.setdefault(task.number, []).append(f"文件中有同名的任务，改名为“{name}”")
            names[task.number] = name
        return names

    def _drafted(self, task: FileTask, name: str) -> dict[str, Any]:
        """A line without its relations, which need the names of all."""
        key = self.ids[task.number]
        old = self.before.get(key, {})
        line: dict[str, Any] = {**{item.key: old.get(item.key) for item in SCHEDULE.columns}, **old, "id": key}
        if folded(name) != folded(old.get("name")):
            line["name"] = name or None
        if task.start and task.end:
            line["period"] = {"start": task.start.isoformat(), "end": task.end.isoformat()}
        line["milestone"] = "yes" if task.milestone else "no"
        if task.work is not None and (old.get("work") is None or Decimal(str(old["work"])) != task.work):
            line["work"] = decimal_text(task.work)
        if task.note and task.note != _plain(old.get("note")):
            line["note"] = task.note
        if task.people:
            line["owner"] = self._owner(task, old.get("owner"))
        return line

    def _owner(self, task: FileTask, old: Json) -> Json:
        first = task.people[0]
        if len(task.people) > 1:
            others = "、".join(person.name for person in task.people[1:])
            self.notes.setdefault(task.number, []).append(f"责任人取第一个资源“{first.name}”，另有 {others}")
        if isinstance(old, Mapping) and old.get("name") == first.name and first.id in {"", str(old.get("id") or "")}:
            return dict(old)
        known = self.people.get(first.name)
        return {"id": first.id, "name": first.name} if first.id or known is None else known

    def _with_missing(self, drafted: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The lines in the order of the file; each one that it lacks behind the one it stood behind."""
        taken = set(self.ids.values())
        behind: dict[str, list[dict[str, Any]]] = {}
        last = ""
        for line in self.lines:
            key = str(line["id"])
            if key in taken:
                last = key
            else:
                behind.setdefault(last, []).append(dict(line))
        whole = behind.get("", [])
        for line in drafted:
            whole.append(line)
            whole += behind.get(str(line["id"]), ())
        return whole

    def _parent(self, task: FileTask, line: Line, book: NameBook) -> Json:
        """What the line says stays as it is written while it means the same, or nothing that could be told."""
        old = line.get("parent")
        if not task.parent:
            return None if str(line["id"]) in self.schedule.parents else old
        wanted = self.ids[task.parent]
        found = book.find(str(old)) if old else None
        return old if found is not None and found.line == wanted and not found.fault else book.call(wanted)

    def _after(self, task: FileTask, line: Line, book: NameBook) -> Json:
        """As the parent: what is written stays while it means the same, with what could not be told."""
        key = str(line["id"])
        wanted = [Dependency(self.ids[link.before], key, link.kind, link.lag) for link in task.links]
        before, now = (_meant(one, line.get("after"), key) for one in (self.book, book))
        if now == set(wanted) or (now == before and self.sound.get(key, set()) == set(wanted)):
            return line.get("after")
        return book.write(wanted) or None

    def _row(self, task: FileTask, line: Line) -> TakenLine:
        notes = tuple(self.notes.get(task.number, ()))
        old = self.before.get(str(line["id"]))
        if old is None:
            return TakenLine(line, Fate.NEW, notes=notes)
        found = tuple(
            Difference(item.label, item.text(old.get(item.key)), item.text(line.get(item.key)))
            for item in SCHEDULE.columns
            if not item.same(old.get(item.key), line.get(item.key))
        )
        return TakenLine(line, Fate.CHANGED if found else Fate.SAME, found, notes)


def _meant(book: NameBook, text: Json, key: str) -> set[Dependency]:
    read = book.read(str(text)) if text else ()
    return {Dependency(one.line, key, one.kind, one.lag) for one in read if not one.fault}


def _plain(value: Json) -> str:
    return str(value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
