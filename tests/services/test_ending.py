"""Acceptance, closing, 终验 and technical review, with what they ask for (A 2.4.4, 2.1)."""

import datetime as dt
from functools import partial
from pathlib import Path

from desktop.domain.approval import Decision
from desktop.domain.clocks import Urgency
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.domain.policy_terms import Strength
from desktop.services import drafting
from desktop.services.archive import add_document
from desktop.services.due import todo
from desktop.services.final_dates import final_dates
from desktop.services.gate_view import gate_view, waive
from desktop.services.projects import project_rows, projects_where
from desktop.services.submitting import Incomplete
from desktop.store.tables import Project
from tests.services.ending import BUSINESS, EXPERT, PROCUREMENT, PRODUCT, due_of, hire, lists, missing, plan
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    EPM,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    QUALITY,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date
ACCEPTED = (TECHNICAL, CLIENT_MANAGER, HEAD)


def start(world: World) -> None:
    world.approved("closing_start", CLERK)


def test_CLOSE_1_an_integration_project_closes_after_its_preliminary_acceptance(world: World) -> None:
    assert missing(world, "closing_start")["preliminary_accepted"].strength is Strength.PRINCIPLE
    world.approved("preliminary_acceptance", *ACCEPTED)
    assert world.project().preliminary_on == D(2026, 10, 30)
    assert missing(world, "closing_start") == {}
    draft = drafting.start_draft(world.office, world.who(MANAGER), "closing_start", world.project().id)
    taken = draft.content["acceptance"]
    assert (taken["stage"], taken["accepted_on"], taken["confirmed_by"]) == ("preliminary", "2026-10-30", "陈主任")
    assert taken["report"][0]["name"] == "验收报告.pdf"
    world.approve(world.submit(draft), CLERK)
    assert world.project().state == "closing"


def test_CLOSE_1_a_software_project_after_its_final_one_in_principle(world: World) -> None:
    draft = world.draft("closing_start", SOFTWARE, OTHER_MANAGER)
    refused = refusal(partial(world.submit, draft, OTHER_MANAGER), Refusal)
    assert "还没有终验" in refused.what
    gate = missing(world, "closing_start", SOFTWARE)["finally_accepted"]
    assert gate.opens == "final_acceptance"
    set_aside = partial(waive, gate_key=gate.gate, condition=gate.condition, reason="客户书面同意先行结项")
    world.office.run(world.who(HEAD), partial(set_aside, project_id=world.project(SOFTWARE).id))
    world.submit(draft, OTHER_MANAGER)


def test_CLOSE_1_what_failed_is_no_acceptance(world: World) -> None:
    failed = [{"id": "i1", "name": "切换时间", "result": "no", "note": "超过 3 秒"}]
    whole = partial(world.submitted, "preliminary_acceptance", items=failed)
    assert "不完全合格" in refusal(whole, Incomplete).what
    world.approved("preliminary_acceptance", *ACCEPTED, items=failed, acceptance={"conclusion": "fail"})
    assert world.project().preliminary_on is None


def test_CLOSE_1_the_work_until_the_final_acceptance_should_stay_inside_the_cost(world: World) -> None:
    work = [{"id": "w1", "name": "试运行值守", "days": "20000", "rate": 120_000}]
    draft = world.draft("until_final", work=work)
    page = world.office.read(lambda reading: drafting.draft_page(reading, draft))
    (found,) = page.problems
    assert (found.rule, found.blocks) == ("CLOSE-1", False)
    assert page.draft.content["work"][0]["cost"] == 2_400_000_000
    start(world)
    advised = [item for item in lists(world, "closing").unmet if item.condition == "until_final_estimated"]
    assert [item.stops for item in advised] == [False]


