"""Writing tables as workbooks that look well, print well, and come in again unchanged."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook as NewWorkbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from desktop.domain import money
from desktop.domain.canonical import Json
from desktop.domain.form import DateField, Field, MoneyField, PercentField, QuantityField, TextField
from desktop.exchange.atomic_file import replacing
from desktop.exchange.cells import (
    LONGEST_TEXT,
    CellValue,
    Percentage,
    Uncalculated,
    cell_text,
    column_letter,
    place,
    unwritable,
    write_escapes,
)
from desktop.exchange.workbook import Progress, no_progress

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_EXACT_DIGITS = 15
_FIRST_EXCEL_DAY = dt.date(1900, 3, 1)
_NARROWEST, _WIDEST = 9, 42
_ROWS_MEASURED = 300
_REPORT_EVERY = 500
_PAPER_A4 = "9"
_LINE = Side(style="thin", color="BFC7D1")
_FONT = "等线"
SHEET_NAME_LENGTH = 31


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


def new_sheet(title: str) -> tuple[NewWorkbook, Worksheet]:
    """A workbook with one streaming sheet and the house's styles."""
    book = NewWorkbook(write_only=True)
    for style in _styles():
        book.add_named_style(style)
    sheet = book.create_sheet(_sheet_name(title))
    return book, sheet


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
    footer = sheet.HeaderFooter.oddFooter
    if footer is not None:
        footer.center.text = "第 &P 页，共 &N 页"


def merge(sheet: Worksheet, area: tuple[int, int, int, int]) -> None:
    """Merge cells of a streaming sheet: first row, first column, last row, last column."""
    first_row, first_column, last_row, last_column = area
    sheet.merged_cells.add(
        CellRange(min_row=first_row, min_col=first_column, max_row=last_row, max_col=last_column).coord
    )


def write_table(
    path: Path,
    title: str,
    columns: Sequence[Field],
    lines: Sequence[Mapping[str, Json]],
    *,
    subtitle: str = "",
    progress: Progress = no_progress,
) -> Written:
    """Write the lines of a line table, amounts in yuan, exact to the fen; the persons' ids do not travel.

    Raises:
        Refusal: the file cannot be written; what stood there is unchanged.
    """
    book, sheet = new_sheet(title)
    writer = CellWriter(sheet)
    above = [title, subtitle] if subtitle else [title]
    header = len(above) + 1
    for index, width in enumerate(_widths(columns, lines), 1):
        sheet.column_dimensions[column_letter(index)].width = width
    sheet.freeze_panes = f"{column_letter(_frozen_columns(columns) + 1)}{header + 1}"
    sheet.row_dimensions[1].height = 30
    for row, text in enumerate(above, 1):
        sheet.append([writer.cell(text, "title" if row == 1 else "subtitle", f"第 {row} 行")])
        if len(columns) > 1:
            merge(sheet, (row, 1, row, len(columns)))
    sheet.append([writer.cell(_heading(item), "heading", "表头") for item in columns])
    for done, line in enumerate(lines, 1):
        row = header + done
        sheet.append(
            [
                writer.cell(*_cell_of(item, line.get(item.key)), f"{place(row, index)} {item.label}")
                for index, item in enumerate(columns, 1)
            ]
        )
        if done % _REPORT_EVERY == 0:
            progress(done, len(lines))
    sheet.auto_filter.ref = f"A{header}:{place(header + max(len(lines), 1), len(columns))}"
    set_up_printing(sheet, first_repeated=1, last_repeated=header)
    save(book, path)
    progress(len(lines), len(lines))
    return Written(path, len(lines), tuple(writer.notes))


def save(book: NewWorkbook, path: Path) -> None:
    """Write the workbook whole or not at all.

    Raises:
        Refusal: the place is locked, missing or full.
    """
    with replacing(path) as stream:
        book.save(stream)


def text_width(text: str) -> int:
    """The width of the longest line in columns of a plain digit; Chinese characters take two."""
    return max(
        (sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in line) for line in text.split("\n")),
        default=0,
    )


def _cell_of(item: Field, value: Json) -> tuple[CellValue, str]:
    """What is written for a stored value, and in which style."""
    if value is None:
        return None, _style_of(item)
    if isinstance(item, MoneyField) and isinstance(value, int):
        yuan = Decimal(value) / money.YUAN
        return _figure(yuan, f"{yuan:.2f}"), "money"
    if isinstance(item, DateField) and isinstance(value, str):
        return dt.datetime.combine(dt.date.fromisoformat(value), dt.time()), "date"
    if isinstance(item, QuantityField) and isinstance(value, str):
        return _figure(Decimal(value), value), "figure"
    if isinstance(item, PercentField) and isinstance(value, str):
        share = Decimal(value) / 100
        figure = _figure(share, f"{value}%")
        return (Percentage(figure) if isinstance(figure, float) else figure), "figure"
    return item.text(value), _style_of(item)


def _figure(number: Decimal, spelled: str) -> float | str:
    """A number that a workbook keeps exactly, else its spelling as text."""
    digits = number.normalize().as_tuple().digits
    return float(number) if len(digits) <= _EXACT_DIGITS else spelled


def _style_of(item: Field) -> str:
    if isinstance(item, MoneyField):
        return "money"
    if isinstance(item, DateField):
        return "date"
    return "figure" if isinstance(item, QuantityField | PercentField) else "text"


def _heading(item: Field) -> str:
    if isinstance(item, MoneyField):
        return f"{item.label}（元）"
    unit = item.unit if isinstance(item, QuantityField) else ""
    return f"{item.label}（{unit}）" if unit else item.label


def _widths(columns: Sequence[Field], lines: Sequence[Mapping[str, Json]]) -> list[float]:
    widths = []
    for item in columns:
        texts = [item.text(line.get(item.key)) for line in lines[:_ROWS_MEASURED]]
        longest = max((text_width(text) for text in texts), default=0)
        limit = _WIDEST + 10 if isinstance(item, TextField) and item.share > 1 else _WIDEST
        widths.append(float(min(max(text_width(_heading(item)) + 3, longest + 2, _NARROWEST), limit)))
    return widths


def _frozen_columns(columns: Sequence[Field]) -> int:
    """How many columns stay in sight when scrolling sideways: up to and with the first required one."""
    place_of = next((index for index, item in enumerate(columns, 1) if item.required), 1)
    return place_of if place_of <= 3 else 1  # noqa: PLR2004  more would leave no room on a laptop


def _sheet_name(title: str) -> str:
    name = "".join("-" if mark in "[]:*?/\\" or unwritable(mark) else mark for mark in title).strip("' ")
    return name[:SHEET_NAME_LENGTH] or "表"


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
