"""The submission of a week's reports: what came in how, counted by whatever is asked (WEEK-5)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.filing import FilingState
from desktop.domain.ledger import PersonRef
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.weekly_clock import Timing


@dataclass(frozen=True)
class Arrival:
    """A report that came in: ``at`` is when it first did, in the office's local time."""

    filing_id: UUID
    number: str
    state: FilingState
    at: dt.datetime
    brought_in: bool


@dataclass(frozen=True)
class StatusRow:
    """What one person owes one project for a week, and how it came in; ``reason`` says why it is excused."""

    project: LedgerProject
    person: PersonRef | None
    timing: Timing
    reason: str = ""
    report: Arrival | None = None

    @property
    def department(self) -> str:
        """The 一级部门 of the project."""
        return self.project.department

    @property
    def manager(self) -> str:
        """Who answers for the project's reports."""
        return self.project.manager.shown if self.project.manager else ""


@dataclass(frozen=True)
class Tally:
    """How many reports of a group came in how."""

    name: str
    counts: Mapping[Timing, int]

    @property
    def owed(self) -> int:
        """How many were asked for."""
        return sum(count for timing, count in self.counts.items() if timing is not Timing.EXCUSED)

    def of(self, kind: Timing) -> int:
        """How many came in so."""
        return self.counts.get(kind, 0)

    @property
    def came(self) -> int:
        """How many came in, late or not."""
        return self.of(Timing.ON_TIME) + self.of(Timing.LATE)

    @property
    def rate(self) -> float | None:
        """The share of what was asked for that came in, late or not; ``None`` where nothing was."""
        return self.came / self.owed if self.owed else None


@dataclass(frozen=True)
class WeekStatus:
    """The submission of a week: every row, and until when it was in time (``None`` in a week without work)."""

    week: str
    form: str
    due: dt.datetime | None
    rows: tuple[StatusRow, ...]

    def by(self, name: Callable[[StatusRow], str]) -> list[Tally]:
        """The rows counted by department or manager, in order of names."""
        groups: dict[str, Counter[Timing]] = {}
        for row in self.rows:
            groups.setdefault(name(row), Counter())[row.timing] += 1
        return [Tally(key, dict(groups[key])) for key in sorted(groups)]

    @property
    def whole(self) -> Tally:
        """All rows together."""
        return Tally("合计", dict(Counter(row.timing for row in self.rows)))
