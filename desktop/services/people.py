"""People, departments and who holds which role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from desktop.domain.errors import Refusal
from desktop.domain.ledger import PersonRef
from desktop.domain.policy import Action, Scope
from desktop.domain.rights import Standing, role_titles
from desktop.domain.values import Unreadable, read_name
from desktop.services.finding import holds
from desktop.services.office import Reading, Work
from desktop.services.projects import named_on_project
from desktop.services.sorting import initials
from desktop.services.standing import AnySession, in_force, people_by_id, standing_of
from desktop.store.locks import take_turn
from desktop.store.tables import Assignment, Department, Person, Project

_DEED = "维护人员与部门"


@dataclass(frozen=True)
class RoleHeld:
    """A role that a person holds now, and where."""

    assignment_id: UUID
    role_key: str
    title: str
    where: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class PersonRow:
    """A person as the settings page lists them."""

    id: UUID
    name: str
    staff_no: str
    department_id: UUID | None
    department: str
    phone: str
    active: bool
    roles: tuple[RoleHeld, ...]
    version: int


@dataclass(frozen=True)
class DepartmentRow:
    """A department as the settings page lists it."""

    id: UUID
    name: str
    parent_id: UUID | None
    parent: str
    active: bool
    version: int


def list_people(reading: Reading, text: str = "", *, everyone: bool = False) -> list[PersonRow]:
    """People by pinyin, filtered by name, staff number or initials; ``everyone`` includes those who left."""
    query = select(Person).order_by(Person.pinyin, Person.name, Person.id)
    if not everyone:
        query = query.where(Person.active.is_(True))
    if word := text.strip():
        query = query.where(
            or_(
                holds(Person.name, word),
                holds(Person.staff_no, word),
                Person.pinyin.startswith(word.lower(), autoescape=True),
            )
        )
    people = reading.session.scalars(query).all()
    departments = {row.id: row.name for row in reading.session.execute(select(Department.id, Department.name))}
    roles = _roles_held(reading, departments)
    return [
        PersonRow(
            person.id,
            person.name,
            person.staff_no,
            person.department_id,
            departments.get(person.department_id, "") if person.department_id else "",
            person.phone,
            person.active,
            tuple(roles.get(person.id, ())),
            person.version,
        )
        for person in people
    ]


def _roles_held(reading: Reading, departments: dict[UUID, str]) -> dict[UUID, list[RoleHeld]]:
    query = in_force(reading.today).outerjoin(Project, Assignment.project_id == Project.id)
    held: dict[UUID, list[RoleHeld]] = {}
    titles = {role.key: role.title for role in reading.policy.roles}
    for row, project in reading.session.execute(query.add_columns(Project.name)):
        where = project or (departments.get(row.department_id, "") if row.department_id else "全办公室")
        title = titles.get(row.role_key, row.role_key)
        held.setdefault(row.person_id, []).append(RoleHeld(row.id, row.role_key, title, where, row.since, row.until))
    return held


def people_refs(reading: Reading) -> list[PersonRef]:
    """Everyone who works here, for person pickers, by pinyin."""
    query = select(Person.id).where(Person.active.is_(True)).order_by(Person.pinyin, Person.name, Person.id)
    ids = list(reading.session.scalars(query))
    people = people_by_id(reading.session, set(ids))
    return [people[key] for key in ids]


def person_ref(reading: Reading, person_id: UUID) -> PersonRef:
    """One person as lists show them.

    Raises:
        Refusal: there is no such person.
    """
    reading.session.fetch(Person, person_id)
    return people_by_id(reading.session, {person_id})[person_id]


def standing(reading: Reading, person_id: UUID) -> Standing:
    """The roles that a person holds today."""
    return standing_of(reading.session, person_id, reading.today)


def role_line(reading: Reading, person_id: UUID) -> str:
    """The titles of a person's roles, those that projects give included, for showing who sits here."""
    titles = role_titles(reading.policy, standing(reading, person_id).holdings)
    own = []
    for role in reading.policy.roles:
        if not role.held_as:
            continue
        named = named_on_project(role.held_as, person_id)
        if reading.session.scalar(select(Project.id).where(named).limit(1)):
            own.append(role.title)
    return "、".join(part for part in (titles, *own) if part)


