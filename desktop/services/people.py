"""People: who they are, and what tells two of one name apart (ROLE-11); departments and roles beside it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from desktop.domain.errors import Refusal
from desktop.domain.ledger import PersonRef
from desktop.domain.mail_address import read_address
from desktop.domain.policy_terms import Action
from desktop.domain.rights import Standing, role_titles
from desktop.domain.values import Unreadable, read_name, read_text
from desktop.services.departments import (
    PEOPLE_DEED,
    DepartmentRow,
    add_department,
    change_department,
    find_or_add_department,
    list_departments,
    need_department,
)
from desktop.services.finding import holds
from desktop.services.office import Reading, Work
from desktop.services.projects import named_on_project
from desktop.services.roles import RoleHeld, assign_role, end_role, need_keeper, roles_held
from desktop.services.sorting import initials
from desktop.services.standing import department_names, people_by_id, standing_of
from desktop.store.locks import take_turn
from desktop.store.tables import Assignment, Person, Project

__all__ = [
    "DepartmentRow",
    "PersonRow",
    "RoleHeld",
    "add_department",
    "add_person",
    "assign_role",
    "change_department",
    "change_person",
    "clean_name",
    "end_role",
    "find_or_add_department",
    "list_departments",
    "list_people",
    "people_refs",
    "person_ref",
    "role_line",
    "standing",
]

_UNCHANGED = "没有作任何改动。"
_LONGEST_NUMBER, _LONGEST_PHONE = 40, 60


@dataclass(frozen=True)
class PersonRow:
    """A person as the settings page lists them; ``merged_into`` is whom a merged record stands for."""

    id: UUID
    name: str
    staff_no: str
    department_id: UUID | None
    department: str
    phone: str
    active: bool
    roles: tuple[RoleHeld, ...]
    version: int
    merged_into: str = ""
    email: str = ""

    @property
    def ref(self) -> PersonRef:
        """The person as pickers show them."""
        return PersonRef(self.id, self.name, self.department, self.staff_no)


def list_people(reading: Reading, text: str = "", *, everyone: bool = False) -> list[PersonRow]:
    """People by pinyin, filtered by name, staff number or initials.

    ``everyone`` includes those who left, and records that were merged into another.
    """
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
    departments = department_names(reading.session)
    roles = roles_held(reading)
    merged = people_by_id(reading.session, {person.id for person in people if person.merged_into_id})
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
            merged[person.id].full if person.id in merged else "",
            person.email or "",
        )
        for person in people
    ]


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
    work: Work, name: str, *, staff_no: str = "", department_id: UUID | None = None, phone: str = "", email: str = ""
) -> UUID:
    """Add a person; two people may bear one name, but not one staff number (ROLE-11).

    Raises:
        NotAllowed: the actor may not manage people.
        Refusal: the name is blank, or the staff number is another's.
    """
    work.need(Action.MANAGE_PEOPLE, what=PEOPLE_DEED)
    person = Person(name="")
    _write(work, person, name=name, staff_no=staff_no, department_id=department_id, phone=phone, email=email)
    work.session.add(person)
    work.session.flush()
    return person.id


def change_person(  # noqa: PLR0913 (the particulars of a person are as many)
    work: Work,
    person_id: UUID,
    version: int,
    *,
    name: str,
    staff_no: str,
    department_id: UUID | None,
    phone: str,
    active: bool,
    email: str | None = None,
) -> None:
    """Save a person's record as edited from ``version``; an address that is not given stays.

    Raises:
        NotAllowed: the actor may not manage people.
        Stale: somebody else saved it since.
        Refusal: the name is blank, the staff number is another's, or the last who manages people would leave.
    """
    work.need(Action.MANAGE_PEOPLE, what=PEOPLE_DEED)
    mine: dict[str, object] = {
        "name": name.strip(), "staff_no": staff_no.strip(), "department_id": department_id, "phone": phone.strip(),
        "active": active,
    }  # fmt: skip
    if email is not None:
        mine["email"] = email.strip() or None
    person = work.session.fetch_version(Person, person_id, version, mine)
    if person.merged_into_id is not None:
        counts = people_by_id(work.session, {person_id})[person_id]
        raise Refusal(f"这条记录已经并入{counts.full}。", kept=_UNCHANGED, todo="请修改合并后的那一条。")
    if person.active and not active:
        need_keeper(work, Assignment.person_id != person_id)
    kept = (person.email or "") if email is None else email
    _write(work, person, name=name, staff_no=staff_no, department_id=department_id, phone=phone, email=kept)
    person.active = active


def _write(
    work: Work, person: Person, *, name: str, staff_no: str, department_id: UUID | None, phone: str, email: str
) -> None:
    """Write the particulars, once everything about them has been found right."""
    kept = clean_name(name)
    number = _line("工号", staff_no, _LONGEST_NUMBER)
    line = _line("电话", phone, _LONGEST_PHONE)
    address = _address(email)
    if department_id is not None and department_id != person.department_id:
        need_department(work, department_id)
    take_turn(work.session, "people")
    _refuse_taken_staff_no(work, number, person.id)
    _refuse_double(work, kept, number, department_id, person.id)
    person.name = kept
    person.pinyin = initials(kept)
    person.staff_no = number
    person.department_id = department_id
    person.phone = line
    person.email = address or None


def _address(text: str) -> str:
    try:
        return read_address(text)
    except Unreadable as error:
        raise Refusal(f"邮箱{error}。", kept=_UNCHANGED, todo="请更正邮箱。") from error


def _line(label: str, text: str, longest: int) -> str:
    try:
        return str(read_text(text, longest=longest).value or "")
    except Unreadable as error:
        raise Refusal(f"{label}{error}。", kept=_UNCHANGED, todo=f"请更正{label}。") from error


def _refuse_taken_staff_no(work: Work, number: str, own: UUID) -> None:
    if not number:
        return
    query = select(Person).where(Person.staff_no == number, Person.id != own, Person.merged_into_id.is_(None))
    taken = work.session.scalars(query).first()
    if taken:
        left = "" if taken.active else "（已离职）"
        raise Refusal(f"工号 {number} 已经是{taken.name}{left}的。", kept=_UNCHANGED, todo="请核对工号。")


def _refuse_double(work: Work, name: str, number: str, department_id: UUID | None, own: UUID) -> None:
    """Two people of one name must be told apart by department or staff number, wherever they are chosen."""
    if number:
        return
    query = select(Person).where(
        Person.name == name, Person.staff_no == "", Person.id != own, Person.active, Person.merged_into_id.is_(None)
    )
    names = department_names(work.session)
    place = names.get(department_id) if department_id else None
    for other in work.session.scalars(query):
        if (names.get(other.department_id) if other.department_id else None) == place:
            raise Refusal(
                f"{place or '未分部门的人员'}里已经有一位没有工号的“{name}”，两个人会分不清。",
                kept=_UNCHANGED,
                todo="请填写工号（或部门）；如果是同一个人，不用再添加。",
            )
