"""Conditions of problem sheets and their closing (INFO-3, CTRL-7)."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.domain.case import Case, Condition, of_a_project
from desktop.domain.form import value_of
from desktop.domain.forms.problem import OPINION, known_problem
from desktop.domain.ledger import Project
from desktop.domain.problems import IN_PROJECT, TO_PRESIDENT


def _raised_by_member(project: Project, case: Case) -> str:
    if value_of(case.content, "sheet", "source") == OPINION:
        return "问题来自处理意见"
    author = case.facts.get("author")
    written_by = str(author.get("id") or "") if isinstance(author, Mapping) else ""
    if project.manager and str(project.manager.id) == written_by:
        return "提出人就是项目经理"
    return ""


def _raised_higher(case: Case) -> str:
    level = value_of(case.content, "handling", "level")
    return "问题在项目内处理" if level in {None, IN_PROJECT} else ""


def _raised_to_president(case: Case) -> str:
    return "" if value_of(case.content, "handling", "level") == TO_PRESIDENT else "问题没有上报到最高一级"


def _watched_by_office(case: Case) -> str:
    known = known_problem(case.facts, value_of(case.content, "closing", "number"))
    higher = known.get("level") not in {None, "", IN_PROJECT}
    return "" if higher or known.get("origin") == OPINION else "问题在项目内处理"


CONDITIONS: dict[str, Condition] = {
    "problem_raised_by_member": of_a_project(_raised_by_member),
    "problem_raised_higher": _raised_higher,
    "problem_raised_to_president": _raised_to_president,
    "problem_watched_by_office": _watched_by_office,
}

FROM_CONTENT = frozenset({"problem_raised_higher", "problem_raised_to_president"})
"""Those that a filing's own content answers, whatever becomes of the ledger."""
