"""Cells copied from and to a spreadsheet by the clipboard, as Excel and WPS write them: tabs, lines, quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktop.domain.fields import Field
from desktop.exchange.table_finding import FoundTable, find_tables, table_in_order
from desktop.exchange.workbook import Sheet, SheetRow, Workbook

_NAME = "粘贴的内容"
_NEEDS_QUOTES = re.compile(r'[\t\n\r]|\A"')
_END = re.compile(r"[\t\n]")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=[\t\n]|\Z)')


def rows_of_clipboard(text: str) -> list[list[str]]:
    """The cells in a clipboard's text.

    A cell is unwrapped from its quotes only where they are needed (a tab, a line break or a doubled quote inside),
    because spreadsheets leave a text like ``"一网统管"平台`` as it is.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    rows: list[list[str]] = [[]]
    at = 0
    while True:
        cell, at = _cell_at(text, at)
        rows[-1].append(cell)
        if at >= len(text):
            return rows
        if text[at] == "\n":
            rows.append([])
        at += 1


def clipboard_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text that a spreadsheet takes apart into the same cells."""
    return "".join("\t".join(_quoted(cell) for cell in row) + "\r\n" for row in rows)


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


def _cell_at(text: str, at: int) -> tuple[str, int]:
    quoted = _QUOTED.match(text, at) if text.startswith('"', at) else None
    if quoted is not None and ('""' in quoted[1] or _NEEDS_QUOTES.search(quoted[1])):
        return quoted[1].replace('""', '"'), quoted.end()
    end = _END.search(text, at)
    stop = end.start() if end else len(text)
    return text[at:stop], stop


def _quoted(cell: str) -> str:
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell
