"""Monthly budgets and claims through the office, on both engines (BUD)."""

import datetime as dt
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from desktop.domain.approval import Decision
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.domain.outcome import PlanChange
from desktop.services import due, execution
from desktop.services.checking import verify_office
from desktop.services.plans import baseline_no, set_baseline
from desktop.services.submitting import Incomplete
from desktop.services.todos import Todo
from desktop.store.tables import Filing
from tests.guarded import by_hand
from tests.services.world import (
    CLERK,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PAUSED,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    refusal,
)

D = dt.date
LEFT = 1_800_000_000
"""The running project's whole budget, as its ledger has it."""


def claim(world: World, amount: int, number: str = RUNNING, subject: str = "travel", **more: Any) -> UUID:
    line = {"id": "c1", "spent_on": "2026-11-02", "subject": subject, "text": "往返机票", "amount": amount}
    fills = {"claim": {"reason": "设备联调"}, "lines": [line], **more}
    return world.submitted("claim", number, **fills)


def month(world: World, amount: int, month: str = "2026-12") -> UUID:
    line = {"id": "m1", "subject": "travel", "amount": amount, "use": "现场差旅"}
    return world.submitted("month_budget", RUNNING, month={"month": month}, lines=[line])


def plan(world: World, filing: UUID, **amounts: int) -> None:
    """Put a budget by 科目 in force, as an approved initiation or change does."""
    lines: list[Any] = []
    for key, amount in amounts.items():
        lines.append({"id": key, "subject": key, "month": "2026-11", "amount": amount})

    def work(work: Any) -> None:
        paper = work.session.fetch(Filing, filing)
        base = baseline_no(work, paper.project_id)
        set_baseline(work, paper, PlanChange({"budget": lines}, base), D(2026, 11, 3))

    with by_hand():
        world.office.run(world.who(CLERK), work)


def balance(world: World, number: str = RUNNING) -> dict[str, tuple[int, int, int]]:
    view = partial(execution.of_one, actor=world.who(CLERK), project_id=world.project(number).id)
    rows, _months = world.office.read(view)
    return {row.key: (row.planned, row.used, row.waiting) for row in rows}


def test_BUD_3_a_claim_waits_and_is_then_used(world: World) -> None:
    filing = claim(world, 30_000)
    assert balance(world) == {"": (LEFT, 0, 30_000)}
    world.approve(filing, TECHNICAL, FINANCE)
    assert balance(world) == {"": (LEFT, 30_000, 0)}
    assert verify_office(world.office) == []


def test_BUD_3_the_last_fen_and_no_more(world: World) -> None:
    waiting = claim(world, LEFT - 1)
    told = refusal(lambda: claim(world, 2), Incomplete)
    assert "可用余额 0.01 元" in told.what
    assert "费用预算变更" in told.what
    last = claim(world, 1)
    for filing in (waiting, last):
        world.approve(filing, TECHNICAL, FINANCE)
    assert balance(world) == {"": (LEFT, LEFT, 0)}
    refusal(lambda: claim(world, 1), Incomplete)


def test_BUD_3_what_was_rejected_is_free_again(world: World) -> None:
    filing = claim(world, LEFT)
    world.sign(filing, TECHNICAL, Decision.REJECT, "单据不全")
    assert balance(world) == {"": (LEFT, 0, 0)}
    assert world.page(claim(world, LEFT)).row.state is FilingState.IN_APPROVAL


def test_BUD_3_a_budget_that_became_smaller_meanwhile_refuses_at_the_last_signature(world: World) -> None:
    filing = claim(world, 50_000)
    world.sign(filing, TECHNICAL)
    plan(world, filing, travel=49_999, labour=1_000_000)
    with world.unchanged():
        told = refusal(lambda: world.sign(filing, FINANCE))
    assert "差旅费" in told.what
    assert "BUD-3" in told.what
    world.sign(filing, FINANCE, Decision.RETURN, "请核减")
    assert balance(world)["travel"] == (49_999, 0, 0)


def test_BUD_3_PAUSE_3_a_paused_project_takes_no_claims(world: World) -> None:
    told = refusal(lambda: claim(world, 1, PAUSED))
    assert "暂停" in told.what
    waiting = claim(world, 100)
    world.sign(waiting, TECHNICAL)
    world.approved("suspension", TECHNICAL, HEAD)
    with world.unchanged():
        assert "暂停" in refusal(lambda: world.sign(waiting, FINANCE)).what


