"""The gates of the policy as a project stands today, and what was waived at them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.case import Case
from desktop.domain.errors import Refusal
from desktop.domain.forms import FORMS
from desktop.domain.gates import Unmet, asked_now, misplaced, unmet
from desktop.domain.policy import Policy
from desktop.domain.policy_papers import GateRule
from desktop.domain.policy_terms import Action
from desktop.services.filed import latest_approved
from desktop.services.form_facts import case_of, form_facts
from desktop.services.office import Reading, Work
from desktop.services.projects import get_project, subject_of
from desktop.store.tables import Filing, Waiver


@dataclass(frozen=True)
class FiledPaper:
    """An approved filing that is one of the documents which a gate asks for; it counts ``on`` that day and after."""

    document: str
    title: str
    number: str
    on: dt.date
    filing_id: UUID


@dataclass(frozen=True)
class GateLine:
    """A gate of the policy as a project stands today; ``filed`` are the filings that count as its documents (DOC-2)."""

    key: str
    title: str
    unmet: tuple[Unmet, ...]
    filed: tuple[FiledPaper, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """What a form asks for before it is submitted (CLOSE-3); ``pressing`` where the project's state is about that."""

    form_key: str
    title: str
    gates: tuple[GateLine, ...]
    pressing: bool

    @property
    def unmet(self) -> tuple[Unmet, ...]:
        """Everything that is missing."""
        return tuple(item for gate in self.gates for item in gate.unmet)

    @property
    def missing(self) -> int:
        """How many things keep the form from being submitted."""
        return sum(item.stops for item in self.unmet)


def gate_view(reading: Reading, project_id: UUID) -> list[GateLine]:
    """The gates that stand by themselves, as this project stands today: what reports and claims will ask (PAUSE-3)."""
    case = _case(reading, project_id)
    policy = reading.policy
    skipped = _of_forms(policy) | {
        gate.key for gate in policy.gates if gate.states and not _stands_in(gate.states, case)
    }
    return [
        GateLine(gate.key, gate.title, tuple(unmet(gate, case))) for gate in policy.gates if gate.key not in skipped
    ]


def checklists(reading: Reading, project_id: UUID) -> list[Checklist]:
    """For every form that belongs to the project's present state: what its gates ask, met or not (DOC-2)."""
    case = _case(reading, project_id)
    policy = reading.policy
    approved = latest_approved(reading, project_id)
    found = []
    for key, form in FORMS.items():
        rule = policy.form(key) if policy.has_form(key) else None
        if form.once_each or rule is None or not rule.gates:
            continue
        if case.project is None or misplaced(key, case.project, policy):
            continue
        gates = [policy.gate(name) for name in rule.gates]
        asked = [gate for gate in gates if asked_now(gate, case.project, policy) and _concerns(gate.kinds, case)]
        if asked:
            lines = tuple(
                GateLine(gate.key, gate.title, tuple(unmet(gate, case)), tuple(_filed(gate, case, approved)))
                for gate in asked
            )
            pressing = any(gate.states for gate in asked)
            found.append(Checklist(key, form.title, lines, pressing))
    return found


def _filed(gate: GateRule, case: Case, approved: Mapping[str, Filing]) -> Iterator[FiledPaper]:
    kind = case.project.kind if case.project else ""
    for item in case.policy.documents if gate.documents else ():
        filing = approved.get(item.form)
        if item.stage == gate.documents and item.asked_of(kind) and filing is not None and filing.effective_on:
            yield FiledPaper(item.title, filing.title, filing.number or "", filing.effective_on, filing.id)


def _concerns(kinds: tuple[str, ...], case: Case) -> bool:
    return not kinds or (case.project is not None and case.project.kind in kinds)


def _stands_in(states: tuple[str, ...], case: Case) -> bool:
    return case.project is not None and case.project.state in states


def _of_forms(policy: Policy) -> frozenset[str]:
    """The gates of forms that a project gives once; those of what is given every week stand on the project's page."""
    once = (rule for rule in policy.forms if not FORMS[rule.key].once_each)
    return frozenset(key for rule in once for key in rule.gates)


def _case(reading: Reading, project_id: UUID) -> Case:
    project = get_project(reading, project_id)
    policy = reading.policy
    return case_of(reading, policy, project, form_facts(reading, policy, project))


def waive(work: Work, project_id: UUID, gate_key: str, condition: str, reason: str) -> None:
    """Set aside what the policy asks only in principle (原则上), with a reason on record.

    Raises:
        NotAllowed: the actor may not waive.
        Refusal: there is no reason, the gate is more than a principle, or the condition holds anyway.
    """
    project = get_project(work, project_id)
    work.need(Action.WAIVE, subject_of(project), what="批准例外")
    policy = work.policy
    case = case_of(work, policy, project, form_facts(work, policy, project))
    missing = [item for item in unmet(policy.gate(gate_key), case) if item.condition == condition]
    if not missing:
        raise Refusal("这一项已经满足，或已批准例外。", kept="没有作任何改动。", todo="请刷新后查看。")
    if not missing[0].waivable:
        raise Refusal(f"“{missing[0].text}”是必须满足的（{missing[0].rule}），不能例外。", kept="没有作任何改动。")
    if not reason.strip():
        raise Refusal("批准例外须写明理由。", kept="没有作任何改动。", todo="请填写理由后再试。")
    work.session.add(
        Waiver(
            project_id=project_id,
            gate=gate_key,
            condition=condition,
            reason=reason.strip(),
            by_id=work.actor,
            at=work.now,
        )
    )
