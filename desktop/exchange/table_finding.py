"""Finding a table in a workbook: its sheet, its heading rows, which column means which field, its lines.

Any office's layout: the heading may stand anywhere on any sheet, in one to four rows with merged groups, in any
order of columns and in any of the words that the fields know; what a person chose or an office remembered
(:class:`Choice`) goes before what is recognised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from desktop.domain.errors import Refusal
from desktop.domain.field import Field
from desktop.exchange.cells import CellValue, cell_text, column_letter, is_blank
from desktop.exchange.headings import EXACT, PATH_MARK, Match, Vocabulary, fold, unit_in, unit_text
from desktop.exchange.row_kinds import RowKinds
from desktop.exchange.workbook import Sheet, SheetRow, Workbook

REASON_HEADING = "未通过原因"
"""Heads the column that a workbook of refused rows adds; reading ignores it."""

_ROWS_SEARCHED = 100
_COLUMNS_SEARCHED = 400
_TALLEST = 3
_TALLEST_MERGED = 6
_ENOUGH = 2


@dataclass(frozen=True)
class Choice:
    """What a person chose in the dialog, or an office remembered: all of it optional.

    ``mapping`` is heading → field key (``""``: this column is not to be read), ``units`` heading → yuan.
    """

    sheet: str = ""
    header_first: int = 0
    header_last: int = 0
    mapping: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundColumn:
    """One column under the heading; ``reason`` says why it means that field, ``guess`` is a proposal only."""

    index: int
    heading: str
    field_key: str | None
    reason: str = ""
    unit: int = 1
    unit_reason: str = ""
    guess: str | None = None

    @property
    def letter(self) -> str:
        """The column's name in the sheet."""
        return column_letter(self.index)


@dataclass(frozen=True)
class Skipped:
    """A row that is no line of the table, with the reason and what stands in it."""

    row: int
    reason: str
    text: str


@dataclass(frozen=True)
class FoundTable:
    """A table found on a sheet.

    ``fills`` holds what vertically merged cells take from their first one, by (row, column); ``missing`` are the
    labels of required fields without a column; ``also_in`` names other sheets that hold such a table.
    """

    sheet: Sheet
    header_rows: tuple[int, int]
    columns: tuple[FoundColumn, ...]
    rows: tuple[SheetRow, ...]
    skipped: tuple[Skipped, ...]
    fills: Mapping[tuple[int, int], tuple[int, CellValue]]
    missing: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()

    @property
    def leftovers(self) -> tuple[str, ...]:
        """The headings of columns that mean no field."""
        return tuple(column.heading for column in self.columns if column.field_key is None)

    @property
    def hidden_rows(self) -> int:
        """How many of the lines are hidden in the sheet (they count)."""
        return sum(row.hidden for row in self.rows)

    @property
    def mapping(self) -> dict[str, str]:
        """The columns as a ``Choice`` remembers them."""
        return {column.heading: column.field_key or "" for column in self.columns}


def find_table(workbook: Workbook, columns: Sequence[Field], choice: Choice | None = None) -> FoundTable:
    """The table that fits ``columns`` best, on any sheet.

    Raises:
        Refusal: no heading was recognised; says what was looked for.
    """
    tables = find_tables(workbook, columns, choice)
    if not tables:
        raise _not_found(workbook, columns)
    others = tuple(table.sheet.name for table in tables[1:] if not table.missing and table.rows)
    return replace(tables[0], also_in=others)


def find_tables(workbook: Workbook, columns: Sequence[Field], choice: Choice | None = None) -> list[FoundTable]:
    """One table for every sheet that holds one, the best first; visible sheets before hidden ones."""
    wish = choice or Choice()
    sheets = (workbook.sheet(wish.sheet),) if wish.sheet else workbook.sheets
    finders = [_Finder(sheet, columns, wish) for sheet in sheets]
    found = [(finder.best(), finder) for finder in finders]
    ranked = sorted(
        ((header, finder) for header, finder in found if header is not None),
        key=lambda pair: (pair[1].sheet.hidden, -pair[0].score),
    )
    return [finder.table(header) for header, finder in ranked]


def table_in_order(sheet: Sheet, columns: Sequence[Field], order: Sequence[str]) -> FoundTable:
    """A table without headings: the sheet's columns mean the fields of ``order``, one after the other."""
    fields = {item.key: item for item in columns}
    found = []
    for index in range(1, sheet.width + 1):
        key = order[index - 1] if index <= len(order) else None
        heading = fields[key].label if key else f"（{column_letter(index)} 列）"
        found.append(FoundColumn(index, heading, key, "按位置对应" if key else ""))
    return FoundTable(sheet, (0, 0), tuple(found), sheet.rows, (), {})


def _not_found(workbook: Workbook, columns: Sequence[Field]) -> Refusal:
    names = "、".join(sheet.name for sheet in workbook.sheets)
    wanted = "、".join(item.label for item in columns[:12]) + ("等" if len(columns) > 12 else "")  # noqa: PLR2004
    return Refusal(
        f"在“{workbook.name}”的工作表（{names}）里没有找到表头。要找的列有：{wanted}，至少要认出两列。",
        kept="没有改动任何数据。",
        todo="请检查是否选错了文件，或自己指定表头所在的行并逐列对应。",
    )


