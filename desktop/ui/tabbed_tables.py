"""A card with a bar of tabs, a table behind each; the tab says how many rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout

from desktop.ui.tables import Table


class TabbedTables(QFrame):
    """Tables side by side, one of them seen."""

    def __init__(self, tables: Sequence[tuple[str, Table[Any]]]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._stack = QStackedWidget()
        self._words = [word for word, _table in tables]
        self.tables = [table for _word, table in tables]
        for word, table in tables:
            self.tabs.addTab(word)
            self._stack.addWidget(table)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 4, 14, 12)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)

    def reload(self, counts: Sequence[int]) -> None:
        """Read every table anew; ``counts`` say how many rows each has."""
        for place, (word, count) in enumerate(zip(self._words, counts, strict=True)):
            self.tabs.setTabText(place, f"{word} {count}" if count else word)
        for table in self.tables:
            table.reload()
