"""The words that a window shows, whatever its size, its fonts and the platform.

Two runs that show the same show the same words: a text that was cut short counts whole, a table counts with all its
columns and its first `ROWS` rows whether or not there is room for them, and what lies outside a scroll area counts.
A widget with the property ``passing`` is left out: its words tell of this window or this machine alone (a zoom, the
version of a database engine).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex
from PySide6.QtGui import Qt, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

ROWS = 30
"""So many rows of a table are written, the first ones."""
PASSING = "passing"
_BREAK = " ⏎ "
_CUT = "…"
_CELLS = " | "
_WAY_ON = r"((?:[\\/][^”\"|<>⏎]*)?)"
"""How a path goes on after a place that is known."""


def words_of(window: QWidget) -> list[str]:
    """What a window says, one text a line, in the order in which its parts were made."""
    return [line for text in _texts(window, window) if (line := _line(text))]


def placeless(words: list[str], places: Mapping[PurePath, str]) -> list[str]:
    """The words with each path that begins with one of the places told from there on, with ``/``."""
    return [_placeless(line, places) for line in words]


def _placeless(line: str, places: Mapping[PurePath, str]) -> str:
    for place, name in places.items():
        for spelled in {str(place), place.as_posix()}:
            before, *parts = re.split(re.escape(spelled) + _WAY_ON, line)
            line = before
            for way, after in zip(parts[::2], parts[1::2], strict=True):
                line += name + way.replace("\\", "/") + after
    return line


def _line(text: str) -> str:
    return _BREAK.join(part.strip() for part in text.splitlines() if part.strip())


def _texts(widget: QWidget, window: QWidget) -> Iterator[str]:
    """The texts of a widget and of what is shown in it."""
    if widget is window:
        yield widget.windowTitle()
    if widget.property(PASSING):
        return
    own, whole = _own(widget)
    yield from own
    if whole:
        return
    for child in widget.children():
        if isinstance(child, QWidget) and not child.isWindow() and child.isVisibleTo(window):
            yield from _texts(child, window)


def _own(widget: QWidget) -> tuple[list[str], bool]:
    """What a widget says itself, and whether that is all that is to be said of it."""
    for kind, tell in _TELLERS:
        if isinstance(widget, kind):
            return tell(widget), kind in _WHOLE
    if any("paintEvent" in vars(kind) for kind in type(widget).__mro__ if not kind.__module__.startswith("PySide6")):
        return [widget.accessibleDescription() or widget.accessibleName()], False
    return [], False


def _label(label: QLabel) -> list[str]:
    text = label.text()
    if Qt.mightBeRichText(text):
        document = QTextDocument()
        document.setHtml(text)
        text = document.toPlainText()
    return [_uncut(_bare(text) if label.buddy() is not None else text, label.toolTip()) or label.accessibleName()]


def _button(button: QAbstractButton) -> list[str]:
    text = _uncut(_bare(button.text()), button.toolTip())
    return [f"[{'✓' if button.isChecked() else ' '}] {text}" if text and button.isCheckable() else text]


def _tabs(bar: QTabBar) -> list[str]:
    return [_bare(bar.tabText(place)) for place in range(bar.count()) if bar.isTabVisible(place)]


def _menu(menu: QMenu) -> list[str]:
    return [_bare(action.text()) for action in menu.actions() if action.isVisible() and not action.isSeparator()]


def _table(view: QAbstractItemView) -> list[str]:
    model = view.model()
    found = [_CELLS.join(_cells(_heads(model)))] if view.findChild(QHeaderView) is not None else []
    columns = 1 if isinstance(view, QListView) else model.columnCount()
    rows = [_CELLS.join(_cells(row)) for row in _rows(model, QModelIndex(), columns)]
    return [*found, *rows] if rows else [*found, view.accessibleDescription()]


def _heads(model: QAbstractItemModel) -> list[object]:
    columns = range(model.columnCount())
    return [model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) for column in columns]


def _rows(model: QAbstractItemModel, parent: QModelIndex, columns: int) -> Iterator[list[object]]:
    """The first rows below a parent, each followed by what hangs below it."""
    for row in range(min(ROWS, model.rowCount(parent))):
        indexes = [model.index(row, column, parent) for column in range(columns)]
        yield [_cell(index) for index in indexes]
        yield from _rows(model, indexes[0], columns)


def _cell(index: QModelIndex) -> object:
    text = index.data(Qt.ItemDataRole.DisplayRole)
    checked = index.data(Qt.ItemDataRole.CheckStateRole)
    if checked is None:
        return text or index.data(Qt.ItemDataRole.AccessibleTextRole)
    return f"[{'✓' if Qt.CheckState(checked) == Qt.CheckState.Checked else ' '}] {text or ''}"


def _cells(row: list[object]) -> list[str]:
    return ["" if cell is None else _line(str(cell)) for cell in row]


def _uncut(text: str, tip: str) -> str:
    """The whole text where this is the beginning of it: what was cut short has the whole as its tool tip."""
    return tip if not text or (text.endswith(_CUT) and tip.startswith(text.removesuffix(_CUT))) else text


def _bare(text: str) -> str:
    """A text without the marks of its shortcut keys."""
    return re.sub("&(.)", r"\1", text).replace("\t", "　")


Teller = Callable[[Any], list[str]]
_TELLERS: tuple[tuple[type[QWidget], Teller], ...] = (
    (QLabel, _label),
    (QAbstractButton, _button),
    (QTabBar, _tabs),
    (QMenu, _menu),
    (QGroupBox, lambda box: [_bare(box.title())]),
    (QLineEdit, lambda line: [line.displayText() or line.placeholderText()]),
    (QPlainTextEdit, lambda area: [area.toPlainText() or area.placeholderText()]),
    (QTextEdit, lambda area: [area.toPlainText() or area.placeholderText()]),
    (QComboBox, lambda box: [box.currentText()]),
    (QAbstractSpinBox, lambda box: [box.text()]),
    (QProgressBar, lambda bar: [bar.text()]),
    (QHeaderView, lambda _header: []),
    (QAbstractItemView, _table),
)
"""How each kind of widget says its words; the first kind that fits."""
_WHOLE = {QLineEdit, QComboBox, QAbstractSpinBox, QHeaderView, QMenu, QProgressBar}
"""Kinds whose own parts say nothing more."""
