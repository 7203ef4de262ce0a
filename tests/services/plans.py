"""A plan in force for the tests of this room, and edits of it."""

from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.outcome import PlanChange
from desktop.services import people, plans
from desktop.services.office import Work
from desktop.store.tables import Filing
from tests.guarded import by_hand
from tests.services.world import CLERK, MANAGER, RUNNING, World, person

BUSINESS = "周敏"
"""Who plays 商务部; `hire` takes them on."""

PLAN: dict[str, list[dict[str, Any]]] = {
    "procurement": [
        {
            "id": "p1",
            "name": "核心交换机",
            "model": "S6730",
            "spec": None,
            "count": "2",
            "unit": "台",
            "price": 12_800_00,
            "amount": 25_600_00,
            "needed_on": "2026-12-01",
            "supplier": "甲公司",
        },
        {
            "id": "p2",
            "name": "服务器",
            "model": None,
            "spec": "2 路",
            "count": "4",
            "unit": "台",
            "price": 50_000_00,
            "amount": 200_000_00,
            "needed_on": "2026-12-10",
            "supplier": None,
        },
    ],
    "budget": [
        {"id": "b1", "subject": "travel", "month": "2026-11", "amount": 30_000_00, "note": None},
        {"id": "b2", "subject": "labour", "month": "2026-12", "amount": 120_000_00, "note": None},
    ],
    "schedule": [
        {
            "id": "s1",
            "name": "设备安装",
            "period": {"start": "2026-11-01", "end": "2026-11-30"},
            "milestone": "no",
            "owner": person(MANAGER),
            "after": None,
            "parent": None,
            "work": None,
            "note": None,
        },
        {
            "id": "s2",
            "name": "系统联调",
            "period": {"start": "2026-12-01", "end": "2026-12-25"},
            "milestone": "yes",
            "owner": person(MANAGER),
            "after": "设备安装",
            "parent": None,
            "work": None,
            "note": None,
        },
    ],
    "products": [
        {"id": "w1", "name": "竣工图", "basis": None, "count": "2", "milestone": "系统联调", "due_on": "2026-12-25"}
    ],
    "organization": [],
    "risks": [],
}


def hire(world: World) -> None:
    """Take on somebody for 商务部."""
    clerk = world.who(CLERK)
    made = world.office.run(clerk, partial(people.add_person, name=BUSINESS, staff_no="0090", department_id=None)).value
    world.office.run(clerk, partial(people.assign_role, person_id=made, role_key="business", department_id=None))


def plan_in_force(world: World, number: str = RUNNING, base: int = 0, **registers: Any) -> None:
    """Put a baseline in force, with ``registers`` instead of those of `PLAN`."""
    project = world.project(number).id

    def work(work: Work) -> int:
        filing = work.session.scalars(select(Filing).where(Filing.form_key == "opening")).one()
        filing.project_id = project
        made = plans.set_baseline(work, filing, PlanChange({**PLAN, **registers}, base, "立项"), work.today)
        filing.project_id = None
        return made

    with by_hand():
        world.office.run(world.who(CLERK), work)


def edited(register: str, line: str, **fields: Any) -> list[dict[str, Any]]:
    """The lines of a register in `PLAN` with one line changed."""
    return [{**item, **fields} if item["id"] == line else item for item in PLAN[register]]


def change(world: World, number: str = RUNNING, by: str = MANAGER, **sections: Any) -> UUID:
    """A change submitted by the project's manager."""
    return world.submitted("change", number, by, **sections)


def lines(world: World, number: str = RUNNING, no: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """A project's plan by register."""
    project = world.project(number).id
    return world.office.read(lambda reading: plans.plan_lines(reading, project, no))
