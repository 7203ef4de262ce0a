"""The one dialog that tells what went wrong, what was kept and what to do."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.errors import Refusal, Stale
from desktop.ui.theme import sized

_WORDS_WIDTH = 460


def refusal_of(error: Exception) -> Refusal:
    """The error as a person should hear it; the unexpected in plain words."""
    if isinstance(error, Refusal):
        return error
    return Refusal(
        "程序遇到了没有预料到的情况，刚才的操作没有完成。",
        kept="已经保存的内容没有受影响，正在填写的内容仍在。",
        todo="请再试一次；如果仍然这样，请把运行日志交给维护人员。",
        details=f"{type(error).__name__}: {error}",
    )


class ErrorDialog(QDialog):
    """What happened, what was kept, what to do; particulars unfold."""

    def __init__(self, error: Exception, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        refusal = refusal_of(error)
        self.setObjectName("error")
        self.setWindowTitle("没有完成")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        what = _words(refusal.what)
        what.setFont(sized(self.font(), 1.08, bold=True))
        layout.addWidget(what)
        for text in (refusal.kept, refusal.todo):
            if text:
                layout.addWidget(_words(text))
        if isinstance(refusal, Stale):
            layout.addLayout(_both_sides(refusal))
        buttons = QDialogButtonBox()
        close = buttons.addButton("知道了", QDialogButtonBox.ButtonRole.AcceptRole)
        close.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        if refusal.details:
            self._add_details(layout, buttons, refusal.details)
        layout.addWidget(buttons)

    def _add_details(self, layout: QVBoxLayout, buttons: QDialogButtonBox, text: str) -> None:
        details = QPlainTextEdit(text)
        details.setReadOnly(True)
        details.setMaximumHeight(160)
        details.hide()
        layout.addWidget(details)
        unfold = QPushButton("详细信息")
        unfold.setCheckable(True)
        unfold.toggled.connect(details.setVisible)
        unfold.toggled.connect(self.adjustSize)
        buttons.addButton(unfold, QDialogButtonBox.ButtonRole.ActionRole)


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setMinimumWidth(_WORDS_WIDTH)  # a wish for less would be given the height of that
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _both_sides(stale: Stale) -> QFormLayout:
    rows = QFormLayout()
    for name, value in stale.theirs.items():
        rows.addRow(f"{name}（对方）", _words(value))
        if name in stale.mine:
            rows.addRow(f"{name}（您）", _words(stale.mine[name]))
    return rows


def show_error(owner: QObject | None, error: Exception) -> ErrorDialog:
    """Open the dialog over the owner's window without stopping the program."""
    parent = owner.window() if isinstance(owner, QWidget) else None
    dialog = ErrorDialog(error, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
