"""What a Gantt chart is drawn of: bars, brackets, diamonds, baselines, forecasts, arrows; the legend uses them too."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from desktop.domain.monitor import Light
from desktop.domain.schedule.gantt import Box, Points
from desktop.ui.colours import ACCENT, BAR, BAR_DONE, BASE, CRITICAL, CRITICAL_DONE, INK, MUTED, PAPER, TONES, colour

LIGHT_INK = {
    Light.GREEN: TONES["good"].ink,
    Light.YELLOW: TONES["warning"].ink,
    Light.RED: TONES["bad"].ink,
    Light.NONE: MUTED,
}
_ROUND = 2.0
_HEAD = 3.2
_FOOT = 1.7
"""How far the ends of a bracket reach down, in heights of the bracket."""


def rect(box: Box) -> QRectF:
    """A box as Qt has it."""
    return QRectF(box.x, box.y, box.width, box.height)


def draw_bar(painter: QPainter, box: Box, done: float, *, critical: bool) -> None:
    """The bar of a task, its progress inside; a critical one has a strong border as well."""
    area = rect(box)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(CRITICAL if critical else BAR))
    painter.drawRoundedRect(area, _ROUND, _ROUND)
    if done > 0:
        inner = QRectF(area.left(), area.top() + area.height() * 0.28, done, area.height() * 0.44)
        painter.fillRect(inner, colour(CRITICAL_DONE if critical else BAR_DONE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour(CRITICAL_DONE if critical else ACCENT), 1.5 if critical else 0.7))
    painter.drawRoundedRect(area, _ROUND, _ROUND)


def draw_summary(painter: QPainter, box: Box, done: float) -> None:
    """The bracket over tasks, the part that is done in another colour."""
    foot = min(box.height, box.width / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(MUTED))
    painter.drawRect(rect(box))
    if done > 0:
        painter.fillRect(QRectF(box.x, box.y, done, box.height), colour(INK))
    painter.setBrush(colour(INK))
    low = box.bottom + box.height * _FOOT
    for x, inward in ((box.x, foot), (box.right, -foot)):
        points = [QPointF(x, box.y), QPointF(x + inward, box.y), QPointF(x + inward, box.bottom), QPointF(x, low)]
        painter.drawPolygon(QPolygonF(points))


def draw_diamond(painter: QPainter, box: Box, *, critical: bool, hollow: bool = False) -> None:
    """A milestone; a hollow one is that of the older baseline."""
    x, y = box.middle
    half = box.height * 0.58
    ink = BASE if hollow else CRITICAL_DONE if critical else INK
    painter.setPen(QPen(colour(ink), 1))
    painter.setBrush(colour(PAPER if hollow else ink))
    corners = [QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half), QPointF(x - half, y)]
    painter.drawPolygon(QPolygonF(corners))


def draw_base(painter: QPainter, box: Box, *, moment: bool) -> None:
    """What an older baseline had."""
    if moment:
        draw_diamond(painter, box, critical=False, hollow=True)
    else:
        painter.fillRect(rect(box), colour(BASE))


def draw_extension(painter: QPainter, begin: float, end: float, y: float, light: Light, height: float) -> None:
    """How much longer a task is going to take, dashed, with its light at the end."""
    ink = colour(LIGHT_INK[light])
    pen = QPen(ink, 1.6)
    pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.drawLine(QPointF(begin, y), QPointF(end, y))
    painter.setPen(QPen(ink, 1.6))
    painter.drawLine(QPointF(end, y - height / 2), QPointF(end, y + height / 2))


def draw_arrow(painter: QPainter, points: Points, ink: str) -> None:
    """A link, with its point at the end."""
    painter.setPen(QPen(colour(ink), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
    (x, y), up = points[-1], points[-1][1] < points[-2][1]
    back = _HEAD * 1.5 if up else -_HEAD * 1.5
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(ink))
    painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x - _HEAD, y + back), QPointF(x + _HEAD, y + back)]))
