"""Who owes weekly reports: of every project under way its manager, its members, and whom its plan names (WEEK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select

from desktop.domain.calendar import WorkCalendar
from desktop.domain.case import Case
from desktop.domain.gates import unmet
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Scope
from desktop.domain.weeks import day_in
from desktop.services.office import Reading
from desktop.services.projects import projects_where
from desktop.services.standing import counting_all
from desktop.store.tables import Absence, Assignment, Person, PlanLine, Project

GATE = "weekly_report"
"""The gate that every weekly report passes (WEEK-8); a policy without it knows no weekly reports."""

_SUNDAY = 7


@dataclass(frozen=True)
class Duty:
    """A project in a week: who reports on it, or why it is excused."""

    project: LedgerProject
    people: frozenset[UUID]
    excuse: str

    @property
    def owed(self) -> bool:
        """Whether reports are asked for."""
        return not self.excuse


def duties(reading: Reading, week: str, within: ColumnElement[bool]) -> list[Duty]:
    """Every project ``within`` a condition that was under way in a week, by number, and who reports on it.

    Whether a project is excused is asked for the week's end, or for today while the week is running.
    """
    return duties_of(reading, [week], within)[week]


def duties_of(reading: Reading, weeks: Sequence[str], within: ColumnElement[bool]) -> dict[str, list[Duty]]:
    """The same for several weeks, asked together: as many queries as for one."""
    policy = reading.policy
    if not weeks or not any(gate.key == GATE for gate in policy.gates):
        return {week: [] for week in weeks}
    projects = projects_where(reading, within & _under_way(policy, min(weeks)))
    people = _people_of(reading, weeks, {item.id for item in projects})
    found: dict[str, list[Duty]] = {}
    for week in weeks:
        monday, day = day_in(week, 1), min(reading.today, day_in(week, _SUNDAY))
        of_week = people[week]
        found[week] = [
            Duty(item, frozenset(of_week.get(item.id, set()) | _manager(item)), _excuse(policy, item, day))
            for item in projects
            if _began(item, day) and not _ended_before(policy, item, monday)
        ]
    return found


def _ended_before(policy: Policy, project: LedgerProject, day: dt.date) -> bool:
    state = policy.state(project.state)
    since = project.date(state.since) if state.ends and state.since else None
    return since is not None and since < day


def _under_way(policy: Policy, week: str) -> ColumnElement[bool]:
    """Projects that have not ended, or ended in that week or later."""
    going = Project.state.in_([state.key for state in policy.states if not state.ends])
    ended = [
        and_(Project.state == state.key, getattr(Project, state.since) >= day_in(week, 1))
        for state in policy.states
        if state.ends and state.since
    ]
    return or_(going, *ended)


def _began(project: LedgerProject, day: dt.date) -> bool:
    began = project.appointed_on or project.initiated_on
    return began is None or began <= day


def _manager(project: LedgerProject) -> set[UUID]:
    return {project.manager.id} if project.manager else set()


def _excuse(policy: Policy, project: LedgerProject, day: dt.date) -> str:
    return "；".join(f"{item.text}（{item.rule}）" for item in unmet(policy.gate(GATE), Case(policy, day, project)))


def _people_of(reading: Reading, weeks: Sequence[str], projects: Collection[UUID]) -> dict[str, dict[UUID, set[UUID]]]:
    """The people of each project by week: named for the whole of it, or for tasks that lie in the week."""
    found: dict[str, dict[UUID, set[UUID]]] = {week: {} for week in weeks}
    spans = {week: (day_in(week, 1), day_in(week, _SUNDAY)) for week in weeks}
    counts = counting_all(reading.session)

    def add(week: str, project_id: UUID | None, person_id: UUID) -> None:
        if project_id is not None and project_id in projects:
            found[week].setdefault(project_id, set()).add(counts.get(person_id, person_id))

    for project_id, person_id, starts, ends in reading.session.execute(_planned(spans[min(weeks)][0])):
        for week, (monday, sunday) in spans.items():
            if (starts is None or starts <= sunday) and (ends is None or ends >= monday):
                add(week, project_id, person_id)
    for project_id, person_id, since, until in reading.session.execute(_held(reading.policy)):
        for week, (_monday, sunday) in spans.items():
            day = min(reading.today, sunday)
            if since <= day and (until is None or until >= day):
                add(week, project_id, person_id)
    return found


def _planned(since: dt.date) -> Select[UUID | None, UUID, dt.date | None, dt.date | None]:
    """Whom plans in force name, and for which days; without days for the whole project."""
    whole = PlanLine.register == "organization"
    lies_in = and_(PlanLine.register == "schedule", PlanLine.starts_on.is_not(None), PlanLine.ends_on >= since)
    return (
        select(
            PlanLine.project_id,
            Person.id,
            case((whole, None), else_=PlanLine.starts_on),
            case((whole, None), else_=PlanLine.ends_on),
        )
        .join(Person, PlanLine.person_id == Person.id)
        .where(PlanLine.to_baseline.is_(None), or_(whole, lies_in))
        .where(or_(Person.active.is_(True), Person.merged_into_id.is_not(None)))
        .distinct()
    )


def _held(policy: Policy) -> Select[UUID | None, UUID, dt.date, dt.date | None]:
    """Whom projects have as members, and for which days."""
    roles = [role.key for role in policy.roles if role.scope is Scope.PROJECT]
    return (
        select(Assignment.project_id, Person.id, Assignment.since, Assignment.until)
        .join(Person, Assignment.person_id == Person.id)
        .where(Assignment.project_id.is_not(None), Assignment.role_key.in_(roles), Person.active.is_(True))
    )


def away(reading: Reading, week: str) -> dict[UUID, str]:
    """The people who are away on every working day of a week, and why (WEEK-5)."""
    return away_in(reading, [week])[week]


def away_in(reading: Reading, weeks: Sequence[str]) -> dict[str, dict[UUID, str]]:
    """The same for several weeks, asked together."""
    calendar = reading.calendar()
    first, last = day_in(min(weeks), 1), day_in(max(weeks), _SUNDAY)
    rows = reading.session.scalars(select(Absence).where(Absence.starts_on <= last, Absence.ends_on >= first)).all()
    return {week: _away(rows, week, calendar) for week in weeks}


def _away(rows: Sequence[Absence], week: str, calendar: WorkCalendar) -> dict[UUID, str]:
    days = [day_in(week, weekday) for weekday in range(1, _SUNDAY + 1)]
    working = {day for day in days if calendar.is_workday(day)}
    gone: dict[UUID, set[dt.date]] = {}
    reasons: dict[UUID, str] = {}
    for row in rows:
        lost = {day for day in working if row.starts_on <= day <= row.ends_on}
        if lost:
            gone.setdefault(row.person_id, set()).update(lost)
            reasons[row.person_id] = row.reason or "请假"
    return {person: reasons[person] for person, lost in gone.items() if lost == working}
