"""The one table model: ids from one sorted query, rows by the hundred when they come into view."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktop.ui.operations import Operations
from desktop.ui.table_source import PAGE, Ask, Column, Found, Source

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
TONE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
CHIP_ROLE = int(Qt.ItemDataRole.UserRole) + 2
_ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    "centre": Qt.AlignmentFlag.AlignCenter,
    "right": Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
}


class TableModel(QAbstractTableModel, Generic[Row]):
    """Shows what a source finds. ``loaded`` follows each answer, ``filled`` each hundred rows that came in."""

    loaded = Signal()
    filled = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        source: Source[Row],
        operations: Operations,
        ask: Ask,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.ask = ask
        self._source = source
        self._operations = operations
        self._ids: Sequence[Hashable] = ()
        self._rows: dict[Hashable, Row] = {}
        self._wanted: set[int] = set()
        self._asked: set[int] = set()
        self._answer = 0
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._fetch_wanted)

    def reload(self, **changes: str | bool | Mapping[str, frozenset[str]]) -> None:
        """Ask anew, with another order, text or filter where given."""
        self.ask = replace(self.ask, **changes)  # type: ignore[arg-type]
        ask = self.ask
        self._operations.start(self, lambda _ticket: self._source.find(ask), self._take, key="find")

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        key = self.columns[column].sort if 0 <= column < len(self.columns) else ""
        if key:
            self.reload(sort=key, descending=order == Qt.SortOrder.DescendingOrder)

    @property
    def ids(self) -> Sequence[Hashable]:
        """All ids, in order."""
        return self._ids

    def row_at(self, number: int) -> Row | None:
        """The row in that place, if it has come in."""
        return self._rows.get(self._ids[number]) if 0 <= number < len(self._ids) else None

    def place_of(self, key: Hashable) -> int:
        """Where the row of that id stands, or -1."""
        return next((number for number, known in enumerate(self._ids) if known == key), -1)

    def with_rows(self, numbers: Sequence[int], then: Callable[[list[Row]], None]) -> None:
        """Hand these rows to ``then``, fetching those which have not come in yet."""
        ids = [self._ids[number] for number in numbers]
        missing = [key for key in ids if key not in self._rows]
        if not missing:
            then([self._rows[key] for key in ids])
            return

        def take(rows: Sequence[Row]) -> None:
            known = {**self._rows, **dict(zip(missing, rows, strict=True))}
            then([known[key] for key in ids])

        self._operations.start(self, lambda _ticket: self._source.fetch(missing), take, waiting="正在读取数据")

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.columns[section].title
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _ALIGN[self.columns[section].align]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[column.align]
        if role == CHIP_ROLE:
            return column.chip
        row = self.row_at(index.row())
        if row is None:
            if role == Qt.ItemDataRole.DisplayRole:
                self._want(index.row())
            return None
        told = {
            Qt.ItemDataRole.DisplayRole: column.text,
            TONE_ROLE: column.tone,
            Qt.ItemDataRole.ToolTipRole: column.tip,
        }.get(role)
        return told(row) or None if told else None

    def _take(self, found: Found[Row]) -> None:
        self._answer += 1
        self._wanted.clear()
        self._asked.clear()
        if list(found.ids) == list(self._ids):
            self._rows = dict(found.rows)
            self._refresh()
        else:
            self.beginResetModel()
            self._ids = found.ids
            self._rows = dict(found.rows)
            self.endResetModel()
        self.loaded.emit()

    def _refresh(self) -> None:
        if self._ids:
            last = self.index(len(self._ids) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _want(self, number: int) -> None:
        page = number // PAGE
        if page not in self._asked:
            self._wanted.add(page)
            self._timer.start()

    def _fetch_wanted(self) -> None:
        for page in sorted(self._wanted):
            self._asked.add(page)
            self._fetch(page)
        self._wanted.clear()

    def _fetch(self, page: int) -> None:
        answer = self._answer
        ids = self._ids[page * PAGE : (page + 1) * PAGE]

        def take(rows: Iterable[Row]) -> None:
            if answer != self._answer:
                return
            self._rows.update(zip(ids, rows, strict=True))
            first = page * PAGE
            self.dataChanged.emit(self.index(first, 0), self.index(first + len(ids) - 1, len(self.columns) - 1))
            self.filled.emit()

        self._operations.start(self, lambda _ticket: self._source.fetch(ids), take)
