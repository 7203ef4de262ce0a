"""The ledger's way in and out, under the list of projects, for those who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.policy import Action
from desktop.domain.rights import OFFICE, may
from desktop.services.ledger_export import export_ledger
from desktop.services.people import standing
from desktop.services.projects import ProjectQuery
from desktop.ui.desk import Desk
from desktop.ui.files import ask_where_to_save
from desktop.ui.import_dialog import ImportDialog
from desktop.ui.operations import Ticket
from desktop.ui.pieces import button
from desktop.ui.question import tell


class LedgerButtons(QWidget):
    """导入 and 导出; ``query`` gives what the list shows, and just that goes out."""

    def __init__(self, desk: Desk, query: Callable[[], ProjectQuery]) -> None:
        super().__init__()
        self._desk, self._query = desk, query
        self.take_in = button("导入台账…", self.open_import)
        self.give_out = button("导出台账…", self._ask_where)
        self.give_out.setToolTip("导出左边列表中的项目；没有项目时得到一份可以填写的空表")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.take_in)
        line.addWidget(self.give_out)
        self.hide()

    def reload(self) -> None:
        """Show the buttons to those who may bring the ledger in."""
        actor = self._desk.actor
        self._desk.read(
            self,
            lambda reading: may(reading.policy, standing(reading, actor), Action.IMPORT_LEDGER, OFFICE),
            self.setVisible,
            key="rights",
        )

    def open_import(self) -> ImportDialog:
        """Open the dialog in which a ledger is chosen and brought in."""
        dialog = ImportDialog(self._desk, self.window())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _ask_where(self) -> None:
        today = self._desk.office.today()
        path = ask_where_to_save(self, "导出项目台账", f"{self._desk.office.name} 项目台账 {today}.xlsx")
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the projects of the list as a workbook that can be brought in again."""
        office, actor, query = self._desk.office, self._desk.actor, self._query()

        def work(ticket: Ticket) -> None:
            office.read(lambda reading: export_ledger(reading, actor, path, query, ticket))

        def told(_none: None) -> None:
            tell(self, "台账已导出。", f"文件：{path}\n在 Excel 中修改后，可以再导入。")

        self._desk.operations.start(self, work, told, waiting="正在导出台账")
