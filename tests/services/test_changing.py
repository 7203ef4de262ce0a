"""Changes of a plan: who signs, what they see, what their approval moves (CHG-1 to CHG-4, CHG-6, CHG-7)."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from desktop.domain.approval import Decision, StepState
from desktop.domain.filing import FilingState
from desktop.services import baselines, changing, drafting, plans, printing
from desktop.services.submitting import Incomplete
from tests.services.plans import BUSINESS, PLAN, change, edited, hire, lines, plan_in_force
from tests.services.test_office import text_of
from tests.services.world import (
    CLIENT_MANAGER,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    PRESIDENT,
    QUALITY,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)


def chain(world: World, filing: UUID) -> list[str]:
    """The steps that a filing's chain asks for."""
    return [item.step.key for item in world.page(filing).progress.steps if item.state is not StepState.SKIPPED]


def sheet(world: World, filing: UUID, key: str) -> list[dict[str, Any]]:
    return [dict(line) for line in world.page(filing).content[key]]


def printed(world: World, filing: UUID) -> str:
    return text_of(world.office.read(partial(printing.print_filing, actor=world.who(HEAD), filing_id=filing)).pdf)


def test_CHG_1_an_approved_change_moves_the_baseline_and_the_old_one_stays_readable(world: World) -> None:
    plan_in_force(world)
    filing = change(world, budget=edited("budget", "b1", amount=45_000_00))
    assert lines(world)["budget"] == PLAN["budget"]
    world.approve(filing, TECHNICAL, HEAD)
    assert world.page(filing).row.state is FilingState.APPROVED
    assert lines(world)["budget"][0]["amount"] == 45_000_00
    assert lines(world, no=1) == PLAN
    rows = world.office.read(lambda reading: plans.baselines(reading, world.project().id))
    assert [(row.no, row.note) for row in rows] == [(1, "立项"), (2, "调整")]
    assert rows[1].filing_number == world.page(filing).row.number
    assert world.project().budget == 165_000_00
    assert lines(world)["schedule"] == PLAN["schedule"]


def test_CHG_1_a_change_that_changes_nothing_is_not_submitted(world: World) -> None:
    plan_in_force(world)
    draft = world.draft("change", procurement=[*reversed(PLAN["procurement"])])
    refused = refusal(lambda: world.submit(draft), Incomplete)
    assert "还没有改动计划" in str(refused)


def test_CHG_1_a_project_without_a_plan_gets_its_first_baseline(world: World) -> None:
    filing = change(world, schedule=PLAN["schedule"])
    world.approve(filing, TECHNICAL, HEAD)
    assert lines(world, no=1)["schedule"] == PLAN["schedule"]
    assert world.project().budget == 1_800_000_000


def test_CHG_1_a_change_of_the_budget_alone_prints_the_budget_sheet_alone(world: World) -> None:
    plan_in_force(world)
    text = printed(world, change(world, budget=edited("budget", "b1", amount=45_000_00)))
    assert "费用预算变更细目表" in text
    for other in ("项目采购计划变更细目表", "进度计划变更表", "实施计划变更细目表", "变更后的采购", "核心交换机"):
        assert other not in text


def test_CHG_1_signatures_bind_to_the_whole_edited_copy(world: World) -> None:
    plan_in_force(world)
    page = world.page(change(world, budget=edited("budget", "b1", amount=45_000_00)))
    assert {"procurement", "budget", "schedule", "budget_change", "figures"} <= page.hashes.keys()


def test_CHG_2_the_procurement_sheet_tells_each_line_before_and_after_and_the_buyers_sign(world: World) -> None:
    plan_in_force(world)
    hire(world)
    new = {"id": "p3", "name": "防火墙", "count": "1", "price": 30_000_00, "needed_on": "2026-12-01"}
    filing = change(world, procurement=[*edited("procurement", "p1", count="3", price=12_000_00)[:1], new])
    rows = sheet(world, filing, "procurement_change")
    assert [(row["kind"], row["name"], row["before"], row["after"], row["difference"]) for row in rows] == [
        ("改", "核心交换机 S6730", 25_600_00, 36_000_00, 10_400_00),
        ("增", "防火墙", None, 30_000_00, 30_000_00),
        ("删", "服务器", 200_000_00, None, -200_000_00),
    ]
    assert (rows[0]["count"], rows[0]["price"]) == ("2 → 3 台", "12,800.00 →\n12,000.00")
    assert chain(world, filing) == ["technical", "business", "pmo"]
    world.approve(filing, TECHNICAL, BUSINESS, HEAD)
    assert [line["id"] for line in lines(world)["procurement"]] == ["p1", "p3"]
    assert lines(world)["procurement"][1]["amount"] == 30_000_00


