"""The search box of the window: projects, filings, commands by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from desktop.ui.icons import icon
from desktop.ui.operations import Operations

_DELAY_MS = 120
_MOST_SHOWN = 14
_WIDTH = 16.0
_LOOK = (
    "#hits { border: 1px solid #c6ced8; border-radius: 4px; padding: 2px; }"
    "#hits::item { padding: 4px 8px; border-radius: 3px; }"
)


@dataclass(frozen=True)
class Hit:
    """Something found: what it is, particulars, and what choosing it does (in the thread of the screen)."""

    title: str
    detail: str
    act: Callable[[], None]


Finder = Callable[[str], Sequence[Hit]]
"""Finds by a few letters; called in the background."""


class CommandBar(QLineEdit):
    """Type, pick with the arrows, Enter."""

    def __init__(self, finders: Sequence[Finder], operations: Operations, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finders = tuple(finders)
        self._operations = operations
        self.setObjectName("command")
        self.setAccessibleName("查找项目、表单、命令")
        self.setPlaceholderText("查找项目、表单、命令　Ctrl+K")
        self.setClearButtonEnabled(True)
        self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.setFixedWidth(round(self.fontMetrics().height() * _WIDTH))
        self.list = QListWidget(self.window())
        self.list.setObjectName("hits")
        self.list.setStyleSheet(_LOOK)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.hide()
        self.list.itemClicked.connect(self._act)
        self._delay = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._delay.timeout.connect(self._find)
        self.textChanged.connect(lambda _text: self._delay.start())
        self.returnPressed.connect(self._take_current)
        self.installEventFilter(self)

    def summon(self) -> None:
        """Take the keyboard."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps and self.list.count():
            self.list.setCurrentRow((self.list.currentRow() + steps[Qt.Key(event.key())]) % self.list.count())
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.list.hide()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.list.hide()
        return super().eventFilter(watched, event)

    def _find(self) -> None:
        text = self.text().strip()
        if not text:
            self.list.hide()
            return
        finders = self._finders
        self._operations.start(
            self, lambda _ticket: [hit for finder in finders for hit in finder(text)], self._show, key="find"
        )

    def _show(self, hits: list[Hit]) -> None:
        self.list.clear()
        for hit in hits[:_MOST_SHOWN]:
            entry = QListWidgetItem(f"{hit.title}　{hit.detail}" if hit.detail else hit.title, self.list)
            entry.setData(Qt.ItemDataRole.UserRole, hit)
        if not hits:
            nothing = QListWidgetItem("没有找到", self.list)
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.setCurrentRow(0)
        host = self.window()
        self.list.setParent(host)
        width = round(self.width() * 1.8)
        corner = self.mapTo(host, QPoint(self.width() - width, self.height() + 2))
        height = sum(self.list.sizeHintForRow(number) for number in range(self.list.count()))
        self.list.setGeometry(corner.x(), corner.y(), width, height + 8)
        self.list.setVisible(self.hasFocus())
        self.list.raise_()

    def _take_current(self) -> None:
        entry = self.list.currentItem()
        if self.list.isVisible() and self.list.count():
            self._act(entry)

    def _act(self, entry: QListWidgetItem) -> None:
        hit = entry.data(Qt.ItemDataRole.UserRole)
        if isinstance(hit, Hit):
            self.list.hide()
            self.clear()
            hit.act()
