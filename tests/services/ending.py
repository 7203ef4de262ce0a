"""Short words for what the tests of pausing in fact, withdrawing and closing share."""

import datetime as dt
from functools import partial
from typing import Any

from desktop.domain.gates import Unmet
from desktop.domain.outcome import PlanChange
from desktop.services import people
from desktop.services.due import todo
from desktop.services.gate_view import Checklist, checklists
from desktop.services.plans import set_baseline
from desktop.services.todos import Todo
from desktop.store.tables import Filing
from tests.guarded import by_hand
from tests.services.world import CLERK, RUNNING, World

BUSINESS, EXPERT = "刘芳", "陈院士"
PROCUREMENT = {
    "id": "s1",
    "name": "服务器",
    "model": "R740",
    "count": "4",
    "unit": "台",
    "price": 5_000_000,
    "amount": 20_000_000,
    "needed_on": "2026-09-01",
    "supplier": "华信",
}
PRODUCT = {
    "id": "d1",
    "name": "竣工图",
    "basis": "合同附件三",
    "count": "3",
    "milestone": "初验",
    "due_on": "2026-11-30",
}


def hire(world: World, name: str, role: str) -> None:
    """Somebody new who holds a role for the whole office."""
    clerk = world.who(CLERK)
    made = world.office.run(clerk, partial(people.add_person, name=name, staff_no=f"工号{name}")).value
    world.office.run(clerk, partial(people.assign_role, person_id=made, role_key=role))


def plan(world: World, number: str = RUNNING, **registers: list[dict[str, Any]]) -> None:
    """Put a plan in force without the papers that would bring it (INIT-3 has tests of its own)."""
    filing = world.submitted("technical_review", number)
    with by_hand(), world.office.work(world.who(CLERK)) as work:
        found = work.session.fetch(Filing, filing)
        set_baseline(work, found, PlanChange(registers, 0), dt.date(2026, 3, 1))


def lists(world: World, form: str, number: str = RUNNING) -> Checklist:
    """The checklist of a form on a project."""
    found = world.office.read(partial(checklists, project_id=world.project(number).id))
    return next(item for item in found if item.form_key == form)


def missing(world: World, form: str, number: str = RUNNING) -> dict[str, Unmet]:
    """What keeps a form from being submitted, by condition."""
    return {item.condition: item for item in lists(world, form, number).unmet if item.stops}


def due_of(world: World, by: str, opens: str, *, everyone: bool = False) -> list[Todo]:
    """What a person has to do with a form."""
    found = world.office.read(lambda reading: todo(reading, world.who(by), everyone=everyone))
    return [item for item in found if item.opens == opens]
