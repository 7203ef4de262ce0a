"""The Gantt chart itself: a table and bars in one scrolled picture, zoomed and folded (CTRL-6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QSizePolicy, QWidget

from desktop.domain.schedule.gantt import GanttChart, Layout, Row
from desktop.domain.schedule.moving import Grip
from desktop.domain.schedule.timescale import TimeScale, Zoom
from desktop.ui.gantt.columns import Cell, Needs, cells, needs_of, padding
from desktop.ui.gantt.painting import INDENT, ChartPainter, Picture
from desktop.ui.gantt.words import bubble, spoken

_ROW, _HEAD = 1.62, 2.9
_FINEST, _COARSEST = 3.2, 0.012
_STEP = 1.25
_MOST_LEFT = 0.46
_TODAY_AT = 0.3
_LEAST_FIT = Zoom.MONTH.value * 0.55
_WIDE, _HIGH = 40, 16
_WORDS = 4.5


@dataclass(frozen=True)
class Pull:
    """A bar in the hand: which, how it is held, where it was taken (in the chart), and its days as they would be."""

    place: int
    grip: Grip
    x: float
    days: tuple[dt.date, dt.date]


class GanttSurface(QAbstractScrollArea):
    """Shows a chart and where one is in it; `GanttArea` adds mouse and keys.

    ``pulled`` brings a task's id and its new days, ``opened`` the id of one that was double-clicked, ``zoomed`` the
    width of a day.
    """

    pulled = Signal(str, object)
    opened = Signal(str)
    zoomed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("甘特图")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.chart: GanttChart | None = None
        self.editable = False
        self.base_name = "基线"
        self.folded: frozenset[str] = frozenset()
        self.layout_: Layout | None = None
        self.current = -1
        self.painted = 0
        self.day = 0.0
        self._left: float | None = None
        self._needs = Needs()
        self._fresh = True
        self._fitted: float | None = None
        self.pull: Pull | None = None
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self.viewport().update)

    @property
    def em(self) -> float:
        """The height of a line of text."""
        return float(self.fontMetrics().height())

    @property
    def head(self) -> float:
        """How high the labels above are."""
        return round(self.em * _HEAD)

    @property
    def left(self) -> float:
        """How wide the table is."""
        width = self.viewport().width()
        if self._left is not None:
            return min(max(self._left, self.em * 3), width - self.em * 4)
        return round(min(self._needs.width * self.em, width * _MOST_LEFT))

    @property
    def scrolled(self) -> tuple[float, float]:
        """How far it is scrolled."""
        return float(self.horizontalScrollBar().value()), float(self.verticalScrollBar().value())

    @property
    def cells(self) -> list[Cell]:
        """The columns of the table."""
        return cells(self._needs, self.left, self.em)

    @property
    def row(self) -> Row | None:
        """The row that is chosen."""
        rows = self.layout_.rows if self.layout_ else ()
        return rows[self.current] if 0 <= self.current < len(rows) else None

    def sizeHint(self) -> QSize:
        em = round(self.em)
        return QSize(em * _WIDE, em * _HIGH)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self.em * 16), round(self.em * 8))

    def set_chart(self, chart: GanttChart, *, anew: bool = False) -> None:
        """Show a chart; what is seen and chosen of it stays unless it is shown ``anew``."""
        chosen, seen = self.row, self.day_seen(0)
        over = self.scrolled[0] - self.layout_.scale.left(seen) if self.layout_ and seen else 0.0
        self.let_go()
        self.chart, self._needs = chart, needs_of(chart)
        if anew:
            self.folded, self._fresh = frozenset(), True
            chosen = None
        self._lay_out()
        if self._fresh:
            self._begin()
        elif seen is not None:
            self._put(seen, -over)
        self.choose(chosen.id if chosen else "")

    def choose(self, key: str) -> None:
        """Choose the row of that id; none for one that is not shown."""
        self.current = self.layout_.places.get(key, -1) if self.layout_ else -1
        self._tell_current()

    def zoom_to(self, day: float, at: float | None = None) -> None:
        """Make a day so wide; the day at ``at`` (dots behind the table) stays where it is."""
        if self.chart is None:
            return
        self._fitted = None
        room = self.viewport().width() - self.left
        at = room * _TODAY_AT if at is None else at
        x = self.scrolled[0] + at
        number = x / self.day if self.day else 0.0
        self.day = min(max(day, self.em * _COARSEST), self.em * _FINEST)
        self._lay_out()
        self.horizontalScrollBar().setValue(round(number * self.day - at))
        self.zoomed.emit(self.day)

    def zoom_by(self, steps: float, at: float | None = None) -> None:
        """Zoom in by so many steps, or out."""
        self.zoom_to(self.day * _STEP**steps, at)

    def set_zoom(self, zoom: Zoom) -> None:
        """One of the zooms that have names; today stays in sight where it is."""
        at = self._today_at()
        self.zoom_to(zoom.value * self.em, at)

    def fit(self, least: float = 0.0) -> None:
        """Show the whole time at once, a day at least ``least`` ems wide, until it is zoomed otherwise."""
        if self.chart is None:
            return
        first, last = self.chart.span
        room = self.viewport().width() - self.left - self._behind
        self.zoom_to(max(room / ((last - first).days + 1), least * self.em), 0)
        self.horizontalScrollBar().setValue(0)
        self._fitted = least

    def go_today(self) -> None:
        """Bring today into sight, with the first task that goes on today or later."""
        if self.chart is None or self.layout_ is None:
            return
        today = self.chart.today
        self._put(today, (self.viewport().width() - self.left) * _TODAY_AT)
        rows = enumerate(self.layout_.rows)
        going = next((place for place, row in rows if row.leaf and row.days and row.days[1] >= today), None)
        if going is not None and going not in self._rows_seen():
            self.verticalScrollBar().setValue(round((going - 1) * self.layout_.row))

    def fold(self, key: str) -> None:
        """Hide what stands below a row, or show it again."""
        self.folded ^= {key}
        self._lay_out()
        self.choose(key)

    def day_seen(self, at: float) -> dt.date | None:
        """The day at so many dots behind the table."""
        return self.layout_.scale.day_at(self.scrolled[0] + at) if self.layout_ else None

    def row_at(self, y: float) -> int:
        """The row at a height of the window, or -1."""
        if self.layout_ is None or y < self.head:
            return -1
        place = int((y - self.head + self.scrolled[1]) // self.layout_.row)
        return place if place < len(self.layout_.rows) else -1

    def on_fold_mark(self, x: float, place: int) -> bool:
        """Whether the mark that folds a row is there."""
        row = self.layout_.rows[place] if self.layout_ else None
        if row is None or row.leaf:
            return False
        begin = padding(self.em) + (row.level - 1) * INDENT * self.em
        return begin - self.em * 0.3 <= x <= begin + self.em

    def set_left(self, left: float) -> None:
        """Make the table so wide."""
        self._left = left
        self._lay_out()

    def picture(self) -> Picture | None:
        """What is to be seen at this moment, a task that is being pulled where it would be."""
        if self.chart is None or self.layout_ is None:
            return None
        layout, said, pull = self.layout_, "", self.pull
        if pull is not None:
            row = layout.rows[pull.place]
            rows = list(layout.rows)
            rows[pull.place] = replace(row, days=pull.days, forecast=None, deviation=0)
            layout = Layout(tuple(rows), layout.links, layout.scale, layout.row)
            said = bubble(self.chart, row, pull.days)
        return Picture(
            self.chart,
            layout,
            self.cells,
            self.left,
            self.head,
            self.em,
            QSizeF(self.viewport().size()),
            self.scrolled,
            self.folded,
            pull.place if pull else self.current,
            self.hasFocus(),
            said,
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        picture = self.picture()
        if picture is None:
            return
        made = ChartPainter(painter, picture, self.font())
        made.paint()
        self.painted = made.rows

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fresh and self.chart:
            self._begin()
        elif self._fitted is not None:
            seen = self.day_seen(0)
            self.fit(self._fitted)
            if seen and self.horizontalScrollBar().maximum():
                self._put(seen, 0)
        else:
            self._lay_out()

    def let_go(self) -> None:
        """Let go of a bar; it goes back to where it was."""
        if self.pull is not None:
            self.pull = None
            self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def go_to(self, place: int) -> None:
        """Choose the row of that place and bring it into sight."""
        if self.layout_ is None or not self.layout_.rows:
            return
        self.current = min(max(0, place), len(self.layout_.rows) - 1)
        self._show_row()
        self._tell_current()

    def _rows_seen(self) -> range:
        top, room = self.scrolled[1], self.viewport().height() - self.head
        return self.layout_.between(top, top + room - self.layout_.row) if self.layout_ else range(0)

    def _show_row(self) -> None:
        if self.layout_ is None:
            return
        top, bar = self.current * self.layout_.row, self.verticalScrollBar()
        room = self.viewport().height() - self.head
        bar.setValue(round(min(max(bar.value(), top + self.layout_.row - room), top)))

    def _tell_current(self) -> None:
        self.setAccessibleDescription(spoken(self.row) if self.row else "")
        self.viewport().update()

    def _begin(self) -> None:
        """The first sight of a chart: all of its time where that can be read, else from around today on."""
        if not self.isVisible():
            return
        self._fresh = False
        self.verticalScrollBar().setValue(0)
        self.fit(_LEAST_FIT)
        if self.day > Zoom.WEEK.value * self.em * 1.6:
            self.set_zoom(Zoom.WEEK)
            self.horizontalScrollBar().setValue(0)
        if self.horizontalScrollBar().maximum():
            self.go_today()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._fresh and self.chart:
            self._begin()

    def _today_at(self) -> float | None:
        if self.chart is None or self.layout_ is None:
            return None
        at = self.layout_.scale.left(self.chart.today) - self.scrolled[0]
        return at if 0 <= at <= self.viewport().width() - self.left else None

    @property
    def _behind(self) -> float:
        """What is kept free behind the last day for words."""
        return self.em * _WORDS if self.chart and self.chart.reported else 0.0

    def _put(self, day: dt.date, at: float) -> None:
        if self.layout_ is not None:
            self.horizontalScrollBar().setValue(round(self.layout_.scale.left(day) - at))

    def _lay_out(self) -> None:
        if self.chart is None:
            return
        self.day = self.day or Zoom.WEEK.value * self.em
        first, last = self.chart.span
        room = self.viewport().width() - self.left
        seen = first + dt.timedelta(days=min(int(room / self.day), (dt.date.max - first).days))
        scale = TimeScale(first, max(last, seen), self.day)
        self.layout_ = Layout(self.chart.unfolded(self.folded), self.chart.links, scale, round(self.em * _ROW))
        self._set_bars(room)
        self.viewport().update()

    def _set_bars(self, room: float) -> None:
        if self.layout_ is None or self.chart is None:
            return
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        high = self.viewport().height() - self.head
        across.setPageStep(round(room))
        across.setSingleStep(round(self.em * 2))
        across.setRange(0, max(0, round(self.layout_.scale.right(self.chart.span[1]) + self._behind - room)))
        down.setPageStep(round(high))
        down.setSingleStep(round(self.layout_.row))
        down.setRange(0, max(0, round(self.layout_.height - high)))
