"""Who holds which role where and when: for the office, per department and per project, several holders (ROLE-11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from desktop.domain.errors import Refusal
from desktop.domain.policy import Role
from desktop.domain.policy_terms import Action, Scope
from desktop.domain.rights import OFFICE, Subject, may
from desktop.services.departments import PEOPLE_DEED, need_department
from desktop.services.office import Reading, Work, not_allowed
from desktop.services.projects import get_project, subject_of
from desktop.services.standing import department_names, in_force, standing_of
from desktop.store.locks import take_turn
from desktop.store.tables import Assignment, Person, Project

ANYWHERE = "全办公室"
"""Where a role is held that is bound to no department."""

_STAFF_DEED = "指定项目角色"
_UNCHANGED = "没有作任何改动。"


@dataclass(frozen=True)
class RoleHeld:
    """A role that a person holds, held or will hold, and where."""

    assignment_id: UUID
    role_key: str
    title: str
    where: str
    since: dt.date
    until: dt.date | None
    department_id: UUID | None = None
    project_id: UUID | None = None
    version: int = 0

    @property
    def text(self) -> str:
        """Its title, with the place where that is not the whole office."""
        return self.title if self.where == ANYWHERE else f"{self.title}（{self.where}）"

    def time(self, today: dt.date) -> str:
        """``past``, ``now`` or ``future``."""
        if self.until is not None and self.until < today:
            return "past"
        return "future" if self.since > today else "now"


def roles_held(reading: Reading) -> dict[UUID, list[RoleHeld]]:
    """The roles that hold today, by person."""
    held: dict[UUID, list[RoleHeld]] = {}
    for person_id, role in _read(reading, in_force(reading.today)):
        held.setdefault(person_id, []).append(role)
    return held


def role_history(reading: Reading, person_id: UUID) -> list[RoleHeld]:
    """Every role of a person, past and future ones with them, the latest first."""
    query = select(Assignment).where(Assignment.person_id == person_id)
    found = [role for _person, role in _read(reading, query)]
    return sorted(found, key=lambda role: (role.since, str(role.assignment_id)), reverse=True)


def project_role_holders(reading: Reading, project_id: UUID) -> list[tuple[UUID, RoleHeld]]:
    """Who holds roles given on a project, now or later, by first day."""
    query = (
        select(Assignment)
        .join(Person, Assignment.person_id == Person.id)
        .where(
            Assignment.project_id == project_id,
            Person.active.is_(True),
            or_(Assignment.until.is_(None), Assignment.until >= reading.today),
        )
        .order_by(Assignment.since, Assignment.id)
    )
    return _read(reading, query)


def _read(reading: Reading, query: Select[Assignment]) -> list[tuple[UUID, RoleHeld]]:
    departments = department_names(reading.session)
    titles = {role.key: role.title for role in reading.policy.roles}
    rows = reading.session.execute(
        query.outerjoin(Project, Assignment.project_id == Project.id).add_columns(Project.name)
    )
    found = []
    for row, project in rows:
        where = project or (departments.get(row.department_id, "") if row.department_id else ANYWHERE)
        title = titles.get(row.role_key, row.role_key)
        place = (row.department_id, row.project_id)
        held = RoleHeld(row.id, row.role_key, title, where, row.since, row.until, *place, row.version)
        found.append((row.person_id, held))
    return found


def assign_role(
    work: Work,
    person_id: UUID,
    role_key: str,
    *,
    department_id: UUID | None = None,
    project_id: UUID | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> UUID:
    """Let a person hold a role from a day on, within the role's scope (ROLE-11).

    Roles on a project are given by who may manage people, and by those whom the policy lets ``staff project``.

    Raises:
        NotAllowed: the actor may not.
        Refusal: the role's place is missing, wrong or retired, the person has left, the days are in the wrong order,
            it is held already, or it is the ledger that says who holds it.
    """
    role = work.policy.role(role_key)
    _need_right(work, role, project_id)
    _need_scope(work, role, department_id, project_id)
    person = work.session.fetch(Person, person_id)
    if not person.active:
        raise Refusal(f"{person.name}已不在职，不能担任角色。", kept=_UNCHANGED, todo="请选择在职的人员。")
    start = since or work.today
    _need_order(start, until)
    _need_free(work, role, person, (department_id, project_id), (start, until), None)
    assignment = Assignment(
        role_key=role_key,
        person_id=person_id,
        department_id=department_id,
        project_id=project_id,
        since=start,
        until=until,
    )
    work.session.add(assignment)
    work.session.flush()
    return assignment.id


def change_role_days(
    work: Work, assignment_id: UUID, since: dt.date, until: dt.date | None, version: int | None = None
) -> None:
    """Correct from when to when a role is held, as it was read in ``version``; what was signed with it stands.

    Raises:
        NotAllowed: the actor may not.
        Stale: somebody else changed it since.
        Refusal: the days are in the wrong order, overlap with the same role, or the last keeper would lose it.
    """
    mine = {"since": since, "until": until}
    assignment = work.session.fetch_version(Assignment, assignment_id, version, mine)
    role = work.policy.role(assignment.role_key)
    _need_right(work, role, assignment.project_id)
    _need_order(since, until)
    person = work.session.fetch(Person, assignment.person_id)
    place = (assignment.department_id, assignment.project_id)
    _need_free(work, role, person, place, (since, until), assignment_id)
    if role.key in keepers(work) and (since > work.today or until is not None):
        need_keeper(work, Assignment.id != assignment_id)
    assignment.since, assignment.until = since, until


def end_role(work: Work, assignment_id: UUID, on: dt.date | None = None, version: int | None = None) -> None:
    """Let a role end with a day (by default yesterday: it is over now); what was signed with it stands.

    One that has not begun yet is taken back. ``version`` is that of the role as it was read.

    Raises:
        NotAllowed: the actor may not.
        Stale: somebody else changed or ended it since.
        Refusal: the day is before its first, or it is the last role that lets anyone manage people.
    """
    assignment = work.session.fetch_version(Assignment, assignment_id, version)
    role = next((item for item in work.policy.roles if item.key == assignment.role_key), None)
    _need_right(work, role, assignment.project_id)
    if assignment.role_key in keepers(work):
        need_keeper(work, Assignment.id != assignment_id)
    if on is None and assignment.since > work.today:
        work.session.delete(assignment)
        return
    if on is not None:
        _need_order(assignment.since, on)
    assignment.until = on or work.today - dt.timedelta(days=1)


def move_role(work: Work, assignment_id: UUID, *, person_id: UUID, department_id: UUID | None) -> None:
    """Let an open role be another record's (a merger); where that one holds it already, the two become one.

    The days before today stay where they were held.
    """
    row = work.session.fetch(Assignment, assignment_id)
    query = select(Assignment).where(
        Assignment.id != row.id,
        Assignment.role_key == row.role_key,
        Assignment.person_id == person_id,
        Assignment.department_id.is_not_distinct_from(department_id),
        Assignment.project_id.is_not_distinct_from(row.project_id),
        or_(Assignment.until.is_(None), Assignment.until >= work.today),
    )
    twin = work.session.scalars(query.order_by(Assignment.since)).first()
    if twin is None:
        row.person_id, row.department_id = person_id, department_id
        return
    twin.since = min(twin.since, max(row.since, work.today))
    twin.until = max(row.until, twin.until) if row.until and twin.until else None
    if row.since >= work.today:
        work.session.delete(row)
    else:
        row.until = work.today - dt.timedelta(days=1)


def may_staff(reading: Reading, actor: UUID, subject: Subject) -> bool:
    """Whether somebody may give roles on a project."""
    held = standing_of(reading.session, actor, reading.today)
    manages = may(reading.policy, held, Action.MANAGE_PEOPLE, OFFICE)
    return manages or may(reading.policy, held, Action.STAFF_PROJECT, subject)


def project_roles(reading: Reading) -> tuple[Role, ...]:
    """The roles that people are given on a project; those that its own record names are not among them."""
    return tuple(role for role in reading.policy.roles if role.scope is Scope.PROJECT and not role.held_as)


def keepers(reading: Reading) -> list[str]:
    """The roles that let people manage people."""
    return [right.role for right in reading.policy.rights if right.action is Action.MANAGE_PEOPLE]


def need_keeper(work: Work, others: ColumnElement[bool]) -> None:
    """Go on only if somebody among the ``others`` may manage people, or nobody ever could again.

    Raises:
        Refusal: nobody could.
    """
    take_turn(work.session, "keepers")
    keys = keepers(work)
    if work.session.scalars(in_force(work.today).where(Assignment.role_key.in_(keys), others)).first() is None:
        titles = "或".join(f"“{work.policy.role(key).title}”" for key in dict.fromkeys(keys))
        raise Refusal(
            "这是最后一个能维护人员的角色，不能结束。",
            kept=_UNCHANGED,
            todo=f"请先把{titles}交给另一个人。",
        )


def _need_right(work: Work, role: Role | None, project_id: UUID | None) -> None:
    if project_id is None or (role is not None and role.scope is not Scope.PROJECT):
        work.need(Action.MANAGE_PEOPLE, what=PEOPLE_DEED)
    elif not may_staff(work, work.actor, subject_of(get_project(work, project_id))):
        raise not_allowed(work, Action.STAFF_PROJECT, "*", _STAFF_DEED)


def _need_scope(work: Work, role: Role, department_id: UUID | None, project_id: UUID | None) -> None:
    """Go on only where a role is given in the sort of place in which the policy has it."""
    if role.held_as:
        raise Refusal(
            f"“{role.title}”由项目台账写明，不在这里分配。",
            kept=_UNCHANGED,
            todo="任命和变更请填写相应的审批单。",
        )
    if role.scope is Scope.DEPARTMENT and department_id is None:
        raise Refusal(f"“{role.title}”要指定所属部门。", kept=_UNCHANGED, todo="请选择部门后再保存。")
    if role.scope is Scope.PROJECT and project_id is None:
        raise Refusal(f"“{role.title}”要指定项目。", kept=_UNCHANGED, todo="请在项目中指定。")
    if role.scope is not Scope.DEPARTMENT and department_id is not None:
        raise Refusal(f"“{role.title}”不分部门担任。", kept=_UNCHANGED, todo="请不要填写部门。")
    if role.scope is not Scope.PROJECT and project_id is not None:
        raise Refusal(f"“{role.title}”不是项目里的角色。", kept=_UNCHANGED, todo="请在设置的“人员与角色”中分配。")
    if department_id is not None:
        need_department(work, department_id)


def _need_order(since: dt.date, until: dt.date | None) -> None:
    if until is not None and until < since:
        raise Refusal(f"结束日期 {until} 早于开始日期 {since}。", kept=_UNCHANGED, todo="请核对日期。")


def _need_free(
    work: Work,
    role: Role,
    person: Person,
    place: tuple[UUID | None, UUID | None],
    days: tuple[dt.date, dt.date | None],
    own: UUID | None,
) -> None:
    """Go on only where the person does not hold this role there on any of these days already."""
    take_turn(work.session, f"roles:{person.id}")
    since, until = days
    query = select(Assignment).where(
        Assignment.role_key == role.key,
        Assignment.person_id == person.id,
        Assignment.department_id.is_not_distinct_from(place[0]),
        Assignment.project_id.is_not_distinct_from(place[1]),
        Assignment.id != own if own else Assignment.id.is_not(None),
        or_(Assignment.until.is_(None), Assignment.until >= since),
    )
    if until is not None:
        query = query.where(Assignment.since <= until)
    held = work.session.scalars(query).first()
    if held is not None:
        told = f"自 {held.since}" + (f" 至 {held.until}" if held.until else "起")
        raise Refusal(
            f"{person.name}{told}已经担任“{role.title}”，不用再分配。",
            kept=_UNCHANGED,
            todo="如要改起止日期，请修改原来那一条。",
        )
