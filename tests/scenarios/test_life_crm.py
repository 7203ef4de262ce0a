"""A project of a CRM office from its contract to its final acceptance, with every form of the policy on the way."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from desktop.domain.forms import FORMS
from desktop.services import departments, people
from desktop.services.checking import verify_office
from desktop.services.execution import of_one
from desktop.services.home import Home
from desktop.services.opening import create_office
from desktop.services.plans import baselines
from desktop.services.tracked import project_problems
from tests.databases import Prepare
from tests.policies import policy
from tests.scenarios.life_fills import Life
from tests.services.entry import chosen, opened
from tests.services.planning import BUDGET, PROCUREMENT
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
    Clock,
    World,
    founding,
    open_world,
)

D = dt.date
BUYER, EXPERT, DIRECTOR = "周商", "陈院士", "孙总监"
PLACE = "系统集成部"
STAFF = {
    HEAD: ("pmo_head", ""),
    PRESIDENT: ("president", ""),
    FINANCE: ("finance", ""),
    BUYER: ("business", ""),
    EXPERT: ("expert", ""),
    TECHNICAL: ("technical_head", PLACE),
    QUALITY: ("quality", PLACE),
    MANAGER: ("", PLACE),
    OTHER_MANAGER: ("", PLACE),
    CLIENT_MANAGER: ("", ""),
    DIRECTOR: ("", ""),
}
"""Everybody's role and department ("" for the whole office, or none)."""

PROJECTS = [
    {"id": "p1", "name": "信号系统改造", "kind": "integration", "department": PLACE, "amount": 700_000_00},
    {"id": "p2", "name": "信号监控软件", "kind": "software", "department": PLACE, "amount": 300_000_00},
]
MAIN = [{**PROCUREMENT[0], "name": "联锁主机", "count": "2", "price": 90_000_00}]
NOT_OURS = ("项目管理部", "总裁", "商务部", "EPM-")
"""Words of the other company, which no paper of this one bears."""


