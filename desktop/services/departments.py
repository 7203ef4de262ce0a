"""Departments (一级) and their parts (二级): the tree, and how it is corrected."""

from __future__ import annotations

from dataclasses import dataclass
from types import EllipsisType
from uuid import UUID

from sqlalchemy import Select, func, select

from desktop.domain.errors import Refusal
from desktop.domain.policy_terms import Action
from desktop.domain.values import Unreadable, read_text
from desktop.services.office import Reading, Work
from desktop.services.sorting import initials
from desktop.services.standing import AnySession, department_parts
from desktop.store.locks import take_turn
from desktop.store.tables import Department, Person

PEOPLE_DEED = "维护人员与部门"
_UNCHANGED = "没有作任何改动。"
_LONGEST = 60


@dataclass(frozen=True)
class DepartmentRow:
    """A department as the settings page lists it; ``people`` counts who works in it itself."""

    id: UUID
    name: str
    parent_id: UUID | None
    parent: str
    active: bool
    version: int
    people: int = 0

    @property
    def full(self) -> str:
        """Its name after that of the department it is part of."""
        return f"{self.parent} / {self.name}" if self.parent else self.name


def list_departments(reading: Reading) -> list[DepartmentRow]:
    """Departments, each followed by its parts; records that were merged into another are left out."""
    query = select(Department).where(Department.merged_into_id.is_(None)).order_by(Department.pinyin, Department.name)
    rows = reading.session.scalars(query).all()
    counted = select(Person.department_id, func.count()).where(Person.active.is_(True)).group_by(Person.department_id)
    people = {key: count for key, count in reading.session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy
    names = {row.id: row.name for row in rows}
    found: list[DepartmentRow] = []

    def append_below(parent: UUID | None) -> None:
        for row in rows:
            if row.parent_id == parent:
                above = names.get(row.parent_id, "") if row.parent_id else ""
                found.append(
                    DepartmentRow(
                        row.id, row.name, row.parent_id, above, row.active, row.version, people.get(row.id, 0)
                    )
                )
                append_below(row.id)

    append_below(None)
    return found


def add_department(work: Work, name: str, parent_id: UUID | None = None) -> UUID:
    """Add a department, or a part of one.

    Raises:
        NotAllowed: the actor may not manage people.
        Refusal: the name is blank or stands there already, or the department above is retired.
    """
    work.need(Action.MANAGE_PEOPLE, what=PEOPLE_DEED)
    take_turn(work.session, "departments")
    if parent_id is not None:
        need_department(work, parent_id)
    return find_or_add_department(work.session, clean_department_name(name), parent_id, fresh=True)


def change_department(
    work: Work,
    department_id: UUID,
    version: int,
    *,
    name: str,
    active: bool,
    parent_id: UUID | EllipsisType | None = ...,
) -> None:
    """Rename or retire a department, or let it be part of another one (left out: it stays where it is).

    Papers and projects follow by its id; what was sealed keeps the name that it was written with.

    Raises:
        NotAllowed: the actor may not manage people.
        Stale: somebody else saved it since.
        Refusal: the name is blank, another beside it bears it, it would be part of itself, it is still in use, or
            it was merged.
    """
    work.need(Action.MANAGE_PEOPLE, what=PEOPLE_DEED)
    mine: dict[str, object] = {"name": name.strip(), "active": active}
    if parent_id is not ...:
        mine["parent_id"] = parent_id
    department = work.session.fetch_version(Department, department_id, version, mine)
    if department.merged_into_id is not None:
        into = work.session.fetch(Department, counting_department(work.session, department_id))
        raise Refusal(f"这个部门已经并入“{into.name}”。", kept=_UNCHANGED, todo="请修改合并后的部门。")
    kept = clean_department_name(name)
    take_turn(work.session, "departments")
    above = department.parent_id if parent_id is ... else parent_id
    if above != department.parent_id:
        _need_place(work, department, above)
    same = work.session.scalar(_department_named(kept, above).where(Department.id != department_id))
    if same is not None:
        raise _department_stands(same)
    if department.active and not active:
        _need_empty(work, department)
    department.name = kept
    department.pinyin = initials(department.name)
    department.parent_id = above
    department.active = active


def need_department(reading: Reading, department_id: UUID) -> Department:
    """The department, where people and roles can still be put.

    Raises:
        Refusal: there is none of that id, it is retired, or was merged into another.
    """
    department = reading.session.fetch(Department, department_id)
    if not department.active or department.merged_into_id is not None:
        raise Refusal(f"部门“{department.name}”已经停用。", kept=_UNCHANGED, todo="请选择在用的部门。")
    return department


def _need_place(work: Work, department: Department, above: UUID | None) -> None:
    """Go on only where a department does not become a part of itself."""
    if above is None:
        return
    parent = need_department(work, above)
    if above == department.id or above in department_parts(work.session).get(department.id, ()):
        raise Refusal(
            f"“{parent.name}”就是“{department.name}”自己或它的下级，不能当它的上级部门。",
            kept=_UNCHANGED,
            todo="请选择别的上级部门。",
        )


def _need_empty(work: Work, department: Department) -> None:
    """Go on only where nobody works in a department and none of its parts is in use."""
    people = work.session.scalar(
        select(func.count()).where(Person.department_id == department.id, Person.active.is_(True))
    )
    parts = work.session.scalar(
        select(func.count()).where(Department.parent_id == department.id, Department.active.is_(True))
    )
    left = [f"{count} {noun}" for count, noun in ((people, "名在职人员"), (parts, "个在用的下级部门")) if count]
    if left:
        raise Refusal(
            f"“{department.name}”还有{'、'.join(left)}，不能停用。",
            kept=_UNCHANGED,
            todo="请先把他们调到别的部门；如果它与另一个部门是同一个，请用“合并”。",
        )


def clean_department_name(name: str) -> str:
    """A department's name as it is kept.

    Raises:
        Refusal: it is blank, too long or holds what cannot be stored.
    """
    try:
        kept = read_text(name, longest=_LONGEST).value
    except Unreadable as error:
        raise Refusal(f"部门名称{error}。", kept=_UNCHANGED, todo="请更正名称。") from error
    if not isinstance(kept, str):
        raise Refusal("请填写部门名称。", kept=_UNCHANGED)
    return kept


def _department_named(name: str, parent_id: UUID | None) -> Select[Department]:
    same_parent = Department.parent_id == parent_id if parent_id else Department.parent_id.is_(None)
    unmerged_first = Department.merged_into_id.is_not(None)
    return select(Department).where(Department.name == name, same_parent).order_by(unmerged_first, Department.id)


def _department_stands(found: Department) -> Refusal:
    if found.merged_into_id is not None:
        return Refusal(
            f"“{found.name}”这个名称属于一个已经合并的部门。", kept=_UNCHANGED, todo="请用合并后的部门，或另取名称。"
        )
    told = "" if found.active else "（已停用）"
    return Refusal(f"已经有“{found.name}”这个部门了{told}。", kept=_UNCHANGED, todo="请另取名称，或改用原有的部门。")


def find_or_add_department(session: AnySession, name: str, parent_id: UUID | None, *, fresh: bool = False) -> UUID:
    """The department of that name below ``parent_id``, made if there is none; with ``fresh`` it must be new.

    The name of a record that was merged means the one that counts.
    """
    found = session.scalars(_department_named(name, parent_id)).first()
    if found and fresh:
        raise _department_stands(found)
    if found:
        return counting_department(session, found.id)
    department = Department(name=name, parent_id=parent_id, pinyin=initials(name))
    session.add(department)
    session.flush()
    return department.id


def counting_department(session: AnySession, department_id: UUID) -> UUID:
    """The record that counts for a department: that one, or the one into which it was merged."""
    department = session.get(Department, department_id)
    while department is not None and department.merged_into_id is not None:
        department = session.get(Department, department.merged_into_id)
    return department.id if department else department_id
