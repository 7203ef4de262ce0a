"""A project is withdrawn (A 2.4.3-8): the PMO informs, the client manager asks, finance has audited the assets."""

import datetime as dt
from functools import partial

from desktop.domain.case import Case
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.domain.gates import unmet
from desktop.services.checking import verify_office
from desktop.services.due import todo
from desktop.services.gate_view import waive
from desktop.services.next_steps import next_steps
from tests.services.ending import BUSINESS, PROCUREMENT, due_of, hire, missing, plan
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PRESIDENT,
    RUNNING,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date
CHAIN = (TECHNICAL, BUSINESS, FINANCE, HEAD, PRESIDENT)


def audited(world: World) -> None:
    world.approved("withdrawal_notice", by=CLERK)
    world.approved("asset_review", FINANCE)


def test_WDR_1_the_client_manager_asks_after_the_PMO_informed_them(world: World) -> None:
    hire(world, BUSINESS, "business")
    refusal(partial(world.draft, "withdrawal", by=MANAGER), NotAllowed)
    draft = world.draft("withdrawal", by=CLIENT_MANAGER)
    assert "还没有告知" in refusal(partial(world.submit, draft, CLIENT_MANAGER)).what
    refusal(partial(world.draft, "withdrawal_notice", by=MANAGER), NotAllowed)
    notice = world.submitted("withdrawal_notice", by=CLERK)
    assert world.page(notice).row.state is FilingState.APPROVED, "it is a record, and needs no signature"
    assert "请填写《合同/项目撤销审批表》" in world.page(notice).content["notice"]["suggested"]
    assert world.project().withdrawing_on == D(2026, 11, 3)
    (told,) = due_of(world, CLIENT_MANAGER, "withdrawal")
    assert (told.on, told.rule.partition(" ")[0]) == (D(2026, 11, 10), "WDR-1")
    steps = world.office.read(partial(next_steps, project_id=world.project().id))
    assert [item.opens for item in steps] == [("withdrawal",)]
    world.submitted("withdrawal_notice", by=CLERK, notice={"step": "cancel"})
    assert world.project().withdrawing_on is None
    assert due_of(world, CLIENT_MANAGER, "withdrawal") == []


def test_WDR_1_what_was_bought_comes_with_its_receipt(world: World) -> None:
    plan(world, procurement=[PROCUREMENT])
    audited(world)
    assert set(missing(world, "withdrawal")) == {"equipment_received"}
    assert missing(world, "withdrawal")["equipment_received"].opens == "equipment_receipt"
    draft = world.draft("equipment_receipt")
    assert draft.content["equipment"][0]["name"] == "交换机"
    world.approved("equipment_receipt", OTHER_MANAGER)
    assert missing(world, "withdrawal") == {}


def test_WDR_1_a_missing_receipt_may_be_set_aside_with_a_reason(world: World) -> None:
    plan(world, procurement=[PROCUREMENT])
    audited(world)
    project = world.project().id
    gate = missing(world, "withdrawal")["equipment_received"]
    set_aside = partial(waive, project_id=project, gate_key=gate.gate, condition=gate.condition)
    refusal(lambda: world.office.run(world.who(MANAGER), partial(set_aside, reason="未到货")), NotAllowed)
    refusal(lambda: world.office.run(world.who(HEAD), partial(set_aside, reason=" ")))
    world.office.run(world.who(HEAD), partial(set_aside, reason="设备均未到货，无可签收。"))
    assert missing(world, "withdrawal") == {}


def test_WDR_2_ROLE_10_finance_has_audited_the_assets_and_signs(world: World) -> None:
    hire(world, BUSINESS, "business")
    world.submitted("withdrawal_notice", by=CLERK)
    draft = world.draft("withdrawal", by=CLIENT_MANAGER)
    refused = refusal(partial(world.submit, draft, CLIENT_MANAGER), Refusal)
    assert "财务部还没有审核签字" in refused.what
    assert "WDR-2" in refused.what
    must = missing(world, "withdrawal")["asset_reviewed"]
    assert not must.waivable
    review = world.submitted("asset_review")
    refusal(partial(world.sign, review, TECHNICAL), NotAllowed)
    world.sign(review, FINANCE)
    filing = world.submit(draft, CLIENT_MANAGER)
    assert world.page(filing).content["money"]["assets"] == "2026-11-03"
    world.approve(filing, TECHNICAL, BUSINESS)
    refusal(partial(world.sign, filing, HEAD), NotAllowed)
    assert world.page(filing).row.waiting == "财务部（资产审核）"


def test_WDR_3_withdrawn_it_takes_no_expense_and_those_concerned_are_told(world: World) -> None:
    hire(world, BUSINESS, "business")
    audited(world)
    world.clock.set(D(2026, 11, 12))
    filing = world.approved("withdrawal", *CHAIN, by=CLIENT_MANAGER)
    project, policy = world.project(), world.office.policy
    assert (project.state, project.withdrawn_on) == ("withdrawn", D(2026, 11, 12))
    assert [item.rule for item in unmet(policy.gate("claim"), Case(policy, D(2026, 11, 12), project))] == ["PAUSE-3"]
    assert not unmet(policy.gate("claim"), Case(policy, D(2026, 11, 11), world.project()))
    for name in (MANAGER, CLIENT_MANAGER, TECHNICAL, FINANCE):
        found = world.office.read(partial(todo, actor=world.who(name)))
        notice = [item.text for item in found if item.project_id == project.id and item.rule == "撤项通知"]
        assert notice == ["项目已于 2026-11-12 转为“撤项”，不能再发生费用报销"]
    refusal(partial(world.draft, "withdrawal", by=CLIENT_MANAGER))
    assert world.page(filing).row.state is FilingState.APPROVED
    assert verify_office(world.office) == []


def test_WDR_3_or_the_closing_is_started_instead(world: World) -> None:
    hire(world, BUSINESS, "business")
    audited(world)
    world.clock.set(D(2026, 11, 12))
    way = {"way": "close", "closing": "初验部分已交付，按已完成范围结项"}
    world.approved("withdrawal", *CHAIN, by=CLIENT_MANAGER, reason=way)
    project = world.project(RUNNING)
    assert (project.state, project.closing_started_on, project.withdrawn_on) == ("closing", D(2026, 11, 12), None)
    (limit,) = due_of(world, MANAGER, "closing")
    assert limit.days_text == "还有 10 个工作日"
