"""What is approved was signed as its policy asks: every chain is worked out anew when an office is verified."""

import pytest

from desktop.services.checking import verify_office
from desktop.store.tables import Filing
from tests.guarded import by_hand
from tests.services.plans import BUSINESS, change, edited, hire, plan_in_force
from tests.services.world import CLERK, HEAD, TECHNICAL, World


def approve_by_hand(world: World, filing: object) -> None:
    """With a changed program, on a server that does not look."""
    with by_hand(), world.office.work(world.who(CLERK)) as work:
        record = work.session.fetch(Filing, filing)  # type: ignore[arg-type]
        record.state, record.decided_at, record.effective_on = "approved", work.now, work.today


def test_what_was_approved_without_its_signatures_is_named(world: World) -> None:
    filing = world.submitted("suspension")
    world.sign(filing, TECHNICAL)
    assert verify_office(world.office) == []
    approve_by_hand(world, filing)
    finding, *_turns = verify_office(world.office)
    number = world.page(filing).row.number
    assert (finding.table, finding.row) == ("filing", str(filing))
    assert number in finding.where
    assert "“项目管理部”还没有有效的签字" in finding.what


def test_CHG_2_a_step_left_out_by_a_false_condition_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_in_force(world)
    hire(world)
    with monkeypatch.context() as patched:
        patched.setattr("desktop.services.submitting.holding", lambda _case: frozenset())
        filing = change(world, procurement=edited("procurement", "p1", count="3"))
    (finding,) = verify_office(world.office)
    assert finding.row == str(filing)
    assert "与提交时封存的不符" in finding.what


def test_a_step_added_by_a_true_condition_is_no_finding(world: World) -> None:
    plan_in_force(world)
    hire(world)
    filing = change(world, procurement=edited("procurement", "p1", count="3"))
    world.approve(filing, TECHNICAL, BUSINESS, HEAD)
    assert verify_office(world.office) == []
