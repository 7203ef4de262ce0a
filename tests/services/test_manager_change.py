"""A project passes to a new manager: who makes the paper, what must be handed over first, what moves (CHG-5)."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from desktop.domain.approval import Decision
from desktop.domain.errors import NotAllowed
from desktop.domain.filing import FilingState
from desktop.services import drafting, due
from desktop.services.archive import add_document
from desktop.services.checking import verify_office
from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.form_offers import allowed_forms
from desktop.services.gatherers import MARK
from desktop.services.handover_drafts import gather_again
from desktop.services.submitting import Incomplete
from tests.services.plans import PLAN, plan_in_force
from tests.services.world import (
    CLERK,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PAUSED,
    RUNNING,
    TECHNICAL,
    World,
    person,
    refusal,
)

LEAVING: dict[str, Any] = {"appointment": {"reason": "leaving"}}


def returned(world: World) -> UUID:
    """A suspension of the old manager that was returned."""
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL, Decision.RETURN, "请补充")
    return filing


def todos(world: World, name: str) -> list[str]:
    return [item.text for item in world.office.read(lambda reading: due.todo(reading, world.who(name)))]


def handed_over(world: World, reason: str = "leaving") -> UUID:
    """The old manager's handover sheet, signed by giver, receiver and witness."""
    return world.approved("handover", MANAGER, OTHER_MANAGER, TECHNICAL, people={"reason": reason})


def test_CHG_5_the_clerk_makes_the_sheet_and_its_approval_moves_the_project(world: World) -> None:
    refusal(lambda: world.draft("manager_change"), NotAllowed)
    filing = world.submitted("manager_change", by=CLERK)
    assert world.page(filing).content["project"]["short_name"] == "综合监控"
    world.approve(filing, TECHNICAL, HEAD)
    manager = world.project().manager
    assert manager is not None
    assert manager.name == OTHER_MANAGER


def test_CHG_5_rights_and_todos_move_with_the_project(world: World) -> None:
    filing = returned(world)
    reminded = partial(todos, world, OTHER_MANAGER)
    assert any(text.startswith("退回待改") for text in todos(world, MANAGER))
    assert not any(text.startswith("退回待改") for text in reminded())
    world.approved("manager_change", TECHNICAL, HEAD, by=CLERK)
    assert not any(text.startswith("退回待改") for text in todos(world, MANAGER))
    assert any(text.startswith("退回待改") for text in reminded())
    project = world.project().id
    offered = world.office.read(partial(allowed_forms, actor=world.who(OTHER_MANAGER), project_id=project))
    assert next(offer.allowed for offer in offered if offer.form_key == "suspension")
    refusal(lambda: world.draft("suspension", by=MANAGER), NotAllowed)
    assert world.page(filing, OTHER_MANAGER).may_rework


def test_CHG_5_the_new_manager_goes_on_with_what_was_returned_to_the_old_one(world: World) -> None:
    filing = returned(world)
    refusal(lambda: world.rework(filing, OTHER_MANAGER))
    world.approved("manager_change", TECHNICAL, HEAD, by=CLERK)
    draft = world.rework(filing, OTHER_MANAGER, reason={"reason": "甲方机房未交付，已补来函。"})
    assert world.submit(draft, OTHER_MANAGER) == filing
    page = world.page(filing)
    assert (page.row.author, page.row.state) == (OTHER_MANAGER, FilingState.IN_APPROVAL)
    assert [row.author for row in page.revisions] == [MANAGER, OTHER_MANAGER]
    world.approve(filing, TECHNICAL, HEAD)
    assert world.project().state == "paused"
    assert verify_office(world.office) == []


def test_CHG_5_the_old_managers_rework_is_not_theirs_to_submit_any_more(world: World) -> None:
    filing = returned(world)
    draft = world.rework(filing, MANAGER)
    world.approved("manager_change", TECHNICAL, HEAD, by=CLERK)
    with world.unchanged():
        refusal(lambda: world.submit(draft), NotAllowed)


def test_CHG_5_the_new_manager_recalls_what_is_in_approval(world: World) -> None:
    filing = world.submitted("suspension")
    assert not world.page(filing, HEAD).may_recall
    world.approved("manager_change", TECHNICAL, HEAD, by=CLERK)
    assert world.page(filing, OTHER_MANAGER).may_recall


def test_CHG_5_when_the_manager_leaves_the_pmo_signs_only_after_the_handover(world: World) -> None:
    filing = world.submitted("manager_change", by=CLERK, **LEAVING)
    world.sign(filing, TECHNICAL)
    with world.unchanged():
        refused = refusal(lambda: world.sign(filing, HEAD))
    assert "《工作交接单》还没有逐项确认、签字完毕" in str(refused)
    sheet = world.submitted("handover", people={"reason": "leaving"})
    world.approve(sheet, MANAGER, OTHER_MANAGER)
    refusal(lambda: world.sign(filing, HEAD))
    world.sign(sheet, TECHNICAL)
    world.sign(filing, HEAD)
    manager = world.project().manager
    assert manager is not None
    assert manager.name == OTHER_MANAGER


