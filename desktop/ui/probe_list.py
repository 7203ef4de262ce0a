"""The steps of a trial connection, each with how it went, what was found and what can be done."""

from __future__ import annotations

import re

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from desktop.services.connecting import Mark, ProbeStep
from desktop.ui.colours import TONES
from desktop.ui.pieces import clear, words

_SIZE = 18
_TONES = {Mark.GOOD: "good", Mark.DOUBTFUL: "warning", Mark.BAD: "bad"}
_SAID = {Mark.GOOD: "通过", Mark.DOUBTFUL: "注意", Mark.BAD: "不通过"}


class MarkSign(QWidget):
    """A tick, an exclamation or a cross on a round ground: told apart by shape, not by colour alone."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_SAID[mark])

    def sizeHint(self) -> QSize:
        return QSize(_SIZE, _SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        tone = TONES[_TONES[self.mark]]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tone.fill))
        painter.drawEllipse(QRectF(0.5, 0.5, _SIZE - 1, _SIZE - 1))
        painter.setPen(QPen(QColor(tone.ink), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        path = QPainterPath()
        for first, *others in _STROKES[self.mark]:
            path.moveTo(*first)
            for point in others:
                path.lineTo(*point)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.end()


_STROKES = {
    Mark.GOOD: (((5.2, 9.4), (8.0, 12.2), (12.8, 6.2)),),
    Mark.DOUBTFUL: (((9.0, 4.8), (9.0, 10.0)), ((9.0, 12.9), (9.0, 13.0))),
    Mark.BAD: (((6.0, 6.0), (12.0, 12.0)), ((12.0, 6.0), (6.0, 12.0))),
}


class ProbeList(QWidget):
    """Grows by one line with each step."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[ProbeStep] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 1)
        self.setAccessibleName("测试结果")

    def begin(self) -> None:
        """Forget what an earlier trial found."""
        self.steps = []
        clear(self._grid)

    def add(self, step: ProbeStep) -> None:
        """Show one more step."""
        line = len(self.steps)
        self.steps.append(step)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(MarkSign(step.mark), line, 0, top)
        self._grid.addWidget(_titled(step.title), line, 1, top)
        text = words(_breakable(f"{step.text}　{step.todo}".strip() if step.todo else step.text))
        if step.mark is Mark.BAD:
            text.setProperty("role", "problem")
        text.setToolTip(step.details)
        self._grid.addWidget(text, line, 2, top)

    @property
    def passed(self) -> bool:
        """Whether a trial was made and nothing in it failed."""
        return bool(self.steps) and all(step.mark is not Mark.BAD for step in self.steps)


def _breakable(text: str) -> str:
    """A certificate's fingerprint, a hundred characters without a space, may be broken after every pair of digits."""
    return re.sub(r"(?<=[0-9A-F]{2}):(?=[0-9A-F]{2})", ":\u200b", text)


def _titled(text: str) -> QLabel:
    label = words(text, "muted", wrap=False)
    label.setMinimumWidth(label.fontMetrics().height() * 5)
    return label
