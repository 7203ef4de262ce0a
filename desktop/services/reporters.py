"""Who owes weekly reports: of every project under way its manager, its members, and whom its plan names (WEEK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from desktop.domain.case import Case
from desktop.domain.gates import unmet
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy, Scope
from desktop.domain.weeks import day_in
from desktop.services.office import Reading
from desktop.services.projects import projects_where
from desktop.services.standing import counting
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
    policy = reading.policy
    if not any(gate.key == GATE for gate in policy.gates):
        return []
    day = min(reading.today, day_in(week, _SUNDAY))
    projects = [item for item in projects_where(reading, within & _under_way(policy, week)) if _began(item, day)]
    people = _people_of(reading, week, {item.id for item in projects})
    return [
        Duty(item, frozenset(people.get(item.id, set()) | _manager(item)), _excuse(policy, item, day))
        for item in projects
    ]


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


def _people_of(reading: Reading, week: str, projects: Collection[UUID]) -> Mapping[UUID, set[UUID]]:
    """The people of each project: named for the whole of it, or for tasks that lie in the week."""
    monday, sunday = day_in(week, 1), day_in(week, _SUNDAY)
    lies_in = and_(PlanLine.register == "schedule", PlanLine.starts_on <= sunday, PlanLine.ends_on >= monday)
    planned = (
        select(PlanLine.project_id, Person.id, Person.merged_into_id)
        .join(Person, PlanLine.person_id == Person.id)
        .where(PlanLine.to_baseline.is_(None), or_(PlanLine.register == "organization", lies_in))
        .where(or_(Person.active.is_(True), Person.merged_into_id.is_not(None)))
        .distinct()
    )
    roles = [role.key for role in reading.policy.roles if role.scope is Scope.PROJECT]
    day = min(reading.today, sunday)
    held = (
        select(Assignment.project_id, Person.id, Person.merged_into_id)
        .join(Person, Assignment.person_id == Person.id)
        .where(Assignment.project_id.is_not(None), Assignment.role_key.in_(roles), Person.active.is_(True))
        .where(Assignment.since <= day, or_(Assignment.until.is_(None), Assignment.until >= day))
    )
    found: dict[UUID, set[UUID]] = {}
    for query in (planned, held):
        for project_id, person_id, merged in reading.session.execute(query):
            if project_id is not None and project_id in projects:
                person = person_id if merged is None else counting(reading.session, person_id)
                found.setdefault(project_id, set()).add(person)
    return found


def away(reading: Reading, week: str) -> dict[UUID, str]:
    """The people who are away on every working day of a week, and why (WEEK-5)."""
    calendar = reading.calendar()
    days = [day_in(week, weekday) for weekday in range(1, _SUNDAY + 1)]
    working = {day for day in days if calendar.is_workday(day)}
    query = select(Absence).where(Absence.starts_on <= days[-1], Absence.ends_on >= days[0])
    gone: dict[UUID, set[dt.date]] = {}
    reasons: dict[UUID, str] = {}
    for row in reading.session.scalars(query):
        gone.setdefault(row.person_id, set()).update(day for day in working if row.starts_on <= day <= row.ends_on)
        reasons[row.person_id] = row.reason or "请假"
    return {person: reasons[person] for person, lost in gone.items() if working and lost == working}
