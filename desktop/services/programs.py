"""Programs (大项目, PROG-1): several projects under one 大项目经理."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from desktop.domain.fields import Content
from desktop.domain.form import lines_of, value_of
from desktop.services.naming import People
from desktop.services.office import Work
from desktop.store.ids import new_id
from desktop.store.tables import Filing, Program, Project


def keep_program(work: Work, filing: Filing, content: Content, people: People) -> UUID:
    """Make a program, or let the one of that name have its manager and projects as approved. Returns its id.

    The section ``projects`` names projects that are there by ``number`` (official or provisional).
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
    for line in lines_of(content, "members"):
        number = str(line.get("number") or "")
        record = work.session.scalar(
            select(Project).where((Project.number == number) | (Project.provisional == number))
        )
        if record is not None:
            record.program_id, record.program = program.id, name
    return program.id
