"""合同: the contracts on record at the left, one of them at the right; a part of the page of projects."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

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
from desktop.ui.list_and_one import ListAndOne
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


class ContractsPanel(ListAndOne):
    """Finds contracts and shows one."""

    def __init__(self, desk: Desk) -> None:
        kinds = tuple((item.key, item.label) for item in desk.office.policy.contract_kinds)
        table: Table[ContractRow] = Table(
            COLUMNS,
            PagedSource(self._find, lambda ids: desk.ask(lambda reading: contract_rows(reading, ids))),
            desk.operations,
            name="合同列表",
            empty="还没有登记合同。\n合同登记批准后列在这里，项目随之开立。",
            ask=Ask("in_force_on", descending=True),
            filters=(Filter("kinds", "类别", kinds),),
            search="合同编号、名称、客户或拼音首字母",
        )
        self.view = ContractView(desk)
        super().__init__(desk, table, self.view, "份", "合同")

    def read(self, item_id: UUID) -> None:
        actor = self.desk.actor
        self.desk.read(self, lambda reading: open_contract(reading, actor, item_id), self._show, key="contract")

    def _find(self, ask: Ask) -> Sequence[UUID]:
        actor = self.desk.actor
        query = ContractQuery(ask.text, ask.chosen("kinds"), ask.sort, ask.descending)
        return self.desk.ask(lambda reading: contract_ids(reading, actor, query))

    def _show(self, page: ContractPage) -> None:
        self.take()
        self.view.show_contract(page)
