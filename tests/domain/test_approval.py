"""Chains: whose turn it is, which signatures still hold, and what a changed section voids."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.approval import Decision, SignOff, StepState, covered, progress
from desktop.domain.policy import Step

SECTIONS = ("project", "reason", "money", "attachments")
HASHES = {key: f"{key}-1" for key in SECTIONS}
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


def step(key: str, *sections: str, when: str = "") -> Step:
    return Step(key, key, "clerk", sections or ("*",), when, assumed=False, seal=False, rule="")


CHAIN = (
    step("technical"),
    step("finance", "project", "money"),
    step("president", when="virtual_contract"),
    step("pmo"),
)


def sign(key: str, decision: Decision = Decision.APPROVE, hashes: dict[str, str] | None = None) -> SignOff:
    chosen = next(item for item in CHAIN if item.key == key)
    return SignOff(
        id=uuid.uuid4(),
        step=key,
        decision=decision,
        signer_id=None,
        signer_name="㛃喆",
        recorded_by=None,
        recorded_name="",
        on=NOW.date(),
        at=NOW,
        opinion="",
        covers=covered(chosen, hashes or HASHES),
        policy_sha256="",
        revision_no=1,
    )


def states(*sign_offs: SignOff, hashes: dict[str, str] | None = None, holding: tuple[str, ...] = ()) -> list[StepState]:
    return [item.state for item in progress(CHAIN, sign_offs, hashes or HASHES, holding).steps]


def due(*sign_offs: SignOff, hashes: dict[str, str] | None = None, holding: tuple[str, ...] = ()) -> str:
    step = progress(CHAIN, sign_offs, hashes or HASHES, holding).due
    return step.key if step else ""


def test_steps_come_in_order() -> None:
    assert due() == "technical"
    assert due(sign("technical")) == "finance"
    assert due(sign("technical"), sign("finance")) == "pmo"
    assert due(sign("technical"), sign("finance"), sign("pmo")) == ""
    assert progress(CHAIN, [sign("technical"), sign("finance"), sign("pmo")], HASHES).complete
    assert due(sign("pmo")) == "technical", "a later signature does not jump the queue"


def test_a_step_under_a_condition_is_skipped_where_it_does_not_hold() -> None:
    assert states()[2] is StepState.SKIPPED
    assert states(holding=("virtual_contract",))[2] is StepState.OPEN
    signed = (sign("technical"), sign("finance"))
    assert due(*signed, holding=("virtual_contract",)) == "president"
    assert due(*signed, holding=("other",)) == "pmo"


def test_a_chain_without_steps_is_complete() -> None:
    assert progress((), (), HASHES).complete


def test_a_changed_section_voids_the_signatures_on_it_alone() -> None:
    signed = (sign("technical"), sign("finance"))
    changed = HASHES | {"reason": "reason-2"}
    assert states(*signed, hashes=changed) == [StepState.VOID, StepState.SIGNED, StepState.SKIPPED, StepState.OPEN]
    found = progress(CHAIN, signed, changed)
    assert found.status("technical").changed == ("reason",)
    assert found.status("finance").changed == ()
    assert due(*signed, hashes=changed) == "technical"
    assert due(*signed, sign("technical", hashes=changed), hashes=changed) == "pmo"


def test_a_section_that_comes_back_to_what_was_signed_holds_again() -> None:
    signed = (sign("technical"),)
    assert states(*signed, hashes=HASHES | {"reason": "x"})[0] is StepState.VOID
    assert states(*signed)[0] is StepState.SIGNED


def test_a_section_that_is_new_voids_who_signed_for_all() -> None:
    assert states(sign("technical"), hashes=HASHES | {"more": "1"})[0] is StepState.VOID


def test_returned_and_rejected_keep_the_turn() -> None:
    assert states(sign("technical", Decision.RETURN))[0] is StepState.RETURNED
    assert states(sign("technical", Decision.REJECT))[0] is StepState.REJECTED
    assert due(sign("technical", Decision.RETURN)) == "technical"
    assert due(sign("technical"), sign("finance", Decision.RETURN)) == "finance"


def test_the_last_word_of_a_step_counts() -> None:
    assert due(sign("technical", Decision.RETURN), sign("technical")) == "finance"
    assert due(sign("technical"), sign("technical", Decision.RETURN)) == "technical"


def test_an_unknown_step_has_no_status() -> None:
    with pytest.raises(KeyError):
        progress(CHAIN, (), HASHES).status("nobody")


def test_decisions_have_words() -> None:
    assert [item.label for item in Decision] == ["同意", "退回", "否决"]


SIGNED = st.lists(
    st.builds(
        sign,
        st.sampled_from([item.key for item in CHAIN]),
        st.sampled_from(list(Decision)),
        st.fixed_dictionaries({key: st.sampled_from([f"{key}-1", f"{key}-2"]) for key in SECTIONS}),
    ),
    max_size=12,
)
PRESENT = st.fixed_dictionaries({key: st.sampled_from([f"{key}-1", f"{key}-2"]) for key in SECTIONS})
HOLDING = st.sampled_from([(), ("virtual_contract",)])


@given(SIGNED, PRESENT, HOLDING)
def test_who_signed_for_the_present_content_and_no_one_else_is_settled(
    sign_offs: list[SignOff], hashes: dict[str, str], holding: tuple[str, ...]
) -> None:
    found = progress(CHAIN, sign_offs, hashes, holding)
    assert [item.step for item in found.steps] == list(CHAIN)
    for item in found.steps:
        last = [one for one in sign_offs if one.step == item.step.key][-1:]
        holds = bool(last) and last[0].decision is Decision.APPROVE and last[0].covers == covered(item.step, hashes)
        applies = not item.step.when or item.step.when in holding
        assert (item.state is StepState.SIGNED) == (applies and holds)
        assert (item.state is StepState.SKIPPED) == (not applies)
        assert bool(item.changed) == (item.state is StepState.VOID)
    settled = [item.state in {StepState.SIGNED, StepState.SKIPPED} for item in found.steps]
    assert found.complete == all(settled)
    if not found.complete:
        assert found.due == CHAIN[settled.index(False)]


@given(SIGNED, PRESENT, st.sampled_from(SECTIONS))
def test_a_change_never_helps_a_chain_that_had_signed(
    sign_offs: list[SignOff], hashes: dict[str, str], section: str
) -> None:
    before = progress(CHAIN, sign_offs, hashes)
    after = progress(CHAIN, sign_offs, hashes | {section: "new"})
    for old, new in zip(before.steps, after.steps, strict=True):
        touched = "*" in old.step.sections or section in old.step.sections
        if touched and old.state is StepState.SIGNED:
            assert new.state is StepState.VOID
            assert new.changed == (section,)
        elif not touched:
            assert new == replace(old)
