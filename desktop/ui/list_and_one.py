"""A list at the left and one of its things at the right, as parts of a page are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QWidget

from desktop.ui.desk import Desk
from desktop.ui.pieces import card, words
from desktop.ui.tables import Table


def unchosen(table: Table[Any], choose: str) -> QLabel:
    """What stands at the right while nothing is chosen: ``choose``, or the list's own words where it is empty."""
    told = words("", "faint")
    told.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def tell(count: int) -> None:
        told.setText(choose if count else table.view.empty.partition("\n")[0].rstrip("。"))

    table.counted.connect(tell)
    return told


class ListAndOne(QSplitter):
    """Shows in ``view`` what is chosen in ``table``; ``measure`` and ``noun`` name what is listed (份, 合同).

    A panel of its kind says in `read` how one is read; it calls `take` before it shows what it read.
    """

    def __init__(self, desk: Desk, table: Table[Any], view: QWidget, measure: str, noun: str) -> None:
        super().__init__()
        self.desk = desk
        self.table = table
        self.shown: UUID | None = None
        table.fit_columns()
        table.remember_widths(desk.memory)
        table.wants_first = lambda: self.shown is None
        table.chosen.connect(self._on_chosen)
        table.counted.connect(lambda count: table.foot.setText(f"共 {count} {measure}{noun}"))
        table.foot.show()
        self._right = QStackedWidget()
        self._right.addWidget(unchosen(table, f"请从左边选一{measure}{noun}"))
        self._right.addWidget(view)
        left, column = card(margin=12)
        column.addWidget(table, 1)
        self.addWidget(left)
        self.addWidget(self._right)
        self.setStretchFactor(1, 1)
        self.setSizes([472, 878])
        self.setHandleWidth(10)

    def read(self, item_id: UUID) -> None:
        """Read one in the background, then show it."""
        raise NotImplementedError

    def take(self) -> None:
        """What was asked for has been read: bring its side forward."""
        self._right.setCurrentIndex(1)

    def reload(self) -> None:
        """Read everything anew."""
        self.table.reload()
        if self.shown is not None:
            self._read(self.shown)

    def forget(self) -> None:
        """Show nothing of what the one before was looking at."""
        self.shown = None
        self._right.setCurrentIndex(0)

    def show_item(self, item_id: UUID) -> None:
        """Show one, whether it is in the list or not."""
        self.table.choose(item_id)
        self._read(item_id)

    def _on_chosen(self, chosen: Any) -> None:  # noqa: ANN401 - a row of whatever is listed
        if chosen is not None and chosen.id != self.shown:
            self._read(chosen.id)

    def _read(self, item_id: UUID) -> None:
        self.shown = item_id
        self.read(item_id)
