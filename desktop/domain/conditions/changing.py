"""Conditions of changes of the plan and of the project manager (CHG)."""

from __future__ import annotations

from collections.abc import Collection

from desktop.domain.canonical import Json
from desktop.domain.case import Case, Condition, of_a_project
from desktop.domain.form import lines_of, value_of
from desktop.domain.ledger import Project
from desktop.domain.plan_scope import beyond_scope


def _changes(sheet: str, noun: str) -> Condition:
    """Whether the detail sheet of that key has anything on it."""
    return lambda case: "" if lines_of(case.content, sheet) else f"没有改动{noun}"


def _change_beyond_contract(case: Case) -> str:
    if "change" not in case.content:
        return "不是项目变更申请"
    return "" if any(beyond_scope(case.content, case.facts)) else "变更没有超出合同范围"


def _handed_over(_project: Project, case: Case) -> str:
    """Who leaves the company has handed everything over, and the new manager confirmed it item by item (CHG-5)."""
    if value_of(case.content, "appointment", "reason") != "leaving":
        return ""
    old, new = value_of(case.content, "project", "manager"), value_of(case.content, "appointment", "manager")
    sheets = case.facts.get("handovers")
    for sheet in sheets if isinstance(sheets, list | tuple) else ():
        if isinstance(sheet, dict) and _same(sheet.get("giver"), old) and _same(sheet.get("receiver"), new):
            return ""
    names = [str(person["name"]) if isinstance(person, dict) else "" for person in (old, new)]
    return f"原项目经理离职，{names[0]}移交给{names[1]}的《工作交接单》还没有逐项确认、签字完毕"


def _same(one: Json, other: Json) -> bool:
    """Whether two papers name the same person: by id, or by name where one of them has no id."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    ids: Collection[Json] = [one.get("id"), other.get("id")]
    return one.get("id") == other.get("id") if all(ids) else one.get("name") == other.get("name")


CONDITIONS: dict[str, Condition] = {
    "changes_procurement": _changes("procurement_change", "采购计划"),
    "changes_budget": _changes("budget_change", "费用预算"),
    "changes_schedule": _changes("schedule_change", "进度计划"),
    "changes_plan": _changes("plan_change", "工作产品、组织计划或风险管理计划"),
    "change_beyond_contract": _change_beyond_contract,
    "handed_over": of_a_project(_handed_over),
}

FROM_CONTENT = frozenset({"changes_procurement", "changes_budget", "changes_schedule", "changes_plan"})
"""Those that a filing's own content answers, whatever becomes of the ledger."""
