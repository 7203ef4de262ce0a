"""From the implementation plan to the first baseline (INIT-1…4, ROLE-2, ROLE-3, PROG-2), on both engines."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

from desktop.domain.approval import Decision, StepState
from desktop.domain.canonical import canonical_text
from desktop.services.archive import add_document
from desktop.services.checking import verify_office
from desktop.services.drafting import draft_page
from desktop.services.filings import current_content
from desktop.services.form_facts import form_facts
from desktop.services.gate_view import GateLine, checklists
from desktop.services.projects import get_project
from desktop.services.submitting import Incomplete
from desktop.store.tables import Contract, Program, Project
from tests.guarded import by_hand
from tests.services.planning import (
    BUSINESS,
    PACKAGE,
    PACKAGE_CHAIN,
    PLAN,
    PLAN_CHAIN,
    SCHEDULE,
    archive_documents,
    begin,
    draft_on,
    plan_in_force,
    submitted_on,
)
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PRESIDENT,
    QUALITY,
    TECHNICAL,
    World,
    merge,
    refusal,
)


def state_of(world: World, project: UUID) -> str:
    return world.office.read(partial(get_project, project_id=project)).state


def facts_of(world: World, project: UUID) -> Any:
    def ask(reading: Any) -> Any:
        return form_facts(reading, reading.policy, get_project(reading, project))

    return world.office.read(ask)


def gates_of_package(world: World, project: UUID) -> tuple[GateLine, ...]:
    """What the 立项申请表 asks for, met or not."""
    lists = world.office.read(partial(checklists, project_id=project))
    return next(item.gates for item in lists if item.form_key == "initiation")


def conditions_of(reading: Any, filing: UUID) -> Any:
    return current_content(reading, filing).conditions


def test_INIT_2_every_department_reviews_its_own_parts_and_the_plan_is_in_force_once_all_passed(world: World) -> None:
    project = begin(world)
    filing = submitted_on(world, "implementation_plan", project, PLAN)
    covered = {item.step.key: item.step.sections for item in world.page(filing).progress.steps}
    assert "quality" in covered["quality"]
    assert "quality" not in covered["technical"]
    assert "risks" in covered["pmo"]
    world.approve(filing, *PLAN_CHAIN[:-1])
    assert state_of(world, project) == "starting"
    assert facts_of(world, project).get("implementation_plan.number") is None
    world.sign(filing, PRESIDENT)
    assert state_of(world, project) == "initiating"
    facts = facts_of(world, project)
    assert facts["implementation_plan.number"] == world.page(filing).row.number
    assert [line["name"] for line in facts["implementation_plan.products"]] == ["深化设计图纸", "初验报告"]
    assert verify_office(world.office) == []


def test_INIT_2_a_change_in_one_part_asks_only_its_reviewers_again(world: World) -> None:
    project = begin(world)
    filing = submitted_on(world, "implementation_plan", project, PLAN)
    world.approve(filing, TECHNICAL, QUALITY)
    world.sign(filing, BUSINESS, Decision.RETURN, "质量目标请写具体")
    world.submit(world.rework(filing, quality={"goals": "合格率 100%"}))
    states = {item.step.key: item.state for item in world.page(filing).progress.steps}
    assert (states["technical"], states["quality"]) == (StepState.SIGNED, StepState.VOID)


def test_INIT_2_the_departments_review_side_by_side_and_the_president_after_all_of_them(world: World) -> None:
    project = begin(world)
    filing = submitted_on(world, "implementation_plan", project, PLAN)
    reviewers = {TECHNICAL: "technical", QUALITY: "quality", BUSINESS: "business", HEAD: "pmo"}
    assert {name: world.own_step(filing, name) for name in reviewers} == reviewers
    assert world.own_step(filing, PRESIDENT) == ""
    world.approve(filing, HEAD, BUSINESS, QUALITY)
    assert world.own_step(filing, PRESIDENT) == ""
    world.approve(filing, TECHNICAL, PRESIDENT)
    assert state_of(world, project) == "initiating"


def test_INIT_2_a_software_project_plans_its_organization_and_tracking(world: World) -> None:
    project = begin(world, kind="software")
    draft = draft_on(world, "implementation_plan", project, merge(PLAN, {"organization": [], "tracking": {"text": ""}}))
    told = refusal(lambda: world.submit(draft), Incomplete)
    assert isinstance(told, Incomplete)
    assert {item.section for item in told.problems} == {"organization", "tracking"}


def test_ROLE_2_the_quality_department_reviews_plan_and_package(world: World) -> None:
    project = begin(world)
    filing = submitted_on(world, "implementation_plan", project, PLAN)
    world.sign(filing, TECHNICAL)
    assert world.page(filing, QUALITY).may_decide == "quality"
    assert world.page(filing, PRESIDENT).may_decide == ""
    world.approve(filing, *PLAN_CHAIN[1:])
    archive_documents(world, project)
    package = submitted_on(world, "initiation", project, PACKAGE)
    step = world.page(package).progress.status("quality").step
    assert {"schedule", "products"} <= set(step.sections)


def test_ROLE_7_the_client_manager_confirms_the_equipment_of_a_virtual_contract(world: World) -> None:
    project = begin(world, contract_kind="virtual")
    plan_in_force(world, project)
    archive_documents(world, project)
    package = submitted_on(world, "initiation", project, PACKAGE)
    world.approve(package, TECHNICAL, CLIENT_MANAGER, *PACKAGE_CHAIN[1:])
    assert state_of(world, project) == "implementing"


def test_PROG_2_the_program_s_manager_approves_the_implementation_plan_first(world: World) -> None:
    project = begin(world)
    leader = world.who(OTHER_MANAGER)

    def join(work: Any) -> None:
        program = Program(name="城市大脑", manager_id=leader)
        work.session.add(program)
        work.session.flush()
        work.session.fetch(Project, project).program_id = program.id

    with by_hand():
        world.office.run(world.who(CLERK), join)
    filing = submitted_on(world, "implementation_plan", project, PLAN)
    assert world.page(filing, OTHER_MANAGER).may_decide == "program"
    world.approve(filing, OTHER_MANAGER, *PLAN_CHAIN)
    archive_documents(world, project)
    package = submitted_on(world, "initiation", project, PACKAGE)
    assert "program" not in {item.step.key for item in world.page(package).progress.steps}


def test_INIT_3_the_package_waits_for_the_implementation_plan(world: World) -> None:
    project = begin(world, state="initiating")
    archive_documents(world, project)
    draft = draft_on(world, "initiation", project, merge(PACKAGE, {"schedule": SCHEDULE}))
    with world.unchanged():
        assert "INIT-3" in refusal(lambda: world.submit(draft)).what
    told = {gate.key: [item.opens for item in gate.unmet] for gate in gates_of_package(world, project)}
    assert told["initiation_plan"] == ["implementation_plan"]


def test_INIT_4_the_package_waits_for_its_documents(world: World) -> None:
    project = begin(world)
    plan_in_force(world, project)
    draft = draft_on(world, "initiation", project, PACKAGE)
    refused = refusal(lambda: world.submit(draft))
    assert "INIT-4" in refused.what
    assert "检查清单" in refused.todo, "where it is archived"

    def missing() -> list[str]:
        gates = gates_of_package(world, project)
        return [item.text for gate in gates if gate.key == "initiation_documents" for item in gate.unmet]

    assert missing() == ["还没有归档“项目方案建议书”"]
    store = partial(add_document, path=world.file("书.pdf"), project_id=project, kind="scheme_proposal")
    assert world.office.run(world.who(MANAGER), store).value.kind == "scheme_proposal"
    assert missing() == []
    world.submit(draft)


def test_INIT_4_the_approved_plan_is_the_document_that_the_checklist_asks_for(world: World) -> None:
    project = begin(world)

    def papers() -> GateLine:
        return next(gate for gate in gates_of_package(world, project) if gate.key == "initiation_documents")

    filing = plan_in_force(world, project)
    (paper,) = papers().filed
    assert (paper.document, paper.title, paper.filing_id) == ("项目实施计划", "项目实施计划", filing)
    assert (paper.number, paper.on) == (world.page(filing).row.number, dt.date(2026, 11, 3))
    newer = submitted_on(world, "implementation_plan", project, PLAN)
    assert [item.filing_id for item in papers().filed] == [filing], "what is in approval does not count yet"
    world.approve(newer, *PLAN_CHAIN)
    assert [item.filing_id for item in papers().filed] == [newer]


def test_INIT_4_a_plan_that_is_on_paper_alone_is_still_archived_as_a_file(world: World) -> None:
    project = begin(world, state="initiating")
    gates = {gate.key: gate for gate in gates_of_package(world, project)}["initiation_documents"]
    assert [item.document for item in gates.unmet] == ["scheme_proposal", "implementation_plan"]
    assert [item.opens for item in gates.unmet] == ["", "implementation_plan"]
    assert gates.filed == ()
    archive_documents(world, project)
    assert {gate.key: gate for gate in gates_of_package(world, project)}["initiation_documents"].unmet == ()


def test_INIT_1_ROLE_5_a_plan_beyond_the_contract_is_explained(world: World) -> None:
    project = begin(world, amount=6_000_000)
    plan_in_force(world, project)
    archive_documents(world, project)
    draft = draft_on(world, "initiation", project, PACKAGE)
    told = refusal(lambda: world.submit(draft), Incomplete)
    assert "超出合同金额" in told.what
    explained = draft_on(world, "initiation", project, {"application": {"beyond": "增补合同正在签"}})
    package = world.submit(explained)
    assert "beyond_contract" in world.office.read(lambda reading: conditions_of(reading, package))


def test_ROLE_3_the_package_is_compared_with_the_registered_contract(world: World) -> None:
    project = begin(world)
    items: Any = [
        {"id": "c1", "name": "核心交换机", "model": "S12700", "count": "1", "price": 10_000_000},
        {"id": "c2", "name": "机柜", "count": "4", "price": 500_000},
    ]

    def register(work: Any) -> None:
        content = canonical_text({"items": items, "modules": [], "products": []})
        contract = Contract(
            number="HT-2026-88", name="机房集成", kind="works", customer="甲方", amount=80_000_000, content=content
        )
        work.session.add(contract)
        work.session.flush()
        work.session.fetch(Project, project).contract_id = contract.id

    with by_hand():
        world.office.run(world.who(CLERK), register)
    plan_in_force(world, project)
    archive_documents(world, project)
    draft = draft_on(world, "initiation", project, PACKAGE)
    page = world.office.read(lambda reading: draft_page(reading, draft))
    found = {(item.line, item.field): item.text for item in page.problems if item.rule == "ROLE-3"}
    assert {("q1", "count"), ("q1", "price"), ("", "")} == found.keys()
    assert "机柜" in found["", ""]
    assert page.draft.content["contract"]["name"] == "机房集成"
