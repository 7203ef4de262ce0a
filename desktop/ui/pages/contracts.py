"""合同: the contracts on record at the left, one of them at the right; a part of the page of projects."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget

from desktop.domain import money
from desktop.services.contract_list import (
    ContractPage,
    ContractQuery,
    ContractRow,
    contract_ids,
    contract_rows,
    open_contract,
)
from desktop.ui.contract_view import ContractView
from desktop.ui.desk import Desk
from desktop.ui.pieces import card, words
from desktop.ui.table_source import Ask, Column, Filter, PagedSource
from desktop.ui.tables import Table

COLUMNS: tuple[Column[ContractRow], ...] = (
    Column("合同编号", lambda row: row.number, sort="number", width=6.4),
    Column("合同名称", lambda row: row.name, sort="name", width=6.5, stretch=True, tip=lambda row: row.name),
    Column(
        "金额（万元）",
        lambda row: money.wan_text(row.amount) if row.amount is not None else "",
        "right",
        "amount",
        width=6.2,
    ),
    Column("生效", lambda row: str(row.in_force_on or ""), "centre", "in_force_on", width=5.5),
    Column("项目", lambda row: f"{row.projects} 个", "right", width=3.6),
    Column("类别", lambda row: row.kind, sort="kind", width=4.6),
    Column("客户单位", lambda row: row.customer, sort="customer", width=10, tip=lambda row: row.customer),
)


class ContractsPanel(QSplitter):
    """Finds contracts and shows one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.shown: UUID | None = None
        kinds = tuple((item.key, item.label) for item in desk.office.policy.contract_kinds)
        self.table: Table[ContractRow] = Table(
            COLUMNS,
            PagedSource(self._find, lambda ids: desk.ask(lambda reading: contract_rows(reading, ids))),
            desk.operations,
            name="合同列表",
            empty="还没有登记合同。\n合同登记批准后列在这里，项目随之开立。",
            ask=Ask("in_force_on", descending=True),
            filters=(Filter("kinds", "类别", kinds),),
            search="合同编号、名称、客户或拼音首字母",
        )
        self.table.fit_columns()
        self.table.remember_widths(desk.memory)
        self.table.wants_first = lambda: self.shown is None
        self.table.chosen.connect(self._on_chosen)
        self.table.counted.connect(lambda count: self.table.foot.setText(f"共 {count} 份合同"))
        self.table.foot.show()
        self.view = ContractView(desk)
        nothing = words("请从左边选一份合同", "faint")
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._right = QStackedWidget()
        self._right.addWidget(nothing)
        self._right.addWidget(self.view)
        left, column = card(margin=12)
        column.addWidget(self.table, 1)
        self.addWidget(left)
        self.addWidget(self._right)
        self.setStretchFactor(1, 1)
        self.setSizes([472, 878])
        self.setHandleWidth(10)

    def reload(self) -> None:
        """Read everything anew."""
        self.table.reload()
        if self.shown is not None:
            self._read(self.shown)

    def forget(self) -> None:
        """Show nothing of what the one before was looking at."""
        self.shown = None
        self._right.setCurrentIndex(0)

    def show_item(self, contract_id: UUID) -> None:
        """Show a contract, whether it is in the list or not."""
        self.table.choose(contract_id)
        self._read(contract_id)

    def _find(self, ask: Ask) -> Sequence[UUID]:
        actor = self._desk.actor
        query = ContractQuery(ask.text, ask.chosen("kinds"), ask.sort, ask.descending)
        return self._desk.ask(lambda reading: contract_ids(reading, actor, query))

    def _on_chosen(self, chosen: ContractRow | None) -> None:
        if chosen is not None and chosen.id != self.shown:
            self._read(chosen.id)

    def _read(self, contract_id: UUID) -> None:
        self.shown = contract_id
        actor = self._desk.actor
        self._desk.read(self, lambda reading: open_contract(reading, actor, contract_id), self._show, key="contract")

    def _show(self, page: ContractPage) -> None:
        self._right.setCurrentIndex(1)
        self.view.show_contract(page)
