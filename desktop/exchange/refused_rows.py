"""Rows that did not come in, given back as a workbook with the reasons, to be mended and imported again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl.worksheet.worksheet import Worksheet

from desktop.domain.errors import Refusal
from desktop.exchange.cells import CellValue, cell_text, column_letter, is_blank
from desktop.exchange.headings import fold
from desktop.exchange.reading import RowVerdict
from desktop.exchange.sheet_writing import CellWriter, Written, merge, set_up_printing, sheet_at, text_width
from desktop.exchange.table_finding import REASON_HEADING, FoundTable
from desktop.exchange.workbook import Progress, no_progress

_ROWS_MEASURED = 200
_NARROWEST, _WIDEST = 8, 36
_REASON_WIDTH = 52


def write_refused(
    path: Path, table: FoundTable, verdicts: Sequence[RowVerdict], progress: Progress = no_progress
) -> Written:
    """Write the refused rows under the source's own headings, cells unchanged, faulty cells coloured.

    What stands above the headings (title, unit line) comes along, so that amounts mean the same again; a merged
    cell's content is written out in each of its rows; the reasons stand in a last column that reading ignores.

    Raises:
        Refusal: nothing was refused, or the file cannot be written.
    """
    refused = [verdict for verdict in verdicts if not verdict.accepted]
    if not refused:
        raise Refusal("没有未通过的行，不需要导出。")
    with sheet_at(path, table.sheet.name) as sheet:
        notes = _Refused(sheet, table, refused).write(progress)
    return Written(path, len(refused), notes)


class _Refused:
    """Lays out one workbook of refused rows."""

    def __init__(self, sheet: Worksheet, table: FoundTable, refused: Sequence[RowVerdict]) -> None:
        self._sheet = sheet
        self._table = table
        self._refused = refused
        self._writer = CellWriter(sheet)
        self._first, self._last = table.header_rows
        self._used = max(*(column.index for column in table.columns), *(len(verdict.raw) for verdict in refused), 1)
        self._reason = self._reason_column()
        self._columns = range(1, max(self._used, self._reason) + 1)

    def write(self, progress: Progress) -> tuple[str, ...]:
        """Headings, rows, reasons, and how it looks and prints; what a person should know about it."""
        self._set_widths()
        self._sheet.freeze_panes = f"A{self._last + 1}"
        set_up_printing(self._sheet, first_repeated=self._first, last_repeated=self._last)
        for row in range(1, self._last + 1):
            self._append_heading(row)
        for done, verdict in enumerate(self._refused, 1):
            self._append_row(verdict)
            progress(done, len(self._refused))
        for area in self._table.sheet.merges:
            if area[2] <= self._last and not area[1] <= self._reason <= area[3] and area[1] <= self._used:
                merge(self._sheet, area)
        if self._last > self._first:
            merge(self._sheet, (self._first, self._reason, self._last, self._reason))
        return tuple(self._writer.notes)

    def _reason_column(self) -> int:
        """The column after the last used one, or the one that an earlier such workbook already has."""
        for index in range(1, self._used + 1):
            header = (self._table.sheet.row(row).value(index) for row in range(self._first, self._last + 1))
            if any(fold(cell_text(value)) == fold(REASON_HEADING) for value in header):
                return index
        return self._used + 1

    def _append_heading(self, row: int) -> None:
        source = self._table.sheet.row(row)
        in_header = row >= self._first
        style = "heading" if in_header else "subtitle"
        cells = []
        for index in self._columns:
            value = source.value(index)
            if index == self._reason:
                value = REASON_HEADING if row == self._first else None
            cells.append(self._writer.cell(value, style, f"第 {row} 行"))
        self._sheet.append(cells)

    def _append_row(self, verdict: RowVerdict) -> None:
        faulty = {fault.column for fault in verdict.faults}
        where = f"原第 {verdict.row} 行"
        reasons = "；".join(f"{fault.label}：{fault.reason}" for fault in verdict.faults)
        cells = []
        for index in self._columns:
            if index == self._reason:
                cells.append(self._writer.cell(f"（{where}）{reasons}", "reason", where))
            else:
                style = "faulty" if index in faulty else "asis"
                cells.append(self._writer.cell(self._value(verdict, index), style, where))
        self._sheet.append(cells)

    def _value(self, verdict: RowVerdict, index: int) -> CellValue:
        value = verdict.raw[index - 1] if index <= len(verdict.raw) else None
        if value is None and (verdict.row, index) in self._table.fills:
            return self._table.fills[verdict.row, index][1]
        return value

    def _set_widths(self) -> None:
        rows = self._refused[:_ROWS_MEASURED]
        for index in self._columns:
            texts = [cell_text(self._value(verdict, index)) for verdict in rows]
            header = self._table.sheet.row(self._last).value(index)
            texts.append("" if is_blank(header) else cell_text(header))
            width = max(text_width(text) for text in texts) + 2
            self._sheet.column_dimensions[column_letter(index)].width = min(max(width, _NARROWEST), _WIDEST)
        self._sheet.column_dimensions[column_letter(self._reason)].width = _REASON_WIDTH
