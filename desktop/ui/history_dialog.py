"""What happened to a record, line by line, in a window of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktop.services.history import HistoryEntry
from desktop.services.office import Reading
from desktop.ui.desk import Desk
from desktop.ui.pieces import button, heading, row, take_size
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column

_COLUMNS: tuple[Column[HistoryEntry], ...] = (
    Column("时间", lambda item: f"{item.at.astimezone():%Y-%m-%d %H:%M}", align="centre", width=8),
    Column("经办", lambda item: item.author, width=7),
    Column("事项", lambda item: item.text, width=11, tip=lambda item: item.text),
    Column("内容", lambda item: "；".join(item.details), stretch=True, tip=lambda item: "\n".join(item.details)),
)


class HistoryDialog(QDialog):
    """Shows what ``read`` finds."""

    def __init__(
        self, desk: Desk, title: str, read: Callable[[Reading], Sequence[HistoryEntry]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("history")
        self.setWindowTitle(title)
        take_size(self, 820, 460)
        self.table = short_table(desk, _COLUMNS, lambda: desk.ask(read), id, name="变动记录", empty="还没有变动")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.addWidget(heading(title, 1.15))
        layout.addWidget(self.table, 1)
        layout.addLayout(row(None, button("关闭", self.reject)))
        self.table.reload()
