"""A whole year on one sheet: which days are worked, and which are not what their weekday says."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.services.work_calendar import DayRow
from desktop.ui.colours import ACCENT, FAINT, INK, MUTED, TONES, colour
from desktop.ui.theme import figures, sized

_COLUMNS = 4
_WEEKDAYS = "一二三四五六日"
_SATURDAY = 5
_GAP = 18.0
_LINES = 8.0
"""Lines of a month: its name, the weekdays, six weeks."""


class YearView(QWidget):
    """Twelve months. ``picked`` follows a click on a day."""

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.year = 0
        self._days: Mapping[dt.date, DayRow] = {}
        self._known_until = dt.date.max
        self._today = dt.date.min
        self._chosen: dt.date | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("全年日历")

    def show_year(self, year: int, days: Mapping[dt.date, DayRow], known_until: dt.date, today: dt.date) -> None:
        """Show a year; days after ``known_until`` are faint, since only their weekday is known."""
        self.year, self._days, self._known_until, self._today = year, days, known_until, today
        self.setAccessibleDescription(f"{year} 年")
        self.update()

    def choose(self, day: dt.date | None) -> None:
        """Frame that day."""
        self._chosen = day
        self.update()

    def sizeHint(self) -> QSize:
        unit = self.fontMetrics().height()
        return QSize(unit * 44, unit * 32)

    def minimumSizeHint(self) -> QSize:
        unit = self.fontMetrics().height()
        return QSize(unit * 30, unit * 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for month in range(1, 13) if self.year else ():
            self._paint_month(painter, month)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        day = self._day_at(event.position().x(), event.position().y())
        if day is not None:
            self.picked.emit(day)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            day = self._day_at(event.pos().x(), event.pos().y())
            row = self._days.get(day) if day else None
            words = f"{day.isoformat()} {row.label}：{row.note}" if day and row else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _cell(self) -> tuple[float, float]:
        rows = 12 / _COLUMNS
        return (
            ((self.width() - _GAP * (_COLUMNS - 1)) / _COLUMNS) / 7,
            ((self.height() - _GAP * (rows - 1)) / rows) / _LINES,
        )

    def _corner(self, month: int) -> tuple[float, float]:
        wide, high = self._cell()
        row, column = divmod(month - 1, _COLUMNS)
        return column * (wide * 7 + _GAP), row * (high * _LINES + _GAP)

    def _box(self, day: dt.date) -> QRectF:
        wide, high = self._cell()
        left, top = self._corner(day.month)
        place = day.day - 1 + day.replace(day=1).weekday()
        return QRectF(left + place % 7 * wide, top + (2 + place // 7) * high, wide, high)

    def _day_at(self, x: float, y: float) -> dt.date | None:
        for month in range(1, 13) if self.year else ():
            for number in range(1, calendar.monthrange(self.year, month)[1] + 1):
                day = dt.date(self.year, month, number)
                if self._box(day).contains(x, y):
                    return day
        return None

    def _paint_month(self, painter: QPainter, month: int) -> None:
        wide, high = self._cell()
        left, top = self._corner(month)
        painter.setFont(sized(self.font(), 1.0, bold=True))
        painter.setPen(colour(INK))
        name = QRectF(left, top, wide * 7, high)
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"  {month} 月")
        painter.setFont(figures(sized(self.font(), 0.88)))
        painter.setPen(colour(FAINT))
        for place, word in enumerate(_WEEKDAYS):
            painter.drawText(QRectF(left + place * wide, top + high, wide, high), Qt.AlignmentFlag.AlignCenter, word)
        for number in range(1, calendar.monthrange(self.year, month)[1] + 1):
            self._paint_day(painter, dt.date(self.year, month, number))

    def _paint_day(self, painter: QPainter, day: dt.date) -> None:
        box = self._box(day)
        row = self._days.get(day)
        inner = box.adjusted(1.5, 1, -1.5, -1)
        ink = FAINT if day.weekday() >= _SATURDAY else INK
        if row is not None:
            tone = TONES["bad" if row.label == "休" else "info"]
            painter.setPen(QPen(colour(tone.ink), 1) if row.own else Qt.PenStyle.NoPen)
            painter.setBrush(colour(tone.fill))
            painter.drawRoundedRect(inner, 3, 3)
            ink = tone.ink
        elif day > self._known_until:
            ink = MUTED if day.weekday() < _SATURDAY else FAINT
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if day in {self._today, self._chosen}:
            painter.setPen(QPen(colour(ACCENT), 1.6 if day == self._chosen else 1.0))
            painter.drawRoundedRect(inner, 3, 3)
        painter.setPen(colour(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(day.day))
