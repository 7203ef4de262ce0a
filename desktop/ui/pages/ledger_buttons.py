"""The ledger's way in and out: under the list of projects, in the settings, and a new office's first step.

The workbench has the way in, too; what reads and writes workbooks is imported with the first one (see
`desktop.ui.loading`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, may
from desktop.services.people import standing
from desktop.services.projects import ProjectQuery
from desktop.ui.desk import Desk
from desktop.ui.files import ask_where_to_save, open_folder_of
from desktop.ui.operations import Ticket
from desktop.ui.pieces import button
from desktop.ui.question import ask

if TYPE_CHECKING:
    from desktop.ui.import_dialog import ImportDialog


def open_import(desk: Desk, owner: QWidget) -> ImportDialog:
    """Open the dialog in which a ledger is chosen and brought in."""
    from desktop.ui.import_dialog import ImportDialog

    dialog = ImportDialog(desk, owner.window())
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


class LedgerButtons(QWidget):
    """导入 for those who may, and 导出 of just those projects that ``query`` asks for (else of all)."""

    def __init__(self, desk: Desk, query: Callable[[], ProjectQuery] = ProjectQuery) -> None:
        super().__init__()
        self._desk, self._query = desk, query
        self.take_in = button("导入台账…", lambda: open_import(desk, self))
        self.give_out = button("导出台账…", self._ask_where)
        self.give_out.setToolTip("存为 Excel 工作簿，修改后可以再导入；还没有项目时得到一份可以填写的空表")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.take_in)
        line.addWidget(self.give_out)
        self.take_in.hide()

    def reload(self) -> None:
        """Find out whether this person may bring a ledger in."""
        actor = self._desk.actor
        self._desk.read(
            self,
            lambda reading: may(reading.policy, standing(reading, actor), Action.IMPORT_LEDGER, OFFICE),
            self.take_in.setVisible,
            key="rights",
        )

    def _ask_where(self) -> None:
        today = self._desk.office.today()
        path = ask_where_to_save(self, "导出项目台账", f"{self._desk.office.name} 项目台账 {today}.xlsx")
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the projects of the list as a workbook that can be brought in again."""
        office, actor, query = self._desk.office, self._desk.actor, self._query()

        def work(ticket: Ticket) -> None:
            from desktop.services.ledger_export import export_ledger

            office.read(lambda reading: export_ledger(reading, actor, path, query, ticket))

        def then(_none: None) -> None:
            ask(self, "台账已经导出。", str(path), yes="打开所在文件夹", no="关闭", then=lambda: open_folder_of(path))

        self._desk.operations.start(self, work, then, waiting="正在导出台账")