def test_CLOSE_3_the_checklist_says_what_is_missing_and_what_brings_it(world: World) -> None:
    plan(world, procurement=[PROCUREMENT])
    hire(world, BUSINESS, "business")
    start(world)
    found = missing(world, "closing")
    assert {key: item.opens for key, item in found.items() if not item.document} == {
        "conformity_approved": "conformity",
        "summary_approved": "summary_report",
        "transfer_approved": "maintenance_transfer",
        "purchase_closed": "purchase_closing",
    }
    assert [found[key].waivable for key in ("conformity_approved", "purchase_closed")] == [False, True]
    world.ready_to_close()
    draft = world.draft("closing", transfer={"maintenance": "yes"})
    assert "转维护" in refusal(partial(world.submit, draft)).what
    receiver = {"id": str(world.who(OTHER_MANAGER)), "name": OTHER_MANAGER}
    world.approved("maintenance_transfer", OTHER_MANAGER, TECHNICAL, HEAD, transfer={"receiver": receiver})
    assert set(missing(world, "closing")) == {"purchase_closed"}
    left_open = {"verdict": "open"}
    world.approved("purchase_closing", MANAGER, BUSINESS, by=BUSINESS, conclusion=left_open)
    assert "尚有未结" in missing(world, "closing")["purchase_closed"].text
    world.approved("purchase_closing", MANAGER, BUSINESS, by=BUSINESS)
    assert missing(world, "closing") == {}
    world.approve(world.submit(draft), TECHNICAL, QUALITY, FINANCE, HEAD)
    assert world.project().state == "closed"


def test_CLOSE_3_the_summary_has_an_approval_of_its_own_and_holds_plan_against_reality(world: World) -> None:
    start(world)
    filing = world.submitted("summary_report", cost={"real": 2_000_000_000, "reason": "设备涨价"})
    assert "summary_approved" in missing(world, "closing"), "submitted is not approved"
    content = world.page(filing).content
    assert content["dates"]["preliminary_days"] == "提前 32 天"
    assert (content["cost"]["balance"], content["cost"]["share"]) == (-200_000_000, "111.1")
    world.approve(filing, TECHNICAL, HEAD)
    assert "summary_approved" not in missing(world, "closing")


def test_CLOSE_3_the_transfer_opens_a_successor_project(world: World) -> None:
    start(world)
    successor = {
        "opens": "yes",
        "name": "综合监控运维服务",
        "kind": "service",
        "department": "系统集成部",
        "manager": {"id": str(world.who(OTHER_MANAGER)), "name": OTHER_MANAGER},
        "amount": 60_000_000,
        "planned_final_on": "2028-12-31",
    }
    refusal(partial(world.submitted, "maintenance_transfer", successor={"opens": "yes"}), Incomplete)
    world.approved("maintenance_transfer", OTHER_MANAGER, TECHNICAL, HEAD, successor=successor)
    (made,) = world.office.read(lambda reading: projects_where(reading, Project.name == successor["name"]))
    assert (made.predecessor_id, made.kind, made.amount) == (world.project().id, "service", 60_000_000)
    assert made.state == EPM.states[0].key, "it begins as every project does"
    assert made.manager is not None
    assert (made.manager.name, made.department, made.customer) == (OTHER_MANAGER, "系统集成部", "滨海轨道交通")
    assert made.provisional
    assert RUNNING in made.note


def test_CLOSE_4_every_product_of_contract_and_plan_is_judged(world: World) -> None:
    plan(world, products=[PRODUCT, {**PRODUCT, "id": "d2", "name": "用户手册", "count": None}])
    start(world)
    quality = world.who(QUALITY)
    draft = drafting.start_draft(world.office, quality, "conformity", world.project().id)
    products = draft.content["products"]
    assert [(line["name"], line["source"], line["count"]) for line in products] == [
        ("竣工图", "计划", "3"),
        ("用户手册", "计划", None),
    ]

    def told(lines: list[dict[str, object]], verdict: str = "yes") -> str:
        conclusion = {"verdict": verdict}
        attempt = partial(world.submitted, "conformity", by=QUALITY, products=lines, conclusion=conclusion)
        return refusal(attempt, Incomplete).what

    judged = [{**line, "delivered": "3", "verdict": "yes"} for line in products]
    assert "缺少合同或计划要求的“用户手册”" in told(judged[:1])
    assert "“核对”还没有填写" in told([{**judged[0], "verdict": None}, judged[1]])
    assert "应为“竣工图×3”" in told([{**judged[0], "count": "1"}, judged[1]])
    assert "不能判为一致" in told([{**judged[0], "delivered": "2"}, judged[1]])
    differs = {**judged[0], "delivered": "2", "verdict": "part", "note": "缺一套蓝图"}
    assert "结论不能是“一致”" in told([differs, judged[1]])
    world.approved(
        "conformity", QUALITY, TECHNICAL, by=QUALITY, products=[differs, judged[1]], conclusion={"verdict": "no"}
    )
    assert "不一致" in missing(world, "closing")["conformity_approved"].text
    world.approved("conformity", QUALITY, TECHNICAL, by=QUALITY, products=judged)
    assert "conformity_approved" not in missing(world, "closing")


