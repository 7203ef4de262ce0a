"""Initiation where a project begins with a proposal (INIT-5), in an office with the PMO policy."""

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.errors import Refusal
from desktop.services import people
from desktop.services.checking import verify_office
from desktop.services.gate_view import checklists
from desktop.services.home import Home
from desktop.services.opening import create_office
from desktop.services.plans import baselines, plan_lines
from desktop.services.printing import print_filing
from desktop.services.projects import get_project
from desktop.services.submitting import Incomplete
from tests.databases import Prepare
from tests.policies import policy
from tests.services.planning import BUDGET, ORGANIZATION, PRODUCTS, RISKS, SCHEDULE, draft_on, project_of, submitted_on
from tests.services.test_office import text_of
from tests.services.world import CLERK, HEAD, MANAGER, PRESIDENT, Clock, World, founding, merge, open_world, refusal

NAME = "园区一卡通"
PROPOSAL: dict[str, Any] = {
    "basics": {"name": NAME, "kind": "integration", "department": "信息部", "customer": "后勤部"},
    "goals": {"goals": "统一门禁与消费", "need": "设备老化"},
    "plan": {"starts_on": "2026-12-01", "ends_on": "2027-09-20", "plan": "设计、安装、验收"},
    "budget": {"amount": 9_000_000},
}
ASPECT = {"verdict": "good", "findings": "条件具备"}
STUDY: dict[str, Any] = {
    "technical": ASPECT,
    "economic": ASPECT,
    "market": ASPECT,
    "conclusion": {"verdict": "good", "text": "同意立项"},
}
PLAN: dict[str, Any] = {
    "goals": {"goals": "按期开通", "scope": "三个园区", "planned_final_on": "2027-09-20"},
    "schedule": SCHEDULE,
    "products": PRODUCTS,
    "organization": ORGANIZATION,
    "budget": BUDGET,
    "risks": RISKS,
}


def found_office(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = create_office(
            url, founding(policy_text=policy("pmo").text, policy_file="pmo.toml"), Home(Path(folder)), Clock()
        )
        world = World(office, Clock(), Path(folder), url)
        clerk = world.who(CLERK)
        for number, (name, role) in enumerate(((HEAD, "pmo_head"), (PRESIDENT, "president"), (MANAGER, "")), 2):
            add = partial(people.add_person, name=name, staff_no=f"{number:04}")
            made = office.run(clerk, add).value
            if role:
                office.run(clerk, partial(people.assign_role, person_id=made, role_key=role))
        office.close()


@pytest.fixture
def world(office_template: Callable[[Prepare], str], tmp_path: Path) -> Iterator[World]:
    made = open_world(office_template(found_office), tmp_path)
    yield made
    made.office.close()


def proposed(world: World) -> UUID:
    filing = world.submit(draft_on(world, "proposal", None, PROPOSAL, CLERK), CLERK)
    world.approve(filing, HEAD)
    return project_of(world, NAME)


def notice(world: World) -> dict[str, Any]:
    manager = {"id": str(world.who(MANAGER)), "name": MANAGER}
    return {
        "goals": {"goals": "统一门禁与消费"},
        "scope": {"scope": "三个园区"},
        "resources": {"budget": 8_000_000, "manager": manager, "people": "信息部三人"},
    }


def studied(world: World, project: UUID, **changes: Any) -> UUID:
    filing = submitted_on(world, "feasibility", project, merge(STUDY, changes), CLERK)
    world.approve(filing, HEAD, PRESIDENT)
    return filing


def test_INIT_5_from_proposal_to_the_plan_in_force(world: World) -> None:
    project = proposed(world)
    row = world.office.read(partial(get_project, project_id=project))
    assert (row.state, row.number, row.budget, row.department) == ("starting", "", 9_000_000, "信息部")
    assert row.called == "申报-2026-001"
    assert row.registered_on == world.clock.now.date()
    studied(world, project)
    begun = submitted_on(world, "initiation_notice", project, notice(world), CLERK)
    world.approve(begun, PRESIDENT)
    row = world.office.read(partial(get_project, project_id=project))
    assert (row.state, row.number, row.budget) == ("initiating", "XM-2026-001", 8_000_000)
    assert row.manager is not None
    assert row.manager.name == MANAGER
    assert row.initiated_on == world.clock.now.date()
    world.clock.pass_minutes(60 * 24)
    plan = submitted_on(world, "project_plan", project, PLAN)
    world.approve(plan, HEAD)
    row = world.office.read(partial(get_project, project_id=project))
    assert (row.state, row.budget) == ("implementing", 7_000_000)
    assert row.initiated_on != world.clock.now.date()
    (first,) = world.office.read(partial(baselines, project_id=project))
    assert (first.no, first.filing_id) == (1, plan)
    lines = world.office.read(partial(plan_lines, project_id=project))
    assert [len(lines[key]) for key in ("schedule", "products", "budget", "procurement")] == [3, 2, 3, 0]
    printed = world.office.read(partial(print_filing, actor=world.who(CLERK), filing_id=begun))
    assert "项目立项通知书" in text_of(printed.pdf)
    assert verify_office(world.office) == []


@pytest.mark.parametrize("verdict", ["limited", "bad"])
def test_INIT_5_only_a_good_result_lets_the_project_go_on(world: World, verdict: str) -> None:
    project = proposed(world)
    early = draft_on(world, "initiation_notice", project, notice(world), CLERK)
    assert "还没有经批准" in refusal(lambda: world.submit(early, CLERK)).what
    studied(world, project, conclusion={"verdict": verdict, "text": "条件不足", "conditions": "先签协议"})
    with world.unchanged():
        assert "INIT-5" in refusal(lambda: world.submit(early, CLERK)).what
    (asked,) = world.office.read(partial(checklists, project_id=project))
    assert (asked.form_key, [item.opens for item in asked.unmet]) == ("initiation_notice", ["feasibility"])
    world.clock.pass_minutes()
    studied(world, project)
    world.submit(early, CLERK)


def test_INIT_5_nothing_is_feasible_on_the_whole_that_is_not_in_one_respect(world: World) -> None:
    project = proposed(world)
    draft = draft_on(world, "feasibility", project, merge(STUDY, {"market": {"verdict": "bad"}}), CLERK)
    told = refusal(lambda: world.submit(draft, CLERK), Incomplete)
    assert "市场" in told.what
    mended = draft_on(world, "feasibility", project, {"conclusion": {"verdict": "limited", "text": "补充调研"}}, CLERK)
    assert "条件" in refusal(lambda: world.submit(mended, CLERK), Incomplete).what


def test_INIT_5_a_refused_proposal_opens_nothing(world: World) -> None:
    backward = draft_on(world, "proposal", None, merge(PROPOSAL, {"plan": {"ends_on": "2026-11-01"}}), CLERK)
    assert "早于" in refusal(lambda: world.submit(backward, CLERK), Refusal).what
