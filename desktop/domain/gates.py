"""Gates explain themselves: the conditions of the policy by name, and which of them a project does not meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from desktop.domain.errors import Refusal
from desktop.domain.ledger import Project
from desktop.domain.policy import GateRule, Policy, Strength


@dataclass(frozen=True)
class Unmet:
    """A condition that does not hold: in words, with its rule and strength, and the form that would mend it."""

    text: str
    rule: str
    strength: Strength
    opens: str = ""


Condition = Callable[[Project, Policy, dt.date], str]
"""Says in words why it does not hold for a project on a day; nothing when it holds."""


def _state_takes_reports(project: Project, policy: Policy, day: dt.date) -> str:
    state = policy.state(project.state)
    since = project.date(state.since) if state.since else None
    if state.reports or (since is not None and day < since):
        return ""
    return f"项目处于“{state.title}”状态{_from(since)}，不再提交周报"


def _state_takes_claims(project: Project, policy: Policy, day: dt.date) -> str:
    state = policy.state(project.state)
    since = project.date(state.since) if state.since else None
    if state.claims or (since is not None and day < since):
        return ""
    return f"项目处于“{state.title}”状态{_from(since)}，不能发生费用报销"


def _virtual_contract(project: Project, _policy: Policy, _day: dt.date) -> str:
    return "" if project.contract_kind == "virtual" else "项目依据的不是虚拟合同"


CONDITIONS: dict[str, Condition] = {
    "state_takes_reports": _state_takes_reports,
    "state_takes_claims": _state_takes_claims,
    "virtual_contract": _virtual_contract,
}
"""The closed list of conditions that a policy may name."""


def _from(day: dt.date | None) -> str:
    return f"（自 {day.isoformat()} 起）" if day else ""


def unmet(gate: GateRule, project: Project, policy: Policy, day: dt.date) -> list[Unmet]:
    """The conditions of a gate that a project does not meet on a day; none means that it may pass (PAUSE-3)."""
    wrong = (CONDITIONS[name](project, policy, day) for name in gate.conditions)
    opens = next((key for key in gate.opens if project.state in policy.form(key).from_states), "")
    return [Unmet(text, gate.rule, gate.strength, opens) for text in wrong if text]


def holding(project: Project | None, policy: Policy, day: dt.date) -> frozenset[str]:
    """The names of the conditions that hold, by which steps of chains apply."""
    if project is None:
        return frozenset()
    return frozenset(name for name, condition in CONDITIONS.items() if not condition(project, policy, day))


def pass_gate(key: str, project: Project, policy: Policy, day: dt.date) -> None:
    """Go through the gate of that key.

    Raises:
        Refusal: with every condition that is not met and its rule.
    """
    gate = policy.gate(key)
    missing = [item for item in unmet(gate, project, policy, day) if item.strength.blocks]
    if missing:
        reasons = "；".join(f"{item.text}（{item.rule}）" for item in missing)
        raise Refusal(f"{gate.title}：{project.number} {project.name}，{reasons}。", kept="没有作任何改动。")


def may_file(form_key: str, project: Project, policy: Policy) -> list[Unmet]:
    """Why a form may not be filed on a project in its present state; none means that it may."""
    rule = policy.form(form_key)
    if not rule.from_states or project.state in rule.from_states:
        return []
    allowed = "、".join(policy.state(key).title for key in rule.from_states)
    text = f"项目现为“{policy.state_title(project.state)}”，只有“{allowed}”的项目才能填写此表"
    return [Unmet(text, rule.rule, Strength.MUST)]
