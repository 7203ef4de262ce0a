"""Each register of a plan as an official sheet of its own (DOC-5), and the plan on its page."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from desktop.services.plan_page import open_plan
from desktop.services.printing import print_filing, print_part, print_register
from tests.databases import Prepare
from tests.services.planning import (
    BUDGET,
    BUSINESS,
    PACKAGE,
    PACKAGE_CHAIN,
    found_planned,
    project_of,
    submitted_on,
)
from tests.services.test_office import text_of
from tests.services.world import CLERK, MANAGER, OTHER_MANAGER, World, open_world, refusal


@pytest.fixture
def world(office_template: Callable[[Prepare], str], tmp_path: Path) -> Iterator[World]:
    made = open_world(office_template(found_planned), tmp_path)
    yield made
    made.office.close()


def test_DOC_5_registers_print_on_their_own_from_the_filing_and_from_the_plan_in_force(world: World) -> None:
    project = project_of(world)
    clerk = world.who(CLERK)
    none = refusal(lambda: world.office.read(partial(print_register, actor=clerk, project_id=project, key="budget")))
    assert "还没有计划基线" in none.what
    package = submitted_on(world, "initiation", project, PACKAGE)
    world.approve(package, *PACKAGE_CHAIN)
    part = world.office.read(partial(print_part, actor=clerk, filing_id=package, key="procurement"))
    text = text_of(part.pdf)
    assert "项目采购计划" in text
    assert "S12700" in text
    assert "合同依据" not in text
    assert BUSINESS in text
    assert "质量管理部门" not in text
    whole = world.office.read(partial(print_filing, actor=clerk, filing_id=package))
    assert "合同依据" in text_of(whole.pdf)
    budget = text_of(world.office.read(partial(print_register, actor=clerk, project_id=project, key="budget")).pdf)
    assert "第1版基线" in budget
    assert "LX-2026-0001" in budget
    assert "50,000.00" in budget
    assert "签署" not in budget


def test_INIT_3_the_plan_in_force_is_read_by_register(world: World) -> None:
    project = project_of(world)
    actor = world.who(MANAGER)
    empty = world.office.read(partial(open_plan, actor=actor, project_id=project))
    assert (empty.shown, empty.baselines) == (None, ())
    world.approve(submitted_on(world, "initiation", project, PACKAGE), *PACKAGE_CHAIN)
    page = world.office.read(partial(open_plan, actor=actor, project_id=project))
    assert page.shown is not None
    assert (page.shown.no, page.shown.filing_number) == (1, "LX-2026-0001")
    assert [line["id"] for line in page.lines["budget"]] == [line["id"] for line in BUDGET]  # type: ignore[attr-defined]
    stranger = world.who(OTHER_MANAGER)
    assert refusal(lambda: world.office.read(partial(open_plan, actor=stranger, project_id=project))).what
