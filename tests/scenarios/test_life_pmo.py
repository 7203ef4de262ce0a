"""A project of a PMO office from its proposal to the archive, with every form of the policy on the way (INIT-5)."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from desktop.domain.errors import Refusal
from desktop.domain.forms import FORMS
from desktop.services import departments, drafting, due, people
from desktop.services.checking import verify_office
from desktop.services.gate_view import checklists
from desktop.services.home import Home
from desktop.services.opening import create_office
from desktop.services.plans import baselines, plan_lines
from tests.databases import Prepare
from tests.policies import policy
from tests.scenarios.life_fills import Life
from tests.services.entry import chosen
from tests.services.planning import BUDGET, project_of
from tests.services.world import (
    CLERK,
    HEAD,
    MANAGER,
    PRESIDENT,
    TECHNICAL,
    Clock,
    World,
    founding,
    open_world,
    refusal,
)

D = dt.date
NAME, PLACE = "园区一卡通", "信息部"
STAFF = {HEAD: "pmo_head", PRESIDENT: "president", TECHNICAL: "technical_head", MANAGER: ""}
NOT_OURS = ("项目管理部", "总裁", "商务部", "EPM-", "CRM-")
"""Words of other companies, which no paper of this one bears."""


def found_office(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        founded = founding(policy_text=policy("pmo").text, policy_file="pmo.toml")
        office = create_office(url, founded, Home(Path(folder)), clock)
        clerk = World(office, clock, Path(folder), url).who(CLERK)
        place = office.run(clerk, partial(departments.add_department, name=PLACE)).value
        for number, (name, role) in enumerate(STAFF.items(), 2):
            at = place if role in {"technical_head", ""} else None
            add = partial(people.add_person, name=name, staff_no=f"{number:04}", department_id=at)
            made = office.run(clerk, add).value
            if role:
                office.run(clerk, partial(people.assign_role, person_id=made, role_key=role, department_id=at))
        office.close()


@pytest.fixture
def world(office_template: Callable[[Prepare], str], tmp_path: Path) -> Iterator[World]:
    made = open_world(office_template(found_office), tmp_path)
    yield made
    made.office.close()


def planned(world: World) -> Life:
    """申报, 评估, 《立项通知书》, 《项目计划书》: the project is at work on its first baseline."""
    life = Life(world)
    life.file("proposal", TECHNICAL, HEAD)
    life.project = project_of(world, NAME)
    assert (life.ledger.state, life.ledger.number, life.ledger.called) == ("starting", "", "申报-2026-001")
    life.file("feasibility", CLERK, HEAD, PRESIDENT)
    life.file("initiation_notice", HEAD, PRESIDENT)
    assert (life.ledger.state, life.ledger.number, life.ledger.budget) == ("initiating", "XM-2026-001", 40_000_000)
    assert life.ledger.manager is not None
    assert life.ledger.manager.name == MANAGER
    life.file("project_plan", MANAGER, HEAD)
    assert (life.ledger.state, life.ledger.budget) == ("implementing", 7_000_000)
    return life


def test_a_pmo_project_lives_from_its_proposal_to_the_archive(world: World) -> None:
    life = planned(world)
    more = [{**BUDGET[0], "amount": 1_500_000}, *BUDGET[1:]]
    later = {"new_planned_final_on": "2027-10-20"}
    life.file("change", MANAGER, TECHNICAL, HEAD, PRESIDENT, budget=more, change=later)
    assert (life.ledger.budget, life.ledger.planned_final_on) == (7_300_000, D(2027, 10, 20))
    made = world.office.read(partial(baselines, project_id=life.ledger.id))
    assert [(row.no, row.note) for row in made] == [(1, "项目计划书"), (2, "调整")]
    lines = world.office.read(partial(plan_lines, project_id=life.ledger.id))
    assert [len(lines[key]) for key in ("schedule", "organization", "procurement", "budget", "risks")] == [
        3,
        1,
        1,
        3,
        1,
    ]

    life.file("monitor_plan", MANAGER, HEAD)
    life.file("problem_sheet", MANAGER)
    life.file("problem_closing", MANAGER, HEAD, closing={"verifier": chosen(world, HEAD)})
    world.clock.set(D(2027, 10, 12))
    accepted = {"stage": "final", "accepted_on": "2027-10-11"}
    life.file("closing_start", MANAGER, HEAD, acceptance=accepted)
    assert (life.ledger.state, life.ledger.closing_started_on) == ("closing", D(2027, 10, 12))
    (wanting,) = world.office.read(partial(checklists, project_id=life.ledger.id))
    assert [item.condition for item in wanting.unmet] == ["summary_approved", "document:deliverables"]
    life.file("summary_report", MANAGER, TECHNICAL, HEAD, cost={"real": 7_200_000})
    life.archive("closing", MANAGER)
    life.file("closing", MANAGER, TECHNICAL, HEAD, PRESIDENT)
    assert (life.ledger.state, life.ledger.closed_on) == ("closed", D(2027, 10, 12))

    prints, forms = life.prints(), {rule.key: rule for rule in world.office.policy.forms if rule.key != "opening"}
    assert prints.keys() == forms.keys(), "every form of the policy was on the way"
    for key, text in prints.items():
        assert FORMS[key].title in text
        assert forms[key].code in text
        assert [word for word in NOT_OURS if word in text] == [], key
    assert verify_office(world.office) == []


def test_INIT_5_what_policy_b_does_not_know_stays_off(world: World) -> None:
    life = planned(world)
    for form in (
        "contract",
        "appointment",
        "initiation",
        "claim",
        "month_budget",
        "suspension",
        "withdrawal",
        "handover",
    ):
        start = partial(drafting.start_draft, world.office, world.who(MANAGER), form, life.project)
        assert "没有《" in refusal(start, Refusal).what
    assert (world.office.policy.clocks, world.office.policy.windows) == ((), ())
    assert world.office.read(partial(due.todo, actor=world.who(MANAGER), everyone=True)) == []
