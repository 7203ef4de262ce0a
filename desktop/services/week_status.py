"""Who has reported a week, in time, late, not at all, and who is excused (WEEK-5)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import aliased

from desktop.domain.filing import FilingState
from desktop.domain.ledger import PersonRef
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.weekly_clock import Timing, timing, week_deadline
from desktop.services.office import Reading
from desktop.services.projects import visible
from desktop.services.reported import MEMBER_REPORT, PROJECT_REPORT, STANDING
from desktop.services.reporters import Duty, away, duties
from desktop.services.standing import counting, people_by_id
from desktop.store.tables import Filing, Person, Revision


@dataclass(frozen=True)
class Report:
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
    report: Report | None = None

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
    def rate(self) -> float | None:
        """The share of what was asked for that came in, late or not; ``None`` where nothing was."""
        return (self.of(Timing.ON_TIME) + self.of(Timing.LATE)) / self.owed if self.owed else None


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


def week_status(reading: Reading, actor: UUID | None, week: str, form: str = MEMBER_REPORT) -> WeekStatus:
    """The submission status of a week as it stands now: of the members' reports, or of the projects' own.

    ``actor`` narrows it to the projects that they may see.
    """
    rule = reading.policy.weekly_rule(form)
    calendar = reading.calendar()
    due = week_deadline(rule, week, calendar) if rule else None
    apart = reading.policy.weekly_rule(form, away=True)
    due_away = (week_deadline(apart, week, calendar) if apart else None) or due
    if due is None or due_away is None:
        return WeekStatus(week, form, None, ())
    found = duties(reading, week, true() if actor is None else visible(reading, actor))
    reports = _reports(reading, week, form)
    named = {key for duty in found for key in duty.people} | {person for _, person in reports}
    judge = _Judge(
        form,
        reports,
        away(reading, week),
        people_by_id(reading.session, named),
        due,
        due_away,
        reading.now.astimezone().replace(tzinfo=None),
    )
    return WeekStatus(week, form, due, tuple(row for duty in found for row in judge.rows_of(duty)))


@dataclass(frozen=True)
class _Judge:
    """What rows are judged by; moments in the office's local time."""

    form: str
    reports: Mapping[tuple[UUID, UUID], Report]
    gone: Mapping[UUID, str]
    people: Mapping[UUID, PersonRef]
    due: dt.datetime
    due_away: dt.datetime
    now: dt.datetime

    def rows_of(self, duty: Duty) -> Iterator[StatusRow]:
        """Everyone whom a project asks, by name; a project that asks nobody has one row that says why."""
        project = duty.project
        asked = self._asked(duty)
        for person in sorted(asked, key=lambda key: (self.people[key].name, str(key))):
            yield self._row(duty, person)
        if not asked:
            yield StatusRow(
                project, project.manager, Timing.EXCUSED, duty.excuse or "项目还没有项目经理和成员（ROLE-8）"
            )

    def _asked(self, duty: Duty) -> set[UUID]:
        sent = {person for owner, person in self.reports if owner == duty.project.id}
        if not duty.owed:
            return sent
        if self.form == PROJECT_REPORT:
            return sent or ({duty.project.manager.id} if duty.project.manager else set())
        return sent | duty.people

    def _row(self, duty: Duty, person: UUID) -> StatusRow:
        report = self.reports.get((duty.project.id, person))
        if report is not None:
            due = self.due_away if report.brought_in else self.due
            return StatusRow(duty.project, self.people[person], timing(report.at, due, self.now), report=report)
        if person in self.gone:
            return StatusRow(duty.project, self.people[person], Timing.EXCUSED, self.gone[person])
        return StatusRow(duty.project, self.people[person], timing(None, self.due, self.now))


def _reports(reading: Reading, week: str, form: str) -> dict[tuple[UUID, UUID], Report]:
    """The reports of a week by project and author; returned ones count as not there until they come again."""
    author = aliased(Person)
    query = (
        select(
            Filing.id,
            Filing.project_id,
            Filing.author_id,
            author.merged_into_id,
            Filing.number,
            Filing.state,
            Filing.created_at,
            Revision.author_id,
        )
        .join(author, Filing.author_id == author.id)
        .join(Revision, Filing.revision_id == Revision.id)
        .where(Filing.form_key == form, Filing.period == week, Filing.state.in_(STANDING))
    )
    found: dict[tuple[UUID, UUID], Report] = {}
    for key, project, person, merged, number, state, at, writer in reading.session.execute(query):
        if project is None or person is None:
            continue
        counts = person if merged is None else counting(reading.session, person)
        local = at.astimezone().replace(tzinfo=None)
        found[project, counts] = Report(key, number or "", FilingState(state), local, brought_in=writer != person)
    return found


def missing_names(status: WeekStatus, project_id: UUID) -> list[str]:
    """Who has not reported on a project yet."""
    rows = (row for row in status.rows if row.project.id == project_id)
    return [row.person.shown for row in rows if row.person and row.timing in {Timing.MISSING, Timing.WAITING}]
