"""大项目: the programs at the left, one with its sub-projects at the right; a part of the page of projects."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget

from desktop.domain import money
from desktop.services.programs import ProgramPage, ProgramRow, open_program, program_ids, program_rows
from desktop.ui.desk import Desk
from desktop.ui.pieces import card, words
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


class ProgramsPanel(QSplitter):
    """Finds programs and shows one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.shown: UUID | None = None
        self.table: Table[ProgramRow] = Table(
            COLUMNS,
            PagedSource(self._find, self._fetch),
            desk.operations,
            name="大项目列表",
            empty="还没有大项目。\n几个项目由一位大项目经理统一协调的，登记后列在这里。",
            ask=Ask("name"),
            search="大项目名称或大项目经理",
        )
        self.table.fit_columns()
        self.table.remember_widths(desk.memory)
        self.table.wants_first = lambda: self.shown is None
        self.table.chosen.connect(self._on_chosen)
        self.table.counted.connect(lambda count: self.table.foot.setText(f"共 {count} 个大项目"))
        self.table.foot.show()
        self.view = ProgramView(desk)
        nothing = words("请从左边选一个大项目", "faint")
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

    def show_item(self, program_id: UUID) -> None:
        """Show a program, whether it is in the list or not."""
        self.table.choose(program_id)
        self._read(program_id)

    def _find(self, ask: Ask) -> Sequence[UUID]:
        actor = self._desk.actor
        return self._desk.ask(
            lambda reading: program_ids(reading, actor, ask.text, sort=ask.sort, descending=ask.descending)
        )

    def _fetch(self, ids: Sequence[UUID]) -> Sequence[ProgramRow]:
        actor = self._desk.actor
        return self._desk.ask(lambda reading: program_rows(reading, actor, ids))

    def _on_chosen(self, chosen: ProgramRow | None) -> None:
        if chosen is not None and chosen.id != self.shown:
            self._read(chosen.id)

    def _read(self, program_id: UUID) -> None:
        self.shown = program_id
        actor = self._desk.actor
        self._desk.read(self, lambda reading: open_program(reading, actor, program_id), self._show, key="program")

    def _show(self, page: ProgramPage) -> None:
        self._right.setCurrentIndex(1)
        self.view.show_program(page)
