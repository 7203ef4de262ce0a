"""Sheets written row by row: cells that stay what they are, the house's styles, print set-up, all or nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from openpyxl import Workbook as NewWorkbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from desktop.exchange.atomic_file import replacing
from desktop.exchange.cells import (
    LONGEST_TEXT,
    CellValue,
    Percentage,
    Uncalculated,
    cell_text,
    unwritable,
    write_escapes,
)

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_FIRST_EXCEL_DAY = dt.date(1900, 3, 1)
_PAPER_A4 = "9"
_LINE = Side(style="thin", color="BFC7D1")
_FONT = "等线"
_SHEET_NAME_LENGTH = 31


@dataclass(frozen=True)
class Written:
    """A workbook that was written: how many lines, and what a person should know about it."""

    path: Path
    rows: int
    notes: tuple[str, ...] = ()


class CellWriter:
    """Makes cells of one sheet: texts stay texts, long figures stay exact, and nothing is written in silence."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.notes: list[str] = []

    def cell(self, value: CellValue, style: str, where: str) -> Cell:
        """A cell that holds ``value`` as it is; ``where`` names it in a note."""
        cell = WriteOnlyCell(self.sheet)
        cell.style = style
        if isinstance(value, str | Uncalculated):
            self._put_text(cell, cell_text(value), where)
        elif isinstance(value, dt.date):
            self._put_day(cell, value, where)
        elif isinstance(value, Percentage):
            cell.value = float(value)
            cell.number_format = "0.##%" if (value * 100) % 1 else "0%"
        else:
            cell.value = value
        return cell

    def _put_text(self, cell: Cell, text: str, where: str) -> None:
        if unwritable(text):
            self.notes.append(f"{where} 含有表格里显示不出的字符，已用 Excel 的转义写法保存（如 _x0001_）")
        spelled = write_escapes(text)
        if len(spelled) > LONGEST_TEXT:
            self.notes.append(f"{where} 共 {len(spelled):,} 个字，超过一格的上限 {LONGEST_TEXT:,}，只写入了前面的部分")
            spelled = spelled[:LONGEST_TEXT]
        cell.value = spelled
        cell.data_type = "s"
        if text.startswith(_FORMULA_STARTS):
            cell.quotePrefix = True

    def _put_day(self, cell: Cell, day: dt.date, where: str) -> None:
        plain_day = day.date() if isinstance(day, dt.datetime) else day
        if plain_day < _FIRST_EXCEL_DAY:
            self._put_text(cell, cell_text(day), where)
            return
        cell.value = day
        has_time = isinstance(day, dt.datetime) and day.time() != dt.time()
        cell.number_format = "yyyy-mm-dd hh:mm" if has_time else "yyyy-mm-dd"


@contextlib.contextmanager
def book_at(path: Path, styles: Sequence[NamedStyle] = ()) -> Iterator[NewWorkbook]:
    """A streaming workbook with the house's styles and ``styles``, that is at ``path`` when the block ends well.

    Raises:
        Refusal: the place is locked, missing or full.
    """
    with replacing(path) as stream:
        book = NewWorkbook(write_only=True)
        for style in (*_styles(), *styles):
            book.add_named_style(style)
        yield book
        book.save(stream)


@contextlib.contextmanager
def new_sheet(book: NewWorkbook, title: str) -> Iterator[Worksheet]:
    """One streaming sheet of a workbook. How it prints and looks is set before the first row."""
    sheet = book.create_sheet(_sheet_name(title))
    if not isinstance(sheet, WriteOnlyWorksheet):
        raise TypeError(sheet)
    try:
        yield cast("Worksheet", sheet)  # it has what is used here of one; its type stub does not say so
    finally:
        if not sheet.closed:
            sheet.close()


@contextlib.contextmanager
def sheet_at(path: Path, title: str) -> Iterator[Worksheet]:
    """A workbook of one streaming sheet; rows are written as they come.

    Raises:
        Refusal: the place is locked, missing or full.
    """
    with book_at(path) as book, new_sheet(book, title) as sheet:
        yield sheet


def set_up_printing(sheet: Worksheet, *, first_repeated: int, last_repeated: int) -> None:
    """A4 landscape, as wide as the page, headings on every page, page numbers below."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _PAPER_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.print_title_rows = f"{first_repeated}:{last_repeated}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    footer = sheet.HeaderFooter.oddFooter
    if footer is not None:
        footer.center.text = "第 &P 页，共 &N 页"


def merge(sheet: Worksheet, area: tuple[int, int, int, int]) -> None:
    """Merge cells of a streaming sheet: first row, first column, last row, last column."""
    first_row, first_column, last_row, last_column = area
    sheet.merged_cells.add(
        CellRange(min_row=first_row, min_col=first_column, max_row=last_row, max_col=last_column).coord
    )


def text_width(text: str) -> int:
    """The width of the longest line in columns of a plain digit; Chinese characters take two."""
    return max(
        (sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in line) for line in text.split("\n")),
        default=0,
    )


def _sheet_name(title: str) -> str:
    name = "".join("-" if mark in "[]:*?/\\" or unwritable(mark) else mark for mark in title).strip("' ")
    return name[:_SHEET_NAME_LENGTH] or "表"


def _styles() -> list[NamedStyle]:
    border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    plain = Font(name=_FONT, size=10)
    wrapped = Alignment(vertical="center", wrap_text=True)
    centred = Alignment(horizontal="center", vertical="center", wrap_text=True)
    right = Alignment(horizontal="right", vertical="center")
    shade = PatternFill("solid", start_color="E3EAF3", end_color="E3EAF3")
    alarm = PatternFill("solid", start_color="FFD9D3", end_color="FFD9D3")
    pale = PatternFill("solid", start_color="FFF1EE", end_color="FFF1EE")
    red = Font(name=_FONT, size=10, color="B42318")
    bold = Font(name=_FONT, size=10, bold=True)
    return [
        NamedStyle("title", font=Font(name=_FONT, size=16, bold=True), alignment=centred),
        NamedStyle("subtitle", font=Font(name=_FONT, size=10, color="5B6673"), alignment=wrapped),
        NamedStyle("heading", font=bold, alignment=centred, border=border, fill=shade),
        NamedStyle("text", font=plain, alignment=wrapped, border=border, number_format="@"),
        NamedStyle("figure", font=plain, alignment=right, border=border),
        NamedStyle("money", font=plain, alignment=right, border=border, number_format="#,##0.00"),
        NamedStyle("date", font=plain, alignment=centred, border=border, number_format="yyyy-mm-dd"),
        NamedStyle("asis", font=plain, alignment=wrapped, border=border),
        NamedStyle("faulty", font=plain, alignment=wrapped, border=border, fill=alarm),
        NamedStyle("reason", font=red, alignment=wrapped, border=border, fill=pale),
    ]
