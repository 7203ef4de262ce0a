"""Gates and postings: what a project's state lets pass, and what an approved filing changes."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.case import Case
from desktop.domain.conditions import CONDITIONS
from desktop.domain.errors import Refusal
from desktop.domain.gates import holding, misplaced, pass_gate, unmet
from desktop.domain.outcome import Outcome, next_state
from desktop.domain.policy_terms import Strength
from desktop.domain.postings import MOVES, POSTINGS
from tests.domain.samples import EPM, PROJECT, paused, project

D = dt.date
DAY = D(2026, 11, 22)


def texts(gate: str, subject: Any, day: D) -> list[str]:
    return [item.text for item in unmet(EPM.gate(gate), Case(EPM, day, subject))]


@pytest.mark.parametrize("gate", ["weekly_report", "claim"])
def test_PAUSE_3_from_the_day_of_approval(gate: str) -> None:
    stopped = paused(DAY)
    assert texts(gate, stopped, D(2026, 11, 21)) == []
    assert len(texts(gate, stopped, DAY)) == 1
    assert len(texts(gate, stopped, D(2026, 11, 23))) == 1
    assert "自 2026-11-22 起" in texts(gate, stopped, DAY)[0]
    assert texts(gate, PROJECT, DAY) == []


def test_PAUSE_3_the_refusal_names_project_reason_and_rule() -> None:
    with pytest.raises(Refusal, match=r"不能报销费用：JC-2026-007 .*暂停.*（PAUSE-3）"):
        pass_gate("claim", paused(DAY), EPM, DAY)
    pass_gate("claim", PROJECT, EPM, DAY)


def test_a_gate_names_the_form_that_opens_it() -> None:
    assert [item.opens for item in unmet(EPM.gate("claim"), Case(EPM, DAY, paused(DAY)))] == ["resumption"]
    closed = project(state="closed", closed_on=DAY)
    assert [item.opens for item in unmet(EPM.gate("claim"), Case(EPM, DAY, closed))] == [""]


def test_what_is_only_advice_does_not_stop_anybody() -> None:
    advice = replace(EPM, gates=tuple(replace(gate, strength=Strength.ADVICE) for gate in EPM.gates))
    assert len(unmet(advice.gate("claim"), Case(advice, DAY, paused(DAY)))) == 1
    pass_gate("claim", paused(DAY), advice, DAY)


@pytest.mark.parametrize(
    ("state", "reports", "claims"),
    [
        ("starting", True, False),
        ("initiating", True, False),
        ("implementing", True, True),
        ("paused", False, False),
        ("closing", True, True),
        ("closed", False, False),
        ("withdrawn", False, False),
        ("complete", False, False),
    ],
)
def test_WEEK_8_CLOSE_5_which_states_take_reports_and_claims(state: str, reports: bool, claims: bool) -> None:
    subject = project(state=state)
    assert (texts("weekly_report", subject, DAY) == []) is reports
    assert (texts("claim", subject, DAY) == []) is claims


def test_conditions_that_hold() -> None:
    assert holding(Case(EPM, DAY, PROJECT)) >= {"state_takes_reports", "state_takes_claims", "integration"}
    assert "virtual_contract" in holding(Case(EPM, DAY, project(contract_kind="virtual")))
    assert holding(Case(EPM, DAY)) == frozenset()
    assert holding(Case(EPM, DAY, PROJECT)) <= CONDITIONS.keys()


@pytest.mark.parametrize("rule", EPM.forms, ids=lambda rule: rule.key)
def test_forms_are_filed_from_the_states_that_the_policy_names(rule: Any) -> None:
    for state in EPM.states:
        new = project(state=state.key, **({rule.once: ""} if rule.once else {}))
        reasons = misplaced(rule.key, new, EPM)
        assert (reasons == []) == (not rule.from_states or state.key in rule.from_states)
        assert all(state.title in item.text and item.strength is Strength.MUST for item in reasons)


def test_APPT_3_what_a_form_gives_is_given_once() -> None:
    (reason,) = misplaced("numbering", project(state="starting"), EPM)
    assert PROJECT.number in reason.text
    assert reason.strength is Strength.MUST


def post(name: str, **sections: Any) -> Outcome:
    return POSTINGS[name](sections, DAY)


def test_PAUSE_3_a_pause_counts_from_the_day_of_approval() -> None:
    outcome = post("pause", reason={"pause_from": "2026-12-01", "resume_by": "2027-02-01"})
    assert outcome.transition == "pause"
    assert outcome.dates == {"paused_on": DAY, "resume_by": D(2027, 2, 1), "pause_until": None, "resumed_on": None}


def test_PAUSE_4_a_resumption_clears_the_pause() -> None:
    outcome = post("resume")
    assert outcome.transition == "resume"
    assert outcome.dates == {"resumed_on": DAY, "paused_on": None, "resume_by": None, "pause_until": None}


def test_PAUSE_5_what_the_opinion_decides() -> None:
    assert post("settle_overdue", opinion={"verdict": "resume"}) == post("resume")
    extended = post("settle_overdue", opinion={"verdict": "extend", "until": "2027-03-01"})
    assert extended == Outcome("", {"pause_until": D(2027, 3, 1), "resume_by": D(2027, 3, 1)})


@pytest.mark.parametrize(("stage", "date"), [("preliminary", "preliminary_on"), ("final", "final_on")])
def test_CLOSE_2_closing_starts_with_the_acceptance(stage: str, date: str) -> None:
    outcome = post("start_closing", acceptance={"stage": stage, "accepted_on": "2026-11-10"})
    assert outcome.transition == "start_closing"
    assert outcome.dates == {"closing_started_on": DAY, date: D(2026, 11, 10)}


def test_CLOSE_5_approval_closes() -> None:
    assert post("close") == Outcome("close", {"closed_on": DAY})


def test_a_handover_changes_nothing_and_an_opening_opens_projects() -> None:
    assert post("keep") == Outcome()
    assert post("open_projects", projects=[{"id": "1"}]) == Outcome(opens=[{"id": "1"}])


@pytest.mark.parametrize("name", sorted(transition.key for transition in EPM.transitions))
def test_a_project_moves_only_from_where_the_policy_lets_it(name: str) -> None:
    transition = EPM.transition(name)
    for state in EPM.states:
        subject = project(state=state.key)
        if state.key in transition.sources:
            assert next_state(Outcome(name), subject, EPM) == transition.target
        else:
            with pytest.raises(Refusal, match=state.title):
                next_state(Outcome(name), subject, EPM)
        assert next_state(Outcome(), subject, EPM) == state.key


def test_every_transition_that_a_posting_makes_is_listed() -> None:
    contents: list[dict[str, Any]] = [
        {},
        {"opinion": {"verdict": "resume"}},
        {"adjustment": {"kind": "pause"}},
        {"reason": {"way": "close"}},
        {"acceptance": {"conclusion": "pass", "accepted_on": "2026-11-01"}},
    ]
    for name, posting in POSTINGS.items():
        made = {posting(content, DAY).transition for content in contents}
        assert made - {""} == set(MOVES.get(name, ())), name
