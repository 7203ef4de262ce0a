"""Widgets in one place of which one is seen, and only that one asks for room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget


class LoneStack(QStackedWidget):
    """Asks for what the widget that is seen needs at least, and for no less than ``least`` points of height."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self._least = least
        self.currentChanged.connect(lambda _place: self.updateGeometry())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        seen = self.currentWidget()
        needed = seen.minimumSizeHint().expandedTo(seen.minimumSize()) if self.count() else QSize(0, 0)
        return needed.expandedTo(QSize(0, self._least))

    def hasHeightForWidth(self) -> bool:
        return False
