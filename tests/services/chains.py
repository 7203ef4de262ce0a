"""A suspension whose chain has everything: a stage side by side, 会签, days, lines to confirm."""

from functools import partial
from uuid import UUID

from desktop.services import people, settings
from desktop.services.policies import read_policy
from tests.domain.samples import revised
from tests.services.world import CLERK, EPM, World

PMO = '[[form.step]]\nkey = "pmo"\ntitle = "项目管理部"\nsigner = "pmo_head"\nseal = true\nrule = "PAUSE-3"\n'
WIDE = """
[[form.step]]
key = "quality"
title = "质量会审"
signer = "quality"
stage = "会审"
days = 2
[[form.step]]
key = "finance"
title = "财务会审"
signer = "finance"
sections = ["project", "progress"]
stage = "会审"
days = 3
[[form.step]]
key = "president"
title = "总裁室会签"
signer = "president"
every = true
"""


def adopt(world: World, steps: str = WIDE) -> None:
    """These steps stand before the PMO's on a suspension from now on."""
    policy = read_policy(revised(EPM.text.replace(PMO, steps + PMO, 1)), "会审.toml")
    world.office.run(world.who(CLERK), partial(settings.change_policy, policy=policy))


def appoint(world: World, name: str, role: str, department: str = "") -> UUID:
    """A new colleague who holds a role."""
    clerk = world.who(CLERK)
    place = world.department(department) if department else None
    made = world.office.run(clerk, partial(people.add_person, name=name, staff_no=f"工号{name}")).value
    if role:
        world.office.run(clerk, partial(people.assign_role, person_id=made, role_key=role, department_id=place))
    return made


def leave(world: World, name: str) -> None:
    """A colleague leaves the company."""
    row = next(row for row in world.office.read(people.list_people) if row.name == name)
    change = partial(
        people.change_person,
        person_id=row.id,
        version=row.version,
        name=row.name,
        staff_no=row.staff_no,
        department_id=row.department_id,
        phone=row.phone,
        active=False,
    )
    world.office.run(world.who(CLERK), change)


def end_roles(world: World, role: str) -> None:
    """Nobody holds this role any more."""
    held = [
        item.assignment_id
        for row in world.office.read(people.list_people)
        for item in row.roles
        if item.role_key == role
    ]
    for assignment in held:
        world.office.run(world.who(CLERK), partial(people.end_role, assignment_id=assignment))
