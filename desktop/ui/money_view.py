"""A project's money on its page: by 科目 and by month, what is planned, used, waiting and left (BUD-4)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.domain import money
from desktop.domain.budget import Balance
from desktop.services.execution import MonthExecution, of_one
from desktop.ui.desk import Desk
from desktop.ui.pieces import Segments, row
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column

MONTH_COLUMNS: tuple[Column[MonthExecution], ...] = (
    Column("月份", lambda one: one.month, align="centre", width=5),
    Column("计划", lambda one: figure(one.planned), align="right", stretch=True, width=6),
    Column("月预算", lambda one: figure(one.budgeted), align="right", width=7),
    Column("已报销", lambda one: figure(one.used), align="right", width=7),
)


def figure(fen: int) -> str:
    """An amount in a column: nothing for none."""
    return money.yuan_text(fen) if fen else ""


BALANCE_COLUMNS: tuple[Column[Balance], ...] = (
    Column("科目", lambda one: one.title, stretch=True, width=6),
    Column("预算", lambda one: figure(one.planned), align="right", width=7.4),
    Column("已报销", lambda one: figure(one.used), align="right", width=7.4),
    Column("审批中", lambda one: figure(one.waiting), align="right", width=7),
    Column("余额", lambda one: money.yuan_text(one.left), align="right", width=7.4),
)


class MoneyView(QWidget):
    """One short table, by 科目 or by month; empty where the project has no budget."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._balances: Sequence[Balance] = ()
        self._months: Sequence[MonthExecution] = ()
        self.subjects = short_table(
            desk,
            BALANCE_COLUMNS,
            lambda: self._balances,
            lambda one: one.key,
            name="费用科目",
            empty="还没有费用预算",
        )
        self.months = short_table(
            desk, MONTH_COLUMNS, lambda: self._months, lambda one: one.month, name="费用月份", empty="还没有分月的费用"
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.subjects)
        self._stack.addWidget(self.months)
        self.by = Segments((("subjects", "按科目"), ("months", "按月份")), self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row(self.by, None))
        layout.addWidget(self._stack, 1)

    def show_project(self, project_id: UUID) -> None:
        """Read and show this project's money."""
        actor = self._desk.actor
        self._desk.read(self, lambda reading: of_one(reading, actor, project_id), self._take, key="money")

    def _choose(self, by: str) -> None:
        self._stack.setCurrentWidget(self.months if by == "months" else self.subjects)

    def _take(self, found: tuple[list[Balance], list[MonthExecution]]) -> None:
        balances, self._months = found
        whole = Balance(
            "",
            "合计",
            sum(one.planned for one in balances),
            sum(one.used for one in balances),
            sum(one.waiting for one in balances),
        )
        self._balances = [*balances, whole] if len(balances) > 1 else balances
        self.subjects.reload()
        self.months.reload()
