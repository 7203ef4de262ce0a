"""Charts drawn with QPainter: lines over weeks, bars in parts; each says its figures in words as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.ui.colours import FAINT, INK, LINE, MUTED, colour

_STEPS = (1, 2, 2.5, 5, 10)
_LINES_WANTED = 4
_ROUND_DOT = 2.6
_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Series:
    """One line of a chart: its name, its colour, a value for each place or ``None`` where there is none."""

    name: str
    ink: str
    values: Sequence[float | None]
    dashed: bool = False


@dataclass(frozen=True)
class Part:
    """One part of a bar: its name, its colour, its size."""

    name: str
    ink: str
    size: float


def nice_step(top: float, wanted: int = _LINES_WANTED) -> float:
    """The distance of the lines of a scale that reaches ``top``, a round number."""
    raw = max(top, 1e-9) / wanted
    power = 10.0 ** (len(f"{int(raw)}") - 1 if raw >= 1 else -1)
    return next(step * power for step in _STEPS if step * power >= raw)


class LineChart(QWidget):
    """Lines over places that have names (weeks); ``unit`` stands after figures."""

    def __init__(self, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit = unit
        self._places: Sequence[str] = ()
        self._series: Sequence[Series] = ()
        self._top = 0.0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        em = self.fontMetrics().height()
        return QSize(em * 24, em * 11)

    def minimumSizeHint(self) -> QSize:
        em = self.fontMetrics().height()
        return QSize(em * 12, em * 7)

    def show_series(self, places: Sequence[str], series: Sequence[Series], *, top: float = 0.0) -> None:
        """Draw these lines; the scale reaches ``top`` at least."""
        self._places, self._series = places, series
        values = [value for one in series for value in one.values if value is not None]
        self._top = max([top, *values], default=0.0)
        told = (f"{one.name} {self._figure(last)}" for one in series if (last := _last(one)) is not None)
        self.setAccessibleDescription("，".join(told))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._places or not self._series:
            painter.setPen(colour(FAINT))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "还没有数据")
            return
        area = self._area()
        self._draw_scale(painter, area)
        self._draw_places(painter, area)
        for one in self._series:
            self._draw_line(painter, area, one)
        self._draw_names(painter)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        area = self._area()
        if not self._places or not area.contains(event.position()):
            QToolTip.hideText()
            return
        step = area.width() / max(1, len(self._places) - 1)
        place = min(len(self._places) - 1, max(0, round((event.position().x() - area.left()) / step)))
        told = [f"{one.name} {self._figure(value)}" for one in self._series if (value := one.values[place]) is not None]
        QToolTip.showText(event.globalPosition().toPoint(), "\n".join([self._places[place], *told]), self)

    def _area(self) -> QRectF:
        em = self.fontMetrics().height()
        side = self.fontMetrics().horizontalAdvance(self._figure(self._top)) + em * 0.8
        return QRectF(self.rect()).adjusted(side, em * 1.8, -em * 0.8, -em * 1.6)

    def _figure(self, value: float) -> str:
        return f"{value:,.2f}".rstrip("0").rstrip(".") + self._unit

    def _draw_scale(self, painter: QPainter, area: QRectF) -> None:
        step = nice_step(self._top)
        count = 0
        while count * step <= self._top * 1.001:
            y = area.bottom() - area.height() * (count * step / self._top if self._top else 0)
            painter.setPen(QPen(colour(LINE), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(colour(MUTED))
            box = QRectF(0, y - 12, area.left() - 6, 24)
            painter.drawText(box, _AT_RIGHT, self._figure(count * step))
            count += 1

    def _draw_places(self, painter: QPainter, area: QRectF) -> None:
        metrics = self.fontMetrics()
        wide = max(metrics.horizontalAdvance(name) for name in self._places) + metrics.height()
        every = max(1, -(-len(self._places) * wide // max(1, round(area.width()))))
        painter.setPen(colour(MUTED))
        last = len(self._places) - 1
        for place in range(last, -1, -every):
            x = self._x(area, place)
            box = QRectF(x - wide / 2, area.bottom() + 3, wide, metrics.height())
            box.moveLeft(min(max(0.0, box.left()), self.width() - wide))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._places[place])

    def _draw_line(self, painter: QPainter, area: QRectF, one: Series) -> None:
        pen = QPen(colour(one.ink), 2)
        if one.dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        before: QPointF | None = None
        for place, value in enumerate(one.values):
            if value is None:
                before = None
                continue
            share = value / self._top if self._top else 0
            point = QPointF(self._x(area, place), area.bottom() - area.height() * share)
            painter.setPen(pen)
            if before is not None:
                painter.drawLine(before, point)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(one.ink))
            painter.drawEllipse(point, _ROUND_DOT, _ROUND_DOT)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            before = point

    def _x(self, area: QRectF, place: int) -> float:
        span = len(self._places) - 1
        return area.left() + (area.width() * place / span if span else area.width() / 2)

    def _draw_names(self, painter: QPainter) -> None:
        em = self.fontMetrics().height()
        x = em * 0.6
        for one in self._series:
            painter.setPen(QPen(colour(one.ink), 2, Qt.PenStyle.DashLine if one.dashed else Qt.PenStyle.SolidLine))
            painter.drawLine(QPointF(x, em * 0.8), QPointF(x + em * 1.4, em * 0.8))
            painter.setPen(colour(INK))
            last = _last(one)
            text = f"{one.name} {self._figure(last)}" if last is not None else one.name
            painter.drawText(QPointF(x + em * 1.7, em * 1.1), text)
            x += em * 2.6 + self.fontMetrics().horizontalAdvance(text)


def _last(one: Series) -> float | None:
    return next((value for value in reversed(one.values) if value is not None), None)


class PartsBar(QWidget):
    """One bar in coloured parts, each with its name and figure below, on as many lines as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: Sequence[Part] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        em = self.fontMetrics().height()
        return QSize(em * 18, self.heightForWidth(em * 18))

    def heightForWidth(self, width: int) -> int:
        lines = max((line for _part, _x, line in self._names(width)), default=0) + 1
        return round(self.fontMetrics().height() * (1.5 + 1.35 * lines))

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Draw these parts; those of size nought are left out."""
        self._parts = [part for part in parts if part.size]
        self.setAccessibleDescription("，".join(f"{part.name} {part.size:g}" for part in self._parts))
        self.setToolTip(self.accessibleDescription())
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        em = self.fontMetrics().height()
        whole = sum(part.size for part in self._parts)
        if not whole:
            painter.setPen(colour(FAINT))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "没有")
            return
        x = 0.0
        for part in self._parts:
            width = self.width() * part.size / whole
            painter.fillRect(QRectF(x, 2, max(1.0, width - 1.5), em * 0.9), colour(part.ink))
            x += width
        for part, left, line in self._names(self.width()):
            y = em * (2.05 + 1.35 * line)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(part.ink))
            painter.drawEllipse(QPointF(left + em * 0.35, y), em * 0.22, em * 0.22)
            painter.setPen(colour(INK))
            painter.drawText(QPointF(left + em * 0.8, y + em * 0.35), _named(part))

    def _names(self, width: int) -> list[tuple[Part, float, int]]:
        """Each part with where its name begins, and on which line."""
        em = self.fontMetrics().height()
        found: list[tuple[Part, float, int]] = []
        x, line = 0.0, 0
        for part in self._parts:
            needs = em * 1.6 + self.fontMetrics().horizontalAdvance(_named(part))
            if x and x + needs > width:
                x, line = 0.0, line + 1
            found.append((part, x, line))
            x += needs
        return found


def _named(part: Part) -> str:
    return f"{part.name} {part.size:g}"