def test_CHG_3_the_budget_sheet_adds_up_to_both_plans(world: World) -> None:
    plan_in_force(world)
    moved = edited("budget", "b1", subject="meeting", month="2026-12", amount=20_000_00)
    filing = change(world, budget=[*moved, {"id": "b3", "subject": "other", "month": "2027-01", "amount": 5_000_00}])
    rows = sheet(world, filing, "budget_change")
    assert [(row["subject"], row["month"], row["before"], row["after"]) for row in rows] == [
        ("travel", "2026-11", 30_000_00, None),
        ("meeting", "2026-12", None, 20_000_00),
        ("other", "2027-01", None, 5_000_00),
    ]
    figures = world.page(filing).content["figures"]
    assert (figures["budget_before"], figures["budget_after"]) == (150_000_00, 145_000_00)
    assert sum(row["difference"] for row in rows) == figures["budget_difference"] == -5_000_00
    assert chain(world, filing) == ["technical", "pmo"]


def test_CHG_4_the_schedule_sheet_counts_days_and_working_days(world: World) -> None:
    plan_in_force(world)
    late = edited("schedule", "s2", period={"start": "2026-12-01", "end": "2026-12-31"})
    filing = change(world, schedule=late, change={"new_planned_preliminary_on": "2026-12-31"})
    (row,) = sheet(world, filing, "schedule_change")
    assert (row["name"], row["days"], row["workdays"]) == ("系统联调", "6", "4")
    figures = world.page(filing).content["figures"]
    assert figures["moved"] == "推迟 6 天（4 个工作日）"
    assert "进度计划变更表" in printed(world, filing)
    world.approve(filing, TECHNICAL, HEAD)
    assert world.project().planned_preliminary_on == dt.date(2026, 12, 31)
    assert world.project().planned_final_on == dt.date(2027, 6, 1)


def test_ROLE_2_quality_signs_where_parts_of_the_implementation_plan_change(world: World) -> None:
    plan_in_force(world)
    filing = change(world, products=[{**PLAN["products"][0], "count": "3", "due_on": "2026-12-20"}])
    assert chain(world, filing) == ["technical", "quality", "pmo"]
    (row,) = sheet(world, filing, "plan_change")
    assert (row["kind"], row["part"], row["name"]) == ("改", "工作产品清单", "竣工图")
    assert (row["before"], row["after"]) == ("数量：2；提交日期：2026-12-25", "数量：3；提交日期：2026-12-20")
    world.approve(filing, TECHNICAL, QUALITY, HEAD)
    assert lines(world)["products"][0]["count"] == "3"


def test_CHG_6_what_leaves_the_contract_also_needs_the_president(world: World) -> None:
    plan_in_force(world)
    filing = change(world, budget=edited("budget", "b1", amount=2_600_000_000))
    assert chain(world, filing) == ["technical", "pmo", "president"]
    world.approve(filing, TECHNICAL, HEAD)
    assert lines(world, no=None) == PLAN
    world.sign(filing, PRESIDENT)
    assert world.page(filing).row.state is FilingState.APPROVED


def test_CHG_6_equipment_on_a_virtual_contract_is_confirmed_by_the_client_manager(world: World) -> None:
    plan_in_force(world, SOFTWARE)
    hire(world)
    filing = change(world, SOFTWARE, OTHER_MANAGER, procurement=edited("procurement", "p2", count="5"))
    assert chain(world, filing) == ["technical", "business", "client", "pmo"]
    world.approve(filing, OTHER_TECHNICAL, BUSINESS, CLIENT_MANAGER, HEAD)
    assert lines(world, SOFTWARE)["procurement"][1]["count"] == "5"
    money = change(world, SOFTWARE, OTHER_MANAGER, budget=edited("budget", "b1", amount=1))
    assert chain(world, money) == ["technical", "pmo"]


def test_CHG_7_a_change_is_assessed_and_says_how_it_is_checked_and_told(world: World) -> None:
    plan_in_force(world)
    left: dict[str, Any] = {
        "assessment": {"schedule": None, "cost": None, "quality": None},
        "execution": {"verification": None, "told": None},
    }
    draft = world.draft("change", RUNNING, budget=edited("budget", "b1", amount=1), **left)
    refused = refusal(lambda: world.submit(draft), Incomplete)
    assert isinstance(refused, Incomplete)
    missing = [(section, key) for section, fields in left.items() for key in fields]
    assert [(item.section, item.field) for item in refused.problems] == missing


def overtaken(world: World) -> drafting.Draft:
    """A draft of a change on baseline 1, while another change made it baseline 2."""
    plan_in_force(world)
    draft = world.draft("change", budget=edited("budget", "b1", amount=45_000_00, note="出差增多"))
    other = [
        *edited("budget", "b1", amount=40_000_00),
        {"id": "b9", "subject": "other", "month": "2026-12", "amount": 7},
    ]
    plan_in_force(world, base=1, budget=other, schedule=edited("schedule", "s1", note="含单机调试"))
    return draft


