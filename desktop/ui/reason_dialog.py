"""Asking for a reason or a choice before something is done that stands on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.ui.pieces import button, named, row, words


class ReasonDialog(QDialog):
    """Says what will be set aside and takes the reason; nothing is done without one."""

    def __init__(self, owner: QWidget, title: str, what: str, yes: str, then: Callable[[str], None]) -> None:
        super().__init__(owner.window())
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        self._then = then
        self.reason = named(QPlainTextEdit(), "理由")
        self.reason.setPlaceholderText("写明理由；理由、批准人和时间留有记录")
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(self.fontMetrics().height() * 5)
        self.agree = button(yes, self._agree, primary=True)
        self.agree.setEnabled(False)
        self.reason.textChanged.connect(lambda: self.agree.setEnabled(bool(self.reason.toPlainText().strip())))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(words(what))
        column.addWidget(self.reason)
        column.addLayout(row(None, button("取消", self.reject), self.agree))

    def _agree(self) -> None:
        reason = self.reason.toPlainText().strip()
        self.accept()
        self._then(reason)


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
