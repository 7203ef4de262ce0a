"""A project from its contract to 终验 on the `epm` policy, with every paper on the way, on both engines."""

import datetime as dt
from functools import partial
from typing import Any

from desktop.domain.clocks import Urgency
from desktop.domain.errors import NotAllowed
from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.services import execution
from desktop.services.baselines import baseline_changes
from desktop.services.checking import verify_office
from desktop.services.gate_view import checklists
from desktop.services.plans import plan_lines
from desktop.services.printing import print_filing, print_register
from desktop.services.submitting import Incomplete
from tests.scenarios.life import Life, called, line_with, picked
from tests.services.ending import EXPERT, hire
from tests.services.entry import opened, registered
from tests.services.planning import BUDGET, BUSINESS, PACKAGE_CHAIN, PLAN_CHAIN, SCHEDULE
from tests.services.test_office import text_of
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PRESIDENT,
    QUALITY,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date


def begin(world: World) -> Life:
    """APPT: the contract, the manager, the number."""
    filing = registered(world)
    (project,) = opened(world, filing)
    life = Life(world, project.id, {"contract": filing})
    assert (project.state, project.number, project.provisional) == ("nominating", "", "暂-2026-001")
    assert [(item.on, item.days_text) for item in life.due(TECHNICAL, "appointment")] == [
        (D(2026, 11, 5), "还有 2 个工作日")
    ]
    world.clock.set(D(2026, 11, 6))
    assert [(item.urgency, item.days_text) for item in life.due(CLERK, "appointment")] == [
        (Urgency.LATE, "逾期 1 个工作日")
    ]
    assert not life.seen_by(MANAGER)
    life.file(
        "appointment",
        CLIENT_MANAGER,
        HEAD,
        by=TECHNICAL,
        nomination={"manager": picked(world, MANAGER), "reason": "做过同类项目"},
    )
    assert (life.now.state, life.now.appointed_on) == ("starting", D(2026, 11, 6))
    assert life.due(TECHNICAL, "appointment") == []
    assert life.seen_by(MANAGER)
    refusal(partial(life.draft, "numbering"), NotAllowed)
    life.file("numbering", by=CLERK, numbering={"short_name": "信号改造"})
    assert (life.now.number, life.now.short_name) == ("JC-2026-001", "信号改造")
    assert world.project("暂-2026-001").id == life.id, "papers that bear the provisional number still lead here"
    return life


def initiate(life: Life) -> None:
    """INIT: the plan section by section, then the package, and the first baseline."""
    life.file("implementation_plan", *PLAN_CHAIN)
    assert life.now.state == "initiating"
    package = life.draft("initiation")
    with life.world.unchanged():
        assert "方案建议书" in refusal(partial(life.world.submit, package)).what
    life.archive("scheme_proposal", "implementation_plan")
    filing = life.papers["initiation"] = life.world.submit(package)
    life.world.approve(filing, *PACKAGE_CHAIN)
    assert (life.now.state, life.now.initiated_on, life.now.budget) == ("implementing", D(2026, 11, 6), 7_000_000)
    assert life.now.planned_final_on == D(2027, 9, 20)


def spend(life: Life) -> None:
    """BUD: a month's budget in its window, a claim within the plan, and one beyond it that waits for a change."""
    assert life.due(MANAGER, "month_budget") == []
    life.world.clock.set(D(2026, 11, 25))
    assert [item.text for item in life.due(MANAGER, "month_budget")] == ["编制下月费用预算：2026-12 还没有提交"]
    month = [{"id": "m1", "subject": "travel", "amount": 1_200_000, "use": "现场勘察"}]
    life.file("month_budget", TECHNICAL, HEAD, lines=month)
    assert life.due(MANAGER, "month_budget") == []
    life.world.clock.set(D(2026, 12, 14))
    life.file("claim", TECHNICAL, FINANCE, **claim(1_500_000))
    assert balance(life) == {"travel": (2_000_000, 1_500_000, 0), "labour": (5_000_000, 0, 0)}
    told = refusal(partial(life.file, "claim", **claim(500_001)), Incomplete)
    assert "费用预算变更" in told.what
    assert "5,000.00" in told.what


def claim(amount: int) -> dict[str, Any]:
    line = {"id": "c1", "spent_on": "2026-12-10", "subject": "travel", "text": "往返机票", "amount": amount}
    return {"claim": {"reason": "现场联调"}, "lines": [line]}


