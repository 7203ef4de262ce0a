"""Finding the table in what was copied from a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.domain.field import Field
from desktop.exchange.clipboard import rows_of_clipboard
from desktop.exchange.table_finding import FoundTable, find_tables, table_in_order
from desktop.exchange.workbook import Sheet, SheetRow, Workbook

_NAME = "粘贴的内容"


def find_pasted(text: str, columns: Sequence[Field], order: Sequence[str]) -> FoundTable:
    """The table in a clipboard's text: by its headings if they were copied too, else field by field in ``order``.

    ``order`` are field keys, from the column where the person pastes to the right; amounts without a heading are
    in yuan.
    """
    lines = rows_of_clipboard(text)
    rows = [SheetRow(number, tuple(cell or None for cell in cells)) for number, cells in enumerate(lines, 1)]
    sheet = Sheet(_NAME, tuple(row for row in rows if not row.blank))
    found = find_tables(Workbook(_NAME, (sheet,), ""), columns)
    if found and sheet.rows and found[0].header_rows[0] == sheet.rows[0].number:
        return found[0]
    return table_in_order(sheet, columns, order)