def test_CLOSE_5_the_closing_waits_for_what_must_be_there(world: World) -> None:
    start(world)
    draft = drafting.start_draft(world.office, world.who(MANAGER), "closing", world.project().id)
    refused = refusal(partial(world.submit, draft))
    assert ("成果一致性审核" in refused.what, "CLOSE-4" in refused.what) == (True, True)
    world.approved("closing", TECHNICAL, QUALITY, FINANCE, HEAD)
    assert world.project().state == "closed"
    notices = world.office.read(lambda reading: todo(reading, world.who(TECHNICAL)))
    assert [item.text for item in notices if item.rule == "结项通知"] == [
        "项目已于 2026-11-03 转为“结项”，不能再发生费用报销"
    ]
    world.clock.set(D(2026, 11, 10))
    later = world.office.read(lambda reading: todo(reading, world.who(TECHNICAL)))
    assert not [item for item in later if item.rule == "结项通知"]


def test_FAT_1_the_clerk_keeps_the_dates_and_a_month_ahead_it_is_told(world: World) -> None:
    start(world)
    world.approved("closing", TECHNICAL, QUALITY, FINANCE, HEAD)

    def kept(by: str = CLERK) -> dict[str, tuple[D | None, bool]]:
        found = world.office.read(lambda reading: final_dates(reading, world.who(by)))
        return {item.project.number: (item.on, item.told) for item in found}

    assert kept()[RUNNING] == (D(2027, 6, 1), False)
    assert kept()[SOFTWARE] == (None, False), "a software project owes it before its 结项; no date is on record"
    assert "JC-2025-904" in kept()
    world.clock.set(D(2027, 4, 30))
    assert due_of(world, MANAGER, "final_acceptance") == []
    world.clock.set(D(2027, 5, 1))
    for name in (MANAGER, CLIENT_MANAGER, CLERK):
        (told,) = due_of(world, name, "final_acceptance")
        assert (told.on, told.urgency, told.text) == (D(2027, 6, 1), Urgency.SOON, "合同终验日期将至")
    assert due_of(world, FINANCE, "final_acceptance") == []
    assert kept()[RUNNING] == (D(2027, 6, 1), True)
    world.clock.set(D(2027, 6, 2))
    assert due_of(world, MANAGER, "final_acceptance")[0].urgency is Urgency.LATE


def test_FAT_2_with_the_final_report_archived_the_project_is_complete(world: World) -> None:
    start(world)
    world.approved("closing", TECHNICAL, QUALITY, FINANCE, HEAD)
    world.clock.set(D(2027, 5, 20))
    view = partial(gate_view, project_id=world.project().id)
    asked = [item for gate in world.office.read(view) for item in gate.unmet if item.document]
    assert [(item.document, item.opens) for item in asked] == [("final_report", "final_acceptance")]
    refusal(partial(world.submitted, "final_acceptance", acceptance={"report": None}), Incomplete)
    refused = refusal(
        partial(world.submitted, "final_acceptance", acceptance={"accepted_on": "2026-10-01"}), Incomplete
    )
    assert "早于初验" in refused.what
    filing = world.submitted("final_acceptance", acceptance={"accepted_on": "2027-05-18"})
    world.approve(filing, CLIENT_MANAGER, TECHNICAL)
    assert world.project().state == "closed"
    world.approve(filing, CLERK)
    assert (world.project().state, world.project().final_on) == ("complete", D(2027, 5, 18))
    assert due_of(world, CLERK, "final_acceptance", everyone=True) == []
    assert not [item for gate in world.office.read(view) for item in gate.unmet if item.document]


def test_FAT_2_a_software_project_may_then_start_its_closing(world: World) -> None:
    signers = (CLIENT_MANAGER, OTHER_TECHNICAL, CLERK)
    world.approved("final_acceptance", *signers, number=SOFTWARE, by=OTHER_MANAGER)
    project = world.project(SOFTWARE)
    assert (project.state, project.final_on) == ("implementing", D(2026, 11, 2))
    draft = drafting.start_draft(world.office, world.who(OTHER_MANAGER), "closing_start", project.id)
    assert draft.content["acceptance"]["stage"] == "final"
    world.approve(world.submit(draft, OTHER_MANAGER), CLERK)
    assert world.project(SOFTWARE).state == "closing"


