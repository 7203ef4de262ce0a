"""Small ready-made pieces of pages: words in their roles, cards, named inputs, buttons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from desktop.ui.theme import sized

Piece = TypeVar("Piece", bound=QWidget)


def named(widget: Piece, name: str) -> Piece:
    """The widget with a name for screen readers and tests."""
    widget.setAccessibleName(name)
    widget.setObjectName(name)
    return widget


def words(text: str = "", role: str = "", *, wrap: bool = True) -> QLabel:
    """A label that can be marked and copied; ``role`` as in the stylesheet."""
    label = plain_words(text, role, wrap=wrap)
    let_copy(label)
    return label


def plain_words(text: str = "", role: str = "", *, wrap: bool = True) -> QLabel:
    """A label that only says something, until ``let_copy``."""
    label = QLabel(text)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    return label


def let_copy(*labels: QLabel) -> None:
    """From now on their text can be marked and copied."""
    from PySide6.QtCore import Qt

    for label in labels:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)


class Elided(QLabel):
    """A line that ends in … where there is no room for all of it; the whole is its tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setMinimumWidth(1)

    def set_whole(self, text: str) -> None:
        """Show this text as far as there is room."""
        self._whole = text
        self.setToolTip(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        from PySide6.QtCore import Qt

        room = self.contentsRect().width()
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room))


def heading(text: str, size: float = 1.25) -> QLabel:
    """A heading."""
    label = QLabel(text)
    label.setFont(sized(label.font(), size, bold=True))
    return label


def button(text: str, on_click: Callable[[], object], *, primary: bool = False) -> QPushButton:
    """A button that does something."""
    made = QPushButton(text)
    made.setAutoDefault(False)
    if primary:
        made.setProperty("role", "primary")
    made.clicked.connect(lambda _checked: on_click())
    return made


def card(*, margin: int = 16, spacing: int = 10) -> tuple[QFrame, QVBoxLayout]:
    """A white card and the column inside it."""
    frame = QFrame()
    frame.setObjectName("card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(spacing)
    return frame, column


def row(*parts: QWidget | None, spacing: int = 8) -> QHBoxLayout:
    """Widgets side by side; ``None`` is where the space goes."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(spacing)
    for part in parts:
        if part is None:
            line.addStretch(1)
        else:
            line.addWidget(part)
    return line


def clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


_FRAME = (16, 48)
"""What a window's frame and title may take besides, in points."""


def take_size(window: QWidget, width: int, height: int) -> None:
    """Give a window this size, or what the screen has room for."""
    room = window.screen().availableSize()
    window.resize(min(width, room.width() - _FRAME[0]), min(height, room.height() - _FRAME[1]))


class Segments(QWidget):
    """A few buttons in a line of which one is down, as a switch between views of one list."""

    def __init__(self, options: Sequence[tuple[str, str]], chosen: Callable[[str], object]) -> None:
        super().__init__()
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for key, text in options:
            made = QPushButton(text)
            made.setAutoDefault(False)
            made.setCheckable(True)
            made.setProperty("role", "segment")
            made.setAccessibleName(text)
            self._buttons[key] = made
            self._group.addButton(made)
            line.addWidget(made)
            made.toggled.connect(lambda down, key=key: chosen(key) if down else None)
        first = next(iter(self._buttons.values()))
        first.blockSignals(True)  # nobody chose it
        first.setChecked(True)
        first.blockSignals(False)

    @property
    def current(self) -> str:
        """The key of the button that is down."""
        return next(key for key, made in self._buttons.items() if made.isChecked())

    def choose(self, key: str) -> None:
        """Press that button."""
        self._buttons[key].setChecked(True)

    def mark(self, key: str) -> None:
        """Show that button as the one that is down; nobody chose it."""
        made = self._buttons[key]
        made.blockSignals(True)
        made.setChecked(True)
        made.blockSignals(False)

    def set_text(self, key: str, text: str) -> None:
        """Write something else on that button."""
        self._buttons[key].setText(text)


def local_day(at: dt.datetime | None) -> str:
    """The day of a moment as it was here; nothing for none."""
    return at.astimezone().date().isoformat() if at else ""
