"""Widgets for text: one line, and paragraphs that grow with what is written."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import TextField
from desktop.ui.fields.base import FieldContext, FieldEditor, read
from desktop.ui.fields.offers import add_offers, offers_for

_LEAST_LINES = 2
_MOST_LINES = 16
_EDGE = 8


class LineEditor(FieldEditor):
    """One line of text that the field reads; the base of every field that is typed."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        self.line = QLineEdit(placeholderText=field.hint)
        self._value: Json = None
        self.line.textEdited.connect(self._read)
        self.line.editingFinished.connect(self.settle)
        self.put(self.line)

    def value(self) -> Json:
        return self._value

    def set_value(self, value: Json) -> None:
        self._value = value
        self.line.setText(self.spelling(value))
        self.line.setCursorPosition(0)
        self.mark(self.line, "")
        self.explain("")

    def written(self) -> str:
        return self.line.text() if self.wrong else ""

    def set_written(self, text: str) -> None:
        self.line.setText(text)
        self._value, _note, wrong = read(self.field, text)
        self.mark(self.line, wrong)
        self.tell(wrong, wrong=bool(wrong))

    def set_read_only(self, read_only: bool) -> None:
        self.line.setReadOnly(read_only)

    def spelling(self, value: Json) -> str:
        """How a value is written in the line."""
        return self.field.text(value)

    def explain(self, note: str) -> None:
        """Say below the line how the writing was understood."""
        self.tell(note)

    def settle(self) -> None:
        """The person has finished: say what is wrong, or spell the value plainly."""
        if self.wrong:
            self.tell(self.wrong, wrong=True)
        elif not self.line.hasFocus() or self.line.text() != self.spelling(self._value):
            self.line.setText(self.spelling(self._value))

    def _read(self, text: str) -> None:
        self._value, note, wrong = read(self.field, text)
        self.mark(self.line, wrong)
        if not wrong:
            self.explain(note)
        self.changed.emit()


class TextEditor(LineEditor):
    """A line of text; blanks at its ends fall away only when it is stored."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        if entries := offers_for(field, context.facts):
            add_offers(self.line, entries).activated.connect(self._read)

    def settle(self) -> None:
        if self.wrong:
            self.tell(self.wrong, wrong=True)


class _Paragraphs(QPlainTextEdit):
    """Plain text; Tab leaves it. ``resized`` follows a new width, at which the text may need other lines."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
            return
        super().keyPressEvent(event)


class ParagraphEditor(FieldEditor):
    """Paragraphs, as high as what is written in them."""

    wide = True

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        self.area = _Paragraphs(placeholderText=field.hint)
        self.area.setTabChangesFocus(True)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._quiet = False
        self._value: Json = None
        self.area.textChanged.connect(self._read)
        self.area.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self.area.resized.connect(self._fit)
        self.put(self.area)
        self._fit()

    def value(self) -> Json:
        return self._value

    def set_value(self, value: Json) -> None:
        self._quiet = True
        self.area.setPlainText(self.field.text(value))
        self._quiet = False
        self._value = value
        self.mark(self.area, "")
        self.tell("")

    def written(self) -> str:
        return self.area.toPlainText() if self.wrong else ""

    def set_written(self, text: str) -> None:
        self.area.setPlainText(text)

    def set_read_only(self, read_only: bool) -> None:
        self.area.setReadOnly(read_only)

    def _read(self) -> None:
        if self._quiet:
            return
        self._value, _note, wrong = read(self.field, self.area.toPlainText())
        self.mark(self.area, wrong)
        self.tell(wrong, wrong=bool(wrong))
        self.changed.emit()

    def _fit(self) -> None:
        lines = self.area.document().size().height()  # a plain document measures itself in lines
        height = self.area.fontMetrics().lineSpacing() * min(max(lines, _LEAST_LINES), _MOST_LINES)
        needed = round(height + 2 * self.area.document().documentMargin() + _EDGE)
        if needed != self.area.height():
            self.area.setFixedHeight(needed)


def text_editor(field: Field, context: FieldContext) -> FieldEditor:
    """The widget for a text field: a line, or paragraphs."""
    paragraphs = isinstance(field, TextField) and field.lines
    return ParagraphEditor(field, context) if paragraphs else TextEditor(field, context)
