"""The office on which a soak is done: the sample's company, with projects, members, and people who edit people."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from desktop.sample.company import Cast, cast_of, found_office, hire
from desktop.sample.ledger import LineMaker
from desktop.sample.making import Ledger
from desktop.services.clock import local_clock
from desktop.services.departments import add_department, list_departments
from desktop.services.home import Home
from desktop.services.office import Office, Reading
from desktop.services.people import list_people
from desktop.services.projects import ProjectQuery, project_ids
from desktop.services.roles import assign_role
from desktop.store.tables import Device

PROJECTS = 160
NUMBERLESS = 200
"""Projects that begin without a number; clerks give them one after the other."""
SHARED_ROOMS = 4
"""Departments that stand there to be renamed by several people at once."""
_KEEPERS = 8
_MEMBERSHIPS = 3
_WEEKS = 30


@dataclass(frozen=True)
class Desks:
    """Who can sit down to work: ids of people, those with most to do first; and where the journal stood then."""

    people: tuple[UUID, ...]
    lamport: int


def prepare_office(target: str, folder: Path) -> Desks:
    """Found the office in an empty database and get it ready."""
    rng = random.Random(6)
    home = Home(folder)
    office = found_office(target, home, local_clock, b"")
    try:
        clerk = office.read(list_people)[0].id
        office.run(clerk, hire)
        cast = office.read(cast_of)
        maker = LineMaker(rng, cast)
        today = office.today()
        lines = [maker.line("implementing", today, 200) for _ in range(PROJECTS)]
        new = [maker.line("starting", today, 1) for _ in range(NUMBERLESS)]
        lines += [replace(line, values={**line.values, "number": None}) for line in new]
        office.run(clerk, Ledger(today, "项目台账.xlsx", lines).come_in)
        _give_roles(office, clerk, cast, rng)
        return Desks(_order(cast, office), office.read(_lamport))
    finally:
        office.close()


def _lamport(reading: Reading) -> int:
    return reading.session.scalar(select(func.max(Device.lamport))) or 0


def _give_roles(office: Office, clerk: UUID, cast: Cast, rng: random.Random) -> None:
    projects = office.read(lambda reading: project_ids(reading, clerk, ProjectQuery()))
    since = office.today() - dt.timedelta(weeks=_WEEKS)

    with office.work(clerk) as work:
        top = list_departments(work)[0].id
        for n in range(1, SHARED_ROOMS + 1):
            add_department(work, f"资料室{n}", top)
        for person in [*cast.assistants.values(), *cast.business, *cast.client_managers][:_KEEPERS]:
            assign_role(work, person.id, "keeper")
        for person in cast.assistants.values():
            assign_role(work, person.id, "clerk")
        for person in cast.others:
            for project in rng.sample(projects, _MEMBERSHIPS):
                assign_role(work, person.id, "member", project_id=project, since=since)


def _order(cast: Cast, office: Office) -> tuple[UUID, ...]:
    """Everybody, so that a few clients already make whole chains: signers first, then who files."""
    managers = [person for team in cast.managers.values() for person in team]
    heads, quality, assistants = (list(of.values()) for of in (cast.heads, cast.quality, cast.assistants))
    first = [cast.clerk, managers[0], heads[0], cast.others[0], assistants[0], cast.pmo_head, quality[0], managers[1]]
    first += [*assistants, *heads, *quality, *cast.others[:3], *managers[:6], *cast.presidents, *cast.others, *managers]
    known = [row.id for row in office.read(partial(list_people))]
    return tuple(dict.fromkeys([*(person.id for person in first), *known]))
