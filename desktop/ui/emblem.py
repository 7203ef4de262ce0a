"""The program's own sign, a form with its tick, drawn for each size on whole pixels; and the sign of its data file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPen, QPixmap, QPolygonF

from desktop.ui.colours import ACCENT, FAINT, MUTED, PAPER, TONES

SIZES = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)
"""Sides in pixels of the sizes that systems ask for: 16 to 64 at scales of 100 % to 250 %, and large."""
_PLAIN = 24
"""Up to this side the form bears its tick alone: lines of writing would be a grey mist."""
_SHORT = 40
"""Up to this side it bears one line of writing, and two above."""


@dataclass(frozen=True)
class _Plan:
    """Where everything of the sign stands, in pixels from the upper left; what has edges has them on whole pixels."""

    side: int
    corner: float
    sheet: QRectF
    sheet_corner: float
    writing: tuple[QRectF, ...]
    tick: tuple[QPointF, QPointF, QPointF]
    stroke: float


def draw_sign(side: int) -> QImage:
    """The program's sign, ``side`` pixels wide and high, on a transparent ground."""
    plan = _plan(side)
    image, painter = _canvas(side)
    _fill(painter, ACCENT, QRectF(0, 0, side, side), plan.corner)
    _fill(painter, PAPER, plan.sheet, plan.sheet_corner)
    for line in plan.writing:
        _fill(painter, FAINT, line, line.height() / 2)
    _draw_tick(painter, TONES["good"].ink, plan.tick, plan.stroke)
    painter.end()
    return image


def draw_file_sign(side: int) -> QImage:
    """The sign of a data file: a sheet with a folded corner that bears the program's mark."""
    edge = max(1, round(side / 48))
    high = side - 2 * round(side * 0.03)
    wide = _even(high * 0.78, side)
    fold = round(side * 0.25)
    left, top = (side - wide) // 2, (side - high) // 2
    image, painter = _canvas(side)
    for colour, inset in ((MUTED, 0), (PAPER, edge)):
        outline = QRectF(left, top, wide, high).adjusted(inset, inset, -inset, -inset)
        _fill_sheet(painter, colour, outline, fold - inset)
    corner = QPointF(left + wide - fold, top)
    under = corner + QPointF(0, fold)
    painter.setBrush(QColor(FAINT))
    painter.drawPolygon(QPolygonF([corner, under, under + QPointF(fold, 0)]))
    badge = _even(side * 0.5, wide)
    place = QRectF((side - badge) / 2, top + high - badge - round(side * 0.12), badge, badge)
    _fill(painter, ACCENT, place, max(1.5, badge * 0.2))
    _draw_tick(painter, PAPER, _tick_in(place, 0.62), max(1.6, badge * 0.125))
    painter.end()
    return image


def emblem(side: int, scale: float = 1.0) -> QPixmap:
    """The sign for the screen, ``side`` units wide on a screen of that scale."""
    made = QPixmap.fromImage(draw_sign(round(side * scale)))
    made.setDevicePixelRatio(scale)
    return made


def app_icon() -> QIcon:
    """The program's icon in all sizes."""
    made = QIcon()
    for side in SIZES:
        made.addPixmap(QPixmap.fromImage(draw_sign(side)))
    return made


def _plan(side: int) -> _Plan:
    wide, high = _even(side * (0.62 if side <= _PLAIN else 0.54), side), _even(side * 0.72, side)
    sheet = QRectF((side - wide) / 2, (side - high) / 2, wide, high)
    writing = _writing(side, sheet)
    below = writing[-1].bottom() + side * 0.04 if writing else sheet.top()
    rest = QRectF(sheet.left(), below, wide, sheet.bottom() - below)
    share = 0.62 if writing else 0.72
    return _Plan(
        side=side,
        corner=side * 0.2,
        sheet=sheet,
        sheet_corner=max(1.0, side * 0.04),
        writing=writing,
        tick=_tick_in(rest, share),
        stroke=max(2.0, side * (0.085 if writing else 0.11)),
    )


def _writing(side: int, sheet: QRectF) -> tuple[QRectF, ...]:
    """The lines of writing on a form of that size, each on whole pixels."""
    if side <= _PLAIN:
        return ()
    thick = max(2, round(side * 0.047))
    inset = round(sheet.width() * 0.19)
    count = 1 if side <= _SHORT else 2
    first, step = round(side * 0.115), round(side * 0.13)
    tops: Sequence[float] = [sheet.top() + first + step * number for number in range(count)]
    return tuple(QRectF(sheet.left() + inset, top, sheet.width() - 2 * inset, thick) for top in tops)


def _tick_in(room: QRectF, share: float) -> tuple[QPointF, QPointF, QPointF]:
    """A tick in the middle of a room, as wide as ``share`` of it or as high as there is place."""
    wide = min(room.width(), room.height() * 1.25) * share
    high = wide * 0.72
    left, top = room.center().x() - wide / 2, room.center().y() - high / 2
    return (
        QPointF(left, top + high * 0.52),
        QPointF(left + wide * 0.37, top + high),
        QPointF(left + wide, top),
    )


def _even(length: float, side: int) -> int:
    """The nearest whole number that leaves the same on both sides of ``side``."""
    lower = int(length) - (int(length) - side) % 2
    return min((lower, lower + 2), key=lambda whole: abs(whole - length))


def _canvas(side: int) -> tuple[QImage, QPainter]:
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    return image, painter


def _fill(painter: QPainter, colour: str, place: QRectF, corner: float) -> None:
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(place, corner, corner)


def _fill_sheet(painter: QPainter, colour: str, place: QRectF, fold: float) -> None:
    """A sheet whose upper right corner is cut off."""
    cut = QPointF(place.right() - fold, place.top())
    across = QPointF(place.right(), place.top() + fold)
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF([place.topLeft(), cut, across, place.bottomRight(), place.bottomLeft()]))


def _draw_tick(painter: QPainter, colour: str, tick: Sequence[QPointF], stroke: float) -> None:
    painter.setPen(QPen(QColor(colour), stroke, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF(tick))
    painter.setPen(Qt.PenStyle.NoPen)
