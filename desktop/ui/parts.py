"""Parts of a page behind tabs in one card: each reads anew only when it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget


class Parts(QFrame):
    """Widgets side by side, one of them seen, each with its title and what reads it anew."""

    def __init__(self, parts: Sequence[tuple[str, QWidget, Callable[[], object]]]) -> None:
        super().__init__()
        self.setObjectName("card")
        self._reloads = [reload for _title, _part, reload in parts]
        self._stale = set(range(len(parts)))
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._stack = QStackedWidget()
        for title, part, _reload in parts:
            self.tabs.addTab(title)
            self._stack.addWidget(part)
        self.tabs.currentChanged.connect(self._show)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 4, 14, 12)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)

    def reload(self) -> None:
        """Read the part that is seen anew, the others when they are."""
        self._stale = set(range(len(self._reloads)))
        self._show(self.tabs.currentIndex())

    def _show(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        if place in self._stale:
            self._stale.discard(place)
            self._reloads[place]()
