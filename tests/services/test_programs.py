"""Programs and task targets (PROG): who belongs to what, who sees it, what departments have to earn."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.errors import NotAllowed
from desktop.services import people, programs, projects, settings
from desktop.services.checking import verify_office
from desktop.services.contract_list import ContractPage, contract_ids, open_contract
from desktop.services.contract_list import ContractQuery as Query
from desktop.services.drafting import draft_page
from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.policies import read_policy
from desktop.services.programs import ProgramPage
from desktop.services.projects import ProjectQuery
from desktop.services.submitting import Incomplete
from tests.services.entry import chosen, numbered, office_draft, opened, registered
from tests.services.test_conditions import PMO
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    EPM,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    PAUSED,
    RUNNING,
    SOFTWARE,
    World,
    refusal,
)

LEADER = "周立"
pytestmark = pytest.mark.usefixtures("leader")


@pytest.fixture
def leader(world: World) -> UUID:
    """Somebody without any role of their own."""
    add = partial(people.add_person, name=LEADER, staff_no="0100")
    return world.office.run(world.who(CLERK), add).value


def formed(world: World, *members: str, across: str = "departments", name: str = "滨海一期") -> UUID:
    """A program on record; its filing."""
    lines = [{"id": str(place), "project": member} for place, member in enumerate(members)]
    program = {"name": name, "manager": chosen(world, LEADER), "across": across}
    filing = world.submit(office_draft(world, "program", CLERK, {"program": program, "members": lines}), CLERK)
    world.approve(filing, LEADER, HEAD)
    return filing


def seen(world: World, by: str) -> list[ProgramPage]:
    actor = world.who(by)
    ids = world.office.read(lambda reading: programs.program_ids(reading, actor))
    return [world.office.read(partial(programs.open_program, actor=actor, program_id=key)) for key in ids]


def visible(world: World, by: str) -> list[str]:
    ids = world.office.read(lambda reading: projects.project_ids(reading, world.who(by), ProjectQuery()))
    return [item.called for item in world.office.read(lambda reading: projects.project_rows(reading, ids))]


def test_PROG_1_several_projects_belong_to_one_program_under_its_manager(world: World, leader: UUID) -> None:
    assert visible(world, LEADER) == []
    filing = formed(world, RUNNING, "票务清分软件")
    assert [world.project(number).program for number in (RUNNING, SOFTWARE)] == ["滨海一期"] * 2
    manager = world.project(RUNNING).program_manager
    assert manager is not None
    assert manager.id == leader
    assert visible(world, LEADER) == [RUNNING, SOFTWARE], "the 大项目经理 watches each sub-project, and no other"
    (page,) = seen(world, LEADER)
    assert (page.row.count, page.row.amount, page.row.filing_id) == (2, 2_982_000_000, filing)
    assert [(item.number, item.state) for item in page.projects] == [
        (RUNNING, "implementing"),
        (SOFTWARE, "implementing"),
    ]
    assert "大项目经理" in world.office.read(lambda reading: people.role_line(reading, leader))
    assert verify_office(world.office) == []


def test_PROG_1_others_see_of_a_program_what_they_see_of_its_projects(world: World) -> None:
    formed(world, RUNNING, SOFTWARE)
    (page,) = seen(world, MANAGER)
    assert [item.number for item in page.projects] == [RUNNING]
    assert (page.row.count, page.row.amount) == (1, 2_562_000_000)
    key = page.row.id
    world.office.run(world.who(CLERK), partial(people.add_person, name="外人", staff_no="0101"))
    assert seen(world, "外人") == []
    stranger = world.who("外人")
    refusal(lambda: world.office.read(lambda reading: programs.open_program(reading, stranger, key)), NotAllowed)


def test_PROG_1_registered_again_a_program_has_the_projects_and_the_manager_that_it_then_names(world: World) -> None:
    formed(world, RUNNING, SOFTWARE)
    formed(world, SOFTWARE, PAUSED)
    (page,) = seen(world, CLERK)
    assert {item.number for item in page.projects} == {SOFTWARE, PAUSED}
    assert (world.project(RUNNING).program, world.project(RUNNING).program_id) == ("", None)
    formed(world, PAUSED, RUNNING, name="二期")
    assert {item.row.name: {project.number for project in item.projects} for item in seen(world, CLERK)} == {
        "滨海一期": {SOFTWARE},
        "二期": {PAUSED, RUNNING},
    }


def test_PROG_1_a_project_numbered_meanwhile_still_enters_its_program(world: World) -> None:
    (project,) = opened(world, registered(world))
    lines = [{"id": "a", "project": project.called}, {"id": "b", "project": RUNNING}]
    program = {"name": "滨海一期", "manager": chosen(world, LEADER), "across": "none"}
    filing = world.submit(office_draft(world, "program", CLERK, {"program": program, "members": lines}), CLERK)
    nomination = {"manager": chosen(world, MANAGER), "reason": "有经验"}
    world.approved("appointment", CLIENT_MANAGER, HEAD, number=project.called, by="王强", nomination=nomination)
    official = numbered(world, world.project(project.called), "信号").number
    world.approve(filing, LEADER, HEAD)
    assert world.project(official).program == "滨海一期"
    assert [line["number"] for line in world.page(filing).content["roster"]] == [project.provisional, RUNNING]


def test_PROG_2_a_step_of_the_program_manager_is_asked_for_in_programs_alone(world: World) -> None:
    """As the chain of the 实施计划 says it; here on the way of a suspension."""
    step = '[[form.step]]\nkey = "program"\ntitle = "大项目经理"\nsigner = "program_manager"\nwhen = "in_program"\n'
    text = EPM.text.replace(PMO, step + PMO, 1).replace('version = "1.0"', 'version = "1.1"', 1)
    policy = read_policy(text, "大项目.toml")
    world.office.run(world.who(CLERK), partial(settings.change_policy, policy=policy))
    formed(world, RUNNING, PAUSED)
    inside, outside = world.submitted("suspension"), world.submitted("suspension", SOFTWARE, OTHER_MANAGER)
    world.approve(inside, "王强")
    world.approve(outside, OTHER_TECHNICAL)
    leader = world.who(LEADER)
    waiting = partial(filing_ids, actor=leader, query=FilingQuery(waiting_for=leader))
    assert world.office.read(waiting) == [inside]
    world.approve(inside, LEADER, HEAD)
    world.approve(outside, HEAD)
    assert {world.project(number).state for number in (RUNNING, SOFTWARE)} == {"paused"}


def readers(world: World) -> dict[str, tuple[set[str], bool]]:
    (page,) = seen(world, CLERK)
    return {item.person.name: ({each.number for each in item.projects}, item.as_member) for item in page.readers}


def test_PROG_3_across_departments_the_managers_get_each_others_reports(world: World) -> None:
    formed(world, RUNNING, PAUSED, SOFTWARE)
    assert readers(world) == {
        LEADER: ({RUNNING, PAUSED, SOFTWARE}, False),
        MANAGER: ({SOFTWARE}, False),
        OTHER_MANAGER: ({RUNNING, PAUSED}, False),
    }


def test_PROG_3_across_parts_of_a_department_the_teams_count_as_members_of_the_big_one(world: World) -> None:
    formed(world, RUNNING, PAUSED, across="sub_departments")
    assert readers(world) == {LEADER: ({RUNNING, PAUSED}, True)}


def contract_page(world: World) -> ContractPage:
    clerk = world.who(CLERK)
    (key,) = world.office.read(lambda reading: contract_ids(reading, clerk, Query()))
    return world.office.read(lambda reading: open_contract(reading, clerk, key))


def targets(world: World) -> list[tuple[str, int]]:
    return [(item.department, item.amount) for item in contract_page(world).targets.lines]


SOFTWARE_PROJECT = [{"id": "p", "kind": "software", "department": "软件开发部"}]


def test_PROG_4_targets_follow_from_the_module_prices(world: World) -> None:
    (project,) = opened(world, registered(world, projects=SOFTWARE_PROJECT))
    assert targets(world) == [("系统集成部", 750_000_00), ("软件开发部", 250_000_00)]
    draft = world.draft("task_targets", project.called, OTHER_TECHNICAL)
    page = world.office.read(lambda reading: draft_page(reading, draft))
    assert [line["amount"] for line in page.draft.content["reckoned"]] == [750_000_00, 250_000_00]
    assert page.problems == ()


def test_PROG_4_of_a_software_contract_without_a_split_the_head_of_the_software_department_sets_them(
    world: World,
) -> None:
    (project,) = opened(world, registered(world, projects=SOFTWARE_PROJECT, modules=[]))
    assert targets(world) == []
    lines: list[dict[str, Any]] = [{"id": "t", "department": "软件开发部", "amount": 999_999_99, "basis": "全部"}]
    refusal(lambda: world.draft("task_targets", project.called, "王强", targets=lines), NotAllowed)
    draft = world.draft("task_targets", project.called, OTHER_TECHNICAL, targets=lines)
    refusal(lambda: world.submit(draft, OTHER_TECHNICAL), Incomplete)
    lines[0]["amount"] = 1_000_000_00
    filing = world.approved("task_targets", HEAD, number=project.called, by=OTHER_TECHNICAL, targets=lines)
    assert targets(world) == [("软件开发部", 1_000_000_00)]
    assert contract_page(world).targets.filing_id == filing
