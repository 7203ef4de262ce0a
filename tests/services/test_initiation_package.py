"""From the package to the first baseline (INIT-1, INIT-3, ROLE-3), on a project whose plan is in force."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.approval import Decision
from desktop.domain.errors import Refusal
from desktop.domain.filing import FilingState
from desktop.services.checking import verify_office
from desktop.services.filings import current_content
from desktop.services.form_facts import form_facts
from desktop.services.plans import baseline_no, baselines, plan_lines
from desktop.services.projects import get_project
from tests.databases import Prepare
from tests.services.planning import (
    BUDGET,
    BUSINESS,
    PACKAGE,
    PACKAGE_CHAIN,
    PRODUCTS,
    TODAY,
    draft_on,
    found_planned,
    project_of,
    submitted_on,
)
from tests.services.world import (
    PRESIDENT,
    TECHNICAL,
    World,
    open_world,
    refusal,
)


@pytest.fixture
def world(office_template: Callable[[Prepare], str], tmp_path: Path) -> Iterator[World]:
    made = open_world(office_template(found_planned), tmp_path)
    yield made
    made.office.close()


def state_of(world: World, project: UUID) -> str:
    return world.office.read(partial(get_project, project_id=project)).state


def facts_of(world: World, project: UUID) -> Any:
    def ask(reading: Any) -> Any:
        return form_facts(reading, reading.policy, get_project(reading, project))

    return world.office.read(ask)


def conditions_of(reading: Any, filing: UUID) -> Any:
    return current_content(reading, filing).conditions


def test_ROLE_3_the_business_department_checks_the_procurement_plan(world: World) -> None:
    project = project_of(world)
    package = submitted_on(world, "initiation", project, PACKAGE)
    world.sign(package, TECHNICAL)
    assert world.page(package, BUSINESS).may_decide == "business"
    world.sign(package, BUSINESS, Decision.RETURN, "单价高于合同")
    changed = [{**PACKAGE["procurement"][0], "price": 11_000_000}]
    world.submit(world.rework(package, procurement=changed))
    assert [item.after for item in world.page(package).changed if item.place.endswith("单价")] == ["110,000.00"]


def test_INIT_3_the_president_s_office_signs_last_and_the_plan_is_the_first_baseline(world: World) -> None:
    project = project_of(world)
    package = submitted_on(world, "initiation", project, PACKAGE)
    world.approve(package, *PACKAGE_CHAIN[:-1])
    assert state_of(world, project) == "initiating"
    assert world.office.read(partial(baseline_no, project_id=project)) == 0
    world.sign(package, PRESIDENT)
    row = world.office.read(partial(get_project, project_id=project))
    assert (row.state, row.initiated_on, row.budget) == ("implementing", TODAY, 7_000_000)
    assert str(row.planned_final_on) == "2027-09-20"
    (first,) = world.office.read(partial(baselines, project_id=project))
    assert (first.no, first.filing_id, first.note) == (1, package, "立项")
    lines = world.office.read(partial(plan_lines, project_id=project))
    assert [line["id"] for line in lines["schedule"]] == ["s1", "s2", "s3"]
    assert [line["id"] for line in lines["products"]] == ["p1", "p2"]
    assert [line["amount"] for line in lines["procurement"]] == [24_000_000]
    assert {key: len(found) for key, found in lines.items()} == {
        "procurement": 1,
        "budget": 3,
        "schedule": 3,
        "products": 2,
        "organization": 1,
        "risks": 1,
    }
    assert verify_office(world.office) == []


def test_INIT_1_the_package_begins_with_the_approved_schedule_and_shows_the_approved_products(world: World) -> None:
    project = project_of(world)
    package = submitted_on(world, "initiation", project, PACKAGE)
    content = world.page(package).content
    assert [line["name"] for line in content["schedule"]] == ["深化设计", "设备到货", "初验"]
    assert [line["name"] for line in content["products"]] == [line["name"] for line in PRODUCTS]
    assert content["totals"] == {"procurement": 24_000_000, "budget": 7_000_000, "cost": 31_000_000, "left": 49_000_000}


def test_INIT_3_a_second_package_does_not_start_over_what_is_under_way(world: World) -> None:
    project = project_of(world)
    world.approve(submitted_on(world, "initiation", project, PACKAGE), *PACKAGE_CHAIN)
    assert "实施" in refusal(partial(draft_on, world, "initiation", project, PACKAGE), Refusal).what
    again = facts_of(world, project)
    assert again["plan.baseline"] == 1
    assert again["plan.budget_total"] == sum(line["amount"] for line in BUDGET)


@pytest.mark.parametrize("decision", [Decision.RETURN, Decision.REJECT])
def test_INIT_3_what_the_president_s_office_refuses_changes_nothing(world: World, decision: Decision) -> None:
    project = project_of(world)
    package = submitted_on(world, "initiation", project, PACKAGE)
    world.approve(package, *PACKAGE_CHAIN[:-1])
    world.sign(package, PRESIDENT, decision, "请压缩费用")
    assert state_of(world, project) == "initiating"
    assert world.page(package).row.state in {FilingState.RETURNED, FilingState.REJECTED}
    assert world.office.read(partial(baseline_no, project_id=project)) == 0
