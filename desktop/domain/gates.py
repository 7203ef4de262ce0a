"""Gates explain themselves: the conditions of the policy by name, and which of them a case does not meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from desktop.domain.case import Case
from desktop.domain.conditions import CONDITIONS
from desktop.domain.errors import Refusal
from desktop.domain.ledger import Project
from desktop.domain.policy import GateRule, Policy, Strength


@dataclass(frozen=True)
class Unmet:
    """A condition that does not hold: in words, with its rule and strength, and the form that would mend it.

    ``gate`` and ``condition`` name what may be waived where the policy asks only in principle; both are empty for the
    state of a project, which nobody can waive.
    """

    text: str
    rule: str
    strength: Strength
    opens: str = ""
    gate: str = ""
    condition: str = ""

    @property
    def stops(self) -> bool:
        """Whether nothing goes on before it is met or, where it holds in principle only, waived."""
        return self.strength in {Strength.MUST, Strength.PRINCIPLE}

    @property
    def waivable(self) -> bool:
        """Whether a person with the right may set it aside, with a reason on record."""
        return self.strength is Strength.PRINCIPLE and bool(self.gate)


def unmet(gate: GateRule, case: Case) -> list[Unmet]:
    """The conditions of a gate that a case does not meet; none means that it may pass (PAUSE-3).

    What was waived for the project (the fact ``waivers``) is not asked for any more.
    """
    found = []
    for name in gate.conditions:
        text = CONDITIONS[name](case)
        if text and f"{gate.key}/{name}" not in _waivers(case):
            found.append(Unmet(text, gate.rule, gate.strength, _mended_by(gate, case), gate.key, name))
    return found


def _waivers(case: Case) -> Collection[object]:
    waived = case.facts.get("waivers")
    return waived if isinstance(waived, list | tuple) else ()


def _mended_by(gate: GateRule, case: Case) -> str:
    state = case.project.state if case.project else ""
    return next((key for key in gate.opens if state in case.policy.form(key).from_states), "")


def holding(case: Case) -> frozenset[str]:
    """The names of the conditions that hold, by which steps of chains apply."""
    return frozenset(name for name, condition in CONDITIONS.items() if not condition(case))


def pass_gate(key: str, project: Project, policy: Policy, day: dt.date) -> None:
    """Go through the gate of that key.

    Raises:
        Refusal: with every condition that is not met and its rule.
    """
    gate = policy.gate(key)
    missing = [item for item in unmet(gate, Case(policy, day, project)) if item.stops]
    if missing:
        reasons = "；".join(f"{item.text}（{item.rule}）" for item in missing)
        raise Refusal(f"{gate.title}：{project.marked} {project.name}，{reasons}。", kept="没有作任何改动。")


def misplaced(form_key: str, project: Project, policy: Policy) -> list[Unmet]:
    """Why a form does not belong to a project in its present state; none means that it does."""
    rule = policy.form(form_key)
    given = getattr(project, rule.once) if rule.once else None
    if given:
        return [Unmet(f"此项目已经办过（{given}），不用再填", rule.rule, Strength.MUST)]
    if not rule.from_states or project.state in rule.from_states:
        return []
    allowed = "、".join(policy.state(key).title for key in rule.from_states)
    text = f"项目现为“{policy.state_title(project.state)}”，只有“{allowed}”的项目才能填写此表"
    return [Unmet(text, rule.rule, Strength.MUST)]


def may_submit(form_key: str, case: Case) -> list[Unmet]:
    """Everything that a filing of this form still lacks before it may be submitted: the state, then the form's gates.

    What only advises is listed too, and stops nobody (`Unmet.stops`).
    """
    found = misplaced(form_key, case.project, case.policy) if case.project else []
    for key in case.policy.form(form_key).gates:
        found += unmet(case.policy.gate(key), case)
    return found
