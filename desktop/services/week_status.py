"""Who has reported a week, in time, late, not at all, and who is excused (WEEK-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from sqlalchemy import select, true

from desktop.domain.filing import FilingState
from desktop.domain.ledger import PersonRef
from desktop.domain.submission import Arrival, StatusRow, Tally, WeekStatus
from desktop.domain.weekly_clock import Timing, timing, week_deadline
from desktop.services.office import Reading
from desktop.services.projects import visible
from desktop.services.reported import MEMBER_REPORT, PROJECT_REPORT, STANDING
from desktop.services.reporters import Duty, away_in, duties_of
from desktop.services.standing import counting_all, namesakes, people_by_id
from desktop.store.tables import Filing, Revision

__all__ = [
    "Arrival",
    "StatusRow",
    "Tally",
    "WeekStatus",
    "missing_names",
    "statuses_of",
    "week_status",
    "week_statuses",
]


def week_status(reading: Reading, actor: UUID | None, week: str, form: str = MEMBER_REPORT) -> WeekStatus:
    """The submission status of a week as it stands now: of the members' reports, or of the projects' own.

    ``actor`` narrows it to the projects that they may see.
    """
    return week_statuses(reading, actor, [week], [form])[week, form]


def week_statuses(
    reading: Reading, actor: UUID | None, weeks: Sequence[str], forms: Sequence[str] = (MEMBER_REPORT, PROJECT_REPORT)
) -> dict[tuple[str, str], WeekStatus]:
    """The status of several weeks and forms, by week and form; as many queries as for one of them."""
    found = duties_of(reading, weeks, true() if actor is None else visible(reading, actor))
    return statuses_of(reading, found, forms)


def statuses_of(
    reading: Reading, found: Mapping[str, Sequence[Duty]], forms: Sequence[str]
) -> dict[tuple[str, str], WeekStatus]:
    """How the reports came in that the duties of some weeks ask for, by week and form."""
    calendar, weeks = reading.calendar(), list(found)
    gone = away_in(reading, weeks)
    reports = _reports(reading, weeks, forms)
    named = {key for duties in found.values() for duty in duties for key in duty.people}
    named |= {person for owners in reports.values() for authors in owners.values() for person in authors}
    apart = namesakes(reading.session)
    people = {key: apart.get(ref.id, ref) for key, ref in people_by_id(reading.session, named).items()}
    now = reading.now.astimezone().replace(tzinfo=None)
    statuses: dict[tuple[str, str], WeekStatus] = {}
    for week, form in product(weeks, forms):
        rule, away_rule = reading.policy.weekly_rule(form), reading.policy.weekly_rule(form, away=True)
        due = week_deadline(rule, week, calendar) if rule else None
        due_away = (week_deadline(away_rule, week, calendar) if away_rule else None) or due
        if due is None or due_away is None:
            statuses[week, form] = WeekStatus(week, form, None, ())
            continue
        judge = _Judge(form, reports[week, form], gone[week], people, due, due_away, now)
        rows = tuple(row for duty in found[week] for row in judge.rows_of(duty))
        statuses[week, form] = WeekStatus(week, form, due, rows)
    return statuses


def asked_people(duty: Duty, form: str, sent: Collection[UUID]) -> set[UUID]:
    """Whom a project's row of a week is about: who sent a report, and who owes one."""
    if not duty.owed:
        return set(sent)
    if form == PROJECT_REPORT:
        return set(sent) or ({duty.project.manager.id} if duty.project.manager else set())
    return {*duty.people, *sent}


@dataclass(frozen=True)
class _Judge:
    """What rows are judged by; moments in the office's local time."""

    form: str
    reports: Mapping[UUID, Mapping[UUID, Arrival]]
    gone: Mapping[UUID, str]
    people: Mapping[UUID, PersonRef]
    due: dt.datetime
    due_away: dt.datetime
    now: dt.datetime

    def rows_of(self, duty: Duty) -> Iterator[StatusRow]:
        """Everyone whom a project asks, by name; a project that asks nobody has one row that says why."""
        project = duty.project
        asked = asked_people(duty, self.form, self.reports.get(project.id, ()))
        for person in sorted(asked, key=lambda key: (self.people[key].name, str(key))):
            yield self._row(duty, person)
        if not asked:
            yield StatusRow(
                project, project.manager, Timing.EXCUSED, duty.excuse or "项目还没有项目经理和成员（ROLE-8）"
            )

    def _row(self, duty: Duty, person: UUID) -> StatusRow:
        report = self.reports.get(duty.project.id, {}).get(person)
        if report is not None:
            due = self.due_away if report.brought_in else self.due
            return StatusRow(duty.project, self.people[person], timing(report.at, due, self.now), report=report)
        if person in self.gone:
            return StatusRow(duty.project, self.people[person], Timing.EXCUSED, self.gone[person])
        return StatusRow(duty.project, self.people[person], timing(None, self.due, self.now))


def _reports(
    reading: Reading, weeks: Sequence[str], forms: Sequence[str]
) -> dict[tuple[str, str], dict[UUID, dict[UUID, Arrival]]]:
    """The reports by week and form, then by project and author.

    Returned ones count as not there until they come again.
    """
    query = (
        select(
            Filing.form_key,
            Filing.period,
            Filing.id,
            Filing.project_id,
            Filing.author_id,
            Filing.number,
            Filing.state,
            Filing.created_at,
            Revision.author_id != Filing.author_id,
        )
        .join(Revision, Filing.revision_id == Revision.id)
        .where(Filing.form_key.in_(forms), Filing.period.in_(weeks), Filing.state.in_(STANDING))
    )
    counts, states = counting_all(reading.session), {state: FilingState(state) for state in STANDING}
    found: dict[tuple[str, str], dict[UUID, dict[UUID, Arrival]]] = {key: {} for key in product(weeks, forms)}
    for form, week, key, project, person, number, state, at, brought_in in reading.session.execute(query):
        if project is None or person is None or week is None:
            continue
        local = at.astimezone().replace(tzinfo=None)
        arrival = Arrival(key, number or "", states[state], local, brought_in=bool(brought_in))
        found[week, form].setdefault(project, {})[counts.get(person, person)] = arrival
    return found


def missing_names(status: WeekStatus, project_id: UUID) -> list[str]:
    """Who has not reported on a project yet."""
    rows = (row for row in status.rows if row.project.id == project_id)
    return [row.person.shown for row in rows if row.person and row.timing in {Timing.MISSING, Timing.WAITING}]
