"""Money spent and planned (BUD): what claims and monthly budgets put down, and what a budget has left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain import money
from desktop.domain.budget import Balance, MonthWindow, next_month
from desktop.domain.canonical import Json, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.filing import FilingState
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.outcome import Line, MonthPlan
from desktop.domain.policy import Policy
from desktop.services.office import Reading, Work
from desktop.store.locks import take_turn
from desktop.store.tables import Expense, Filing, MonthBudget, PlanLine, Project, Section

CLAIM = "claim"
Sums = dict[UUID, dict[str, int]]
"""Project → 科目 → fen."""


def planned_sums(reading: Reading, project_ids: Sequence[UUID]) -> Sums:
    """The budgets in force by 科目; a project without a plan has its ledger's budget under an empty 科目."""
    query = (
        select(PlanLine.project_id, PlanLine.subject, func.coalesce(func.sum(PlanLine.amount), 0))
        .where(PlanLine.project_id.in_(project_ids), PlanLine.register == "budget", PlanLine.to_baseline.is_(None))
        .group_by(PlanLine.project_id, PlanLine.subject)
    )
    found = _sums(reading.session.execute(query).all())
    bare = [key for key in project_ids if key not in found]
    whole = select(Project.id, Project.budget).where(Project.id.in_(bare), Project.budget.is_not(None))
    for project_id, budget in reading.session.execute(whole):
        found[project_id] = {"": budget or 0}
    return found


def used_sums(reading: Reading, project_ids: Sequence[UUID]) -> Sums:
    """What approved claims took, by 科目."""
    query = (
        select(Expense.project_id, Expense.subject, func.coalesce(func.sum(Expense.amount), 0))
        .where(Expense.project_id.in_(project_ids))
        .group_by(Expense.project_id, Expense.subject)
    )
    return _sums(reading.session.execute(query).all())


def waiting_sums(reading: Reading, project_ids: Sequence[UUID]) -> Sums:
    """What claims in approval ask for, by 科目: committed until they are decided."""
    query = (
        select(Filing.project_id, Section.text)
        .join(Section, Section.revision_id == Filing.revision_id)
        .where(
            Filing.project_id.in_(project_ids),
            Filing.form_key == CLAIM,
            Filing.state == FilingState.IN_APPROVAL.value,
            Section.key == "lines",
        )
    )
    return _sums(
        (project_id, str(line.get("subject") or ""), line.get("amount") or 0)
        for project_id, text in reading.session.execute(query)
        for line in _lines(text)
    )


def _lines(text: str) -> list[dict[str, Any]]:
    found: Any = read_canonical(text)
    return list(found)


def _sums(rows: Iterable[Any]) -> Sums:
    found: Sums = {}
    for project_id, subject, amount in rows:
        by_subject = found.setdefault(project_id, {})
        by_subject[subject] = by_subject.get(subject, 0) + int(amount)
    return found


def project_balances(reading: Reading, policy: Policy, project_id: UUID) -> list[Balance]:
    """A project's budget by 科目, in the policy's order; one row under an empty key where it is not planned so."""
    planned = planned_sums(reading, [project_id]).get(project_id, {})
    used = used_sums(reading, [project_id]).get(project_id, {})
    waiting = waiting_sums(reading, [project_id]).get(project_id, {})
    if set(planned) <= {""}:
        return [Balance("", "费用预算", planned[""], sum(used.values()), sum(waiting.values()))] if planned else []
    titles = {option.key: option.label for option in policy.subjects}
    order = [*titles, *sorted((planned.keys() | used.keys() | waiting.keys()) - titles.keys())]
    return [
        Balance(key, titles.get(key, key), planned.get(key, 0), used.get(key, 0), waiting.get(key, 0))
        for key in order
        if key in planned or key in used or key in waiting
    ]


