"""Chasing who owes a report: the message for each to the clipboard, or letters as files (WEEK-5)."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.services.chasing import Chasing, Message, write_chasing
from desktop.ui.desk import Desk
from desktop.ui.files import documents_folder
from desktop.ui.pieces import Segments, button, named, row, words
from desktop.ui.question import tell

_PEOPLE, _MANAGERS = "people", "managers"
_SIZE = (860, 560)
_NAMED = 12


class ChaseDialog(QDialog):
    """Everyone who owes at the left, what they are told at the right."""

    def __init__(self, desk: Desk, found: Chasing, owner: QWidget) -> None:
        super().__init__(owner.window())
        self.desk, self.found = desk, found
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"催交周报 {found.week}")
        self.resize(*_SIZE)
        self.by = Segments(
            ((_PEOPLE, f"按人 {len(found.people)}"), (_MANAGERS, f"按项目经理 {len(found.managers)}")),
            self._show_people,
        )
        self.people = named(QListWidget(), "要催的人")
        self.text = named(QPlainTextEdit(), "催交文字")
        self.text.setReadOnly(True)
        self.people.currentRowChanged.connect(self._show_text)
        self._lay_out()
        self._show_people(_PEOPLE)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages that are listed."""
        return self.found.managers if self.by.current == _MANAGERS else self.found.people

    def copy_one(self) -> None:
        """Put the message that is shown on the clipboard."""
        QApplication.clipboard().setText(self.text.toPlainText())

    def copy_all(self) -> None:
        """Put one message to everyone on the clipboard."""
        QApplication.clipboard().setText(self.found.everyone)

    def _show_people(self, key: str) -> None:
        self.people.clear()
        for one in self.found.managers if key == _MANAGERS else self.found.people:
            item = QListWidgetItem(f"{one.person.shown}　{one.count} 份", self.people)
            item.setToolTip(one.email or "没有登记邮箱")
        self.people.setCurrentRow(0)

    def _show_text(self, place: int) -> None:
        self.text.setPlainText(self.messages[place].text if 0 <= place < len(self.messages) else "")

    def _write(self, *, everyone: bool) -> None:
        name = QFileDialog.getExistingDirectory(self, "邮件文件存到哪个文件夹", str(documents_folder()))
        if not name:
            return
        write = functools.partial(write_chasing, self.found, Path(name), everyone=everyone)

        def written(paths: list[Path]) -> None:
            tell(self, f"已写出 {len(paths)} 封邮件，双击后在您的邮件程序中核对并发送。", name)

        self.desk.operations.start(self, lambda _ticket: write(), written)

    def _lay_out(self) -> None:
        parts = QSplitter()
        parts.addWidget(self.people)
        parts.addWidget(self.text)
        parts.setStretchFactor(0, 1)
        parts.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(row(self.by, None))
        layout.addWidget(parts, 1)
        if lacking := self.found.without_address:
            more = f"等 {len(lacking)} 人" if len(lacking) > _NAMED else ""
            layout.addWidget(words(f"没有登记邮箱：{'、'.join(lacking[:_NAMED])}{more}", "muted"))
        layout.addLayout(
            row(
                button("复制此人的文字", self.copy_one, primary=True),
                button("复制给全体的文字", self.copy_all),
                None,
                button("邮件文件：每位项目经理一封…", lambda: self._write(everyone=False)),
                button("邮件文件：全体一封…", lambda: self._write(everyone=True)),
                button("关闭", self.reject),
            )
        )
