"""Asking as which document of the policy's directory files are archived."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QVBoxLayout, QWidget

from desktop.ui.pieces import button, named, row, words


class KindDialog(QDialog):
    """Asks as which document of the policy's directory files are archived (DOC-1, DOC-2)."""

    def __init__(
        self, owner: QWidget, what: str, kinds: Sequence[tuple[str, str]], then: Callable[[str], None]
    ) -> None:
        super().__init__(owner.window())
        self.setWindowTitle("存入项目文件")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(420)
        self._then = then
        self.kinds = named(QComboBox(), "文档类别")
        self.kinds.addItem("其他项目文件", "")
        for key, title in kinds:
            self.kinds.addItem(title, key)
        self.agree = button("存入", self._agree, primary=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(words(what))
        column.addLayout(row(words("文档类别", "muted", wrap=False), self.kinds, None))
        column.addLayout(row(None, button("取消", self.reject), self.agree))

    def _agree(self) -> None:
        kind = str(self.kinds.currentData())
        self.accept()
        self._then(kind)
