"""The lines of a form's table as a model: stable ids, what is written in each cell, and what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.domain import money, values
from desktop.domain.canonical import Json
from desktop.domain.field import Facts, Field
from desktop.domain.fields import ComputedField, MoneyField, PersonField
from desktop.domain.form import LineTable, begin_line
from desktop.domain.ledger import PersonRef
from desktop.ui.fields.base import read
from desktop.ui.fields.people import find_person, person_text
from desktop.ui.table_model import TONE_ROLE

Index = QModelIndex | QPersistentModelIndex
Line = dict[str, Any]
_RIGHT = frozenset({"money", "quantity", "percent"})
_CENTRE = frozenset({"date", "month", "week"})


def _shown(field: Field) -> Field:
    """The field whose kind decides how a column looks: a computed one stands for another."""
    return field.shows if isinstance(field, ComputedField) else field


def alignment(field: Field) -> Qt.AlignmentFlag:
    """Figures at the right, days in the middle, words at the left."""
    field = _shown(field)
    if field.kind in _RIGHT:
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    if field.kind in _CENTRE:
        return Qt.AlignmentFlag.AlignCenter
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class LineModel(QAbstractTableModel):
    """Lines of a table; ``edited`` follows every edit by a person."""

    edited = Signal()

    def __init__(
        self,
        section: LineTable,
        people: Sequence[PersonRef] = (),
        *,
        facts: Facts | None = None,
        read_only: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.section = section
        self.people = people
        self.facts: Facts = facts or {}
        self.read_only = read_only
        self._lines: list[Line] = []
        self._written: dict[tuple[str, str], tuple[str, str]] = {}

    def lines(self) -> list[Line]:
        """The lines as they are stored."""
        return [dict(line) for line in self._lines]

    def set_lines(self, lines: Sequence[Mapping[str, Json]]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._lines = [dict(line) for line in lines]
        self._written.clear()
        self.endResetModel()

    def show_computed(self, lines: Sequence[Mapping[str, Json]]) -> None:
        """Show in the computed columns what these lines, the same ones settled, hold there."""
        places = [(at, field.key) for at, field in enumerate(self.section.columns) if isinstance(field, ComputedField)]
        for number, (line, settled) in enumerate(zip(self._lines, lines, strict=True) if places else ()):
            for column, key in places:
                if line.get(key) != settled.get(key):
                    line[key] = settled.get(key)
                    index = self.index(number, column)
                    self.dataChanged.emit(index, index)

    def unread(self) -> list[tuple[str, Field, str, str]]:
        """What cannot be read: line id, column, writing, reason."""
        columns = {item.key: item for item in self.section.columns}
        places = {str(line["id"]): number for number, line in enumerate(self._lines)}
        found = [(line, columns[key], text, why) for (line, key), (text, why) in self._written.items()]
        return sorted(found, key=lambda item: places[item[0]])

    def write(self, number: int, column: int, text: str) -> None:
        """Write into a cell as a person would; what cannot be read stays as written and is marked."""
        field = self.section.columns[column]
        line = self._lines[number]
        place = (str(line["id"]), field.key)
        value, wrong = self.understand(field, text)
        line[field.key] = value
        if wrong:
            self._written[place] = (text, wrong)
        else:
            self._written.pop(place, None)
        index = self.index(number, column)
        self.dataChanged.emit(index, index)

    def understand(self, field: Field, text: str) -> tuple[Json, str]:
        """What a writing means in a column, and why it cannot be read."""
        if isinstance(field, PersonField):
            return find_person(text, self.people)[0], ""
        value, _note, wrong = read(field, text)
        return value, wrong

    def insert(self, number: int, lines: Sequence[Line] = ()) -> int:
        """Put new lines (one with what is usual) before the line of that place; where the first now stands."""
        fresh = [{**line, "id": str(uuid4())} for line in lines or (begin_line(self.section),)]
        at = max(0, min(number, len(self._lines)))
        self.beginInsertRows(QModelIndex(), at, at + len(fresh) - 1)
        self._lines[at:at] = fresh
        self.endInsertRows()
        self.edited.emit()
        return at

    def untouched(self) -> list[int]:
        """The places of the lines into which nobody has written anything yet."""
        usual = begin_line(self.section)
        unread = {line for line, _key in self._written}
        return [
            number
            for number, line in enumerate(self._lines)
            if str(line["id"]) not in unread
            and all(value in (None, "") or value == usual.get(key) for key, value in line.items() if key != "id")
        ]

    def remove(self, numbers: Sequence[int]) -> None:
        """Take lines out."""
        for number in sorted(set(numbers), reverse=True):
            self.beginRemoveRows(QModelIndex(), number, number)
            gone = str(self._lines.pop(number)["id"])
            self._written = {place: text for place, text in self._written.items() if place[0] != gone}
            self.endRemoveRows()
        self.edited.emit()

    def move(self, number: int, by: int) -> int:
        """Move a line up (-1) or down (+1); where it stands now."""
        to = number + by
        if not 0 <= to < len(self._lines):
            return number
        self.beginMoveRows(QModelIndex(), number, number, QModelIndex(), to + (1 if by > 0 else 0))
        self._lines[number], self._lines[to] = self._lines[to], self._lines[number]
        self.endMoveRows()
        self.edited.emit()
        return to

    def totals(self) -> list[tuple[Field, str]]:
        """The sums of the columns that are summed."""
        found = []
        for field in self.section.columns:
            if field.key in self.section.total:
                known = [line.get(field.key) for line in self._lines]
                if isinstance(_shown(field), MoneyField):
                    text = money.yuan_text(sum(value for value in known if isinstance(value, int)))
                else:
                    text = values.decimal_text(
                        sum((Decimal(value) for value in known if isinstance(value, str)), Decimal(0))
                    )
                found.append((field, text))
        return found

    def place_of(self, line: str) -> int:
        """Where the line of that id stands, or -1."""
        return next((number for number, item in enumerate(self._lines) if str(item["id"]) == line), -1)

    def text_at(self, number: int, column: int) -> str:
        """What is written in a cell, readable or not."""
        field, line = self.section.columns[column], self._lines[number]
        written = self._written.get((str(line["id"]), field.key))
        if written:
            return written[0]
        value = line.get(field.key)
        return person_text(value, self.people) if isinstance(field, PersonField) else field.text(value)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.section.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            if orientation == Qt.Orientation.Vertical:
                return str(section + 1)
            field = self.section.columns[section]
            return f"{field.label} *" if field.required and not self.read_only else field.label
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return alignment(self.section.columns[section])
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal:
            return self.section.columns[section].hint or None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        field = self.section.columns[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return self.text_at(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(field)
        written = self._written.get((str(self._lines[index.row()]["id"]), field.key))
        if role == TONE_ROLE:
            return "bad" if written else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return written[1] if written else self.text_at(index.row(), index.column()) or None
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        text = str(value)
        if role != Qt.ItemDataRole.EditRole or text == self.text_at(index.row(), index.column()):
            return False
        self.write(index.row(), index.column(), text)
        self.edited.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        computed = isinstance(self.section.columns[index.column()], ComputedField)
        return flags if self.read_only or computed else flags | Qt.ItemFlag.ItemIsEditable