def balance(life: Life) -> dict[str, tuple[int, int, int]]:
    view = partial(execution.of_one, actor=life.world.who(CLERK), project_id=life.id)
    rows, _months = life.world.office.read(view)
    return {row.key: (row.planned, row.used, row.waiting) for row in rows}


def change(life: Life) -> None:
    """CHG: money and days move to baseline 2, and the first one stays readable beside it."""
    life.file(
        "change",
        TECHNICAL,
        HEAD,
        change={"what": "增加差旅，初验推迟", "new_planned_preliminary_on": "2027-03-30"},
        budget=line_with(BUDGET, "b2", amount=1_300_000),
        schedule=line_with(SCHEDULE, "s3", period={"start": "2027-03-01", "end": "2027-03-30"}),
    )
    assert (life.now.budget, life.now.planned_preliminary_on) == (7_500_000, D(2027, 3, 30))
    found = life.world.office.read(
        partial(baseline_changes, actor=life.world.who(CLERK), project_id=life.id, older=1, newer=2)
    )
    assert found.content["figures"]["budget_difference"] == 500_000
    (money,), (days,) = found.content["budget_change"], found.content["schedule_change"]
    assert (money["id"], days["id"]) == ("b2", "s3")
    first = life.world.office.read(partial(plan_lines, project_id=life.id, no=1))
    assert [line["amount"] for line in first["budget"]] == [1_200_000, 800_000, 5_000_000]
    life.file("claim", TECHNICAL, FINANCE, **claim(1_000_000))
    assert balance(life)["travel"] == (2_500_000, 2_500_000, 0), "to the last fen"


def pause(life: Life) -> None:
    """PAUSE: no claims and no reports from the day of approval, three months, and back."""
    life.world.clock.set(D(2026, 12, 21))
    life.file("suspension", TECHNICAL, HEAD, reason={"resume_by": "2027-02-10"})
    assert (life.now.state, life.now.paused_on) == ("paused", D(2026, 12, 21))
    life.world.clock.set(D(2026, 12, 22))
    assert "weekly_report" in life.closed_gates()
    assert "暂停" in refusal(partial(life.draft, "claim")).what
    life.world.clock.set(D(2027, 3, 8))
    (limit,) = life.due(CLERK, "overdue_opinion")
    assert (limit.on, limit.urgency) == (D(2027, 3, 21), Urgency.SOON)
    life.file("resumption", TECHNICAL, HEAD)
    assert (life.now.state, life.now.paused_on, life.closed_gates()) == ("implementing", None, set())


def accept(life: Life) -> None:
    """ROLE-4, CLOSE-1: the scheme is reviewed, the customer accepts, and what is left until 终验 is estimated."""
    life.file("technical_review", QUALITY, TECHNICAL, EXPERT)
    life.world.clock.set(D(2027, 4, 1))
    early = life.draft("closing_start", acceptance={"accepted_on": None, "report": None})
    refusal(partial(life.world.submit, early))
    items = life.judged("preliminary_acceptance", "items", result="yes")
    assert [line["name"] for line in items] == ["竣工图", "深化设计图纸", "初验报告", "联锁主机"]
    accepted = {"accepted_on": "2027-03-30"}
    life.file("preliminary_acceptance", TECHNICAL, CLIENT_MANAGER, HEAD, acceptance=accepted, items=items)
    assert (life.now.state, life.now.preliminary_on) == ("implementing", D(2027, 3, 30))
    life.file("until_final", TECHNICAL, HEAD, work=[{"id": "w1", "name": "试运行值守", "days": "10", "rate": 120_000}])


