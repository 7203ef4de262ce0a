"""Whom a draft goes to is told before it is submitted: by name, in the order in which they are asked."""

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import Any

from desktop.domain.approval import Decision
from desktop.services.drafting import Draft
from desktop.services.route import Asked, route_of
from desktop.services.stand_ins import set_stand_in
from tests.services.chains import adopt, appoint, leave
from tests.services.planning import PLAN, begin, draft_on
from tests.services.world import (
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PRESIDENT,
    QUALITY,
    TECHNICAL,
    World,
    merge,
)


def route(world: World, draft: Draft) -> list[tuple[Asked, ...]]:
    return world.office.read(partial(route_of, draft=draft))


def names(world: World, draft: Draft) -> list[list[tuple[str, ...]]]:
    return [[asked.people for asked in stage] for stage in route(world, draft)]


def test_those_of_one_stage_are_asked_together_and_everyone_where_all_must_sign(world: World) -> None:
    adopt(world)
    appoint(world, "孙副总", "president")
    draft = world.draft("suspension")
    assert names(world, draft) == [
        [(TECHNICAL,)],
        [(QUALITY,), (FINANCE,)],
        [tuple(sorted((PRESIDENT, "孙副总")))],
        [(HEAD,)],
    ]
    assert [asked.title for asked in route(world, draft)[1]] == ["质量会审", "财务会审"]
    assert [asked.every for stage in route(world, draft) for asked in stage] == [False, False, False, True, False]


def test_a_role_that_nobody_holds_is_named_with_what_is_to_be_done(world: World) -> None:
    leave(world, QUALITY)
    project = begin(world)
    stages = route(world, draft_on(world, "implementation_plan", project, PLAN))
    lacking = {asked.title: asked.missing for stage in stages for asked in stage if not asked.people}
    assert list(lacking.values()) == ["请先在设置中任命（由项目管理员或系统管理办理）"]
    assert "质量" in next(iter(lacking))


def test_steps_that_the_content_does_not_ask_for_are_left_out(world: World) -> None:
    works = begin(world, state="initiating")
    virtual = begin(world, "虚拟合同的项目", contract_kind="virtual", state="initiating")
    told = [
        [asked.title for stage in route(world, draft_on(world, "initiation", project, {})) for asked in stage]
        for project in (works, virtual)
    ]
    assert [any("虚拟合同" in title for title in titles) for titles in told] == [False, True]


def test_the_person_whom_the_form_names_is_told(world: World) -> None:
    draft = world.draft("handover")
    assert names(world, draft) == [[(MANAGER,)], [(OTHER_MANAGER,)], [(TECHNICAL,)]]
    nobody: Any = merge(draft.content, {"people": {"receiver": {"id": "", "name": "外来人"}}})
    told = route(world, replace(draft, content=nobody))[1][0]
    assert (told.people, told.missing) == ((), "“外来人”不是在职人员，请在表中另选")


def test_of_a_rework_only_those_are_told_whose_signatures_do_not_stand(world: World) -> None:
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    world.sign(filing, HEAD, Decision.RETURN, "附来函")
    draft = world.rework(filing)
    assert names(world, draft) == [[(HEAD,)]]
    changed = world.rework(filing, reason={"reason": "另有原因"})
    assert names(world, changed) == [[(TECHNICAL,)], [(HEAD,)]]


def test_ROLE_11_who_stands_in_is_told_beside_the_person(world: World) -> None:
    make = partial(
        set_stand_in,
        person_id=world.who(TECHNICAL),
        stand_in_id=world.who(QUALITY),
        since=dt.date(2026, 11, 1),
        until=dt.date(2026, 11, 30),
    )
    world.office.run(world.who(TECHNICAL), make)
    ((asked,), _pmo) = route(world, world.draft("suspension"))
    assert (asked.people, asked.stand_ins) == ((TECHNICAL,), (QUALITY,))
