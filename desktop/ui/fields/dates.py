"""Widgets for days and periods: typed in any usual spelling, or picked from a calendar; they may stay empty."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.domain import values
from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.ui.fields.base import FieldContext, FieldEditor, read
from desktop.ui.fields.texts import LineEditor
from desktop.ui.icons import icon

_ISO = Qt.DateFormat.ISODate


class CalendarPopup(QFrame):
    """A month to pick a day from."""

    picked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.calendar = QCalendarWidget()
        self.calendar.setGridVisible(False)
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self.calendar)
        self.calendar.clicked.connect(self._pick)
        self.calendar.activated.connect(self._pick)

    def show_below(self, widget: QWidget, day: str) -> None:
        """Open below a widget, on a day (ISO text) or, where there is none, on the current month."""
        known = QDate.fromString(day, _ISO)
        if known.isValid():
            self.calendar.setSelectedDate(known)
        self.adjustSize()
        self.move(widget.mapToGlobal(QPoint(0, widget.height())))
        self.show()
        self.calendar.setFocus()

    def _pick(self, day: QDate) -> None:
        self.picked.emit(day.toString(_ISO))
        self.close()


def add_calendar(line: QLineEdit) -> None:
    """Give a line a calendar (button, F4, Alt+Down) whose day is typed into it."""

    def show() -> None:
        popup = CalendarPopup(line)

        def take(day: str) -> None:
            line.setText(day)
            line.textEdited.emit(day)
            line.editingFinished.emit()

        popup.picked.connect(take)
        try:
            known = values.read_date(line.text()).value
        except values.Unreadable:
            known = None
        popup.show_below(line, str(known or ""))

    action = line.addAction(icon("calendar"), QLineEdit.ActionPosition.TrailingPosition)
    action.setToolTip("选日期（F4）")
    action.triggered.connect(show)
    only = Qt.ShortcutContext.WidgetShortcut
    QShortcut(QKeySequence(Qt.Key.Key_F4), line, show, context=only)
    QShortcut(QKeySequence("Alt+Down"), line, show, context=only)


class DateEditor(LineEditor):
    """A day."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        if not field.hint:
            self.line.setPlaceholderText("年-月-日")
        add_calendar(self.line)


class PeriodEditor(FieldEditor):
    """Two days."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        self.start, self.end = QLineEdit(placeholderText="开始"), QLineEdit(placeholderText="结束")
        self._value: Json = None
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.start, 1)
        layout.addWidget(QLabel("至"))
        layout.addWidget(self.end, 1)
        for line, word in ((self.start, "开始"), (self.end, "结束")):
            add_calendar(line)
            line.setAccessibleName(f"{field.label}{word}")
            line.textEdited.connect(self._read)
            line.editingFinished.connect(self._settle)
        self.put(row)
        self.setFocusProxy(self.start)

    def value(self) -> Json:
        return self._value

    def set_value(self, value: Json) -> None:
        self._value = value
        days = value if isinstance(value, Mapping) else {}
        self.start.setText(str(days.get("start") or ""))
        self.end.setText(str(days.get("end") or ""))
        self._mark("")
        self.tell("")

    def written(self) -> str:
        return f"{self.start.text()}~{self.end.text()}" if self.wrong else ""

    def set_written(self, text: str) -> None:
        first, _mark, last = text.partition("~")
        self.start.setText(first)
        self.end.setText(last)
        self._read_both()
        self._settle()

    def set_read_only(self, read_only: bool) -> None:
        self.start.setReadOnly(read_only)
        self.end.setReadOnly(read_only)

    def _read(self) -> None:
        self._read_both()
        self.changed.emit()

    def _read_both(self) -> None:
        self._value, _note, wrong = read(self.field, {"start": self.start.text(), "end": self.end.text()})
        self._mark(wrong)

    def _mark(self, wrong: str) -> None:
        self.mark(self.start, wrong)
        self.mark(self.end, wrong)

    def _settle(self) -> None:
        self.tell(self.wrong, wrong=bool(self.wrong))
        if isinstance(self._value, Mapping):
            self.start.setText(str(self._value["start"]))
            self.end.setText(str(self._value["end"]))
