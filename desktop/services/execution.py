"""Execution of budgets (BUD-4): planned, used, committed and left, per project, department, 科目 and month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.budget import Balance
from desktop.domain.ledger import Project as LedgerProject
from desktop.services.office import Reading
from desktop.services.projects import open_project, projects_where, visible
from desktop.services.spending import Sums, planned_sums, project_balances, used_sums, waiting_sums
from desktop.store.tables import Expense, MonthBudget, PlanLine

PER_CENT = 100


@dataclass(frozen=True)
class Execution:
    """A budget and what became of it, in fen; ``project_id`` is set where it is one project's."""

    key: str
    title: str
    balance: Balance
    number: str = ""
    department: str = ""
    manager: str = ""
    state: str = ""
    project_id: UUID | None = None

    @property
    def used_share(self) -> int | None:
        """How many per cent of the budget are used, rounded down; nothing without a budget."""
        return self.balance.used * PER_CENT // self.balance.planned if self.balance.planned > 0 else None


@dataclass(frozen=True)
class MonthExecution:
    """One month of a project: what its plan, its monthly budget and its claims say, in fen."""

    month: str
    planned: int
    budgeted: int
    used: int


def by_project(reading: Reading, actor: UUID) -> list[Execution]:
    """Every project with a budget or expenses that the actor may see, by number."""
    projects = projects_where(reading, visible(reading, actor))
    ids = [project.id for project in projects]
    sums = (planned_sums(reading, ids), used_sums(reading, ids), waiting_sums(reading, ids))
    rows = (_of_project(reading, project, sums) for project in projects)
    return [row for row in rows if row.balance.planned or row.balance.used or row.balance.waiting]


def _of_project(reading: Reading, project: LedgerProject, sums: tuple[Sums, Sums, Sums]) -> Execution:
    planned, used, waiting = (sum(found.get(project.id, {}).values()) for found in sums)
    return Execution(
        key=str(project.id),
        title=project.name,
        balance=Balance(str(project.id), project.name, planned, used, waiting),
        number=project.called,
        department=project.department,
        manager=project.manager.name if project.manager else "",
        state=reading.policy.state_title(project.state),
        project_id=project.id,
    )


def by_department(rows: Iterable[Execution]) -> list[Execution]:
    """The same by department; projects of none stand under an empty name."""
    return _gathered(rows, lambda row: row.department)


def _gathered(rows: Iterable[Execution], group: Callable[[Execution], str]) -> list[Execution]:
    found: dict[str, Balance] = {}
    for row in rows:
        name = group(row)
        so_far = found.get(name, Balance(name, name, 0, 0, 0))
        one = row.balance
        found[name] = Balance(
            name, name, so_far.planned + one.planned, so_far.used + one.used, so_far.waiting + one.waiting
        )
    return [Execution(name, name, balance) for name, balance in sorted(found.items())]


def of_one(reading: Reading, actor: UUID, project_id: UUID) -> tuple[list[Balance], list[MonthExecution]]:
    """One project's money by 科目 and by month.

    Raises:
        NotAllowed: the project is not the actor's to see.
    """
    open_project(reading, actor, project_id)
    return project_balances(reading, reading.policy, project_id), _months(reading, project_id)


def _months(reading: Reading, project_id: UUID) -> list[MonthExecution]:
    planned = select(PlanLine.month, func.sum(PlanLine.amount)).where(
        PlanLine.project_id == project_id, PlanLine.register == "budget", PlanLine.to_baseline.is_(None)
    )
    budgeted = select(MonthBudget.month, func.sum(MonthBudget.amount)).where(MonthBudget.project_id == project_id)
    used = select(Expense.month, func.sum(Expense.amount)).where(Expense.project_id == project_id)
    sums = [
        {month: int(amount or 0) for month, amount in reading.session.execute(query.group_by(column))}
        for query, column in ((planned, PlanLine.month), (budgeted, MonthBudget.month), (used, Expense.month))
    ]
    months: Sequence[str] = sorted(set().union(*sums))
    return [MonthExecution(month, *(found.get(month, 0) for found in sums)) for month in months]
