"""Gates explain themselves: the conditions of the policy by name, and which of them a case does not meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from desktop.domain.case import Case
from desktop.domain.conditions import CONDITIONS
from desktop.domain.errors import Refusal
from desktop.domain.ledger import Project
from desktop.domain.policy import Policy
from desktop.domain.policy_papers import GateRule
from desktop.domain.policy_terms import Strength


@dataclass(frozen=True)
class Unmet:
    """A condition that does not hold: in words, with its rule and strength, and the form that would mend it.

    ``gate`` and ``condition`` name what may be waived where the policy asks only in principle; both are empty for the
    state of a project, which nobody can waive. ``document`` is the kind of document that is missing (DOC-2).
    """

    text: str
    rule: str
    strength: Strength
    opens: str = ""
    gate: str = ""
    condition: str = ""
    document: str = ""

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
    if gate.kinds and (case.project is None or case.project.kind not in gate.kinds):
        return []
    found = []
    for name in gate.conditions:
        text = CONDITIONS[name](case)
        if text:
            found.append(Unmet(text, gate.rule, gate.strength, _mended_by(gate, case), gate.key, name))
    found += _missing_documents(gate, case)
    return [item for item in found if f"{gate.key}/{item.condition}" not in _waivers(case)]


def _missing_documents(gate: GateRule, case: Case) -> Iterator[Unmet]:
    """The documents of the gate's stage that are not on record (DOC-2)."""
    kind = case.project.kind if case.project else ""
    archived = case.facts.get("documents.kinds")
    known = archived if isinstance(archived, list | tuple) else ()
    for item in case.policy.documents if gate.documents else ():
        if item.stage != gate.documents or not item.asked_of(kind) or item.key in known:
            continue
        if item.form and case.facts.get(f"filed.{item.form}"):
            continue
        opens = item.form if item.form and _fits(item.form, case) else ""
        text = f"还没有归档“{item.title}”"
        rule = item.rule or gate.rule
        yield Unmet(text, rule, item.strength, opens, gate.key, f"document:{item.key}", item.key)


def asked_now(gate: GateRule, project: Project, policy: Policy) -> bool:
    """Whether a gate concerns a project in its present state, so that its page shows it."""
    if gate.states:
        return project.state in gate.states
    return not policy.state(project.state).ends


def _waivers(case: Case) -> Collection[object]:
    waived = case.facts.get("waivers")
    return waived if isinstance(waived, list | tuple) else ()


def _mended_by(gate: GateRule, case: Case) -> str:
    return next((key for key in gate.opens if _fits(key, case)), "")


def _fits(form_key: str, case: Case) -> bool:
    state = case.project.state if case.project else ""
    return state in case.policy.form(form_key).from_states


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


def barred(form_key: str, case: Case) -> list[Unmet]:
    """Why a form may not even be begun: the project's state, else the gates of the form that bar it."""
    found = misplaced(form_key, case.project, case.policy) if case.project else []
    if found:
        return found
    gates = (case.policy.gate(key) for key in case.policy.form(form_key).gates)
    return [item for gate in gates if gate.bars for item in unmet(gate, case) if item.stops]


def may_submit(form_key: str, case: Case) -> list[Unmet]:
    """Everything that a filing of this form still lacks before it may be submitted: the state, then the form's gates.

    What only advises is listed too, and stops nobody (`Unmet.stops`).
    """
    found = misplaced(form_key, case.project, case.policy) if case.project else []
    for key in case.policy.form(form_key).gates:
        found += unmet(case.policy.gate(key), case)
    return found
