"""A project passes from one manager to the next, who leaves the company or stays, on both engines (CHG-5)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from desktop.domain.approval import Decision
from desktop.domain.errors import NotAllowed
from desktop.domain.filing import FilingState
from desktop.services import confirming, drafting, due
from desktop.services.archive import add_document
from desktop.services.checking import verify_office
from desktop.services.confirming import LineMark
from desktop.services.form_offers import allowed_forms
from desktop.services.gatherers import MARK
from tests.scenarios.life import Life, picked
from tests.services.chains import leave
from tests.services.plans import plan_in_force
from tests.services.test_spending import claim
from tests.services.world import (
    CLERK,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    TECHNICAL,
    World,
    merge,
    refusal,
)


def busy(world: World) -> Life:
    """A project in full swing: a plan, a claim, a document, a paper that was sent back."""
    plan_in_force(world)
    world.approve(claim(world, 12_000_00), TECHNICAL, FINANCE)
    life = Life(world, world.project().id)
    store = partial(add_document, path=world.file("竣工图.pdf"), project_id=life.id)
    world.office.run(world.who(MANAGER), store)
    life.papers["suspension"] = world.submitted("suspension")
    world.sign(life.papers["suspension"], TECHNICAL, Decision.RETURN, "请补充甲方来函")
    return life


def gathered(world: World, life: Life, reason: str) -> UUID:
    """The old manager's sheet as the program gathered it, with two keys to the room."""
    begun = drafting.start_draft(world.office, world.who(MANAGER), "handover", life.id)
    found = {key: [line["name"] for line in begun.content[key]] for key in ("documents", "tasks", "equipment", "money")}
    returned = world.page(life.papers["suspension"]).row.number
    assert found == {
        "documents": ["竣工图.pdf"],
        "tasks": [f"《项目暂停申请表》{returned}", "任务：设备安装", "里程碑：系统联调"],
        "equipment": ["核心交换机 S6730", "服务器"],
        "money": ["费用预算余额：差旅费", "费用预算余额：人工费"],
    }
    assert [line["amount"] for line in begun.content["money"]] == [18_000_00, 120_000_00]
    assert all(line["id"].startswith(MARK) for key in found for line in begun.content[key])
    keys = {"id": "keys", "name": "机房钥匙", "count": "2"}
    people = {"receiver": picked(world, OTHER_MANAGER), "witness": picked(world, TECHNICAL), "reason": reason}
    changes = {"people": people, "equipment": [*begun.content["equipment"], keys]}
    return world.submit(replace(begun, content=merge(begun.content, changes)))


def confirm(world: World, sheet: UUID, marks: Sequence[LineMark]) -> None:
    seen = world.page(sheet).sha256
    say = partial(confirming.confirm_lines, filing_id=sheet, step_key="receiver", marks=marks, seen_sha256=seen)
    world.office.run(world.who(OTHER_MANAGER), say)


def todos(life: Life, name: str) -> set[str]:
    """What somebody has to do on the project beside what comes again and again, without numbers."""
    found = life.world.office.read(partial(due.todo, actor=life.world.who(name)))
    once = (item for item in found if not item.rule.startswith(("WEEK", "MON")))
    return {item.text.partition(" ")[0] for item in once if item.project_id == life.id}


def offered(life: Life, name: str) -> set[str]:
    ask = partial(allowed_forms, actor=life.world.who(name), project_id=life.id)
    return {offer.form_key for offer in life.world.office.read(ask) if offer.allowed}


def take_over(world: World, sheet: UUID) -> None:
    """The new manager goes through every item; one is wrong at first."""
    world.sign(sheet, MANAGER)
    lines = world.page(sheet, OTHER_MANAGER).lines
    assert [line.section for line in lines] == ["documents", *["tasks"] * 3, *["equipment"] * 3, *["money"] * 2]
    *right, keys = sorted(lines, key=lambda line: line.line == "keys")
    assert "还没有逐项确认" in refusal(partial(world.sign, sheet, OTHER_MANAGER)).what
    confirm(world, sheet, [LineMark(line.section, line.line, right=True) for line in right])
    confirm(world, sheet, [LineMark(keys.section, keys.line, right=False, remark="只收到一把")])
    with world.unchanged():
        assert "确认为“不符”" in refusal(partial(world.sign, sheet, OTHER_MANAGER)).what
    world.clock.pass_minutes()
    confirm(world, sheet, [LineMark(keys.section, keys.line, right=True)])
    world.approve(sheet, OTHER_MANAGER, TECHNICAL)


def moved(world: World, life: Life) -> None:
    """Rights and to-dos are the new manager's, and the old one's no more."""
    assert life.now.manager is not None
    assert life.now.manager.name == OTHER_MANAGER
    assert todos(life, OTHER_MANAGER) == {"退回待改：项目暂停申请表"}
    assert todos(life, MANAGER) == set()
    assert "suspension" in offered(life, OTHER_MANAGER)
    refusal(partial(world.draft, "suspension"), NotAllowed)
    again = world.rework(life.papers["suspension"], OTHER_MANAGER, reason={"reason": "甲方来函已补。"})
    world.submit(again, OTHER_MANAGER)
    world.approve(life.papers["suspension"], TECHNICAL, HEAD)
    assert life.now.state == "paused"


def test_CHG_5_a_manager_who_leaves_hands_over_item_by_item_before_the_pmo_signs(world: World) -> None:
    life = busy(world)
    leaving: dict[str, Any] = {"appointment": {"reason": "leaving"}}
    paper = world.submitted("manager_change", by=CLERK, **leaving)
    world.sign(paper, TECHNICAL)
    refused = partial(refusal, partial(world.sign, paper, HEAD))
    assert "还没有逐项确认" in refused().what
    sheet = gathered(world, life, "leaving")
    assert "CHG-5" in refused().what, "handed in is not confirmed"
    take_over(world, sheet)
    assert todos(life, OTHER_MANAGER) == set()
    world.sign(paper, HEAD)
    assert [world.page(key).row.state for key in (sheet, paper)] == [FilingState.APPROVED] * 2
    moved(world, life)
    leave(world, MANAGER)
    assert world.page(sheet).content["people"]["giver"]["name"] == MANAGER, "what was signed stays as it was"
    assert verify_office(world.office) == []


def test_CHG_5_a_manager_who_stays_may_hand_over_afterwards(world: World) -> None:
    life = busy(world)
    paper = world.submitted("manager_change", by=CLERK)
    assert world.page(paper).content["appointment"]["handover"] == "还没有"
    world.approve(paper, TECHNICAL, HEAD)
    moved(world, life)
    assert verify_office(world.office) == []
