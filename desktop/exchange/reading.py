"""Reading the rows of a found table into lines, each with its verdict: what was understood, what is wrong where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.field import Field, is_empty
from desktop.domain.values import Unreadable
from desktop.exchange.cells import CellValue, Uncalculated, place
from desktop.exchange.table_finding import FoundColumn, FoundTable
from desktop.exchange.workbook import Progress, SheetRow, no_progress

LineFaults = Callable[[Mapping[str, Json]], Iterable[tuple[str, str]]]
"""Contradictions inside one line, as (column key, what is wrong)."""

_REPORT_EVERY = 500


@dataclass(frozen=True)
class CellNote:
    """How the writing in a cell was understood, where it was not plain."""

    cell: str
    key: str
    label: str
    note: str

    @property
    def text(self) -> str:
        """``H8 合同金额：“￥356.8万”读作 3,568,000.00 元``."""
        return f"{self.cell} {self.label}：{self.note}"


@dataclass(frozen=True)
class CellFault:
    """Why a row is refused, and the cell to mend; ``column`` is its index, 0 if the sheet has no such column."""

    cell: str
    column: int
    key: str
    label: str
    reason: str

    @property
    def text(self) -> str:
        """``K18 项目编号：…``."""
        return f"{self.cell} {self.label}：{self.reason}"


@dataclass(frozen=True)
class RowVerdict:
    """One row: its number in the sheet, its cells as they stood, the line read from it, notes and faults.

    ``extras`` are values in columns that mean no field, by heading; nothing of a row is lost.
    """

    row: int
    hidden: bool
    raw: tuple[CellValue, ...]
    line: Mapping[str, Json]
    notes: tuple[CellNote, ...] = ()
    faults: tuple[CellFault, ...] = ()
    extras: tuple[tuple[str, CellValue], ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the row comes in."""
        return not self.faults


def read_lines(
    table: FoundTable,
    columns: Sequence[Field],
    *,
    unique: Sequence[str] = (),
    line_faults: LineFaults | None = None,
    progress: Progress = no_progress,
) -> tuple[RowVerdict, ...]:
    """Read every row of ``table``; ``unique`` names columns in which no value may stand twice.

    Raises:
        Refusal: a required field has no column, so that every row would be refused for the same reason.
    """
    if table.missing:
        raise Refusal(
            f"工作表“{table.sheet.name}”里没有认出必需的列：{'、'.join(table.missing)}。",
            kept="没有改动任何数据。",
            todo="请在对应关系中指定哪一列是它，再继续。",
        )
    reader = _RowReader(table, columns, unique, line_faults)
    verdicts: list[RowVerdict] = []
    for done, row in enumerate(table.rows, 1):
        verdicts.append(reader.verdict(row))
        if done % _REPORT_EVERY == 0:
            progress(done, len(table.rows))
    progress(len(table.rows), len(table.rows))
    return tuple(verdicts)


class _RowReader:
    """Reads row after row, and remembers the values that may stand only once."""

    def __init__(
        self, table: FoundTable, columns: Sequence[Field], unique: Sequence[str], line_faults: LineFaults | None
    ) -> None:
        self._table = table
        self._fields = {item.key: item for item in columns}
        self._at = {column.field_key: column for column in table.columns if column.field_key}
        self._extra = [column for column in table.columns if column.field_key is None]
        self._unique = unique
        self._line_faults = line_faults
        self._seen: dict[tuple[str, str], int] = {}

    def verdict(self, row: SheetRow) -> RowVerdict:
        """What this row says and what is wrong with it."""
        line: dict[str, Json] = {}
        notes: list[CellNote] = []
        faults: list[CellFault] = []
        for key, item in self._fields.items():
            column = self._at.get(key)
            if column is None:
                line[key] = None
                continue
            line[key] = self._read(row, column, item, notes, faults)
        faulty = {fault.key for fault in faults}
        faults.extend(
            self._fault(row, key, "没有填写")
            for key, item in self._fields.items()
            if item.required and is_empty(line[key]) and key not in faulty
        )
        faults.extend(self._repeated(row, line))
        if self._line_faults is not None:
            faults.extend(self._fault(row, key, reason) for key, reason in self._line_faults(line))
        extras = tuple((column.heading, row.value(column.index)) for column in self._extra)
        return RowVerdict(
            row=row.number,
            hidden=row.hidden,
            raw=row.cells,
            line=line,
            notes=tuple(notes),
            faults=tuple(faults),
            extras=tuple((heading, value) for heading, value in extras if value is not None),
        )

    def _read(
        self, row: SheetRow, column: FoundColumn, item: Field, notes: list[CellNote], faults: list[CellFault]
    ) -> Json:
        cell = place(row.number, column.index)
        value = row.value(column.index)
        filled = self._table.fills.get((row.number, column.index)) if value is None else None
        if filled is not None:
            value = filled[1]
            notes.append(CellNote(cell, item.key, item.label, f"与 {place(filled[0], column.index)} 合并，内容相同"))
        try:
            _refuse_uncalculated(value)
            read = item.read(value, unit=column.unit)
        except Unreadable as error:
            reason = str(error).removeprefix(item.label)
            faults.append(CellFault(cell, column.index, item.key, item.label, reason))
            return None
        if read.note:
            notes.append(CellNote(cell, item.key, item.label, read.note))
        return read.value

    def _repeated(self, row: SheetRow, line: Mapping[str, Json]) -> list[CellFault]:
        faults = []
        for key in self._unique:
            value = line.get(key)
            if isinstance(value, str) and value:
                first = self._seen.setdefault((key, value.casefold()), row.number)
                if first != row.number:
                    reason = f"“{value}”与第 {first} 行重复，同一{self._fields[key].label}只能用一次"
                    faults.append(self._fault(row, key, reason))
        return faults

    def _fault(self, row: SheetRow, key: str, reason: str) -> CellFault:
        column = self._at.get(key)
        cell = place(row.number, column.index) if column else f"第 {row.number} 行"
        return CellFault(cell, column.index if column else 0, key, self._fields[key].label, reason)


def _refuse_uncalculated(value: CellValue) -> None:
    if isinstance(value, Uncalculated):
        raise Unreadable(f"公式“{value.formula}”没有保存计算结果，请在 Excel 中打开并保存一次")
