"""Conditions of weekly reports (WEEK)."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.domain.case import Case, Condition, of_a_project
from desktop.domain.ledger import Project


def _by_manager(project: Project, case: Case) -> str:
    author = case.facts.get("author")
    written_by = str(author.get("id") or "") if isinstance(author, Mapping) else ""
    if project.manager and str(project.manager.id) == written_by:
        return ""
    return "填报人不是项目经理"


def _by_member(project: Project, case: Case) -> str:
    return "" if _by_manager(project, case) else "填报人就是项目经理"


CONDITIONS: dict[str, Condition] = {
    "by_manager": of_a_project(_by_manager),
    "by_member": of_a_project(_by_member),
}
