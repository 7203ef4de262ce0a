"""Small line icons, drawn so that they are crisp at every scale."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from desktop.ui.colours import FAINT, MUTED

Stroke = Callable[[QPainterPath], None]


def _calendar(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(2.5, 3.5, 11, 10), 1.5, 1.5)
    _lines(path, (2.5, 6.5, 13.5, 6.5), (5.5, 2, 5.5, 4.5), (10.5, 2, 10.5, 4.5))


def _search(path: QPainterPath) -> None:
    path.addEllipse(QPointF(7, 7), 4.2, 4.2)
    _lines(path, (10.2, 10.2, 13.5, 13.5))


def _person(path: QPainterPath) -> None:
    path.addEllipse(QPointF(8, 5.5), 2.8, 2.8)
    path.moveTo(2.8, 13.8)
    path.cubicTo(3.2, 9.2, 12.8, 9.2, 13.2, 13.8)


def _file(path: QPainterPath) -> None:
    path.moveTo(9.5, 2.5)
    for x, y in ((4, 2.5), (4, 13.5), (12, 13.5), (12, 5), (9.5, 2.5)):
        path.lineTo(x, y)
    _lines(path, (9.5, 2.5, 9.5, 5), (9.5, 5, 12, 5))


def _lock(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(3.5, 7, 9, 6.5), 1, 1)
    path.moveTo(5.5, 7)
    path.cubicTo(5.5, 1.5, 10.5, 1.5, 10.5, 7)


def _filter(path: QPainterPath) -> None:
    _lines(path, (2.5, 4.5, 13.5, 4.5), (4.5, 8, 11.5, 8), (6.5, 11.5, 9.5, 11.5))


def _plus(path: QPainterPath) -> None:
    _lines(path, (8, 3, 8, 13), (3, 8, 13, 8))


def _minus(path: QPainterPath) -> None:
    _lines(path, (3, 8, 13, 8))


def _cross(path: QPainterPath) -> None:
    _lines(path, (4, 4, 12, 12), (12, 4, 4, 12))


def _up(path: QPainterPath) -> None:
    _lines(path, (8, 3.5, 8, 13), (8, 3.5, 4, 7.5), (8, 3.5, 12, 7.5))


def _down(path: QPainterPath) -> None:
    _lines(path, (8, 3, 8, 12.5), (8, 12.5, 4, 8.5), (8, 12.5, 12, 8.5))


def _undo(path: QPainterPath) -> None:
    path.moveTo(3, 6.5)
    path.cubicTo(7, 3, 14, 5, 12.5, 12.5)
    _lines(path, (3, 6.5, 3.2, 2.8), (3, 6.5, 6.8, 6.8))


def _redo(path: QPainterPath) -> None:
    path.moveTo(13, 6.5)
    path.cubicTo(9, 3, 2, 5, 3.5, 12.5)
    _lines(path, (13, 6.5, 12.8, 2.8), (13, 6.5, 9.2, 6.8))


def _lines(path: QPainterPath, *ends: tuple[float, float, float, float]) -> None:
    for x1, y1, x2, y2 in ends:
        path.moveTo(x1, y1)
        path.lineTo(x2, y2)


_STROKES: dict[str, Stroke] = {
    "calendar": _calendar,
    "search": _search,
    "person": _person,
    "file": _file,
    "lock": _lock,
    "filter": _filter,
    "plus": _plus,
    "minus": _minus,
    "cross": _cross,
    "up": _up,
    "down": _down,
    "undo": _undo,
    "redo": _redo,
}
_SIDE = 16


def icon(name: str, ink: str = MUTED) -> QIcon:
    """The icon of that name.

    Raises:
        KeyError: there is none.
    """
    made = QIcon()
    for scale in (1, 2, 3):
        made.addPixmap(_draw(name, ink, scale), QIcon.Mode.Normal)
        made.addPixmap(_draw(name, FAINT, scale), QIcon.Mode.Disabled)
    return made


def _draw(name: str, ink: str, scale: int) -> QPixmap:
    path = QPainterPath()
    _STROKES[name](path)
    made = QPixmap(_SIDE * scale, _SIDE * scale)
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(ink), 1.3, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(path)
    painter.end()
    return made
