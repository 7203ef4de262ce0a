"""How the cells of a form's table are drawn and edited: a small editor for each kind of column."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.domain.choice_fields import ChoiceField
from desktop.domain.field import Field
from desktop.domain.fields import PersonField, TextField
from desktop.ui.cells import draw_line
from desktop.ui.colours import ACCENT, CHOSEN, INK, LINE, PAPER, colour, shade
from desktop.ui.fields.dates import add_calendar
from desktop.ui.fields.offers import add_offers, offers_for
from desktop.ui.fields.people import add_people
from desktop.ui.line_model import LineModel, alignment
from desktop.ui.table_model import TONE_ROLE
from desktop.ui.theme import figures

Index = QModelIndex | QPersistentModelIndex
_DONE = QAbstractItemDelegate.EndEditHint.SubmitModelCache
_ENDS = {
    int(Qt.Key.Key_Return): _DONE,
    int(Qt.Key.Key_Enter): _DONE,
    int(Qt.Key.Key_Tab): QAbstractItemDelegate.EndEditHint.EditNextItem,
    int(Qt.Key.Key_Backtab): QAbstractItemDelegate.EndEditHint.EditPreviousItem,
}
_SIDE = 8
_TOP = 5
_MOST_LINES = 12
_LONG_RUN = re.compile(r"[!-~]{9,}")
CELL_KINDS = frozenset(
    {"text", "money", "date", "month", "week", "effort", "period", "quantity", "percent", "person", "choice"}
    | {"multi-choice"}
)
"""The kinds that can be edited in a line; computed ones are shown, attachments belong to grids."""


def wrapping(text: str) -> Qt.TextFlag:
    """How a text breaks into lines: by the rules of writing, which let no mark begin a line; long runs anywhere."""
    return Qt.TextFlag.TextWrapAnywhere if _LONG_RUN.search(text) else Qt.TextFlag.TextWordWrap


class LinePainter(QStyledItemDelegate):
    """Draws cells that wrap, and makes their editors."""

    frames_focus = True

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        spot: Any = option
        metrics = QFontMetrics(spot.font)
        width = spot.widget.columnWidth(index.column()) if spot.widget else 120
        text = str(index.data() or "")
        room = QRect(0, 0, max(20, width - 2 * _SIDE), 100_000)
        needed = metrics.boundingRect(room, wrapping(text), text).height()
        height = min(max(needed, metrics.height()), metrics.lineSpacing() * _MOST_LINES)
        return QSize(width, height + 2 * _TOP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        spot: Any = option
        ground, ink = self.colours(index, chosen=bool(spot.state & QStyle.StateFlag.State_Selected))
        painter.save()
        painter.fillRect(spot.rect, colour(ground))
        painter.setPen(QPen(colour(LINE), 1))
        painter.drawLine(spot.rect.bottomLeft(), spot.rect.bottomRight())
        painter.drawLine(spot.rect.topRight(), spot.rect.bottomRight())
        painter.setFont(figures(spot.font))
        painter.setPen(colour(ink))
        flags = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole))
        text = str(index.data() or "")
        space = spot.rect.adjusted(_SIDE, _TOP, -_SIDE, -_TOP)
        if space.height() < 2 * painter.fontMetrics().lineSpacing():  # a long table keeps to one line a row
            draw_line(painter, spot.rect, text, flags)
        else:
            painter.drawText(space, flags | wrapping(text), text)
        if self.frames_focus and spot.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colour(ACCENT), 2))
            painter.drawRect(spot.rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def colours(self, index: Index, *, chosen: bool) -> tuple[str, str]:
        """The ground and the ink of a cell."""
        tone = index.data(TONE_ROLE)
        if tone:
            return shade(tone).fill, shade(tone).ink
        return CHOSEN if chosen else PAPER, INK

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        model = _lines_of(index)
        field = model.section.columns[index.column()]
        if isinstance(field, ChoiceField):
            return _choice(field, parent)
        if isinstance(field, TextField) and field.lines:
            area = QPlainTextEdit(parent)
            area.setTabChangesFocus(True)
            return area
        line = QLineEdit(parent)
        line.setAlignment(alignment(field))
        if isinstance(field, PersonField):
            add_people(line, model.people)
        if entries := offers_for(field, model.facts):
            add_offers(line, entries)
        if field.kind == "date":
            add_calendar(line)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findText(text)))
            editor.showPopup()
        elif isinstance(editor, QPlainTextEdit):
            editor.setPlainText(text)
            editor.selectAll()
        elif isinstance(editor, QLineEdit):
            editor.setText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        elif isinstance(editor, QPlainTextEdit):
            model.setData(index, editor.toPlainText())
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        spot: Any = option
        rect = QRect(spot.rect)
        if isinstance(editor, QPlainTextEdit):
            rect.setHeight(max(rect.height(), editor.fontMetrics().lineSpacing() * 4 + 14))
            space = editor.parentWidget()
            if space is not None and rect.bottom() > space.height() > rect.height():
                rect.moveBottom(space.height() - 1)
        editor.setGeometry(rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """In paragraphs Enter and Tab finish the cell; Enter with Shift, Alt or Ctrl breaks the line."""
        if not isinstance(event, QKeyEvent) or not isinstance(editor, QPlainTextEdit):
            return super().eventFilter(editor, event)
        if event.type() != QEvent.Type.KeyPress or event.key() not in _ENDS:
            return super().eventFilter(editor, event)
        if _ENDS[event.key()] == _DONE and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            editor.insertPlainText("\n")
        else:
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, _ENDS[event.key()])
        return True


def _lines_of(index: Index) -> LineModel:
    model = index.model()
    if not isinstance(model, LineModel):
        raise TypeError(model)
    return model


def _choice(field: Field, parent: QWidget) -> QComboBox:
    box = QComboBox(parent)
    box.addItem("")
    if isinstance(field, ChoiceField):
        box.addItems([option.label for option in field.options])
    return box
