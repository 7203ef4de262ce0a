"""What of a policy a server must know to hold people to it: roles, rights, and who signs which form."""

from __future__ import annotations

from desktop.domain.canonical import Json
from desktop.domain.policy import Policy
from desktop.domain.policy_papers import FormRule


def policy_facts(policy: Policy) -> dict[str, Json]:
    """The policy's roles, rights, forms, numbering and steps as a server keeps them (``guard.load_policy``), in order.

    A step's ``place`` counts from 0 within its form; ``covers`` are the sections that its signature binds to.
    """
    return {
        "roles": [
            {"key": role.key, "scope": role.scope.value, "held_as": role.held_as, "by_plan": role.by_plan}
            for role in policy.roles
        ],
        "rights": [
            {"role": right.role, "scope": right.scope.value, "action": right.action.value, "on_form": right.on}
            for right in policy.rights
        ],
        "forms": [_form(rule) for rule in policy.forms],
        "numbering": {
            "pattern": policy.numbering.pattern,
            "provisional": policy.numbering.provisional,
            "kinds": dict(policy.numbering.kinds),
        },
        "steps": [step for rule in policy.forms for step in _steps(rule)],
    }


def _form(rule: FormRule) -> Json:
    return {"key": rule.key, "code": rule.code, "number": rule.number, "once": rule.once}


def _steps(rule: FormRule) -> list[Json]:
    return [
        {
            "form_key": rule.key,
            "place": place,
            "key": step.key,
            "signer": step.signer,
            "covers": list(step.sections),
            "stage": step.stage,
            "lane": step.lane,
            "conditions": list(step.when),
            "every": step.every,
            "confirms": list(step.confirms),
            "needs": list(step.needs),
            "asks": step.asks,
        }
        for place, step in enumerate(rule.steps)
    ]
