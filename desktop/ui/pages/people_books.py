"""The list of people's way in and out: 导入 for those who may, 导出 for all.

What reads and writes workbooks is imported with the first one (see `desktop.ui.loading`).
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.desk import Desk
from desktop.ui.files import ask_where_to_save, open_folder_of
from desktop.ui.operations import Ticket
from desktop.ui.pieces import button
from desktop.ui.question import ask


class PeopleBooks(QWidget):
    """Two buttons."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.take_in = button("导入…", self.open_import)
        self.give_out = button("导出…", self._ask_where)
        self.give_out.setToolTip("存为 Excel 工作簿，修改后可以再导入")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.take_in)
        line.addWidget(self.give_out)

    def allow(self, refusal: str) -> None:
        """Let people be brought in, or say why not."""
        self.take_in.setVisible(not refusal)

    def open_import(self) -> QWidget:
        """Open the dialog in which a list of people is chosen and brought in."""
        from desktop.ui.import_dialog import ImportDialog
        from desktop.ui.import_kinds import PEOPLE_KIND

        dialog = ImportDialog(self._desk, self.window(), PEOPLE_KIND)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _ask_where(self) -> None:
        today = self._desk.office.today()
        path = ask_where_to_save(self, "导出人员", f"{self._desk.office.name} 人员与角色 {today}.xlsx")
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write everyone as a workbook that can be brought in again."""
        office = self._desk.office

        def work(ticket: Ticket) -> None:
            from desktop.services.people_import import export_people

            office.read(lambda reading: export_people(reading, path, ticket))

        def then(_none: None) -> None:
            ask(self, "人员已经导出。", str(path), yes="打开所在文件夹", no="关闭", then=lambda: open_folder_of(path))

        self._desk.operations.start(self, work, then, waiting="正在导出人员")
