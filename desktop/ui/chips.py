"""A chip as a widget, for headings."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.domain.filing import FilingState
from desktop.ui.cells import draw_chip
from desktop.ui.theme import sized

FILING_TONES = {
    FilingState.DRAFT: "neutral",
    FilingState.IN_APPROVAL: "info",
    FilingState.APPROVED: "good",
    FilingState.RETURNED: "warning",
    FilingState.REJECTED: "bad",
    FilingState.RECALLED: "neutral",
}
"""The tone of each state of a filing."""


class Chip(QWidget):
    """A word on a soft ground."""

    def __init__(self, text: str = "", tone: str = "neutral") -> None:
        super().__init__()
        self._text, self._tone = text, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """What is written on it."""
        return self._text

    def show_chip(self, text: str, tone: str) -> None:
        """Show another word."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(sized(self.font(), 0.92))
        return QSize(metrics.horizontalAdvance(self._text) + metrics.height(), round(metrics.height() * 1.4))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_chip(painter, QRectF(self.rect()), self._text, self._tone)
        painter.end()