def test_CHG_1_a_change_against_a_plan_that_moved_is_taken_over_by_line_and_field(world: World) -> None:
    draft = overtaken(world)
    page = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    assert changing.newer_baseline(page) == 2
    with world.unchanged():
        refused = refusal(lambda: world.submit(draft), Incomplete)
    assert "现行计划已是第 2 版" in str(refused)
    taken = changing.rebase_draft(world.office, world.who(MANAGER), draft)
    assert [(item.place, item.mine, item.theirs) for item in taken.conflicts] == [
        ("“差旅费 2026-11”的金额", "45,000.00", "40,000.00")
    ]
    page = world.office.read(lambda reading: drafting.draft_page(reading, taken.draft))
    assert changing.newer_baseline(page) == 0
    assert [(line["id"], line["amount"], line["note"]) for line in page.draft.content["budget"]] == [
        ("b1", 45_000_00, "出差增多"), ("b2", 120_000_00, None), ("b9", 7, None),
    ]  # fmt: skip
    assert [row["difference"] for row in page.draft.content["budget_change"]] == [5_000_00]
    assert page.draft.content["schedule_change"] == []
    filing = world.submit(taken.draft)
    world.approve(filing, TECHNICAL, HEAD)
    assert lines(world)["schedule"][0]["note"] == "含单机调试"
    assert lines(world)["budget"][0]["amount"] == 45_000_00


def test_CHG_1_a_plan_that_moves_during_approval_refuses_the_last_signature(world: World) -> None:
    plan_in_force(world)
    filing = change(world, budget=edited("budget", "b1", amount=45_000_00))
    world.sign(filing, TECHNICAL)
    plan_in_force(world, base=1, budget=edited("budget", "b2", amount=1))
    with world.unchanged():
        refused = refusal(lambda: world.sign(filing, HEAD))
    assert "现在已是第 2 版" in str(refused)
    world.sign(filing, HEAD, Decision.RETURN, "请按现行计划核对")
    reworked = world.rework(filing)
    taken = changing.rebase_draft(world.office, world.who(MANAGER), reworked)
    assert taken.conflicts == ()
    again = world.submit(taken.draft)
    world.approve(again, TECHNICAL, HEAD)
    assert [line["amount"] for line in lines(world)["budget"]] == [45_000_00, 1]


def test_CHG_1_two_baselines_are_compared_by_lines_money_and_days(world: World) -> None:
    plan_in_force(world)
    late = edited("schedule", "s2", period={"start": "2026-12-01", "end": "2026-12-31"})
    world.approve(change(world, budget=edited("budget", "b1", amount=1_00), schedule=late), TECHNICAL, HEAD)
    world.approve(change(world, budget=PLAN["budget"][1:]), TECHNICAL, HEAD)
    actor, project = world.who(HEAD), world.project().id
    compare = partial(baselines.baseline_changes, actor=actor, project_id=project)
    found = world.office.read(partial(compare, older=1, newer=3))
    assert [(row["kind"], row["difference"]) for row in found.content["budget_change"]] == [("删", -30_000_00)]
    assert found.content["figures"]["moved"] == "推迟 6 天（4 个工作日）"
    back = world.office.read(partial(compare, older=3, newer=1))
    assert [(row["kind"], row["difference"]) for row in back.content["budget_change"]] == [("增", 30_000_00)]
    assert back.content["figures"]["moved"] == "提前 6 天（4 个工作日）"
    same = world.office.read(partial(compare, older=2, newer=2))
    assert not any(same.content[key] for key in ("budget_change", "schedule_change", "plan_change"))
    show = partial(baselines.print_baseline_changes, actor=actor, project_id=project, older=1, newer=3)
    text = text_of(world.office.read(show).pdf)
    assert "项目计划基线对照表" in text
    assert "差旅费" in text
    missing = refusal(lambda: world.office.read(partial(compare, older=1, newer=9)))
    assert "没有第 9 版基线" in str(missing)


def test_CHG_4_a_change_can_be_begun_with_lines_filled_in(world: World) -> None:
    plan_in_force(world)
    given: dict[str, list[Any]] = {
        "procurement": [{"id": "p1", "count": "9"}, {"id": "n1", "name": "光缆", "count": "1", "price": 5}]
    }
    draft = changing.start_change(world.office, world.who(MANAGER), world.project().id, given, what="采购与立项不一致")
    page = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    assert [(row["kind"], row["name"]) for row in page.draft.content["procurement_change"]] == [
        ("改", "核心交换机 S6730"), ("增", "光缆"),
    ]  # fmt: skip
    assert page.draft.content["change"]["what"] == "采购与立项不一致"
    assert page.draft.content["change"]["base"] == 1


def test_CHG_1_a_project_that_is_paused_takes_no_change(world: World) -> None:
    with world.unchanged():
        refused = refusal(lambda: world.draft("change", "FW-2026-903"))
    assert "暂停" in str(refused)


def test_CHG_2_a_stranger_compares_nothing(world: World) -> None:
    plan_in_force(world)
    project = world.project(RUNNING).id
    look = partial(baselines.project_baselines, actor=world.who(OTHER_MANAGER), project_id=project)
    assert "没有查看" in str(refusal(lambda: world.office.read(look)))
