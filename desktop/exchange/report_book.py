"""A report as a workbook: a sheet for each of its tables, figures and days as such, texts whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from openpyxl import Workbook as NewWorkbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, NamedStyle, PatternFill

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import TextField
from desktop.domain.policy_terms import Tone
from desktop.domain.report import MomentField, Paragraph, Report, Row, Table
from desktop.exchange.cells import CellValue, column_letter, place
from desktop.exchange.sheet_writing import (
    CellWriter,
    Written,
    book_at,
    merge,
    new_sheet,
    set_up_printing,
    text_width,
)
from desktop.exchange.table_writing import cell_of, heading_of

_NARROWEST, _WIDEST, _WIDEST_PROSE = 7, 28, 60
_PROSE = 1_000
_ROWS_MEASURED = 300
_TITLE_HEIGHT, _HEADING_HEIGHT = 30, 24
_LEAST_WIDTH = 8
"""Headings are merged over at least so many columns, so that a narrow table does not cut them."""
_FILLS = {
    Tone.GOOD: "DFF1E6",
    Tone.WARNING: "FBECCB",
    Tone.BAD: "F9D9D5",
    Tone.INFO: "E2EBFA",
    Tone.NEUTRAL: "EBEEF2",
}


def write_report(path: Path, report: Report) -> Written:
    """Write a report: an overview, then each table on a sheet of its own.

    Raises:
        Refusal: the file cannot be written; what stood there is unchanged.
    """
    notes: list[str] = []
    with book_at(path, (_sum_style(),)) as book:
        _overview(book, report, notes)
        for table in report.tables:
            _table(book, report, table, notes)
    return Written(path, sum(table.count for table in report.tables), tuple(notes))


def _overview(book: NewWorkbook, report: Report, notes: list[str]) -> None:
    with new_sheet(book, "概况") as sheet:
        writer = CellWriter(sheet)
        sheet.column_dimensions["A"].width = 24
        sheet.column_dimensions["B"].width = 90
        sheet.row_dimensions[1].height = _TITLE_HEIGHT
        set_up_printing(sheet, first_repeated=1, last_repeated=1)
        sheet.append([writer.cell(report.title, "title", "标题")])
        merge(sheet, (1, 1, 1, 2))
        for label, text, tone in _said(report):
            sheet.append([writer.cell(label, "heading", label), _toned(writer.cell(text, "text", label), tone)])
        notes.extend(writer.notes)


def _said(report: Report) -> Iterator[tuple[str, str, Tone | None]]:
    head = (("周次", report.subtitle), ("报送", report.to), ("统计", report.dated))
    yield from ((label, text, None) for label, text in head if text)
    yield from ((fact.label, fact.text, fact.tone) for fact in report.facts)
    yield from ((part.title, part.text, None) for part in report.parts if isinstance(part, Paragraph))
    yield from ((f"说明 {number}", note, None) for number, note in enumerate(report.notes, 1))


def _table(book: NewWorkbook, report: Report, table: Table, notes: list[str]) -> None:
    columns = table.columns
    with new_sheet(book, table.title) as sheet:
        writer = CellWriter(sheet)
        header = 3
        for index, width in enumerate(_widths(table), 1):
            sheet.column_dimensions[column_letter(index)].width = width
        sheet.row_dimensions[1].height = _TITLE_HEIGHT
        sheet.row_dimensions[header].height = _HEADING_HEIGHT
        sheet.freeze_panes = f"B{header + 1}"
        set_up_printing(sheet, first_repeated=1, last_repeated=header)
        across = max(len(columns), _LEAST_WIDTH)
        sheet.append([writer.cell(f"{report.title}：{table.title}", "title", "标题")])
        sheet.append([writer.cell(f"{report.subtitle}；{report.dated}".strip("；"), "subtitle", "标题")])
        for row in (1, 2):
            merge(sheet, (row, 1, row, across))
        sheet.append([writer.cell(heading_of(item), "heading", "表头") for item in columns])
        for at, cells in enumerate(_lines(writer, table), header + 1):
            sheet.append(cells)
            if len(cells) == 1 and len(columns) > 1:
                merge(sheet, (at, 1, at, len(columns)))
        notes.extend(writer.notes)


def _lines(writer: CellWriter, table: Table) -> Iterator[list[Cell]]:
    row = 4
    if not table.count:
        yield [writer.cell(table.empty, "text", "表")]
    for group in table.groups:
        if group.title:
            yield [writer.cell(group.title, "sum", "组")]
            row += 1
        for line in group.rows:
            yield _cells(writer, table.columns, line, row)
            row += 1
        if group.subtotal:
            yield _cells(writer, table.columns, group.subtotal, row, summed=True)
            row += 1
    if table.total:
        yield _cells(writer, table.columns, table.total, row, summed=True)


def _cells(writer: CellWriter, columns: Sequence[Field], line: Row, row: int, *, summed: bool = False) -> list[Cell]:
    made = []
    for index, item in enumerate(columns, 1):
        value, style = _value(item, line.values.get(item.key))
        cell = writer.cell(value, "sum" if summed else style, f"{place(row, index)} {item.label}")
        made.append(_toned(cell, line.tones.get(item.key)))
    return made


def _value(item: Field, value: Json) -> tuple[CellValue, str]:
    if isinstance(item, MomentField):
        return (dt.datetime.fromisoformat(value) if isinstance(value, str) else None), "date"
    return cell_of(item, value)


def _toned(cell: Cell, tone: Tone | None) -> Cell:
    if tone is not None:
        cell.fill = PatternFill("solid", start_color=_FILLS[tone], end_color=_FILLS[tone])
    return cell


def _sum_style() -> NamedStyle:
    shade = PatternFill("solid", start_color="EEF2F6", end_color="EEF2F6")
    return NamedStyle("sum", font=Font(name="等线", size=10, bold=True), fill=shade)


def _widths(table: Table) -> Iterator[float]:
    """As narrow as the content allows; prose is wrapped."""
    rows = [*table.rows][:_ROWS_MEASURED]
    for item in table.columns:
        longest = max((text_width(item.text(row.values.get(item.key))) for row in rows), default=0)
        prose = isinstance(item, TextField) and item.lines
        limit = _WIDEST_PROSE if prose else _WIDEST
        yield float(max(min(longest + 2, limit), text_width(heading_of(item)) + 2, _NARROWEST))