def close(life: Life) -> None:
    """CLOSE: ten working days, each paper that the checklist asks for, and the state by itself."""
    world = life.world
    begun = life.draft("closing_start", acceptance={"accepted_on": "2027-03-30"})
    life.papers["closing_start"] = world.submit(begun)
    world.approve(life.papers["closing_start"], CLERK)
    (limit,) = life.due(MANAGER, "closing")
    assert (life.now.state, limit.days_text, limit.estimated) == ("closing", "还有 10 个工作日", True)
    assert limit.on == D(2027, 4, 15), "the calendar of 2027 is not out: plain weekdays, and it says so"
    lists = world.office.read(partial(checklists, project_id=life.id))
    (asked,) = (item for item in lists if item.form_key == "closing")
    lacking = {item.condition for item in asked.unmet if item.stops}
    assert lacking == {
        "conformity_approved",
        "summary_approved",
        "transfer_approved",
        "purchase_closed",
        "document:as_built",
        "document:test_report",
    }
    products = life.judged("conformity", "products", QUALITY, delivered="3", verdict="yes")
    assert [(line["name"], line["source"], line["basis"]) for line in products] == [
        ("竣工图", "合同", "一式三份"),
        ("深化设计图纸", "计划", None),
        ("初验报告", "计划", None),
    ]
    life.file("conformity", QUALITY, TECHNICAL, by=QUALITY, products=products)
    life.file("summary_report", TECHNICAL, HEAD, cost={"real": 6_500_000})
    successor = {"opens": "yes", "name": "信号运维", "kind": "service", "department": "系统集成部"}
    life.file("maintenance_transfer", OTHER_MANAGER, TECHNICAL, HEAD, successor=successor)
    life.file("equipment_receipt", OTHER_MANAGER)
    bought = life.judged("purchase_closing", "purchases", BUSINESS, real=18_000_000, paid=18_000_000, arrival="all")
    life.file("purchase_closing", MANAGER, BUSINESS, by=BUSINESS, purchases=bought)
    life.archive("as_built", "test_report")
    last = life.file("claim", TECHNICAL, **claim_of_labour())
    money = {"spent": 25_000_000, "received": 60_000_000}
    closing = life.draft("closing", money=money, transfer={"maintenance": "yes"})
    assert "1 份费用报销在审批中" in refusal(partial(world.submit, closing)).what
    world.approve(last, FINANCE)
    life.papers["closing"] = world.submit(closing)
    world.clock.set(D(2027, 4, 12))
    world.approve(life.papers["closing"], TECHNICAL, QUALITY, FINANCE, HEAD)
    assert (life.now.state, life.now.closed_on) == ("closed", D(2027, 4, 12))
    refusal(partial(life.draft, "claim"))
    next_one = called(world, "信号运维")
    assert (next_one.predecessor_id, next_one.kind, next_one.number) == (life.id, "service", "")


def claim_of_labour() -> dict[str, Any]:
    line = {"id": "c1", "spent_on": "2027-03-20", "subject": "labour", "text": "调试人工", "amount": 4_000_000}
    return {"claim": {"reason": "联调"}, "lines": [line]}


def complete(life: Life) -> None:
    """FAT: told a month ahead; with the customer's final report the project is complete."""
    life.world.clock.set(D(2027, 8, 19))
    assert life.due(MANAGER, "final_acceptance") == []
    life.world.clock.set(D(2027, 8, 20))
    for name in (MANAGER, CLIENT_MANAGER, CLERK):
        assert [item.on for item in life.due(name, "final_acceptance")] == [D(2027, 9, 20)]
    life.world.clock.set(D(2027, 9, 16))
    accepted = {"accepted_on": "2027-09-15"}
    items = life.judged("final_acceptance", "items", result="yes")
    life.file("final_acceptance", CLIENT_MANAGER, TECHNICAL, CLERK, acceptance=accepted, items=items)
    assert (life.now.state, life.now.final_on) == ("complete", D(2027, 9, 15))
    assert life.due(CLERK, "final_acceptance") == []


def printed(life: Life) -> None:
    """Every paper as its official form: the title stands on each."""
    clerk = life.world.who(CLERK)
    for form, filing in life.papers.items():
        text = text_of(life.world.office.read(partial(print_filing, actor=clerk, filing_id=filing)).pdf)
        assert FORMS[form].title in text
    budget = life.world.office.read(partial(print_register, actor=clerk, project_id=life.id, key="budget")).pdf
    assert "第2版基线" in text_of(budget)


def test_from_the_contract_to_the_final_acceptance_with_every_paper_on_the_way(world: World) -> None:
    hire(world, BUSINESS, "business")
    hire(world, EXPERT, "expert")
    life = begin(world)
    for chapter in (initiate, spend, change, pause, accept, close, complete):
        chapter(life)
    printed(life)
    assert len(life.papers) == 21
    assert life.filings() == life.filings(FilingState.APPROVED), "no paper was left behind"
    assert life.seen_by(PRESIDENT)
    assert verify_office(world.office) == []
