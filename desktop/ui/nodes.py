"""A line of stations: what is done, what is going on, what is to come. Chains and lives are drawn with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.ui.colours import ACCENT, FAINT, INK, LINE, MUTED, PAPER, TONES, colour
from desktop.ui.theme import sized

Mark = Literal["done", "now", "late", "todo", "void", "wrong", "pause", "skipped"]
_RADIUS = 8.5
_GAP = 6
_MOST_LINES = 3
"""Of a title."""
_STRONG = frozenset({"now", "late", "void", "wrong", "pause"})
_INK = {
    "done": TONES["good"].ink,
    "now": ACCENT,
    "late": TONES["bad"].ink,
    "todo": FAINT,
    "void": TONES["warning"].ink,
    "wrong": TONES["bad"].ink,
    "pause": TONES["warning"].ink,
    "skipped": LINE,
}
_WORDS = {
    "done": "已完成",
    "now": "进行中",
    "late": "已逾期",
    "todo": "未到",
    "void": "已失效",
    "wrong": "未通过",
    "pause": "暂停",
    "skipped": "不适用",
}


@dataclass(frozen=True)
class Node:
    """A station: its title, some short lines below, how it stands, and what the pointer tells of it.

    ``beside`` says that it comes at the same time as the one before, not after it.
    """

    title: str
    lines: tuple[str, ...] = ()
    mark: Mark = "todo"
    tip: str = ""
    diamond: bool = False
    beside: bool = False


class NodeLine(QWidget):
    """Draws stations from left to right."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._nodes: Sequence[Node] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    @property
    def nodes(self) -> Sequence[Node]:
        """What is drawn."""
        return self._nodes

    @property
    def titles(self) -> Sequence[tuple[str, ...]]:
        """The stations' titles, line by line."""
        return tuple(tuple(self._title_of(node)) for node in self._nodes)

    def set_nodes(self, nodes: Sequence[Node]) -> None:
        """Draw other stations."""
        self._nodes = tuple(nodes)
        told = (f"{node.title}（{_WORDS[node.mark]}）{' '.join(node.lines)}" for node in nodes)
        self.setAccessibleDescription("；".join(told))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        small, large = QFontMetrics(sized(self.font(), 0.86)).height(), self.fontMetrics().height()
        words = (len(self._title_of(node)) * large + len(node.lines) * small for node in self._nodes)
        height = 2 * _RADIUS + 6 + max(words, default=large) + 4
        return QSize(90 * max(1, len(self._nodes)), round(height))

    def minimumSizeHint(self) -> QSize:
        return QSize(60 * max(1, len(self._nodes)), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # titles may need one line more, or less

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._nodes:
            node = self._nodes[min(len(self._nodes) - 1, int(event.pos().x() // self._step()))]
            QToolTip.showText(event.globalPos(), node.tip or f"{node.title}：{_WORDS[node.mark]}", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step = self._step()
        y = _RADIUS + 2
        for place, node in enumerate(self._nodes):
            x = step * (place + 0.5)
            if place:
                self._draw_way(painter, QPointF(x - step + _RADIUS + 1, y), QPointF(x - _RADIUS - 1, y), node)
            self._draw_mark(painter, QPointF(x, y), node)
            self._draw_words(painter, QRectF(x - step / 2 + _GAP / 2, y + _RADIUS + 5, step - _GAP, 200), node)
        painter.end()

    def _step(self) -> float:
        return self.width() / max(1, len(self._nodes))

    def _title_of(self, node: Node) -> list[str]:
        """A station's title on as many lines as it needs, at most three: rather broken before a bracket."""
        metrics = QFontMetrics(sized(self.font(), 1.0, bold=node.mark in _STRONG))
        room = self._step() - _GAP
        title = node.title
        lines: list[str] = []
        while len(lines) < _MOST_LINES - 1 and metrics.horizontalAdvance(title) > room:
            bracket = title.find("（")
            if bracket > 0 and metrics.horizontalAdvance(title[:bracket]) <= room:
                fits = bracket
            else:
                fits = next((n for n in range(len(title), 1, -1) if metrics.horizontalAdvance(title[:n]) <= room), 1)
            lines.append(title[:fits])
            title = title[fits:]
        return [*lines, title]

    def _draw_way(self, painter: QPainter, start: QPointF, end: QPointF, node: Node) -> None:
        come = node.mark in {"done", "now", "late", "wrong", "pause", "void"}
        pen = QPen(colour(_INK["done"] if come else LINE), 2 if come else 1.5)
        if node.beside:
            pen = QPen(colour(FAINT), 1.5, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawLine(start, end)

    def _draw_mark(self, painter: QPainter, at: QPointF, node: Node) -> None:
        ink = colour(_INK[node.mark])
        painter.setPen(QPen(ink, 1.6))
        full = node.mark in {"done", "now", "late", "wrong", "pause"}
        painter.setBrush(ink if full else colour(PAPER))
        if node.diamond:
            size = _RADIUS
            painter.drawPolygon([at + QPointF(*side) for side in ((0, -size), (size, 0), (0, size), (-size, 0))])
        else:
            painter.drawEllipse(at, _RADIUS, _RADIUS)
        painter.setPen(
            QPen(
                colour(PAPER if full else _INK[node.mark]), 1.9, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin
            )
        )
        for line in _strokes(node.mark):
            painter.drawPolyline([at + QPointF(x, y) for x, y in line])

    def _draw_words(self, painter: QPainter, space: QRectF, node: Node) -> None:
        now = node.mark in _STRONG
        title = self._title_of(node)
        font = sized(self.font(), 1.0, bold=now)
        painter.setFont(font)
        painter.setPen(colour(INK if now or node.mark == "done" else MUTED))
        top = space.top()
        for place, text in enumerate((*title, *node.lines), 1):
            metrics = painter.fontMetrics()
            line = QRectF(space.left(), top, space.width(), metrics.height())
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(line.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, shown)
            top += metrics.height()
            if place >= len(title):
                painter.setFont(sized(self.font(), 0.86))
                painter.setPen(colour(_INK[node.mark] if node.mark in _STRONG - {"now"} else MUTED))


def _strokes(mark: str) -> list[list[tuple[float, float]]]:
    """The sign inside a station."""
    if mark == "done":
        return [[(-3.6, 0.2), (-1.0, 2.8), (3.8, -2.6)]]
    if mark == "wrong":
        return [[(-2.8, -2.8), (2.8, 2.8)], [(2.8, -2.8), (-2.8, 2.8)]]
    if mark == "pause":
        return [[(-1.8, -3), (-1.8, 3)], [(1.8, -3), (1.8, 3)]]
    if mark == "void":
        return [[(-3.4, 0), (3.4, 0)]]
    return []
