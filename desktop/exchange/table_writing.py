"""Line tables as workbooks that look well, print well, and come in again unchanged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from desktop.domain import money
from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import DateField, MoneyField, PercentField, QuantityField, TextField
from desktop.exchange.cells import CellValue, Percentage, column_letter, place
from desktop.exchange.sheet_writing import CellWriter, Written, merge, set_up_printing, sheet_at, text_width
from desktop.exchange.workbook import Progress, no_progress

_EXACT_DIGITS = 15
_NARROWEST, _WIDEST, _WIDEST_PROSE = 7, 26, 40
_HEADING_HEIGHT, _TITLE_HEIGHT = 32, 30
_ROWS_MEASURED = 300
_REPORT_EVERY = 500


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
    above = [title, subtitle] if subtitle else [title]
    with sheet_at(path, title) as sheet:
        writer = CellWriter(sheet)
        _set_up(sheet, columns, lines, len(above) + 1)
        for row, text in enumerate(above, 1):
            sheet.append([writer.cell(text, "title" if row == 1 else "subtitle", f"第 {row} 行")])
            if len(columns) > 1:
                merge(sheet, (row, 1, row, len(columns)))
        sheet.append([writer.cell(heading_of(item), "heading", "表头") for item in columns])
        for done, line in enumerate(lines, 1):
            sheet.append(_cells(writer, columns, line, len(above) + 1 + done))
            if done % _REPORT_EVERY == 0:
                progress(done, len(lines))
    progress(len(lines), len(lines))
    return Written(path, len(lines), tuple(writer.notes))


def _set_up(sheet: Worksheet, columns: Sequence[Field], lines: Sequence[Mapping[str, Json]], header: int) -> None:
    for index, width in enumerate(_widths(columns, lines), 1):
        sheet.column_dimensions[column_letter(index)].width = width
    sheet.row_dimensions[1].height = _TITLE_HEIGHT
    sheet.row_dimensions[header].height = _HEADING_HEIGHT
    sheet.freeze_panes = f"{column_letter(_frozen_columns(columns) + 1)}{header + 1}"
    sheet.auto_filter.ref = f"A{header}:{place(header + max(len(lines), 1), len(columns))}"
    set_up_printing(sheet, first_repeated=1, last_repeated=header)


def _cells(writer: CellWriter, columns: Sequence[Field], line: Mapping[str, Json], row: int) -> list[Cell]:
    return [
        writer.cell(*cell_of(item, line.get(item.key)), f"{place(row, index)} {item.label}")
        for index, item in enumerate(columns, 1)
    ]


def cell_of(item: Field, value: Json) -> tuple[CellValue, str]:
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


def heading_of(item: Field) -> str:
    """A column's heading with its unit."""
    if isinstance(item, MoneyField):
        return f"{item.label}（元）"
    unit = item.unit if isinstance(item, QuantityField) else ""
    return f"{item.label}（{unit}）" if unit else item.label


def _widths(columns: Sequence[Field], lines: Sequence[Mapping[str, Json]]) -> list[float]:
    """As narrow as the content allows, headings on two lines, so that a printed page stays readable."""
    widths = []
    for item in columns:
        texts = [item.text(line.get(item.key)) for line in lines[:_ROWS_MEASURED]]
        longest = max((text_width(text) for text in texts), default=0)
        limit = _WIDEST_PROSE if isinstance(item, TextField) and item.share > 1 else _WIDEST
        heading = (text_width(heading_of(item)) + 1) // 2 + 3
        widths.append(float(max(min(longest + 2, limit), heading, _NARROWEST)))
    return widths


def _frozen_columns(columns: Sequence[Field]) -> int:
    """How many columns stay in sight when scrolling sideways: up to and with the first required one."""
    place_of = next((index for index, item in enumerate(columns, 1) if item.required), 1)
    return place_of if place_of <= 3 else 1  # noqa: PLR2004  more would leave no room on a laptop
