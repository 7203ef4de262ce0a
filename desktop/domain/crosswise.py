"""A table of lines read crosswise: sums by one value down and another across (the budget by month and 科目)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField
from desktop.domain.field import Field
from desktop.domain.form import LineTable

_BLANK = "未填"


@dataclass(frozen=True)
class Crosswise:
    """Sums in fen: ``cells[row][column]`` is ``None`` where no line stands; ``down`` and ``across`` are the titles."""

    corner: str
    down: tuple[str, ...]
    across: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]

    @property
    def row_sums(self) -> tuple[int, ...]:
        """The sum of each row."""
        return tuple(sum(value or 0 for value in row) for row in self.cells)

    @property
    def column_sums(self) -> tuple[int, ...]:
        """The sum of each column."""
        return tuple(sum(row[at] or 0 for row in self.cells) for at in range(len(self.across)))

    @property
    def total(self) -> int:
        """The sum of all."""
        return sum(self.row_sums)


def crosswise(section: LineTable, lines: Sequence[Mapping[str, Json]]) -> Crosswise:
    """The sums of a table that has a ``pivot``; every line counts, those with a blank among 未填.

    Raises:
        ValueError: the table has none.
    """
    pivot = section.pivot
    if pivot is None:
        raise ValueError(section.key)
    columns = {item.key: item for item in section.columns}
    one, other = columns[pivot.down], columns[pivot.across]
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        amount = line.get(pivot.amount)
        if isinstance(amount, int):
            place = (_value(line, one), _value(line, other))
            sums[place] = sums.get(place, 0) + amount
    down = _in_order(one, {place[0] for place in sums})
    across = _in_order(other, {place[1] for place in sums})
    return Crosswise(
        f"{one.label}＼{other.label}",
        tuple(one.text(value) or _BLANK for value in down),
        tuple(other.text(value) or _BLANK for value in across),
        tuple(tuple(sums.get((row, column)) for column in across) for row in down),
    )


def _value(line: Mapping[str, Json], item: Field) -> str:
    return str(line.get(item.key) or "")


def _in_order(item: Field, values: set[str]) -> list[str]:
    """By the order of a choice's options, else as text; blanks last."""
    known = [option.key for option in item.options] if isinstance(item, ChoiceField) else []
    places = {key: place for place, key in enumerate(known)}
    return sorted(values, key=lambda value: (not value, places.get(value, len(places)), value))
