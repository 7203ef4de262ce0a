"""Facts at the head of a page: names and values in a few columns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop.ui.pieces import clear, words
from desktop.ui.theme import figures

_PAIRS = 3
_NAME_WIDTH = 3.4


class FactsGrid(QWidget):
    """Shows pairs of a name and a value; a dash where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these facts instead of those before."""
        clear(self._grid)
        for number, (name, value) in enumerate(facts):
            line, side = divmod(number, _PAIRS)
            label = QLabel(name)
            label.setProperty("role", "muted")
            shown = words(value or "—")
            shown.setFont(figures(shown.font()))
            self._grid.addWidget(label, line, side * 2, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(shown, line, side * 2 + 1, Qt.AlignmentFlag.AlignTop)
        for side in range(_PAIRS):
            self._grid.setColumnMinimumWidth(side * 2, round(self.fontMetrics().height() * _NAME_WIDTH))
            self._grid.setColumnStretch(side * 2 + 1, 1)