@dataclass(frozen=True)
class _Header:
    first: int
    last: int
    score: float
    matches: Mapping[int, Match]
    paths: Mapping[int, tuple[str, ...]]


class _Finder:
    """Looks for the table on one sheet."""

    def __init__(self, sheet: Sheet, columns: Sequence[Field], choice: Choice) -> None:
        self.sheet = sheet
        self._choice = choice
        self._words = Vocabulary(columns)
        self._width = min(sheet.width, _COLUMNS_SEARCHED)
        self._enough = min(_ENOUGH, len(columns))
        self._anchors = {
            (row, column): (area[0], area[1])
            for area in sheet.merges
            if area[0] <= _ROWS_SEARCHED + _TALLEST_MERGED
            for row in range(area[0], min(area[2], area[0] + _TALLEST_MERGED) + 1)
            for column in range(area[1], min(area[3], self._width) + 1)
        }

    def best(self) -> _Header | None:
        """The heading that recognises most; of equals the one with fewer rows, then the upper one."""
        if self._choice.header_first:
            last = max(self._choice.header_last, self._choice.header_first)
            return self._header(self._choice.header_first, last)
        tops = [row.number for row in self.sheet.rows[:_ROWS_SEARCHED]]
        headers = [self._header(top, top + height) for top in tops for height in range(_TALLEST)]
        good = [header for header in headers if len(header.matches) >= self._enough]
        best = max(good, key=lambda header: (header.score, header.first - header.last, -header.first), default=None)
        return self._widened(best) if best is not None else None

    def table(self, header: _Header) -> FoundTable:
        """Everything about the table under that heading."""
        columns = tuple(self._columns(header))
        keys = {column.index: column.field_key for column in columns if column.field_key}
        mapped = set(keys.values())
        required = [item for item in self._words.fields.values() if item.required and self._words.readable(item.key)]
        fills = self._fills(header.last)
        kinds = RowKinds(
            keys,
            [index for index, key in keys.items() if self._words.is_required_word(key)],
            header.paths,
            [(area[0], area[1]) for area in self.sheet.merges if area[3] > area[1]],
        )
        rows, skipped = self._sort_rows(header, kinds)
        return FoundTable(
            sheet=self.sheet,
            header_rows=(header.first, header.last),
            columns=columns,
            rows=tuple(rows),
            skipped=tuple(skipped),
            fills=fills,
            missing=tuple(item.label for item in required if item.key not in mapped),
        )

    def _text(self, row: int, column: int) -> str:
        row, column = self._anchors.get((row, column), (row, column))
        return cell_text(self.sheet.row(row).value(column)).strip()

    def _path(self, first: int, last: int, column: int) -> tuple[str, ...]:
        """The heading of a column with its groups; a group written once stands for the blanks to its right."""
        parts: list[str] = []
        for row in range(first, last + 1):
            text = self._text(row, column)
            if not text and row < last and self._text(last, column):
                lefts = (self._text(row, left) for left in range(column - 1, 0, -1))
                blanks = len(list(takewhile(lambda left: not left, lefts)))
                group = column - 1 - blanks
                text = self._text(row, group) if group > 0 and self._text(last, group) else ""
            if text and text not in parts[-1:]:
                parts.append(text)
        return tuple(parts)

    def _header(self, first: int, last: int) -> _Header:
        paths = {column: self._path(first, last, column) for column in range(1, self._width + 1)}
        matches = self._assigned(paths)
        score = sum(match.weight for match in matches.values()) - 0.5 * (last - first)
        return _Header(first, last, score, matches, paths)

    def _assigned(self, paths: Mapping[int, tuple[str, ...]]) -> dict[int, Match]:
        """Every field at most once: to the column that names it most surely, then to the one further left."""
        names = _unique_names(paths)
        wishes: list[tuple[int, Match]] = []
        for column, path in paths.items():
            chosen = self._choice.mapping.get(names[column])
            if chosen is None:
                match = self._words.recognise(path)
                if match is not None and self._words.readable(match.key):
                    wishes.append((column, match))
            elif chosen in self._words.fields:
                wishes.append((column, Match(chosen, 2 * EXACT, "")))
        taken: dict[int, Match] = {}
        for column, match in sorted(wishes, key=lambda wish: (-wish[1].weight, wish[0])):
            if all(match.key != other.key for other in taken.values()):
                taken[column] = match
        return dict(sorted(taken.items()))

    def _widened(self, header: _Header) -> _Header:
        """The same heading with all rows of its merged cells, and with the row of groups above it."""
        first, last = header.first, header.last
        for area in self.sheet.merges:
            if area[0] <= last and area[2] >= first and area[2] - area[0] < _TALLEST_MERGED and area[1] <= self._width:
                first, last = min(first, area[0]), max(last, area[2])
        if self._is_group_row(first - 1):
            first -= 1
        return header if (first, last) == (header.first, header.last) else self._header(first, last)

    def _is_group_row(self, row: int) -> bool:
        """Whether headings of groups stand there, and not a title or a line like 填报部门：… 金额单位：…."""
        groups = [area for area in self.sheet.merges if area[0] == area[2] == row and area[1] < area[3] <= self._width]
        texts = [text for text in (self._text(row, column) for column in range(1, self._width + 1)) if text]
        widest = max((area[3] - area[1] + 1 for area in groups), default=0)
        speaks = any(":" in text or "：" in text for text in texts)
        return bool(groups) and len(texts) > widest and widest * 10 < self._width * 8 and not speaks

    def _columns(self, header: _Header) -> Iterator[FoundColumn]:
        names = _unique_names(header.paths)
        general = self._general_unit(header.first)
        for column, path in header.paths.items():
            name = names[column]
            if fold(name) == fold(REASON_HEADING) or not (path or self._used(column, header.last)):
                continue
            match = header.matches.get(column)
            key = match.key if match else None
            unit, why = self._unit(name, path, general) if self._words.is_money(key) else (1, "")
            yield FoundColumn(
                index=column,
                heading=name,
                field_key=key,
                reason=self._reason(name, match),
                unit=unit,
                unit_reason=why,
                guess=None if match else self._words.guess(path),
            )

    def _used(self, column: int, header_last: int) -> bool:
        return any(row.number > header_last and not is_blank(row.value(column)) for row in self.sheet.rows)

    def _reason(self, name: str, match: Match | None) -> str:
        if name in self._choice.mapping:
            return "按您指定的对应" if match else "按您指定，不读"
        if match is None:
            return ""
        label = self._words.fields[match.key].label
        return "列名相同" if match.weight == EXACT else f"列名“{name}”认作“{label}”"

    def _unit(self, name: str, path: tuple[str, ...], general: tuple[int, str] | None) -> tuple[int, str]:
        if name in self._choice.units:
            return self._choice.units[name], "按您指定的单位"
        for part in reversed(path):
            unit = unit_in(part)
            if unit is not None:
                return unit, f"列名中注明{unit_text(unit)}"
        return general or (1, "没有注明单位，按元读取")

    def _general_unit(self, header_first: int) -> tuple[int, str] | None:
        for row in reversed(self.sheet.between(1, header_first - 1)):
            for value in row.cells:
                unit = unit_in(value) if isinstance(value, str) else None
                if unit is not None:
                    return unit, f"第 {row.number} 行注明{unit_text(unit)}"
        unit = unit_in(self.sheet.name)
        return (unit, f"工作表名注明{unit_text(unit)}") if unit is not None else None

    def _fills(self, header_last: int) -> dict[tuple[int, int], tuple[int, CellValue]]:
        """What cells merged downwards take from the first of them, as (row, column) → (first row, value)."""
        fills: dict[tuple[int, int], tuple[int, CellValue]] = {}
        for first, column, last, _ in self.sheet.merges:
            if last == first or first <= header_last or column > self._width:
                continue
            value = self.sheet.row(first).value(column)
            if not is_blank(value):
                fills.update(((row.number, column), (first, value)) for row in self.sheet.between(first + 1, last))
        return fills

    def _sort_rows(self, header: _Header, kinds: RowKinds) -> tuple[list[SheetRow], list[Skipped]]:
        rows: list[SheetRow] = []
        skipped: list[Skipped] = []
        for row in self.sheet.rows:
            if row.number <= header.last:
                continue
            if self._starts_other_table(row, header):
                reason = f"从第 {row.number} 行起是列不相同的另一张表，没有读入"
                skipped.append(Skipped(row.number, reason, _glimpse(row)))
                break
            why = kinds.why_skipped(row)
            if why is None:
                rows.append(row)
            elif why:
                skipped.append(Skipped(row.number, why, _glimpse(row)))
        return rows, skipped

    def _starts_other_table(self, row: SheetRow, header: _Header) -> bool:
        texts = {column: (value,) for column, value in enumerate(row.cells[: self._width], 1) if isinstance(value, str)}
        if len(texts) <= _ENOUGH or self._choice.header_first:
            return False
        found = {column: self._words.recognise(path) for column, path in texts.items()}
        named = {column: match.key for column, match in found.items() if match is not None}
        if len(named) <= _ENOUGH or len(named) * 3 < len(texts) * 2:
            return False
        ours = {column: match.key for column, match in header.matches.items()}
        return any(ours.get(column) != key for column, key in named.items())


def _unique_names(paths: Mapping[int, tuple[str, ...]]) -> dict[int, str]:
    """A name for every column that no other has, so that a mapping can be remembered by it."""
    names: dict[int, str] = {}
    for column, path in paths.items():
        name = PATH_MARK.join(" ".join(part.split()) for part in path)
        taken = not name or name in names.values()
        names[column] = f"{name}（{column_letter(column)} 列）" if taken else name
    return names


def _glimpse(row: SheetRow) -> str:
    return " ".join(cell_text(value).strip() for value in row.cells if not is_blank(value))[:60]
