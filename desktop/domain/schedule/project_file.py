"""A schedule as project programs exchange it (Microsoft Project XML), apart from how the file spells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from desktop.domain.calendar import WorkCalendar
from desktop.domain.schedule.links import Link


@dataclass(frozen=True, slots=True)
class FileLink:
    """A task waits for the one of number ``before``; ``lag`` is in working days."""

    before: int
    kind: Link = Link.FS
    lag: int = 0


@dataclass(frozen=True, slots=True)
class FilePerson:
    """Whoever is assigned; ``id`` is the person's in this office, empty where the file does not tell."""

    name: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class FileBaseline:
    """What a baseline says of a task; ``work`` in person-days, ``cost`` in fen."""

    start: dt.date | None
    finish: dt.date | None
    work: Decimal | None = None
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class FileTask:
    """A task of a file.

    ``number`` tells it within the file, ``parent`` is that of the summary task above it (0 for none). ``line`` is the
    id of the plan's line that it comes from, or one that another program gave it, or empty. ``work`` is in person-days,
    ``progress`` in points of 100.
    """

    number: int
    name: str
    start: dt.date | None = None
    end: dt.date | None = None
    line: str = ""
    parent: int = 0
    milestone: bool = False
    people: tuple[FilePerson, ...] = ()
    work: Decimal | None = None
    progress: Decimal | None = None
    note: str = ""
    links: tuple[FileLink, ...] = ()
    baselines: Mapping[int, FileBaseline] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What of a task could not be taken as it is.

    ``number`` is the task's and ``place`` its line in the file; both are 0 where it is about the whole file.
    """

    text: str
    number: int = 0
    place: int = 0
    name: str = ""

    @property
    def told(self) -> str:
        """The problem with its place."""
        return f"第 {self.place} 项任务“{self.name}”：{self.text}" if self.place else self.text


@dataclass(frozen=True)
class ProjectFile:
    """A schedule in a file: the tasks in outline order, each after the one above it, and the calendar they go by."""

    name: str
    tasks: tuple[FileTask, ...]
    calendar: WorkCalendar
    problems: tuple[FileProblem, ...] = ()
