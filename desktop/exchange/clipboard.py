"""Cells copied from and to a spreadsheet by the clipboard, as Excel and WPS write them: tabs, lines, quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
