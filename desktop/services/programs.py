"""Programs (大项目, PROG-1): several projects under one 大项目经理."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from desktop.domain.errors import NotAllowed
from desktop.domain.field import Content
from desktop.domain.form import lines_of, value_of
from desktop.domain.forms.program import across_title
from desktop.domain.ledger import PersonRef
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_terms import Action
from desktop.domain.rights import reach
from desktop.services.finding import holds
from desktop.services.naming import People, named_project
from desktop.services.office import Reading, Work
from desktop.services.projects import projects_where, visible
from desktop.services.standing import people_by_id, standing_of
from desktop.store.ids import new_id
from desktop.store.tables import Filing, Person, Program, Project


@dataclass(frozen=True)
class ProgramRow:
    """A program as lists show it; ``amount`` is the sum of its projects' contracts in fen, as far as they are seen."""

    id: UUID
    name: str
    manager: PersonRef | None
    across: str
    count: int
    amount: int
    note: str
    filing_id: UUID | None


@dataclass(frozen=True)
class ProgramPage:
    """A program with the sub-projects that the reader may see."""

    row: ProgramRow
    projects: tuple[LedgerProject, ...]
    readers: tuple[Readers, ...]


@dataclass(frozen=True)
class Readers:
    """Whose reports and minutes a person gets for their part in a program (PROG-3).

    ``as_member`` says that the projects' teams count as members of the big team, whose reports the person approves.
    """

    person: PersonRef
    projects: tuple[LedgerProject, ...]
    as_member: bool


def keep_program(work: Work, filing: Filing, content: Content, people: People) -> UUID:
    """Make a program, or let the one of that name have its manager and projects as approved. Returns its id.

    The section ``roster`` names its projects by ``number``, official or provisional; who is not in it leaves.
    """
    name = str(value_of(content, "program", "name"))
    program = work.session.scalar(select(Program).where(Program.name == name))
    if program is None:
        program = Program(id=new_id(), name=name)
        work.session.add(program)
    program.manager_id = people.find(value_of(content, "program", "manager"), None)
    program.across = str(value_of(content, "program", "across") or "")
    program.note = str(value_of(content, "program", "note") or "")
    program.filing_id = filing.id
    work.session.flush()
    members = [record for line in lines_of(content, "roster") if (record := named_project(work, line.get("number")))]
    if members:
        _release(work, program, {record.id for record in members})
    for record in members:
        record.program_id, record.program = program.id, name
    return program.id


def _release(work: Work, program: Program, kept: set[UUID]) -> None:
    query = select(Project).where(or_(Project.program_id == program.id, Project.program == program.name))
    for record in work.session.scalars(query).all():
        if record.id not in kept:
            record.program_id, record.program = None, ""


def program_ids(
    reading: Reading, actor: UUID, text: str = "", *, sort: str = "name", descending: bool = False
) -> list[UUID]:
    """The ids of the programs that the actor may see, found by name or manager."""
    columns = {"name": Program.name, "manager": Person.pinyin, "across": Program.across}
    column = columns[sort]
    order = column.desc().nulls_last() if descending else column.asc().nulls_last()
    query = select(Program.id).outerjoin(Person, Program.manager_id == Person.id).where(_seen(reading, actor))
    query = query.where(*(or_(holds(Program.name, word), holds(Person.name, word)) for word in text.split()))
    return list(reading.session.scalars(query.order_by(order, Program.id)))


def _seen(reading: Reading, actor: UUID) -> ColumnElement[bool]:
    if reach(reading.policy, standing_of(reading.session, actor, reading.today), Action.SEE).office:
        return true()
    of_projects = select(Project.program_id).where(and_(visible(reading, actor), Project.program_id.is_not(None)))
    return or_(Program.manager_id == actor, Program.id.in_(of_projects))


def program_rows(reading: Reading, actor: UUID, ids: Sequence[UUID]) -> list[ProgramRow]:
    """The programs with these ids, in this order; sums of what the actor may see."""
    sums = (
        select(Project.program_id, func.count(), func.sum(Project.amount))
        .where(Project.program_id.in_(ids), visible(reading, actor))
        .group_by(Project.program_id)
    )
    counted = {key: (count, int(amount or 0)) for key, count, amount in reading.session.execute(sums)}
    programs = {row.id: row for row in reading.session.scalars(select(Program).where(Program.id.in_(ids)))}
    people = people_by_id(reading.session, {row.manager_id for row in programs.values() if row.manager_id})
    found = []
    for row in (programs[key] for key in ids if key in programs):
        count, amount = counted.get(row.id, (0, 0))
        manager = people.get(row.manager_id) if row.manager_id else None
        across = across_title(row.across)
        found.append(ProgramRow(row.id, row.name, manager, across, count, amount, row.note, row.filing_id))
    return found


def open_program(reading: Reading, actor: UUID, program_id: UUID) -> ProgramPage:
    """One program with its sub-projects as the actor may see them.

    Raises:
        NotAllowed: it is not the actor's to see.
    """
    query = select(Program.id).where(Program.id == program_id, _seen(reading, actor))
    if reading.session.scalar(query) is None:
        raise NotAllowed("您没有查看这个大项目的权限。", todo="请与项目管理员联系。")
    projects = projects_where(reading, and_(Project.program_id == program_id, visible(reading, actor)))
    row = program_rows(reading, actor, [program_id])[0]
    return ProgramPage(row, tuple(projects), tuple(report_readers(reading, program_id)))


def report_readers(reading: Reading, program_id: UUID) -> list[Readers]:
    """Who gets whose weekly reports and minutes in a program (PROG-3).

    The 大项目经理 gets them all. Across 一级部门 each sub-project's manager gets those of the others; across 二级部门
    the sub-teams count as members of the 大项目经理's team.
    """
    program = reading.session.fetch(Program, program_id)
    projects = projects_where(reading, Project.program_id == program_id)
    found: list[Readers] = []
    head = people_by_id(reading.session, {program.manager_id}).get(program.manager_id) if program.manager_id else None
    if head is not None:
        found.append(Readers(head, tuple(projects), program.across == "sub_departments"))
    if program.across != "departments":
        return found
    managers = {item.manager.id: item.manager for item in projects if item.manager}
    for person in managers.values():
        others = tuple(item for item in projects if item.manager is None or item.manager.id != person.id)
        if person.id != program.manager_id and others:
            found.append(Readers(person, others, as_member=False))
    return found
