"""A project's organisation from the ledger, from roles on it and from its plan (ROLE-12)."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from desktop.domain.canonical import canonical_text
from desktop.domain.errors import NotAllowed
from desktop.services import merging, organization, people
from desktop.services.organization import OrganizationPage
from desktop.store.tables import PlanLine
from tests.guarded import by_hand
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    FINANCE,
    MANAGER,
    OTHER_MANAGER,
    PRESIDENT,
    QUALITY,
    RUNNING,
    SOFTWARE,
    World,
    refusal,
)


def page(world: World, by: str = CLERK, number: str = RUNNING) -> OrganizationPage:
    look = partial(organization.organization_page, actor=world.who(by), project_id=world.project(number).id)
    return world.office.read(look)


def plan(world: World, *lines: dict[str, Any]) -> None:
    with by_hand(), world.office.work(world.who(CLERK)) as work:
        for place, line in enumerate(lines, 1):
            work.session.add(
                PlanLine(
                    project_id=world.project().id,
                    register="organization",
                    line=f"o{place}",
                    place=place,
                    from_baseline=1,
                    content=canonical_text(line),
                )
            )


def named(world: World, name: str) -> dict[str, str]:
    return {"id": str(world.who(name)), "name": name}


def told(found: OrganizationPage) -> dict[str, tuple[str, str, str]]:
    made = found.organization
    return {post.name: (post.duty, made.name_of(post.reports_to), post.group) for post in made.posts}


def test_ROLE_12_ledger_roles_and_plan_make_one_organisation(world: World) -> None:
    give = partial(people.assign_role, project_id=world.project().id)
    for name, role in ((QUALITY, "team_leader"), (FINANCE, "member")):
        world.office.run(world.who(MANAGER), partial(give, person_id=world.who(name), role_key=role))
    plan(
        world,
        {"person": named(world, QUALITY), "duty": "布线", "group": "网络组", "reports_to": None},
        {"person": {"id": "", "name": "外来"}, "duty": "督导", "group": "网络组", "reports_to": None},
        {"person": {"id": "", "name": OTHER_MANAGER}, "duty": "顾问", "group": "", "reports_to": named(world, FINANCE)},
    )
    assert told(page(world)) == {
        PRESIDENT: ("总裁室", "", ""),
        MANAGER: ("项目经理", PRESIDENT, ""),
        CLIENT_MANAGER: ("客户经理", PRESIDENT, ""),
        QUALITY: ("小组负责人、布线", MANAGER, "网络组"),
        FINANCE: ("项目成员", MANAGER, ""),
        "外来": ("督导", QUALITY, "网络组"),
        OTHER_MANAGER: ("顾问", FINANCE, ""),
    }
    posts = {post.name: post for post in page(world).organization.posts}
    assert posts[FINANCE].since == dt.date(2026, 11, 3)
    assert posts[MANAGER].since is None  # nobody knows: the ledger named him from the first
    assert posts["外来"].full.endswith("（外部）")
    assert posts[OTHER_MANAGER].person is not None


def test_ROLE_12_who_may_not_staff_is_told_who_may(world: World) -> None:
    assert page(world, MANAGER).refusal == ""
    assert "项目经理" in page(world, CLIENT_MANAGER).refusal
    assert {role.key for role in page(world).offered} == {"team_leader", "member"}
    refusal(lambda: page(world, MANAGER, SOFTWARE), NotAllowed)


def test_ROLE_12_who_left_and_a_strange_id_are_told_not_stumbled_over(world: World) -> None:
    plan(
        world,
        {"person": named(world, FINANCE), "duty": "会计", "group": "", "reports_to": None},
        {
            "person": {"id": "不是编号", "name": "外来"},
            "duty": "督导",
            "group": "",
            "reports_to": {"id": "", "name": ""},
        },
    )
    row = next(item for item in world.office.read(people.list_people) if item.name == FINANCE)
    leave = partial(people.change_person, person_id=row.id, version=row.version, name=row.name, active=False)
    particulars = {"staff_no": row.staff_no, "department_id": row.department_id, "phone": row.phone}
    world.office.run(world.who(CLERK), partial(leave, **particulars))
    found = page(world)
    assert told(found)["外来"] == ("督导", MANAGER, "")
    (note,) = found.organization.notes
    assert FINANCE in note
    assert "已离职" in note


def test_ROLE_12_a_merged_person_stands_under_the_record_that_counts(world: World) -> None:
    plan(world, {"person": named(world, FINANCE), "duty": "会计", "group": "", "reports_to": None})
    made = world.office.run(world.who(CLERK), partial(people.add_person, name="新记录", staff_no="0600")).value
    assert isinstance(made, UUID)
    rows = {row.id: row.version for row in world.office.read(people.list_people)}
    gone = world.who(FINANCE)
    merge = partial(merging.merge_people, gone_id=gone, counts_id=made, gone_version=rows[gone])
    world.office.run(world.who(CLERK), partial(merge, counts_version=rows[made]))
    assert told(page(world))["新记录"] == ("会计", MANAGER, "")
