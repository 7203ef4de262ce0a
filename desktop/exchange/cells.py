"""What a cell of a workbook can hold, and how its place and content are spelled for people."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Uncalculated:
    """A formula that was saved without its result, so nobody here can know what it means."""

    formula: str


class Percentage(float):
    """A number that its cell shows as a percentage; its text is what the person sees (1.2 is ``120%``)."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self * 100:.12g}%"


CellValue: TypeAlias = bool | int | float | str | dt.date | dt.time | Uncalculated | None
"""``None`` is an empty cell; a date cell is a ``datetime``; a formula's error is its text (``#REF!``)."""

LONGEST_TEXT = 32_767
"""How many characters a cell of a workbook can hold."""

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ESCAPED_RUN = re.compile(r"(?:_x(?:00[01][0-9A-F]|005F|D[89A-F][0-9A-F]{2}|FFF[EF])_)+", re.IGNORECASE)
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LETTERS = 26


def column_letter(index: int) -> str:
    """``1`` is ``A``, ``28`` is ``AB``."""
    text = ""
    while index > 0:
        index, rest = divmod(index - 1, _LETTERS)
        text = chr(65 + rest) + text
    return text


def column_index(letters: str) -> int:
    """``A`` is 1, ``AB`` is 28.

    Raises:
        ValueError: something else than letters of the Latin alphabet.
    """
    index = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        index = index * _LETTERS + ord(letter) - 64
    return index


def place(row: int, column: int) -> str:
    """The name of a cell, ``K18``."""
    return f"{column_letter(column)}{row}"


def cell_text(value: CellValue) -> str:
    """What a person sees in the cell, without its colours and formats."""
    if value is None:
        return ""
    if isinstance(value, Uncalculated):
        return value.formula
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, float) and not isinstance(value, Percentage):
        return f"{value:.15g}"
    return str(value)


def is_blank(value: CellValue) -> bool:
    """Whether a person sees nothing in the cell."""
    return value is None or (isinstance(value, str) and not value.strip("\ufeff\u200b \t\r\n\u3000\xa0"))


def read_escapes(text: str) -> str:
    """Undo the workbook format's own spelling of characters that XML cannot hold (``_x000D_``).

    Nobody spells other characters so: a ``_x0041_`` is text (openpyxl has already undone the ``_x005F_`` that
    programs write before it, though in shared texts only).
    """
    if "_x" not in text:
        return text
    return _ESCAPED_RUN.sub(_characters, text)


def _characters(run: re.Match[str]) -> str:
    codes = b"".join(int(code, 16).to_bytes(2, "little") for code in _ESCAPE.findall(run[0]))
    return codes.decode("utf-16-le", "surrogatepass")


def write_escapes(text: str) -> str:
    """Spell characters that XML cannot hold as the workbook format does; ``read_escapes`` undoes it."""
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _UNWRITABLE.sub(lambda mark: f"_x{ord(mark[0]):04X}_", text)


def unwritable(text: str) -> bool:
    """Whether ``text`` holds characters that no workbook shows as they are."""
    return _UNWRITABLE.search(text) is not None
