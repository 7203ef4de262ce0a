"""The ledger of projects: lists, one project, its history, what may be done with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.ledger import PROJECT_DATES, PersonRef
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_terms import Action
from desktop.domain.rights import Subject, reach
from desktop.services.finding import holds
from desktop.services.office import Reading, ask_keepers
from desktop.services.standing import namesakes, standing_of
from desktop.store.tables import Department, Person, Program, Project


@dataclass(frozen=True)
class ProjectQuery:
    """What a list of projects shows: words to find, filters, order. ``mine`` keeps the actor's own projects."""

    text: str = ""
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    department_id: UUID | None = None
    mine: bool = False
    sort: str = "number"
    descending: bool = False


@dataclass(frozen=True)
class Totals:
    """How many projects a list holds, and their contracts' sum in fen."""

    count: int
    amount: int


_Manager = aliased(Person)
_ClientManager = aliased(Person)
_ProgramManager = aliased(Person)
_Department = aliased(Department)
_SubDepartment = aliased(Department)

SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "number": Project.number,
    "name": Project.sort_key,
    "state": Project.state,
    "kind": Project.kind,
    "manager": _Manager.pinyin,
    "amount": Project.amount,
    "customer": Project.customer,
    "department": _Department.pinyin,
    "program": Project.program,
    "planned_preliminary_on": Project.planned_preliminary_on,
    "planned_final_on": Project.planned_final_on,
    "paused_on": Project.paused_on,
}
"""What lists of projects may be sorted by."""


def project_ids(reading: Reading, actor: UUID, query: ProjectQuery) -> list[UUID]:
    """The ids of the projects that the actor may see and the query asks for, in its order."""
    column = SORTS[query.sort]
    order = column.desc().nulls_last() if query.descending else column.asc().nulls_last()
    orders = [order, Project.id]
    if query.sort == "number":  # who has no official number yet follows by the provisional one
        later = Project.provisional
        orders.insert(1, later.desc().nulls_last() if query.descending else later.asc().nulls_last())
    statement = select(Project.id).where(*_conditions(reading, actor, query)).order_by(*orders)
    if query.sort == "manager":
        statement = statement.outerjoin(_Manager, Project.manager_id == _Manager.id)
    if query.sort == "department":
        statement = statement.outerjoin(_Department, Project.department_id == _Department.id)
    return list(reading.session.scalars(statement))


def project_totals(reading: Reading, actor: UUID, query: ProjectQuery) -> Totals:
    """How many projects the query finds and the sum of their contracts."""
    statement = select(func.count(), func.coalesce(func.sum(Project.amount), 0)).select_from(Project)
    count, amount = reading.session.execute(statement.where(*_conditions(reading, actor, query))).one()
    return Totals(count, int(amount or 0))


def _conditions(reading: Reading, actor: UUID, query: ProjectQuery) -> list[ColumnElement[bool]]:
    found = [visible(reading, actor), *(_matches(word) for word in query.text.split())]
    if query.states:
        found.append(Project.state.in_(query.states))
    if query.kinds:
        found.append(Project.kind.in_(query.kinds))
    if query.department_id:
        found.append(
            or_(Project.department_id == query.department_id, Project.sub_department_id == query.department_id)
        )
    if query.mine:
        found.append(or_(Project.manager_id == actor, Project.client_manager_id == actor))
    return found


def _matches(word: str) -> ColumnElement[bool]:
    columns = (
        Project.name,
        Project.short_name,
        Project.number,
        Project.provisional,
        Project.contract_no,
        Project.customer,
        Project.pinyin,
    )
    by_person = select(Person.id).where(holds(Person.name, word))
    return or_(*(holds(column, word) for column in columns), Project.manager_id.in_(by_person))


def visible(reading: Reading, actor: UUID) -> ColumnElement[bool]:
    """The condition under which the actor may see a project, from the policy's rights rows."""
    return within_reach(reading, actor, Action.SEE)


def within_reach(reading: Reading, actor: UUID, action: Action, on: str = "*") -> ColumnElement[bool]:
    """The condition under which the actor may do something with a project (with the form ``on``): `may` as a query."""
    span = reach(reading.policy, standing_of(reading.session, actor, reading.today), action, on)
    if span.office:
        return true()
    ways: list[ColumnElement[bool]] = []
    if span.departments:
        ways += [Project.department_id.in_(span.departments), Project.sub_department_id.in_(span.departments)]
    if span.projects:
        ways.append(Project.id.in_(span.projects))
    ways += [named_on_project(way, actor) for way in sorted(span.held_as)]
    return or_(*ways) if ways else false()


def named_on_project(held_as: str, person_id: UUID, on: type[Project] = Project) -> ColumnElement[bool]:
    """The condition under which a project's record names a person in one of the ways of ``HELD_AS``.

    ``on`` is the table, or the alias under which a query knows it.
    """
    if held_as == "program_manager":
        return on.program_id.in_(select(Program.id).where(Program.manager_id == person_id))
    return {"manager": on.manager_id, "client_manager": on.client_manager_id}[held_as] == person_id


def project_rows(reading: Reading, ids: Sequence[UUID]) -> list[LedgerProject]:
    """The projects with these ids, in this order; those that are gone are left out."""
    rows = reading.session.execute(_whole().where(Project.id.in_(ids))).all()
    by_id = {project.id: project for project in _values(reading, rows)}
    return [by_id[key] for key in ids if key in by_id]