def test_CHG_5_a_handover_to_somebody_else_does_not_count(world: World) -> None:
    other = {"id": str(world.who(HEAD)), "name": HEAD}
    world.approved("handover", MANAGER, HEAD, TECHNICAL, people={"reason": "leaving", "receiver": other})
    filing = world.submitted("manager_change", by=CLERK, **LEAVING)
    world.sign(filing, TECHNICAL)
    refusal(lambda: world.sign(filing, HEAD))
    handed_over(world)
    world.sign(filing, HEAD)
    assert world.page(filing).row.state is FilingState.APPROVED


def test_CHG_5_the_pmo_may_return_it_whatever_is_handed_over(world: World) -> None:
    filing = world.submitted("manager_change", by=CLERK, **LEAVING)
    world.sign(filing, TECHNICAL)
    world.sign(filing, HEAD, Decision.RETURN, "请先办交接")
    assert world.page(filing).row.state is FilingState.RETURNED


def test_CHG_5_without_leaving_the_handover_is_only_pointed_at(world: World) -> None:
    draft = world.draft("manager_change", by=CLERK)
    page = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    assert [(item.field, item.blocks) for item in page.problems] == [("handover", False)]
    handed_over(world, "manager")
    page = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    assert page.problems == ()
    assert page.draft.content["appointment"]["handover"].endswith("（已批准）")


def test_CHG_5_the_new_manager_is_another_person_whom_the_office_knows(world: World) -> None:
    same = {"id": str(world.who(MANAGER)), "name": MANAGER}
    for wrong in (same, person("张三丰")):
        draft = world.draft("manager_change", by=CLERK, appointment={"manager": wrong})
        refused = refusal(partial(world.submit, draft, CLERK), Incomplete)
        assert isinstance(refused, Incomplete)
        assert [item.field for item in refused.problems] == ["manager"]


def gathered(content: Any) -> dict[str, list[str]]:
    return {
        section: [str(line["name"]) for line in content[section] if str(line["id"]).startswith(MARK)]
        for section in ("documents", "tasks", "equipment", "money")
    }


def begin_handover(world: World, number: str = RUNNING) -> drafting.Draft:
    return drafting.start_draft(world.office, world.who(MANAGER), "handover", world.project(number).id)


def test_CHG_5_a_handover_sheet_begins_with_what_everyone_knows_of_the_project(world: World) -> None:
    plan_in_force(world)
    filing = returned(world)
    file = world.file("竣工图.pdf")
    project = world.project().id
    world.office.run(world.who(MANAGER), lambda work: add_document(work, file, project))
    content = begin_handover(world).content
    assert gathered(content) == {
        "documents": ["竣工图.pdf"],
        "tasks": [f"《项目暂停申请表》{world.page(filing).row.number}", "任务：设备安装", "里程碑：系统联调"],
        "equipment": ["核心交换机 S6730", "服务器"],
        "money": ["费用预算余额：差旅费", "费用预算余额：人工费"],
    }
    assert [line["amount"] for line in content["money"]] == [30_000_00, 120_000_00]
    assert content["tasks"][0]["next"] == "已退回，须处理后重新提交"


def test_CHG_5_deadlines_of_the_manager_are_handed_over(world: World) -> None:
    content = begin_handover(world, PAUSED).content
    assert gathered(content)["tasks"] == ["预计恢复日期（PAUSE-4）"]
    assert content["money"][0]["amount"] == 90_000_000


def test_CHG_5_gathering_again_updates_and_never_doubles(world: World) -> None:
    plan_in_force(world)
    filing = returned(world)
    draft = begin_handover(world)
    own = {"id": "own", "name": "机房钥匙"}
    tasks = [{**draft.content["tasks"][0], "done": "50"}, *draft.content["tasks"][1:], own]
    kept = drafting.save_draft(
        world.office, world.who(MANAGER), replace(draft, content={**draft.content, "tasks": tasks})
    )
    again = gather_again(world.office, world.who(MANAGER), kept)
    assert sorted(line["id"] for line in again.content["tasks"]) == sorted(line["id"] for line in tasks)
    assert again.content["tasks"][0]["done"] == "50"
    world.submit(world.rework(filing), MANAGER)
    plan_in_force(world, base=1, procurement=PLAN["procurement"][:1])
    third = gather_again(world.office, world.who(MANAGER), again)
    assert third.content["tasks"][0]["next"] == "审批中，等待：技术部门负责人"
    assert gathered(third.content)["equipment"] == ["核心交换机 S6730"]
    assert third.content["tasks"][-1] == own
    refusal(lambda: gather_again(world.office, world.who(CLERK), third), NotAllowed)
    refusal(lambda: gather_again(world.office, world.who(MANAGER), world.draft("suspension")))


def test_CHG_5_a_gathered_sheet_can_be_submitted_as_it_is(world: World) -> None:
    plan_in_force(world)
    draft = begin_handover(world)
    people = {
        "receiver": {"id": str(world.who(OTHER_MANAGER)), "name": OTHER_MANAGER},
        "witness": {"id": str(world.who(TECHNICAL)), "name": TECHNICAL},
        "reason": "leaving",
    }
    content = {**draft.content, "people": {**draft.content["people"], **people}}
    filing = world.submit(replace(draft, content=content))
    world.approve(filing, MANAGER, OTHER_MANAGER, TECHNICAL)
    waiting = FilingQuery(waiting_for=world.who(TECHNICAL))
    assert world.office.read(partial(filing_ids, actor=world.who(TECHNICAL), query=waiting)) == []
    assert world.page(filing).row.state is FilingState.APPROVED
