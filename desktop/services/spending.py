"""Money spent and planned by month (BUD): what approved claims and monthly budgets put down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from desktop.domain.errors import Refusal
from desktop.domain.outcome import Line, MonthPlan
from desktop.services.office import Work
from desktop.store.tables import Expense, Filing, MonthBudget


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
    """Put claimed amounts down against the project's budget (BUD-3), each in the month in which it was spent."""
    project_id = _project(filing)
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


def _project(filing: Filing) -> UUID:
    if filing.project_id is None:
        raise Refusal("费用只能记在一个项目上。", kept="没有作任何改动。")
    return filing.project_id