def money_facts(reading: Reading, policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    """What forms copy of a project's money: sums, balances by 科目, budgeted months, the window of BUD-1."""
    rows = project_balances(reading, policy, project.id)
    by_subject = [row for row in rows if row.key]
    months = select(MonthBudget.month, func.sum(MonthBudget.amount)).where(MonthBudget.project_id == project.id)
    months = months.group_by(MonthBudget.month).order_by(MonthBudget.month)
    rule = policy.window_of("month_budget")
    return {
        "money.planned": sum(row.planned for row in rows) if rows else None,
        "money.used": sum(row.used for row in rows),
        "money.waiting": sum(row.waiting for row in rows),
        "money.left": sum(row.left for row in rows) if rows else None,
        "money.lines": [
            {"id": row.key, "title": row.title, "planned": row.planned, "used": row.used, "waiting": row.waiting}
            for row in by_subject
        ],
        "money.months": [{"month": month, "amount": int(amount)} for month, amount in reading.session.execute(months)],
        "next_month": next_month(reading.today),
        "window.month_budget": MonthWindow(rule.first, rule.last).missed(reading.today) if rule else "",
    }


def keep_month(work: Work, filing: Filing, plan: MonthPlan) -> None:
    """Set a project's budget of a month (BUD-1); an earlier one of that month is replaced."""
    project_id = _project(filing)
    query = select(MonthBudget).where(MonthBudget.project_id == project_id, MonthBudget.month == plan.month)
    for row in work.session.scalars(query).all():
        work.session.delete(row)
    for line in plan.lines:
        amount = line.get("amount")
        work.session.add(
            MonthBudget(
                project_id=project_id,
                month=plan.month,
                subject=str(line.get("subject") or ""),
                amount=amount if isinstance(amount, int) else 0,
                filing_id=filing.id,
            )
        )


def keep_expenses(work: Work, filing: Filing, lines: Sequence[Line]) -> None:
    """Put claimed amounts down against the project's budget (BUD-3), each in the month in which it was spent.

    Raises:
        Refusal: the budget has become smaller meanwhile, so that they lie beyond it.
    """
    project_id = _project(filing)
    take_turn(work.session, f"expenses:{project_id}")
    _refuse_beyond(work, filing, project_id, lines)
    for line in lines:
        spent_on = dt.date.fromisoformat(str(line["spent_on"]))
        amount = line.get("amount")
        work.session.add(
            Expense(
                project_id=project_id,
                subject=str(line.get("subject") or ""),
                month=f"{spent_on:%Y-%m}",
                amount=amount if isinstance(amount, int) else 0,
                spent_on=spent_on,
                text=str(line.get("text") or ""),
                filing_id=filing.id,
            )
        )


def _refuse_beyond(work: Work, filing: Filing, project_id: UUID, lines: Sequence[Line]) -> None:
    """What was within the budget at submission may lie beyond it once a change has made the budget smaller."""
    rows = project_balances(work, work.policy_version(filing.policy_id), project_id)
    asked: dict[str, int] = {}
    for line in lines:
        amount = line.get("amount")
        key = str(line.get("subject") or "") if any(row.key for row in rows) else ""
        asked[key] = asked.get(key, 0) + (amount if isinstance(amount, int) else 0)
    for key, amount in asked.items():
        row = next((row for row in rows if row.key == key), Balance(key, key, 0, 0, 0))
        if row.used + amount > row.planned:
            raise Refusal(
                f"{filing.number} 不能批准：“{row.title}”已报销 {money.yuan_text(row.used)} 元，加上本次"
                f" {money.yuan_text(amount)} 元，超出现行预算 {money.yuan_text(row.planned)} 元（BUD-3）。",
                kept="审批记录与费用都没有改动。",
                todo="请退回给填表人核减，或先办理费用预算变更。",
            )


def _project(filing: Filing) -> UUID:
    if filing.project_id is None:
        raise Refusal("费用只能记在一个项目上。", kept="没有作任何改动。")
    return filing.project_id
