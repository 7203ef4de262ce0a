"""Conditions of initiation and the first baseline (INIT)."""

from __future__ import annotations

from desktop.domain.case import Case, Condition, of_a_project
from desktop.domain.ledger import Project
from desktop.domain.plan_checks import beyond_contract

GOOD = "good"
"""The only conclusion of a feasibility study that lets a project go on (INIT-5)."""


def _implementation_plan_in_force(_project: Project, case: Case) -> str:
    return "" if case.facts.get("implementation_plan.number") else "《项目实施计划》还没有审批生效"


def _feasible(_project: Project, case: Case) -> str:
    conclusion = case.facts.get("feasibility.conclusion")
    if conclusion is None:
        return "还没有经批准的《项目可行性评估表》"
    return "" if conclusion == GOOD else "可行性评估的结论不是“可行”，项目不能继续"


def _leaves_the_contract(_project: Project, case: Case) -> str:
    return "" if beyond_contract(case.content, case.facts) else "没有超出合同范围"


CONDITIONS: dict[str, Condition] = {
    "implementation_plan_in_force": of_a_project(_implementation_plan_in_force),
    "feasible": of_a_project(_feasible),
    "beyond_contract": of_a_project(_leaves_the_contract),
}
