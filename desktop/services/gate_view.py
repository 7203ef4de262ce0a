"""The gates of the policy as a project stands today, and what was waived at them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from desktop.domain.errors import Refusal
from desktop.domain.gates import Unmet, misplaced, unmet
from desktop.domain.ledger import Project
from desktop.domain.policy import Action, Policy
from desktop.services.form_facts import case_of, form_facts
from desktop.services.office import Reading, Work
from desktop.services.projects import get_project, subject_of
from desktop.store.tables import Waiver


@dataclass(frozen=True)
class GateLine:
    """A gate of the policy as a project stands today."""

    key: str
    title: str
    unmet: tuple[Unmet, ...]


def gate_view(reading: Reading, project_id: UUID) -> list[GateLine]:
    """Every gate of the policy as this project stands today: what weekly reports and claims will ask (PAUSE-3).

    The gates of forms are left out while none of these may be filed from the project's state.
    """
    project = get_project(reading, project_id)
    policy = reading.policy
    case = case_of(reading, policy, project, form_facts(reading, policy, project))
    return [
        GateLine(gate.key, gate.title, tuple(unmet(gate, case)))
        for gate in policy.gates
        if _concerns(gate.key, project, policy)
    ]


def _concerns(gate_key: str, project: Project, policy: Policy) -> bool:
    forms = [rule.key for rule in policy.forms if gate_key in rule.gates]
    return not forms or any(not misplaced(key, project, policy) for key in forms)


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
