"""A program of four projects from one contract under its 大项目经理, on both engines (PROG)."""

from functools import partial
from uuid import UUID

from desktop.domain.approval import Decision
from desktop.domain.errors import NotAllowed
from desktop.services import people, programs
from desktop.services.checking import verify_office
from desktop.services.contract_list import ContractQuery, contract_ids, open_contract
from desktop.services.filings import FilingQuery, filing_ids
from tests.scenarios.life import Life, picked
from tests.services.ending import hire
from tests.services.entry import office_draft, opened, registered
from tests.services.planning import BUSINESS, PLAN_CHAIN
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    QUALITY,
    TECHNICAL,
    World,
    refusal,
)

LEADER = "周立"
SOFTWARE = "软件开发部"
PARTS = [
    {"id": "p1", "name": "信号系统", "kind": "integration", "department": "系统集成部"},
    {"id": "p2", "name": "通信系统", "kind": "integration", "department": "系统集成部"},
    {"id": "p3", "name": "监控软件", "kind": "software", "department": SOFTWARE},
    {"id": "p4", "name": "一年维护", "kind": "service", "department": "系统集成部"},
]
MANAGERS = {"信号系统": MANAGER, "通信系统": MANAGER, "监控软件": OTHER_MANAGER, "一年维护": OTHER_MANAGER}


def staff(world: World) -> None:
    """The chain's people, and a 大项目经理 who has no other role."""
    hire(world, BUSINESS, "business")
    clerk = world.who(CLERK)
    world.office.run(clerk, partial(people.add_person, name=LEADER, staff_no="0100"))
    place = world.department(SOFTWARE)
    audits = partial(people.assign_role, person_id=world.who(QUALITY), role_key="quality", department_id=place)
    world.office.run(clerk, audits)


def started(world: World) -> dict[str, Life]:
    """Four projects from one contract, each with its manager."""
    lives = {}
    for project in opened(world, registered(world, projects=PARTS)):
        life = Life(world, project.id)
        head = OTHER_TECHNICAL if project.department == SOFTWARE else TECHNICAL
        short = next(part["name"] for part in PARTS if part["name"] in project.name)
        nomination = {"manager": picked(world, MANAGERS[short]), "reason": "做过同类项目"}
        life.file("appointment", CLIENT_MANAGER, HEAD, by=head, nomination=nomination)
        life.file("numbering", by=CLERK, numbering={"short_name": short})
        lives[short] = life
    return lives


def formed(world: World, lives: dict[str, Life]) -> None:
    members = [{"id": short, "project": life.now.number} for short, life in lives.items()]
    program = {"name": "滨海线改造", "manager": picked(world, LEADER), "across": "departments"}
    filing = world.submit(office_draft(world, "program", CLERK, {"program": program, "members": members}), CLERK)
    world.approve(filing, LEADER, HEAD)


def waiting(world: World, name: str) -> set[UUID]:
    query = FilingQuery(waiting_for=world.who(name))
    return set(world.office.read(partial(filing_ids, actor=world.who(name), query=query)))


def test_PROG_1_to_4_four_projects_of_one_contract_under_their_manager(world: World) -> None:
    staff(world)
    lives = started(world)
    assert sorted(life.now.number for life in lives.values()) == [
        "FW-2026-001",
        "JC-2026-001",
        "JC-2026-002",
        "RJ-2026-001",
    ]
    assert not any(life.seen_by(LEADER) for life in lives.values())
    formed(world, lives)
    assert all(life.seen_by(LEADER) for life in lives.values()), "PROG-1: who coordinates sees each of them"
    (key,) = world.office.read(partial(programs.program_ids, actor=world.who(LEADER)))
    page = world.office.read(partial(programs.open_program, actor=world.who(LEADER), program_id=key))
    assert {item.short_name for item in page.projects} == set(lives)
    approve_plans(world, lives)
    assert {life.now.state for life in lives.values()} == {"initiating"}
    budget_stays_with_the_projects(lives)
    readers = {item.person.name: {each.short_name for each in item.projects} for item in page.readers}
    assert readers[MANAGER] == {"监控软件", "一年维护"}, "PROG-3: across departments they read each other's reports"
    assert readers[LEADER] == set(lives)
    assert targets(world) == [("系统集成部", 750_000_00), (SOFTWARE, 250_000_00)]
    assert verify_office(world.office) == []


def approve_plans(world: World, lives: dict[str, Life]) -> None:
    """PROG-2: each 实施计划 is the 大项目经理's to approve first, and to return."""
    for short, life in lives.items():
        by = MANAGERS[short]
        head = OTHER_TECHNICAL if life.now.department == SOFTWARE else TECHNICAL
        text = {"tracking": {"text": "每周跟踪里程碑"}}
        plan = world.submit(life.draft("implementation_plan", by, **text), by)
        assert waiting(world, LEADER) == {plan}
        refusal(partial(world.sign, plan, head), NotAllowed)
        if short == "通信系统":
            world.sign(plan, LEADER, Decision.RETURN, "与信号系统的接口里程碑不一致")
            assert life.now.state == "starting"
            world.submit(world.rework(plan, by, scope={"inside": "含与信号系统的接口"}), by)
        world.approve(plan, LEADER, head, *PLAN_CHAIN[1:])
        assert waiting(world, LEADER) == set()


def budget_stays_with_the_projects(lives: dict[str, Life]) -> None:
    """PROG-2: budget and schedule are the project manager's, not the 大项目经理's."""
    refusal(partial(lives["信号系统"].draft, "initiation", LEADER), NotAllowed)
    lives["信号系统"].draft("initiation")


def targets(world: World) -> list[tuple[str, int]]:
    """PROG-4: what each department has to earn, from the contract's module prices."""
    clerk = world.who(CLERK)
    (key,) = world.office.read(partial(contract_ids, actor=clerk, query=ContractQuery()))
    page = world.office.read(partial(open_contract, actor=clerk, contract_id=key))
    return [(item.department, item.amount) for item in page.targets.lines]