def list_departments(reading: Reading) -> list[DepartmentRow]:
    """Departments, each followed by its parts."""
    rows = reading.session.scalars(select(Department).order_by(Department.pinyin, Department.name)).all()
    names = {row.id: row.name for row in rows}
    found: list[DepartmentRow] = []

    def append_below(parent: UUID | None) -> None:
        for row in rows:
            if row.parent_id == parent:
                above = names.get(row.parent_id, "") if row.parent_id else ""
                found.append(DepartmentRow(row.id, row.name, row.parent_id, above, row.active, row.version))
                append_below(row.id)

    append_below(None)
    return found


def clean_name(name: str) -> str:
    """A person's name as it is kept.

    Raises:
        Refusal: it is blank, too long or holds what cannot be stored.
    """
    try:
        value = read_name(name).value
    except Unreadable as error:
        raise Refusal(f"姓名{error}。", kept="没有作任何改动。", todo="请更正姓名。") from error
    if not isinstance(value, str):
        raise Refusal("请填写姓名。", kept="没有作任何改动。")
    return value


def add_person(
    work: Work, name: str, *, staff_no: str = "", department_id: UUID | None = None, phone: str = ""
) -> UUID:
    """Add a person; two people may bear one name, but not one staff number (ROLE-11).

    Raises:
        NotAllowed: the actor may not manage people.
        Refusal: the name is blank, or the staff number is another's.
    """
    work.need(Action.MANAGE_PEOPLE, what=_DEED)
    _refuse_taken_staff_no(work, staff_no, None)
    kept = clean_name(name)
    person = Person(
        name=kept, staff_no=staff_no.strip(), department_id=department_id, phone=phone.strip(), pinyin=initials(kept)
    )
    work.session.add(person)
    work.session.flush()
    return person.id


def change_person(
    work: Work,
    person_id: UUID,
    version: int,
    *,
    name: str,
    staff_no: str,
    department_id: UUID | None,
    phone: str,
    active: bool,
) -> None:
    """Save a person's record as edited from ``version``.

    Raises:
        NotAllowed: the actor may not manage people.
        Stale: somebody else saved it since.
        Refusal: the name is blank, the staff number is another's, or the last who manages people would leave.
    """
    work.need(Action.MANAGE_PEOPLE, what=_DEED)
    _refuse_taken_staff_no(work, staff_no, person_id)
    person = work.session.fetch_version(Person, person_id, version)
    if person.active and not active:
        _need_keeper(work, Assignment.person_id != person_id)
    person.name = clean_name(name)
    person.pinyin = initials(person.name)
    person.staff_no = staff_no.strip()
    person.department_id = department_id
    person.phone = phone.strip()
    person.active = active