def found_office(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        founded = founding(policy_text=policy("crm").text, policy_file="crm.toml")
        office = create_office(url, founded, Home(Path(folder)), clock)
        world = World(office, clock, Path(folder), url)
        clerk = world.who(CLERK)
        place = office.run(clerk, partial(departments.add_department, name=PLACE)).value
        for number, (name, (role, where)) in enumerate(STAFF.items(), 2):
            at = place if where else None
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


def begun(world: World) -> tuple[Life, Life]:
    """Two projects of one contract, appointed and in one program; the first is numbered (APPT, PROG)."""
    first = Life(world)
    contract = first.file("contract", CLERK, HEAD, projects=PROJECTS)
    found = opened(world, contract)
    assert [(item.state, item.called) for item in found] == [
        ("nominating", "暂-2026-001"),
        ("nominating", "暂-2026-002"),
    ]
    first.project = found[0].id
    second = Life(world, found[1].id)
    for life in (first, second):
        life.file("appointment", TECHNICAL, CLIENT_MANAGER, HEAD, PRESIDENT)
    first.file("numbering", CLERK)
    assert (first.ledger.number, first.ledger.short_name, first.ledger.state) == ("JC-2026-001", "信号改造", "starting")
    members = [{"id": "a", "project": "信号改造"}, {"id": "b", "project": "信号监控软件"}]
    program = {"name": "滨海线信号", "manager": chosen(world, DIRECTOR), "across": "none"}
    first.file("program", CLERK, DIRECTOR, HEAD, program=program, members=members)
    first.file("task_targets", TECHNICAL, HEAD)
    return first, second


def under_way(life: Life) -> None:
    """立项, a month of money, a change beyond the contract, another manager (INIT, BUD, CHG)."""
    life.file("implementation_plan", MANAGER, DIRECTOR, QUALITY, TECHNICAL, HEAD, BUYER, PRESIDENT)
    assert life.ledger.state == "initiating"
    life.archive("initiation", MANAGER)
    life.file("initiation", MANAGER, TECHNICAL, BUYER, QUALITY, HEAD, PRESIDENT, procurement=MAIN)
    assert (life.ledger.state, life.ledger.budget) == ("implementing", 7_000_000)
    watched(life)
    life.file("month_budget", MANAGER, TECHNICAL, HEAD)
    life.file("claim", MANAGER, TECHNICAL, FINANCE)
    life.file(
        "change",
        MANAGER,
        *(TECHNICAL, BUYER, HEAD, PRESIDENT),
        procurement=[{**MAIN[0], "count": "3"}],
        budget=[{**BUDGET[0], "amount": 1_500_000}, *BUDGET[1:]],
    )
    assert life.ledger.budget == 7_300_000
    made = life.world.office.read(partial(baselines, project_id=life.ledger.id))
    assert [(row.no, row.note) for row in made] == [(1, "立项"), (2, "调整")]
    life.file("handover", MANAGER, MANAGER, OTHER_MANAGER, TECHNICAL)
    life.file("manager_change", CLERK, TECHNICAL, HEAD)
    assert life.ledger.manager is not None
    assert life.ledger.manager.name == OTHER_MANAGER


def watched(life: Life) -> None:
    """Meetings, a milestone, grave news and a problem from its sheet to its end (MON, INFO, CTRL-7)."""
    line = {
        "id": "w1",
        "task": "深化设计",
        "status": "doing",
        "done": "30",
        "forecast": "2026-12-10",
        "work": "出图两套",
    }
    life.file("weekly_report", MANAGER, PRESIDENT, lines=[line])
    life.file("project_report", MANAGER, PRESIDENT, week={"light": "green"}, told={"work": "出图两套"})
    life.file("monitor_plan", MANAGER, TECHNICAL, HEAD)
    life.file("meeting", MANAGER)
    life.file("milestone_review", CLERK, MANAGER, HEAD)
    life.file("debrief", MANAGER, TECHNICAL, HEAD)
    life.file("special_report", QUALITY, PRESIDENT)
    life.file("problem_sheet", CLERK, sheet={"source": "opinion"})
    found = life.world.office.read(partial(project_problems, project_id=life.ledger.id))
    assert [row.source for row in found] == ["meeting", "milestone_review", "problem_sheet"]
    number = next(row.number for row in found if row.source == "problem_sheet")
    closing = {"number": number, "verifier": chosen(life.world, OTHER_MANAGER)}
    life.file("problem_closing", MANAGER, OTHER_MANAGER, HEAD, closing=closing)


def stopped_and_resumed(life: Life) -> None:
    """A pause that lasts too long, and its end (PAUSE)."""
    life.file("suspension", OTHER_MANAGER, TECHNICAL, HEAD)
    assert life.ledger.state == "paused"
    life.world.clock.set(D(2027, 2, 5))
    life.file("overdue_opinion", CLERK, HEAD, PRESIDENT, opinion={"until": "2027-03-01"})
    life.file("resumption", OTHER_MANAGER, TECHNICAL, HEAD)
    assert life.ledger.state == "implementing"
    corrections = [{"id": "k1", "what": "customer", "after": "滨海轨道交通集团", "reason": "甲方更名"}]
    adjustment = {"kind": "correct", "asked": chosen(life.world, TECHNICAL)}
    life.file("office_adjustment", CLERK, TECHNICAL, HEAD, adjustment=adjustment, corrections=corrections)
    assert life.ledger.customer == "滨海轨道交通集团"


def closed(life: Life) -> None:
    """Reviewed, accepted, closed, finally accepted (ROLE-4, CLOSE, FAT)."""
    clock = life.world.clock
    life.file("technical_review", OTHER_MANAGER, QUALITY, TECHNICAL, EXPERT)
    clock.set(D(2027, 3, 22))
    first = {"accepted_on": "2027-03-20"}
    life.file("preliminary_acceptance", OTHER_MANAGER, TECHNICAL, CLIENT_MANAGER, HEAD, acceptance=first)
    life.file("until_final", OTHER_MANAGER, TECHNICAL, HEAD)
    life.file("closing_start", OTHER_MANAGER, CLERK, acceptance=first)
    assert (life.ledger.state, life.ledger.closing_started_on) == ("closing", D(2027, 3, 22))
    life.file("conformity", QUALITY, QUALITY, TECHNICAL)
    life.file("summary_report", OTHER_MANAGER, TECHNICAL, HEAD)
    receiver = chosen(life.world, MANAGER)
    life.file("maintenance_transfer", OTHER_MANAGER, MANAGER, TECHNICAL, HEAD, transfer={"receiver": receiver})
    life.file("purchase_closing", BUYER, OTHER_MANAGER, TECHNICAL, BUYER)
    life.archive("closing", OTHER_MANAGER)
    life.file("closing", OTHER_MANAGER, TECHNICAL, QUALITY, FINANCE, HEAD, transfer={"maintenance": "yes"})
    assert (life.ledger.state, life.ledger.closed_on) == ("closed", D(2027, 3, 22))
    clock.set(D(2027, 9, 21))
    final = {"accepted_on": "2027-09-20"}
    life.file("final_acceptance", OTHER_MANAGER, CLIENT_MANAGER, TECHNICAL, CLERK, acceptance=final)
    assert (life.ledger.state, life.ledger.final_on) == ("complete", D(2027, 9, 20))


def withdrawn(life: Life) -> None:
    """The contract's other project comes to nothing (WDR)."""
    life.file("withdrawal_notice", CLERK)
    life.file("equipment_receipt", MANAGER, OTHER_MANAGER)
    life.file("asset_review", MANAGER, FINANCE)
    life.file("withdrawal", CLIENT_MANAGER, TECHNICAL, BUYER, FINANCE, HEAD, PRESIDENT)
    assert life.ledger.state == "withdrawn"


def test_a_crm_project_lives_from_its_contract_to_its_final_acceptance(world: World) -> None:
    first, second = begun(world)
    under_way(first)
    withdrawn(second)
    stopped_and_resumed(first)
    closed(first)
    balances, _months = world.office.read(partial(of_one, actor=world.who(CLERK), project_id=first.ledger.id))
    assert {row.key: (row.planned, row.used) for row in balances if row.key in {"travel", "labour"}} == {
        "travel": (2_300_000, 120_000),
        "labour": (5_000_000, 0),
    }
    prints = first.prints() | second.prints()
    forms = {rule.key: rule for rule in world.office.policy.forms if rule.key != "opening"}
    assert prints.keys() == forms.keys(), "every form of the policy was on the way"
    for key, text in prints.items():
        assert FORMS[key].title in text
        assert forms[key].code in text
        assert [word for word in NOT_OURS if word in text] == [], key
    assert verify_office(world.office) == []
