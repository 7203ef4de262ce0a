"""Chains: whose turn it is, which signatures still hold, and what a changed section voids."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.approval import Decision, Progress, SignOff, StepState, covered, progress
from desktop.domain.chain_edits import ChainEdit, EditKind, fold, lane_of, stage_of
from desktop.domain.policy_papers import Step

SECTIONS = ("project", "reason", "money", "attachments")
HASHES = {key: f"{key}-1" for key in SECTIONS}
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


def step(key: str, *sections: str, when: tuple[str, ...] = (), **more: Any) -> Step:
    return Step(key, key, "clerk", sections or ("*",), when, assumed=False, seal=False, rule="", **more)


CHAIN = (
    step("technical"),
    step("finance", "project", "money"),
    step("president", when=("virtual_contract",)),
    step("pmo"),
)
ALL = {key: uuid.uuid5(uuid.NAMESPACE_URL, key) for key in ("𠮷", "㛃", "䶮", "𬎆")}


def sign(
    key: str,
    decision: Decision = Decision.APPROVE,
    hashes: dict[str, str] | None = None,
    chain: Sequence[Step] = CHAIN,
    **more: Any,
) -> SignOff:
    chosen = next(item for item in chain if item.key == key)
    told = {"signer_id": None, "signer_name": "㛃喆", **more}
    return SignOff(
        id=uuid.uuid4(),
        step=key,
        decision=decision,
        recorded_by=None,
        recorded_name="",
        on=NOW.date(),
        at=NOW,
        opinion="",
        covers=covered(chosen, hashes or HASHES),
        policy_sha256="",
        revision_no=1,
        **told,
    )


def states(*sign_offs: SignOff, hashes: dict[str, str] | None = None, holding: tuple[str, ...] = ()) -> list[StepState]:
    return [item.state for item in progress(CHAIN, sign_offs, hashes or HASHES, holding).steps]


def due(*sign_offs: SignOff, hashes: dict[str, str] | None = None, holding: tuple[str, ...] = ()) -> str:
    return "、".join(step.key for step in progress(CHAIN, sign_offs, hashes or HASHES, holding).due)


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
        applies = set(item.step.when) <= set(holding)
        assert (item.state is StepState.SIGNED) == (applies and holds)
        assert (item.state is StepState.SKIPPED) == (not applies)
        assert bool(item.changed) == (item.state is StepState.VOID)
    settled = [item.state in {StepState.SIGNED, StepState.SKIPPED} for item in found.steps]
    assert found.complete == all(settled)
    if not found.complete:
        assert found.due == (CHAIN[settled.index(False)],)


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


# ---- side by side, everyone, back and again

WIDE = (
    step("draft"),
    step("quality", stage="review"),
    step("money", "project", "money", stage="review"),
    step("heads", every=True, stage="review"),
    step("pmo"),
)


def keys(found: Progress) -> list[str]:
    return [item.key for item in found.due]


def wide(*sign_offs: SignOff, asked: Sequence[str] = (), **more: Any) -> Progress:
    people = {"heads": [ALL[name] for name in asked]}
    return progress(WIDE, sign_offs, HASHES, asked=people, **more)


def signed(key: str, decision: Decision = Decision.APPROVE, **more: Any) -> SignOff:
    return sign(key, decision, chain=WIDE, **more)


def test_steps_of_one_stage_are_asked_at_the_same_time_in_any_order() -> None:
    assert keys(wide()) == ["draft"]
    assert keys(wide(signed("draft"))) == ["quality", "money", "heads"]
    assert keys(wide(signed("draft"), signed("money"))) == ["quality", "heads"]
    assert keys(wide(signed("draft"), signed("heads"), signed("money"), signed("quality"))) == ["pmo"]


def test_a_step_under_several_conditions_needs_them_all() -> None:
    chain = (step("president", when=("virtual_contract", "beyond_contract")),)
    for holding in ((), ("virtual_contract",), ("beyond_contract",)):
        assert progress(chain, (), HASHES, holding).complete
    assert keys(progress(chain, (), HASHES, ("beyond_contract", "virtual_contract"))) == ["president"]


def test_ROLE_11_everyone_who_holds_the_role_signs_where_the_step_says_so() -> None:
    first, second = (signed("heads", signer_id=ALL[name]) for name in "𠮷㛃")
    found = wide(signed("draft"), first, asked="𠮷㛃").status("heads")
    assert (found.state, found.open_to, found.sign_offs) == (StepState.PARTLY, (ALL["㛃"],), (first,))
    assert wide(first, second, asked="𠮷㛃").status("heads").state is StepState.SIGNED
    assert wide(first, second, asked="𠮷㛃䶮").status("heads").open_to == (ALL["䶮"],), "who came later signs too"
    assert wide(first, asked="𠮷").status("heads").state is StepState.SIGNED, "who left is not waited for"
    assert wide(asked="").status("heads").state is StepState.OPEN, "nobody at all is not everybody"


def test_ROLE_11_a_stand_in_signs_in_the_place_of_the_one_represented() -> None:
    own = signed("heads", signer_id=ALL["㛃"])
    given = signed("heads", signer_id=ALL["㛃"], for_id=ALL["𠮷"], for_name="𠮷镕堃")
    assert given.signed_by == "㛃喆（代 𠮷镕堃）"
    assert wide(given, asked="𠮷㛃").status("heads").open_to == (ALL["㛃"],)
    assert wide(given, own, asked="𠮷㛃").status("heads").state is StepState.SIGNED


def test_one_of_all_who_returns_or_refuses_speaks_for_the_step() -> None:
    first = signed("heads", signer_id=ALL["𠮷"])
    for decision, state in ((Decision.RETURN, StepState.RETURNED), (Decision.REJECT, StepState.REJECTED)):
        found = wide(first, signed("heads", decision, signer_id=ALL["㛃"]), asked="𠮷㛃").status("heads")
        assert (found.state, found.open_to) == (state, (ALL["㛃"],))


def test_a_return_to_an_earlier_step_comes_straight_back() -> None:
    given = [sign("technical"), sign("finance"), sign("pmo", Decision.RETURN, back_to="technical")]
    found = progress(CHAIN, given, HASHES)
    assert keys(found) == ["technical"]
    assert (found.status("technical").state, found.status("technical").given_back) == (StepState.AGAIN, given[-1])
    assert found.status("finance").state is StepState.SIGNED, "what was signed in between stands"
    assert due(*given, sign("technical")) == "pmo"
    assert due(*given, sign("technical"), sign("pmo")) == ""


def test_who_looks_again_may_give_it_back_further() -> None:
    given = [sign("technical"), sign("finance"), sign("pmo", Decision.RETURN, back_to="finance")]
    given.append(sign("finance", Decision.RETURN, back_to="technical"))
    assert due(*given) == "technical"
    assert due(*given, sign("technical")) == "finance"
    assert due(*given, sign("technical"), sign("finance")) == "pmo"


def test_a_step_may_be_returned_to_where_it_was_signed_before() -> None:
    found = progress(CHAIN, [sign("technical")], HASHES)
    assert [item.step.key for item in found.earlier("pmo")] == ["technical"]
    assert found.earlier("technical") == ()
    assert [item.step.key for item in wide(signed("draft"), signed("money")).earlier("quality")] == ["draft"]


# ---- what signers do to the chain


def edit(kind: EditKind, at: str, person: str, by: str = "𠮷", new: str = "") -> ChainEdit:
    return ChainEdit(kind, at, new, ALL[person], person, ALL[by], by, NOW, "出差")


def test_an_added_signer_comes_before_or_after_the_step_alone() -> None:
    before = edit(EditKind.ADD_BEFORE, "quality", "㛃", new="b")
    after = edit(EditKind.ADD_AFTER, "money", "䶮", new="a")
    found = wide(signed("draft"), edits=(before, after))
    assert [item.step.key for item in found.steps] == ["draft", "b", "quality", "money", "a", "heads", "pmo"]
    assert keys(found) == ["b", "money", "heads"]
    chain = fold(WIDE, (before, after))
    given = [sign(key, chain=chain) for key in ("draft", "b", "money", "heads")]
    assert keys(progress(WIDE, given, HASHES, edits=(before, after))) == ["quality", "a"]
    assert (found.status("a").step.sections, found.status("b").step.sections) == (("project", "money"), ("*",))
    assert found.edits_of("b")[0].text == "𠮷前加签㛃：出差"


def test_several_added_after_one_step_come_as_they_were_added() -> None:
    edits = [edit(EditKind.ADD_AFTER, "pmo", name, new=name) for name in "㛃䶮"]
    assert [item.key for item in fold(CHAIN, edits)][3:] == ["pmo", "㛃", "䶮"]


def test_a_step_handed_on_asks_the_other_person() -> None:
    on = edit(EditKind.HAND_ON, "technical", "㛃")
    assert progress(CHAIN, (), HASHES, edits=(on,)).due[0].signer == f"person:{ALL['㛃']}"
    further = edit(EditKind.HAND_ON, "technical", "䶮", by="㛃")
    assert progress(CHAIN, (), HASHES, edits=(on, further)).due[0].signer == f"person:{ALL['䶮']}"


def test_of_all_who_must_sign_one_may_hand_on() -> None:
    on = edit(EditKind.HAND_ON, "heads", "䶮", by="𠮷")
    assert wide(asked="𠮷㛃", edits=(on,)).status("heads").open_to == (ALL["䶮"], ALL["㛃"])


def test_an_edit_at_a_step_that_is_not_there_changes_nothing() -> None:
    assert fold(CHAIN, [edit(EditKind.HAND_ON, "nobody", "㛃")]) == CHAIN


STAGES = st.lists(st.sampled_from(["", "甲", "乙"]), min_size=1, max_size=6).map(
    lambda names: [name for n, name in enumerate(names) if not name or name not in names[:n] or names[n - 1] == name]
)


@given(STAGES, st.data())
def test_a_chain_signed_as_it_asks_ends_and_never_asks_out_of_order(stages: list[str], data: st.DataObject) -> None:
    steps = [step(f"s{n}", stage=name) for n, name in enumerate(stages)]
    edits: list[ChainEdit] = []
    given: list[SignOff] = []
    for n in range(40):
        found = progress(steps, given, HASHES, edits=edits)
        if found.complete:
            break
        order = [stage_of(item.step) for item in found.steps]
        assert len({stage_of(item) for item in found.due}) == 1
        assert len({lane_of(item) for item in found.due}) == len(found.due)
        first = order.index(stage_of(found.due[0]))
        assert all(item.state.settled for item in found.steps[:first])
        chosen = data.draw(st.sampled_from(found.due))
        act = data.draw(st.sampled_from(["sign", "sign", "sign", "add", "back"])) if n < 12 else "sign"
        back = found.earlier(chosen.key)
        if act == "add":
            kind = data.draw(st.sampled_from([EditKind.ADD_BEFORE, EditKind.ADD_AFTER]))
            edits.append(edit(kind, chosen.key, "㛃", new=f"a{n}"))
        elif act == "back" and back:
            to = data.draw(st.sampled_from(back)).step.key
            given.append(sign(chosen.key, Decision.RETURN, chain=fold(steps, edits), back_to=to))
            again = progress(steps, given, HASHES, edits=edits)
            assert to in keys(again) or lane_of(again.status(to).step) in map(lane_of, again.due)
        else:
            given.append(sign(chosen.key, chain=fold(steps, edits)))
            assert progress(steps, given, HASHES, edits=edits).status(chosen.key).state is StepState.SIGNED
    assert progress(steps, given, HASHES, edits=edits).complete
    assert {item.step for item in given} == {item.key for item in fold(steps, edits)}


@given(st.lists(st.tuples(st.sampled_from("𠮷㛃䶮"), st.sampled_from(list(Decision))), max_size=8))
def test_all_have_signed_when_the_last_word_of_each_is_yes(words: list[tuple[str, Decision]]) -> None:
    given = [signed("heads", decision, signer_id=ALL[name]) for name, decision in words]
    last = dict(words)
    found = wide(*given, asked="𠮷㛃䶮").status("heads")
    assert found.open_to == tuple(ALL[name] for name in "𠮷㛃䶮" if last.get(name) is not Decision.APPROVE)
    assert (found.state is StepState.SIGNED) == (not found.open_to)