def _refuse_taken_staff_no(work: Work, staff_no: str, own: UUID | None) -> None:
    number = staff_no.strip()
    if not number:
        return
    taken = work.session.scalar(select(Person).where(Person.staff_no == number, Person.id != own))
    if taken:
        raise Refusal(f"工号 {number} 已经是{taken.name}的。", kept="没有作任何改动。", todo="请核对工号。")


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

    Raises:
        NotAllowed: the actor may not manage people.
        Refusal: a role of departments is given without a department, the days are in the wrong order, or it is held.
    """
    work.need(Action.MANAGE_PEOPLE, what=_DEED)
    role = work.policy.role(role_key)
    if role.scope is Scope.DEPARTMENT and department_id is None:
        raise Refusal(f"“{role.title}”要指定所属部门。", kept="没有作任何改动。", todo="请选择部门后再保存。")
    if role.scope is Scope.PROJECT and project_id is None:
        raise Refusal(f"“{role.title}”要指定项目。", kept="没有作任何改动。", todo="请在项目中指定。")
    start = since or work.today
    if until and until < start:
        raise Refusal("结束日期早于开始日期。", kept="没有作任何改动。", todo="请核对日期。")
    held = in_force(start).where(
        Assignment.role_key == role_key,
        Assignment.person_id == person_id,
        Assignment.department_id.is_not_distinct_from(department_id),
        Assignment.project_id.is_not_distinct_from(project_id),
    )
    if work.session.scalars(held).first():
        raise Refusal(f"已经担任“{role.title}”了，不用再分配。", kept="没有作任何改动。")
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


def end_role(work: Work, assignment_id: UUID, on: dt.date | None = None) -> None:
    """Let a role end with a day (by default yesterday: it is over now); what was signed with it stands.

    Raises:
        NotAllowed: the actor may not manage people.
        Refusal: it is the last role that lets anyone manage people.
    """
    work.need(Action.MANAGE_PEOPLE, what=_DEED)
    assignment = work.session.fetch(Assignment, assignment_id)
    if assignment.role_key in _keepers(work):
        _need_keeper(work, Assignment.id != assignment_id)
    assignment.until = on or work.today - dt.timedelta(days=1)


def _keepers(work: Work) -> list[str]:
    """The roles that let people manage people."""
    return [right.role for right in work.policy.rights if right.action is Action.MANAGE_PEOPLE]


def _need_keeper(work: Work, others: ColumnElement[bool]) -> None:
    """Go on only if somebody among the ``others`` may manage people, or nobody ever could again."""
    take_turn(work.session, "keepers")
    keepers = _keepers(work)
    if work.session.scalars(in_force(work.today).where(Assignment.role_key.in_(keepers), others)).first() is None:
        titles = "或".join(f"“{work.policy.role(key).title}”" for key in dict.fromkeys(keepers))
        raise Refusal(
            "这是最后一个能维护人员的角色，不能结束。",
            kept="没有作任何改动。",
            todo=f"请先把{titles}交给另一个人。",
        )


def add_department(work: Work, name: str, parent_id: UUID | None = None) -> UUID:
    """Add a department, or a part of one.

    Raises:
        NotAllowed: the actor may not manage people.
        Refusal: the name is blank or stands there already.
    """
    work.need(Action.MANAGE_PEOPLE, what=_DEED)
    return find_or_add_department(work.session, _department_name(name), parent_id, fresh=True)


def change_department(work: Work, department_id: UUID, version: int, *, name: str, active: bool) -> None:
    """Rename or retire a department.

    Raises:
        NotAllowed: the actor may not manage people.
        Stale: somebody else saved it since.
        Refusal: the name is blank, or another department beside it bears it.
    """
    work.need(Action.MANAGE_PEOPLE, what=_DEED)
    department = work.session.fetch_version(Department, department_id, version)
    kept = _department_name(name)
    same = work.session.scalar(_department_named(kept, department.parent_id).where(Department.id != department_id))
    if same is not None:
        raise _department_stands(kept)
    department.name = kept
    department.pinyin = initials(department.name)
    department.active = active


def _department_name(name: str) -> str:
    kept = name.strip()
    if not kept:
        raise Refusal("请填写部门名称。", kept="没有作任何改动。")
    return kept


def _department_named(name: str, parent_id: UUID | None) -> Select[Department]:
    same_parent = Department.parent_id == parent_id if parent_id else Department.parent_id.is_(None)
    return select(Department).where(Department.name == name, same_parent)


def _department_stands(name: str) -> Refusal:
    return Refusal(f"已经有“{name}”这个部门了。", kept="没有作任何改动。")


def find_or_add_department(session: AnySession, name: str, parent_id: UUID | None, *, fresh: bool = False) -> UUID:
    """The department of that name below ``parent_id``, made if there is none; with ``fresh`` it must be new."""
    found = session.scalar(_department_named(name, parent_id))
    if found and fresh:
        raise _department_stands(name)
    if found:
        return found.id
    department = Department(name=name, parent_id=parent_id, pinyin=initials(name))
    session.add(department)
    session.flush()
    return department.id
