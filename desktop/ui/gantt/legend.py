"""What the shapes of a Gantt chart mean, in words below it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.domain.monitor import Light
from desktop.domain.schedule.gantt import Box, GanttChart
from desktop.ui.colours import MUTED, OFF, TODAY, colour
from desktop.ui.gantt.shapes import draw_arrow, draw_bar, draw_base, draw_diamond, draw_extension, draw_summary

Sample = Callable[[QPainter, Box], None]
_SAMPLE, _GAP, _APART = 1.7, 0.4, 1.0
_LINE = 1.35


def _task(painter: QPainter, box: Box) -> None:
    draw_bar(painter, box, 0, critical=False)


def _done(painter: QPainter, box: Box) -> None:
    draw_bar(painter, box, box.width * 0.6, critical=False)


def _critical(painter: QPainter, box: Box) -> None:
    draw_bar(painter, box, 0, critical=True)


def _summary(painter: QPainter, box: Box) -> None:
    draw_summary(painter, Box(box.x, box.y, box.width, box.height * 0.45), 0)


def _diamond(painter: QPainter, box: Box) -> None:
    draw_diamond(painter, Box(box.x + (box.width - box.height) / 2, box.y, box.height, box.height), critical=False)


def _base(painter: QPainter, box: Box) -> None:
    draw_base(painter, Box(box.x, box.y + box.height * 0.35, box.width, box.height * 0.32), moment=False)


def _extension(painter: QPainter, box: Box) -> None:
    draw_extension(painter, box.x, box.right, box.middle[1], Light.RED, box.height)


def _arrow(painter: QPainter, box: Box) -> None:
    x, y = box.middle
    draw_arrow(painter, ((box.x, box.y), (box.x, y), (x, y), (x, box.bottom + 1)), MUTED)


def _today(painter: QPainter, box: Box) -> None:
    painter.setPen(QPen(colour(TODAY), 1.6))
    x = box.middle[0]
    painter.drawLine(QPointF(x, box.y - 2), QPointF(x, box.bottom + 2))


def _off(painter: QPainter, box: Box) -> None:
    painter.fillRect(QRectF(box.x, box.y - 2, box.width, box.height + 4), colour(OFF))


class Legend(QWidget):
    """Shows the shapes that a chart has; a line is begun where there is no more room."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[tuple[str, Sample]] = []
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_chart(self, chart: GanttChart, base_name: str) -> None:
        """Name the shapes of a chart."""
        rows = chart.rows
        some = [
            (any(row.leaf and row.days for row in rows), "任务", _task),
            (chart.reported, "已完成部分", _done),
            (any(row.critical for row in rows), "关键任务（不能推迟）", _critical),
            (any(not row.leaf for row in rows), "汇总任务", _summary),
            (any(row.milestone for row in rows), "里程碑", _diamond),
            (bool(chart.links), "前置关系", _arrow),
            (chart.compared, base_name, _base),
            (chart.reported, "周报预计推迟", _extension),
            (True, "今天", _today),
            (True, "休息日", _off),
        ]
        self._items = [(text, sample) for shown, text, sample in some if shown]
        self.setAccessibleDescription("，".join(text for text, _sample in self._items))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round((self._places(width)[-1][1] + 1) * self.fontMetrics().height() * _LINE) if self._items else 0

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(1, self.width())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        em = self.fontMetrics().height()
        for (x, line), (text, sample) in zip(self._places(self.width()), self._items, strict=True):
            middle = (line + 0.5) * em * _LINE
            sample(painter, Box(x, middle - em * 0.32, em * _SAMPLE, em * 0.64))
            painter.setPen(colour(MUTED))
            area = QRectF(x + em * (_SAMPLE + _GAP), middle - em, self.width(), em * 2)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _places(self, width: int) -> list[tuple[float, int]]:
        """Where each item begins: x and line."""
        em = self.fontMetrics().height()
        found: list[tuple[float, int]] = []
        x, line = 0.0, 0
        for text, _sample in self._items:
            wide = em * (_SAMPLE + _GAP) + self.fontMetrics().horizontalAdvance(text)
            if x and x + wide > width:
                x, line = 0.0, line + 1
            found.append((x, line))
            x += wide + em * _APART
        return found