def test_BUD_3_whose_project_it_is_claims(world: World) -> None:
    refusal(lambda: world.draft("claim", SOFTWARE, MANAGER), NotAllowed)


def test_BUD_1_an_approved_month_stands_and_a_later_one_takes_its_place(world: World) -> None:
    world.clock.set(D(2026, 11, 26))
    world.approve(month(world, 80_000), TECHNICAL, HEAD)
    world.approve(month(world, 60_000), TECHNICAL, HEAD)
    view = partial(execution.of_one, actor=world.who(CLERK), project_id=world.project().id)
    _rows, months = world.office.read(view)
    assert [(row.month, row.budgeted) for row in months] == [("2026-12", 60_000)]
    assert verify_office(world.office) == []


def asked(world: World, by: str = MANAGER) -> list[Todo]:
    items = world.office.read(lambda reading: due.todo(reading, world.who(by)))
    return [item for item in items if item.opens == "month_budget"]


def test_BUD_1_the_window_is_reminded_until_the_budget_is_asked_for(world: World) -> None:
    world.clock.set(D(2026, 11, 19))
    assert asked(world) == []
    world.clock.set(D(2026, 11, 20))
    assert [(item.project_id, item.on) for item in asked(world)] == [(world.project().id, D(2026, 11, 27))]
    assert asked(world, OTHER_MANAGER)[0].project_id == world.project(SOFTWARE).id
    world.clock.set(D(2026, 11, 30))
    assert [item.days_text for item in asked(world)] == ["逾期 3 天"]
    filing = month(world, 1)
    assert asked(world) == []
    world.sign(filing, TECHNICAL, Decision.RETURN, "再核")
    assert len(asked(world)) == 1
    world.clock.set(D(2026, 12, 1))
    assert asked(world) == [], "a new month, and its window is far"


def test_BUD_4_execution_per_project_department_subject_and_month(world: World) -> None:
    first = claim(world, 10_000)
    plan(world, first, travel=40_000, equipment=60_000)
    world.approve(first, TECHNICAL, FINANCE)
    claim(world, 5_000, subject="equipment")
    assert balance(world) == {"travel": (40_000, 10_000, 0), "equipment": (60_000, 0, 5_000)}
    rows = world.office.read(partial(execution.by_project, actor=world.who(CLERK)))
    by_number = {row.number: row for row in rows}
    assert set(by_number) == {RUNNING, PAUSED}, "projects with neither budget nor expenses say nothing"
    one = by_number[RUNNING]
    assert (one.balance.planned, one.balance.used, one.balance.waiting) == (100_000, 10_000, 5_000)
    assert (one.used_share, one.balance.left) == (10, 85_000)
    (department,) = execution.by_department(rows)
    assert (department.title, department.balance.planned) == ("系统集成部", 100_000 + 90_000_000)
    _rows, months = world.office.read(partial(execution.of_one, actor=world.who(CLERK), project_id=world.project().id))
    assert [(row.month, row.planned, row.used) for row in months] == [("2026-11", 100_000, 10_000)]


def test_BUD_4_everybody_sees_their_own_projects_money(world: World) -> None:
    rows = world.office.read(partial(execution.by_project, actor=world.who(OTHER_MANAGER)))
    assert rows == []
    view = partial(execution.of_one, actor=world.who(OTHER_MANAGER), project_id=world.project().id)
    refusal(lambda: world.office.read(view), NotAllowed)


def test_a_baseline_that_moved_on_is_not_overwritten(world: World) -> None:
    filing = claim(world, 1)
    plan(world, filing, travel=1_000)

    def stale(work: Any) -> None:
        set_baseline(work, work.session.fetch(Filing, filing), PlanChange({"budget": []}, 0), D(2026, 11, 3))

    with world.unchanged():
        told = refusal(lambda: world.office.run(world.who(CLERK), stale), Refusal)
    assert "第 0 版基线" in told.what


def test_the_workbench_is_read_in_one_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look within the first waits for a writer that waits for the first."""
    world.draft("suspension")
    with world.office.reading() as reading:
        monkeypatch.setattr(world.office, "reading", None)
        assert [item.draft_id for item in due.todo(reading, world.who(MANAGER)) if item.draft_id]
        due.counts(reading, world.who(MANAGER))