def test_ROLE_4_ROLE_6_a_technical_review_goes_from_QA_by_the_head_to_the_experts(world: World) -> None:
    hire(world, EXPERT, "expert")
    filing = world.submitted("technical_review")
    refusal(partial(world.sign, filing, TECHNICAL), NotAllowed)
    world.sign(filing, QUALITY)
    world.sign(filing, TECHNICAL)
    refusal(partial(world.sign, filing, HEAD), NotAllowed)
    world.sign(filing, EXPERT, Decision.RETURN, "双机切换的时间没有论证")
    finding = {"id": "f1", "text": "补充切换时间论证", "level": "major", "done": "no"}
    again = partial(world.rework, filing, findings=[finding])
    refused = refusal(lambda: world.submit(again()), Incomplete)
    assert "改正后才能提交" in refused.what
    world.submit(world.rework(filing, findings=[{**finding, "done": "yes"}]))
    world.approve(filing, QUALITY, TECHNICAL, EXPERT)
    assert world.page(filing).row.state is FilingState.APPROVED
    assert world.project().state == "implementing"
    world.submitted("technical_review", review={"name": "详细设计"})


def test_ROLE_3_the_buyers_settle_and_the_manager_confirms(world: World) -> None:
    plan(world, procurement=[PROCUREMENT])
    hire(world, BUSINESS, "business")
    refusal(partial(world.draft, "purchase_closing", by=MANAGER), NotAllowed)
    draft = drafting.start_draft(world.office, world.who(BUSINESS), "purchase_closing", world.project().id)
    (line,) = draft.content["purchases"]
    assert (line["name"], line["planned"], line["supplier"]) == ("服务器", 20_000_000, "华信")
    owed = {**line, "real": 21_000_000, "paid": 1_000_000, "arrival": "all", "note": "质保金未付"}
    refusal(partial(world.submitted, "purchase_closing", by=BUSINESS, purchases=[owed]), Incomplete)
    filing = world.submitted("purchase_closing", by=BUSINESS, purchases=[{**owed, "paid": 21_000_000}])
    assert world.page(filing).content["purchases"][0]["difference"] == 1_000_000
    world.sign(filing, MANAGER)


def test_DOC_2_a_stage_is_not_passed_without_its_documents(world: World) -> None:
    start(world)
    papers = {item.document: item for item in lists(world, "closing").unmet if item.document}
    assert {key for key, item in papers.items() if item.stops} == {"as_built", "test_report"}
    assert {"measurement", "user_manual", "preliminary_report"} <= papers.keys()
    assert not {"requirements", "service_record"} & papers.keys(), "other kinds of projects owe those"

    def store(kind: str, path: Path) -> None:
        project = world.project().id
        world.office.run(world.who(MANAGER), partial(add_document, path=path, project_id=project, kind=kind))

    drawing = world.file("竣工图.pdf")
    refusal(partial(store, "poem", drawing))
    store("as_built", drawing)
    assert "document:as_built" not in missing(world, "closing")
    test_report = missing(world, "closing")["document:test_report"]
    set_aside = partial(waive, gate_key=test_report.gate, condition=test_report.condition, reason="由甲方检测中心出具")
    world.office.run(world.who(HEAD), partial(set_aside, project_id=world.project().id))
    assert "document:test_report" not in missing(world, "closing")
    world.approved("preliminary_acceptance", *ACCEPTED)
    left = {item.document for item in lists(world, "closing").unmet}
    assert "preliminary_report" not in left, "an approved report is one"


def test_DOC_1_the_directory_holds_the_outputs_and_both_initiation_papers(world: World) -> None:
    policy = world.office.policy
    titles = {item.title for item in policy.documents}
    assert {"初验报告", "产品度量表", "终验报告", "项目方案建议书", "项目实施计划"} <= titles
    assert [item.key for item in policy.documents if item.stage == "initiation"] == [
        "scheme_proposal",
        "implementation_plan",
    ]
    assert world.office.read(partial(project_rows, ids=[world.project().id]))
