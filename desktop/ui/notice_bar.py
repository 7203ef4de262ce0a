"""A calm line above the pages: tells something, offers what can be done about it, and goes when it was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.ui.colours import LINE, TONES
from desktop.ui.pieces import button, words

_SHADE = TONES["warning"]


class NoticeBar(QFrame):
    """One notice with its buttons; “知道了” takes it away."""

    def __init__(
        self, text: str, offers: Sequence[tuple[str, Callable[[], object]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setStyleSheet(f"QFrame#notice {{ background: {_SHADE.fill}; border-bottom: 1px solid {LINE}; }}")
        self.setAccessibleName(text)
        label = words(text)
        label.setStyleSheet(f"color: {_SHADE.ink}")
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 6, 10, 6)
        line.setSpacing(8)
        line.addWidget(label, 1)
        for name, act in offers:
            line.addWidget(button(name, act))
        line.addWidget(button("知道了", self.dismiss))

    def dismiss(self) -> None:
        """Go away for good."""
        self.hide()
        self.deleteLater()
