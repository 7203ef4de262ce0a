"""The one dialog that tells what went wrong, what was kept and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.conflicts import Stale
from desktop.domain.errors import Refusal
from desktop.ui.helpline import Saver, helpline
from desktop.ui.theme import sized

if TYPE_CHECKING:
    from desktop.services.diagnosis_errors import Link

_WORDS_WIDTH = 460
_STEPS_SHOWN = 6


def refusal_of(error: Exception) -> Refusal:
    """The error as a person should hear it; the unexpected in plain words."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ImportError):
        missing = f"缺少“{error.name}”" if error.name else "有文件缺少或损坏"
        return Refusal(
            f"程序文件不完整，{missing}，这个功能现在不能用。",
            kept="已经保存的内容没有受影响，正在填写的内容仍在，其他功能可以照常使用。",
            todo=(
                "请在方便的时候关闭程序并重新安装；便携版请把压缩包完整地重新解压。"
                "如果杀毒软件隔离了文件，请在其中恢复并信任本程序。"
            ),
            details=f"{type(error).__name__}: {error}",
        )
    from desktop.services.diagnosis_errors import links_of

    return Refusal(
        "程序遇到了没有预料到的情况，刚才的操作没有完成。",
        kept="已经保存的内容没有受影响，正在填写的内容仍在。",
        todo="请再试一次；如果仍然这样，请保存一份诊断报告（右上角“关于与诊断”），交给帮助您的人。",
        details=f"{type(error).__name__}: {error}\n{_steps(links_of(error))}".rstrip(),
    )


def _steps(links: tuple[Link, ...]) -> str:
    """Where in the code it happened, the innermost first."""
    return "\n".join(f"  {frame}" for link in links[:1] for frame in link.frames[: -_STEPS_SHOWN - 1 : -1])


def key_of(error: Exception) -> str:
    """The same for errors that tell a person the same."""
    if isinstance(error, Stale):
        return f"{error}|{error.conflict}"
    if isinstance(error, Refusal):
        return f"{error}|{error.details}"
    from desktop.services.diagnosis_errors import links_of, signature

    return signature(links_of(error))


class ErrorDialog(QDialog):
    """What happened, what was kept, what to do; particulars unfold. Only the unexpected offers a report."""

    def __init__(self, error: Exception, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        refusal = refusal_of(error)
        self.key = key_of(error)
        self.unexpected = not isinstance(error, Refusal | ImportError)
        self._again = 0
        self.setObjectName("error")
        self.setWindowTitle("程序出错" if self.unexpected else "没有完成")
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(8)
        what = _words(refusal.what)
        what.setFont(sized(self.font(), 1.08, bold=True))
        self._layout.addWidget(what)
        saver = self._saver()
        for text in (refusal.kept, _TODO if saver else refusal.todo):
            if text:
                self._layout.addWidget(_words(text))
        if isinstance(refusal, Stale) and refusal.conflict is not None and refusal.conflict.differences:
            from desktop.ui.conflict_dialog import ConflictTable

            self._layout.addWidget(ConflictTable(refusal.conflict, choose=False))
        self._often = _words("")
        self._often.setProperty("role", "muted")
        self._often.hide()
        self._layout.addWidget(self._often)
        self._add_buttons(refusal.details, saver)

    def again(self) -> None:
        """The same happened once more while this was open."""
        self._again += 1
        if self.unexpected:
            self._often.setText(f"此后又发生了 {self._again:,} 次。")
            self._often.show()

    def _saver(self) -> Saver | None:
        line = helpline() if self.unexpected else None
        return line.saver if line is not None else None

    def _add_buttons(self, details: str, saver: Saver | None) -> None:
        buttons = QDialogButtonBox()
        close = buttons.addButton("知道了", QDialogButtonBox.ButtonRole.AcceptRole)
        close.setProperty("role", "primary")
        close.setDefault(True)
        buttons.accepted.connect(self.accept)
        if details:
            self._add_details(buttons, details)
        if saver is not None:
            report = QPushButton("保存诊断报告…")
            report.setAutoDefault(False)
            report.clicked.connect(lambda: saver(self))
            buttons.addButton(report, QDialogButtonBox.ButtonRole.ActionRole)
        self._layout.addWidget(buttons)

    def _add_details(self, buttons: QDialogButtonBox, text: str) -> None:
        details = QPlainTextEdit(text)
        details.setReadOnly(True)
        details.setMaximumHeight(160)
        details.hide()
        self._layout.addWidget(details)
        unfold = QPushButton("详细信息")
        unfold.setCheckable(True)
        unfold.setAutoDefault(False)
        unfold.toggled.connect(details.setVisible)
        unfold.toggled.connect(self.adjustSize)
        buttons.addButton(unfold, QDialogButtonBox.ButtonRole.ActionRole)


_TODO = (
    "请再试一次。如果仍然这样，请点“保存诊断报告…”，把存下的文件交给帮助您的人："
    "里面有出错的位置和程序的状况，没有姓名、项目和表单内容。"
)


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setMinimumWidth(_WORDS_WIDTH)  # a wish for less would be given the height of that
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def show_error(owner: QObject | None, error: Exception) -> ErrorDialog:
    """Open the dialog over the owner's window without stopping the program.

    Where one that says the same stands open already, it only counts up: ten lists that fail are one trouble.
    """
    key = key_of(error)
    for item in QApplication.topLevelWidgets():
        if isinstance(item, ErrorDialog) and shiboken6.isValid(item) and item.isVisible() and item.key == key:
            item.again()
            return item
    parent = owner.window() if isinstance(owner, QWidget) else None
    dialog = ErrorDialog(error, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
