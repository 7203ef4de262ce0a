"""Painting a Gantt chart: only the rows and the days that are seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from desktop.domain.schedule.gantt import GanttChart, Layout, Row
from desktop.domain.schedule.timescale import Days, TimeScale, Unit, labels, lower_text, off_days, unit_at
from desktop.ui.colours import (
    ACCENT,
    CHOSEN,
    CRITICAL_DONE,
    FAINT,
    HEAD,
    INK,
    LINE,
    MUTED,
    OFF,
    PAPER,
    TODAY,
    TONES,
    colour,
)
from desktop.ui.gantt.columns import NAME, Cell, padding
from desktop.ui.gantt.shapes import (
    LIGHT_INK,
    draw_arrow,
    draw_bar,
    draw_base,
    draw_diamond,
    draw_extension,
    draw_summary,
)
from desktop.ui.theme import figures, sized

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SHADED = 2.0
"""Days off are shaded where a day has so many dots."""
INDENT = 0.95


@dataclass(frozen=True)
class Picture:
    """What is to be painted: the layout, the table's columns (``left`` wide), how far both are scrolled.

    ``current`` is the row that is chosen, ``bubble`` is written beside it while its bar is being pulled.
    """

    chart: GanttChart
    layout: Layout
    cells: list[Cell]
    left: float
    head: float
    em: float
    size: QSizeF
    scroll: tuple[float, float]
    folded: frozenset[str]
    current: int = -1
    focused: bool = False
    bubble: str = ""

    @property
    def seen(self) -> range:
        """The rows that are seen."""
        top = self.scroll[1]
        return self.layout.between(top, top + self.size.height() - self.head)

    @property
    def days(self) -> Days:
        """The days that are seen."""
        return self.layout.scale.between(self.scroll[0], self.scroll[0] + self.size.width() - self.left)


class ChartPainter:
    """Paints one picture; ``rows`` counts those that it touched."""

    def __init__(self, painter: QPainter, picture: Picture, font: QFont) -> None:
        self.painter, self.picture = painter, picture
        self.font, self.bold = figures(font), figures(sized(font, 1.0, bold=True))
        self.small = figures(sized(font, 0.86))
        self.metrics, self.small_metrics = QFontMetricsF(self.font), QFontMetricsF(self.small)
        self.rows = 0

    def paint(self) -> None:
        """All of it."""
        one, size = self.picture, self.picture.size
        painter = self.painter
        painter.fillRect(QRectF(QPointF(0, 0), size), colour(PAPER))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(QRectF(one.left, one.head, size.width() - one.left, size.height() - one.head))
        painter.translate(one.left - one.scroll[0], one.head - one.scroll[1])
        self._paint_days()
        self._paint_bars()
        painter.restore()
        painter.save()
        painter.setClipRect(QRectF(0, one.head, one.left, size.height() - one.head))
        painter.translate(0, one.head - one.scroll[1])
        self._paint_table()
        painter.restore()
        self._paint_head()
        painter.setPen(QPen(colour(FAINT), 1))
        painter.drawLine(QPointF(one.left, 0), QPointF(one.left, size.height()))

    def _row_area(self, place: int, left: float, right: float) -> QRectF:
        row = self.picture.layout.row
        return QRectF(left, place * row, right - left, row)

    def _paint_days(self) -> None:
        one, scale = self.picture, self.picture.layout.scale
        top, bottom = one.scroll[1], one.scroll[1] + one.size.height()
        left, right = one.scroll[0], one.scroll[0] + one.size.width()
        if 0 <= one.current < len(one.layout.rows):
            self.painter.fillRect(self._row_area(one.current, left, right), colour(CHOSEN, 130))
        if scale.day >= _SHADED:
            for first, last in off_days(one.chart.calendar, one.days):
                x = scale.left(first)
                self.painter.fillRect(QRectF(x, top, scale.right(last) - x, bottom - top), colour(OFF))
        self.painter.setPen(QPen(colour(LINE), 1))
        for label in labels(self._units()[1], one.days):
            x = scale.left(label.first)
            self.painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        for place in one.seen:
            y = (place + 1) * one.layout.row
            self.painter.drawLine(QPointF(left, y), QPointF(right, y))
        x = scale.left(one.chart.today) + scale.day / 2
        self.painter.setPen(QPen(colour(TODAY), 1.6))
        self.painter.drawLine(QPointF(x, top), QPointF(x, bottom))

    def _paint_bars(self) -> None:
        one, layout = self.picture, self.picture.layout
        left, right = one.scroll[0] - one.em * 2, one.scroll[0] + one.size.width()
        for place in one.seen:
            base, row = layout.base(place), layout.rows[place]
            if base and base.right >= left and base.x <= right:
                draw_base(
                    self.painter,
                    base,
                    moment=row.leaf and row.milestone and row.base is not None and row.base[0] == row.base[1],
                )
        critical = {row.id for row in (layout.rows[place] for place in one.seen) if row.critical and row.leaf}
        for link, points in layout.arrows(one.seen):
            if max(x for x, _y in points) < left or min(x for x, _y in points) > right:
                continue
            draw_arrow(self.painter, points, CRITICAL_DONE if {link.before, link.after} <= critical else MUTED)
        for place in one.seen:
            self.rows += 1
            self._paint_bar(place, left, right)
        if one.bubble and one.current >= 0:
            self._paint_bubble()

    def _paint_bar(self, place: int, left: float, right: float) -> None:
        layout = self.picture.layout
        row, bar = layout.rows[place], layout.bar(place)
        reach = layout.reach(place)
        if bar is None or reach is None or reach < left - self.picture.em * 8 or bar.x > right:
            return
        if not row.leaf:
            draw_summary(self.painter, bar, layout.done(place))
        elif row.moment:
            draw_diamond(self.painter, bar, critical=row.critical)
        else:
            draw_bar(self.painter, bar, layout.done(place), critical=row.critical)
            if row.milestone:
                end = type(bar)(bar.right - bar.height / 2, bar.y, bar.height, bar.height)
                draw_diamond(self.painter, end, critical=row.critical)
        more = layout.extension(place)
        if more and row.leaf:
            draw_extension(self.painter, *more, row.light, bar.height * 0.7)
        if row.told:
            self._plate(row.told, reach + self.picture.em * 0.4, bar.middle[1], LIGHT_INK[row.light])

    def _plate(self, text: str, x: float, y: float, ink: str) -> None:
        """Words on a ground of their own, so that no arrow runs through them."""
        width, height = self.small_metrics.horizontalAdvance(text), self.small_metrics.height()
        area = QRectF(x, y - height / 2, width, height)
        self.painter.fillRect(area.adjusted(-2, 1, 2, -1), colour(PAPER, 235))
        self.painter.setFont(self.small)
        self.painter.setPen(colour(ink))
        self.painter.drawText(area, _LEFT, text)

    def _paint_bubble(self) -> None:
        """What a bar that is being pulled would be."""
        one, bar = self.picture, self.picture.layout.bar(self.picture.current)
        if bar is None:
            return
        pad = one.em * 0.45
        width, height = self.metrics.horizontalAdvance(one.bubble) + 2 * pad, self.metrics.height() + pad
        x = min(max(bar.x, one.scroll[0] + pad), one.scroll[0] + one.size.width() - one.left - width - pad)
        y = bar.y - height - 4
        if y < one.scroll[1]:
            y = bar.bottom + 4
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour(INK))
        self.painter.drawRoundedRect(QRectF(x, y, width, height), 3, 3)
        self.painter.setPen(colour(PAPER))
        self.painter.setFont(self.font)
        self.painter.drawText(QRectF(x, y, width, height), Qt.AlignmentFlag.AlignCenter, one.bubble)

    def _paint_table(self) -> None:
        one = self.picture
        for place in one.seen:
            row = one.layout.rows[place]
            if place == one.current:
                area = self._row_area(place, 0, one.left)
                self.painter.fillRect(area, colour(CHOSEN))
                if one.focused:
                    self.painter.fillRect(QRectF(0, area.top(), 3, area.height()), colour(ACCENT))
            for cell in one.cells:
                self._paint_cell(cell, place, row)
            self.painter.setPen(QPen(colour(LINE), 1))
            y = (place + 1) * one.layout.row
            self.painter.drawLine(QPointF(0, y), QPointF(one.left, y))

    def _paint_cell(self, cell: Cell, place: int, row: Row) -> None:
        pad = padding(self.picture.em)
        area = self._row_area(place, cell.x + pad, cell.x + cell.width - pad)
        self.painter.setFont(self.font if row.leaf else self.bold)
        if cell.column is NAME:
            area = self._paint_marks(area, row)
            self.painter.setFont(self.font if row.leaf else self.bold)
        self.painter.setPen(colour(INK if cell.column is NAME or row.leaf else MUTED))
        if row.days is None and cell.column is not NAME:
            self.painter.setPen(colour(FAINT))
        metrics = self.metrics if row.leaf else QFontMetricsF(self.bold)
        text = metrics.elidedText(cell.column.text(row), Qt.TextElideMode.ElideRight, area.width())
        self.painter.drawText(area, _RIGHT if cell.column.right else _LEFT, text)

    def _paint_marks(self, area: QRectF, row: Row) -> QRectF:
        """Before a name its place in the outline, behind it whether the task is critical; what is left for the name."""
        em = self.picture.em
        area.setLeft(area.left() + (row.level - 1) * INDENT * em)
        x, y = area.left() + em * 0.35, area.center().y()
        self.painter.setPen(Qt.PenStyle.NoPen)
        if not row.leaf:
            self.painter.setBrush(colour(MUTED))
            size = em * 0.24
            if row.id in self.picture.folded:
                shape = [QPointF(x - size * 0.6, y - size), QPointF(x + size, y), QPointF(x - size * 0.6, y + size)]
            else:
                shape = [QPointF(x - size, y - size * 0.6), QPointF(x + size, y - size * 0.6), QPointF(x, y + size)]
            self.painter.drawPolygon(QPolygonF(shape))
        elif row.milestone:
            size = em * 0.28
            self.painter.setBrush(colour(CRITICAL_DONE if row.critical else INK))
            corners = [QPointF(x, y - size), QPointF(x + size, y), QPointF(x, y + size), QPointF(x - size, y)]
            self.painter.drawPolygon(QPolygonF(corners))
        area.setLeft(area.left() + em * 0.95)
        if row.critical and row.leaf:
            self.painter.setFont(self.small)
            self.painter.setPen(colour(TONES["bad"].ink))
            self.painter.drawText(area, _RIGHT, "关键")
            area.setRight(area.right() - self.small_metrics.horizontalAdvance("关键") - em * 0.3)
        return area

    def _units(self) -> tuple[Unit | None, Unit]:
        unit = unit_at(self.picture.layout.scale.day, self.picture.em)
        return unit.above, unit

    def _paint_head(self) -> None:
        one, painter = self.picture, self.painter
        painter.fillRect(QRectF(0, 0, one.size.width(), one.head), colour(HEAD))
        painter.setFont(self.bold)
        painter.setPen(colour(MUTED))
        pad = padding(one.em)
        for cell in one.cells:
            area = QRectF(cell.x + pad, 0, cell.width - 2 * pad, one.head)
            painter.drawText(area, _RIGHT if cell.column.right else _LEFT, cell.column.title)
        painter.save()
        painter.setClipRect(QRectF(one.left, 0, one.size.width() - one.left, one.head))
        above, unit = self._units()
        if above is not None:
            self._paint_labels(above, 0, one.head / 2, centred=False)
        self._paint_labels(unit, one.head / 2 if above else 0, one.head, centred=True)
        self._paint_today()
        painter.restore()
        painter.setPen(QPen(colour(LINE), 1))
        painter.drawLine(QPointF(0, one.head), QPointF(one.size.width(), one.head))

    def _paint_labels(self, unit: Unit, top: float, bottom: float, *, centred: bool) -> None:
        one, scale = self.picture, self.picture.layout.scale
        shift = one.left - one.scroll[0]
        self.painter.setFont(self.font)
        for label in labels(unit, one.days):
            left, right = scale.left(label.first) + shift, scale.right(label.last) + shift
            self.painter.setPen(QPen(colour(LINE), 1))
            self.painter.drawLine(QPointF(left, top), QPointF(left, bottom))
            area = QRectF(left, top, right - left, bottom - top)
            # a month that is seen in part keeps its name
            area.setLeft(max(area.left(), one.left) + (0 if centred else one.em * 0.3))
            area.setRight(min(area.right(), one.size.width()))
            texts = (lower_text(unit, label),) if centred else (label.text, label.short)
            fitting = (text for text in texts if self.metrics.horizontalAdvance(text) <= area.width())
            off = unit is Unit.DAY and not one.chart.calendar.is_workday(label.first)
            self.painter.setPen(colour(FAINT if off else MUTED if centred else INK))
            self.painter.drawText(area, Qt.AlignmentFlag.AlignCenter if centred else _LEFT, next(fitting, ""))

    def _paint_today(self) -> None:
        one = self.picture
        x = today_x(one.layout.scale, one.chart.today) + one.left - one.scroll[0]
        text = f"今天 {one.chart.today:%m-%d}"
        width = self.small_metrics.horizontalAdvance(text) + one.em * 0.5
        start = max(x - width / 2, one.left) if x >= one.left else x - width / 2
        area = QRectF(start, 1, width, one.head / 2 - 2)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour(TODAY))
        self.painter.drawRoundedRect(area, 2, 2)
        self.painter.setPen(colour(PAPER))
        self.painter.setFont(self.small)
        self.painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def today_x(scale: TimeScale, today: dt.date) -> float:
    """Where the line of a day stands."""
    return scale.left(today) + scale.day / 2
