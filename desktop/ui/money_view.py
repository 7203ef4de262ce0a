"""A project's money on its page: by 科目 and by month, what is planned, used, waiting and left (BUD-4)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desktop.domain import money
from desktop.domain.budget import Balance
from desktop.services.execution import MonthExecution, of_one
from desktop.ui.desk import Desk
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column

MONTH_COLUMNS: tuple[Column[MonthExecution], ...] = (
    Column("月份", lambda row: row.month, align="centre", width=5),
    Column("计划", lambda row: figure(row.planned), align="right", stretch=True, width=6),
    Column("月预算", lambda row: figure(row.budgeted), align="right", width=7),
    Column("已报销", lambda row: figure(row.used), align="right", width=7),
)


def figure(fen: int) -> str:
    """An amount in a column: nothing for none."""
    return money.yuan_text(fen) if fen else ""


BALANCE_COLUMNS: tuple[Column[Balance], ...] = (
    Column("科目", lambda row: row.title, stretch=True, width=6),
    Column("预算", lambda row: figure(row.planned), align="right", width=7.4),
    Column("已报销", lambda row: figure(row.used), align="right", width=7.4),
    Column("审批中", lambda row: figure(row.waiting), align="right", width=7),
    Column("余额", lambda row: money.yuan_text(row.left), align="right", width=7.4),
)


class MoneyView(QWidget):
    """Two short tables side by side; empty where the project has no budget."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._balances: Sequence[Balance] = ()
        self._months: Sequence[MonthExecution] = ()
        self.subjects = short_table(
            desk,
            BALANCE_COLUMNS,
            lambda: self._balances,
            lambda row: row.key,
            name="费用科目",
            empty="还没有费用预算",
        )
        self.months = short_table(
            desk, MONTH_COLUMNS, lambda: self._months, lambda row: row.month, name="费用月份", empty="还没有分月的费用"
        )
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.addWidget(self.subjects)
        beside.addWidget(self.months)
        beside.setStretchFactor(0, 3)
        beside.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(beside)

    def show_project(self, project_id: UUID) -> None:
        """Read and show this project's money."""
        actor = self._desk.actor
        self._desk.read(self, lambda reading: of_one(reading, actor, project_id), self._take, key="money")

    def _take(self, found: tuple[list[Balance], list[MonthExecution]]) -> None:
        balances, self._months = found
        whole = Balance(
            "",
            "合计",
            sum(row.planned for row in balances),
            sum(row.used for row in balances),
            sum(row.waiting for row in balances),
        )
        self._balances = [*balances, whole] if len(balances) > 1 else balances
        self.subjects.reload()
        self.months.reload()
