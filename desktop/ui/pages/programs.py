"""大项目: the programs at the left, one with its sub-projects at the right; a part of the page of projects."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from desktop.domain import money
from desktop.services.programs import ProgramPage, ProgramRow, open_program, program_ids, program_rows
from desktop.ui.desk import Desk
from desktop.ui.list_and_one import ListAndOne
from desktop.ui.program_view import ProgramView
from desktop.ui.table_source import Ask, Column, PagedSource
from desktop.ui.tables import Table

COLUMNS: tuple[Column[ProgramRow], ...] = (
    Column("大项目", lambda row: row.name, sort="name", width=9, stretch=True, tip=lambda row: row.name),
    Column("大项目经理", lambda row: row.manager.name if row.manager else "", sort="manager", width=5.4),
    Column("项目", lambda row: f"{row.count} 个", "right", width=3.6),
    Column("跨部门", lambda row: row.across, sort="across", width=6.4),
    Column("金额合计（万元）", lambda row: money.wan_text(row.amount), "right", width=8),
)


class ProgramsPanel(ListAndOne):
    """Finds programs and shows one."""

    def __init__(self, desk: Desk) -> None:
        table: Table[ProgramRow] = Table(
            COLUMNS,
            PagedSource(self._find, self._fetch),
            desk.operations,
            name="大项目列表",
            empty="还没有大项目。\n几个项目由一位大项目经理统一协调的，登记后列在这里。",
            ask=Ask("name"),
            search="大项目名称或大项目经理",
        )
        self.view = ProgramView(desk)
        super().__init__(desk, table, self.view, "个", "大项目")

    def read(self, item_id: UUID) -> None:
        actor = self.desk.actor
        self.desk.read(self, lambda reading: open_program(reading, actor, item_id), self._show, key="program")

    def _find(self, ask: Ask) -> Sequence[UUID]:
        actor = self.desk.actor
        return self.desk.ask(
            lambda reading: program_ids(reading, actor, ask.text, sort=ask.sort, descending=ask.descending)
        )

    def _fetch(self, ids: Sequence[UUID]) -> Sequence[ProgramRow]:
        actor = self.desk.actor
        return self.desk.ask(lambda reading: program_rows(reading, actor, ids))

    def _show(self, page: ProgramPage) -> None:
        self.take()
        self.view.show_program(page)