def get_project(reading: Reading, project_id: UUID) -> LedgerProject:
    """One project, whoever asks: for use-cases that ask for another right than to see it.

    Raises:
        NotAllowed: the server keeps it from whoever asks.
        Refusal: there is none of that id.
    """
    rows = project_rows(reading, [project_id])
    if not rows and reading.session.hides(Project, project_id):
        raise _unseen(reading)
    if not rows:
        raise Refusal("找不到这个项目。", todo="请刷新列表后重试。")
    return rows[0]


def open_project(reading: Reading, actor: UUID, project_id: UUID) -> LedgerProject:
    """One project as the actor may see it; its gates, files and history are then theirs to read.

    Raises:
        NotAllowed: it is not the actor's to see.
        Refusal: there is none of that id.
    """
    project = get_project(reading, project_id)
    if not may_see(reading, actor, project_id):
        raise _unseen(reading)
    return project


def _unseen(reading: Reading) -> NotAllowed:
    return NotAllowed("您没有查看这个项目的权限。", todo=ask_keepers(reading.policy))


def find_project(reading: Reading, number: str) -> LedgerProject:
    """The project of that number, official or provisional.

    Raises:
        Refusal: there is none.
    """
    asked = number.strip()
    found = _whole().where(or_(Project.number == asked, Project.provisional == asked))
    row = reading.session.execute(found.order_by(Project.number.is_distinct_from(asked))).first()
    if row is None:
        raise Refusal(f"台账中没有编号为“{number}”的项目。", todo="请核对编号。")
    return _values(reading, [row])[0]


def projects_where(reading: Reading, condition: ColumnElement[bool]) -> list[LedgerProject]:
    """Every project that meets a condition, by number."""
    rows = reading.session.execute(
        _whole().where(condition).order_by(Project.number.asc().nulls_last(), Project.id)
    ).all()
    return _values(reading, rows)


def projects_by_id(reading: Reading, ids: Collection[UUID | None]) -> dict[UUID | None, LedgerProject]:
    """The projects of these ids, as they stand in the ledger; what belongs to no project (``None``) has none here."""
    wanted = {item for item in ids if item is not None}
    return {item.id: item for item in projects_where(reading, Project.id.in_(wanted))} if wanted else {}


def _values(reading: Reading, rows: Sequence[Any]) -> list[LedgerProject]:
    """Rows of the ledger as values; people whose name another one bears are told apart."""
    told_apart = namesakes(reading.session) if rows else {}
    return [_value(*row, told_apart=told_apart) for row in rows]


@cache
def _whole() -> Select[Project, Person, Person, Department, Department, Person]:
    return (
        select(Project, _Manager, _ClientManager, _Department, _SubDepartment, _ProgramManager)
        .outerjoin(_Manager, Project.manager_id == _Manager.id)
        .outerjoin(_ClientManager, Project.client_manager_id == _ClientManager.id)
        .outerjoin(_Department, Project.department_id == _Department.id)
        .outerjoin(_SubDepartment, Project.sub_department_id == _SubDepartment.id)
        .outerjoin(Program, Project.program_id == Program.id)
        .outerjoin(_ProgramManager, Program.manager_id == _ProgramManager.id)
    )


def _value(
    row: Project,
    manager: Person | None,
    client_manager: Person | None,
    department: Department | None,
    sub_department: Department | None,
    program_manager: Person | None,
    *,
    told_apart: Mapping[UUID, PersonRef],
) -> LedgerProject:
    def ref(person: Person | None) -> PersonRef | None:
        if person is None:
            return None
        return told_apart.get(person.id) or PersonRef(person.id, person.name, "", person.staff_no)

    dates = {name: getattr(row, name) for name in PROJECT_DATES}
    return LedgerProject(
        id=row.id,
        number=row.number or "",
        short_name=row.short_name,
        name=row.name,
        kind=row.kind,
        program=row.program,
        contract_no=row.contract_no,
        contract_kind=row.contract_kind,
        amount=row.amount,
        budget=row.budget,
        customer=row.customer,
        department_id=row.department_id,
        department=department.name if department else "",
        sub_department_id=row.sub_department_id,
        sub_department=sub_department.name if sub_department else "",
        manager=ref(manager),
        client_manager=ref(client_manager),
        state=row.state,
        note=row.note,
        version=row.version,
        contract_id=row.contract_id,
        program_id=row.program_id,
        program_manager=ref(program_manager),
        predecessor_id=row.predecessor_id,
        provisional=row.provisional or "",
        **dates,
    )


def subject_of(project: LedgerProject | None) -> Subject:
    """A project as rights see it; without one, the office."""
    if project is None:
        return Subject()
    return Subject(
        project.id,
        project.departments,
        project.manager.id if project.manager else None,
        project.client_manager.id if project.client_manager else None,
        project.program_manager.id if project.program_manager else None,
    )


def may_see(reading: Reading, actor: UUID, project_id: UUID) -> bool:
    """Whether the actor may see this project."""
    found = reading.session.scalar(select(Project.id).where(and_(Project.id == project_id, visible(reading, actor))))
    return found is not None
