"""A pause in fact, its three months, the PMO's opinion, and what was decided (A 2.4.3-7)."""

import datetime as dt
from functools import partial
from typing import Any

import pytest

from desktop.domain.approval import Decision
from desktop.domain.clocks import Urgency
from desktop.domain.errors import NotAllowed
from desktop.domain.filing import FilingState
from desktop.services import projects
from desktop.services.checking import verify_office
from desktop.services.next_steps import next_steps
from desktop.services.pause_candidates import pause_candidates
from desktop.services.submitting import Incomplete
from tests.services.ending import BUSINESS, due_of, hire
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PAUSED,
    PRESIDENT,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date


def candidates(world: World, by: str = HEAD) -> dict[str, D]:
    found = world.office.read(lambda reading: pause_candidates(reading, world.who(by)))
    return {item.project.number: item.since for item in found}


def opinion(world: World, verdict: str) -> None:
    decided = {"verdict": verdict, "until": "2026-12-31"}
    world.approved("overdue_opinion", HEAD, PRESIDENT, number=PAUSED, by=CLERK, opinion=decided)


def test_PAUSE_2_a_project_without_any_record_is_a_candidate(world: World) -> None:
    assert candidates(world) == {RUNNING: D(2026, 8, 3), SOFTWARE: D(2026, 8, 3)}, "the paused and closed are not"
    (first, _second) = world.office.read(lambda reading: pause_candidates(reading, world.who(HEAD)))
    assert "自 2026-08-03 起 13 周没有" in first.why
    assert candidates(world, OTHER_MANAGER) == {SOFTWARE: D(2026, 8, 3)}
    world.submitted("handover")
    assert list(candidates(world)) == [SOFTWARE], "a paper is a sign of life"
    world.clock.set(D(2026, 12, 28))
    assert candidates(world) == {SOFTWARE: D(2026, 8, 3)}
    world.clock.set(D(2026, 12, 29))
    assert candidates(world) == {SOFTWARE: D(2026, 8, 3), RUNNING: D(2026, 11, 3)}, "eight weeks later"


def test_PAUSE_2_the_PMO_pauses_it_once_the_head_of_the_department_confirms(world: World) -> None:
    for name in (MANAGER, TECHNICAL, CLIENT_MANAGER):
        refusal(partial(world.draft, "office_adjustment", by=name), NotAllowed)
    filing = world.submitted("office_adjustment", by=CLERK)
    assert world.project().state == "implementing"
    refusal(partial(world.sign, filing, HEAD), NotAllowed)
    world.sign(filing, TECHNICAL)
    assert world.project().state == "implementing"
    world.clock.set(D(2026, 11, 9))
    world.sign(filing, HEAD)
    project = world.project()
    assert (project.state, project.paused_on, project.resume_by) == ("paused", D(2026, 11, 9), D(2027, 1, 15))
    refused = refusal(partial(world.submitted, "office_adjustment", by=CLERK))
    assert "只有“实施”的项目才能调整为暂停" in refused.what
    world.approved("resumption", TECHNICAL, HEAD)
    assert world.project().state == "implementing"
    assert verify_office(world.office) == []


def test_PAUSE_2_the_office_corrects_the_ledger_only_by_a_paper_with_its_reason(world: World) -> None:
    lines = [
        {"id": "1", "what": "planned_final_on", "after": "2027.9.30", "reason": "合同补充协议"},
        {"id": "2", "what": "name", "after": "滨海线综合监控系统集成（二期）", "reason": "原名漏字"},
    ]
    correct: dict[str, Any] = {"adjustment": {"kind": "correct"}, "pause": {"quiet_since": None}, "corrections": lines}
    wrong = [{**lines[0], "after": "明年"}]
    refused = refusal(
        partial(world.submitted, "office_adjustment", by=CLERK, **{**correct, "corrections": wrong}), Incomplete
    )
    assert "不是日期" in refused.what
    refusal(partial(world.submitted, "office_adjustment", by=CLERK, **{**correct, "corrections": []}), Incomplete)
    filing = world.submitted("office_adjustment", by=CLERK, **correct)
    assert world.page(filing).content["corrections"][0]["before"] == "2027-06-01"
    world.approve(filing, TECHNICAL)
    assert world.project().planned_final_on == D(2027, 6, 1)
    world.approve(filing, HEAD)
    project = world.project()
    assert (project.planned_final_on, project.name) == (D(2027, 9, 30), "滨海线综合监控系统集成（二期）")
    assert project.state == "implementing"
    found = world.office.read(
        partial(projects.project_ids, actor=world.who(CLERK), query=projects.ProjectQuery("二期"))
    )
    assert found == [project.id]


def test_PAUSE_5_overdue_it_is_listed_and_the_opinion_takes_the_president(world: World) -> None:
    world.clock.set(D(2026, 11, 11))
    (listed,) = due_of(world, CLERK, "overdue_opinion")
    assert (listed.urgency, listed.on) == (Urgency.LATE, D(2026, 11, 10))
    filing = world.submitted("overdue_opinion", PAUSED, CLERK, opinion={"verdict": "withdraw"})
    world.approve(filing, HEAD)
    world.sign(filing, PRESIDENT, Decision.RETURN, "先与客户再谈一次")
    assert world.page(filing).row.state is FilingState.RETURNED
    assert world.office.read(partial(next_steps, project_id=world.project(PAUSED).id)) == []


@pytest.mark.parametrize(
    ("verdict", "opens"), [("withdraw", ("withdrawal_notice", "withdrawal")), ("close", ("closing_start",))]
)
def test_PAUSE_5_what_was_decided_leads_on(world: World, verdict: str, opens: tuple[str, ...]) -> None:
    refusal(partial(world.submitted, "closing_start", PAUSED, by=CLERK))
    opinion(world, verdict)
    (step,) = world.office.read(partial(next_steps, project_id=world.project(PAUSED).id))
    assert (step.opens, step.rule) == (opens, "PAUSE-5")
    assert "期限 2026-12-31" in step.text


def test_PAUSE_5_a_pause_ends_in_withdrawal_as_decided(world: World) -> None:
    hire(world, BUSINESS, "business")
    opinion(world, "withdraw")
    world.submitted("withdrawal_notice", PAUSED, CLERK, notice={"to": {"id": "", "name": CLIENT_MANAGER}})
    (step,) = world.office.read(partial(next_steps, project_id=world.project(PAUSED).id))
    assert step.opens == ("withdrawal",)
    world.approved("asset_review", FINANCE, number=PAUSED)
    assert world.project(PAUSED).client_manager is None
    assert world.project(PAUSED).withdrawing_on == D(2026, 11, 3)


def test_PAUSE_5_a_pause_ends_in_closing_as_decided(world: World) -> None:
    opinion(world, "close")
    world.approved("closing_start", CLERK, number=PAUSED, by=CLERK)
    project = world.project(PAUSED)
    assert (project.state, project.preliminary_on) == ("closing", D(2026, 10, 30))
    assert world.office.read(partial(next_steps, project_id=project.id)) == []


@pytest.mark.parametrize("verdict", ["extend", "resume"])
def test_PAUSE_5_extended_or_resumed_nothing_else_is_to_do(world: World, verdict: str) -> None:
    opinion(world, verdict)
    project = world.project(PAUSED)
    assert project.state == {"extend": "paused", "resume": "implementing"}[verdict]
    assert project.pause_until == (D(2026, 12, 31) if verdict == "extend" else None)
    assert world.office.read(partial(next_steps, project_id=project.id)) == []
