"""The figures at the head of the workbench; each can be pressed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout

from desktop.ui.colours import FAINT, LINE, MUTED, PAPER, TONES
from desktop.ui.theme import figures, sized


class Tile(QPushButton):
    """A figure with its name. ``tone`` colours it unless it is zero."""

    def __init__(self, title: str, tone: str) -> None:
        super().__init__()
        self._ink = TONES[tone].ink
        self._title = title
        self.setObjectName("tile")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._figure, self._name = QLabel("–"), QLabel(title)
        self._figure.setFont(figures(sized(self.font(), 1.9, bold=True)))
        self._name.setStyleSheet(f"color: {MUTED}")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 10, 16, 10)
        self._column.setSpacing(0)
        for label in (self._figure, self._name):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._column.addWidget(label)
        fill = TONES["info"]
        self.setStyleSheet(
            f"QPushButton#tile {{ background: {PAPER}; border: 1px solid {LINE}; border-radius: 6px; }}"
            f"QPushButton#tile:hover, QPushButton#tile:focus {{ border-color: {FAINT}; }}"
            f"QPushButton#tile:checked {{ border-color: {fill.ink}; background: {fill.fill}; }}"
        )

    def show_figure(self, number: int) -> None:
        """Show this figure."""
        self._figure.setText(f"{number:,}")
        self._figure.setStyleSheet(f"color: {self._ink if number else FAINT}")
        self.setAccessibleName(f"{self._title} {number}")

    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._column.minimumSize()
