"""Workbooks as offices send them: opened safely, their cells with places, merged areas and hidden rows."""

from __future__ import annotations

import csv
import hashlib
import io
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.domain.errors import Damaged, Refusal
from desktop.exchange.cells import CellValue, cell_text, is_blank
from desktop.exchange.excel_book import KEPT, SAVE_AS, Area, SheetContent, read_excel

Progress = Callable[[int, int], None]
"""Told ``(done, total)`` now and then in long work; whatever it raises ends the work and passes through."""

LARGEST_FILE = 100 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
_FIELD_LIMIT = 1 << 20


def no_progress(_done: int, _total: int) -> None:
    """For work that nobody watches."""


@dataclass(frozen=True)
class SheetRow:
    """One row that holds anything: its number in the sheet, and its values up to the last filled one."""

    number: int
    cells: tuple[CellValue, ...]
    hidden: bool = False

    def value(self, column: int) -> CellValue:
        """What stands in that column (from 1)."""
        return self.cells[column - 1] if 0 < column <= len(self.cells) else None

    @property
    def blank(self) -> bool:
        """Whether a person sees nothing in the whole row."""
        return all(is_blank(value) for value in self.cells)


@dataclass(frozen=True)
class Sheet:
    """One worksheet, rows in order; rows without any value are not listed."""

    name: str
    rows: tuple[SheetRow, ...]
    merges: tuple[Area, ...] = ()
    hidden: bool = False
    _places: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._places.update((row.number, index) for index, row in enumerate(self.rows))

    @property
    def width(self) -> int:
        """The number of columns that any row uses."""
        return max((len(row.cells) for row in self.rows), default=0)

    def row(self, number: int) -> SheetRow:
        """The row of that number, an empty one if nothing stands in it."""
        index = self._places.get(number)
        return SheetRow(number, ()) if index is None else self.rows[index]

    def between(self, first: int, last: int) -> Sequence[SheetRow]:
        """The rows from ``first`` to ``last``, both counted."""
        start = bisect_left(self.rows, first, key=_number)
        return self.rows[start : bisect_right(self.rows, last, lo=start, key=_number)]


def _number(row: SheetRow) -> int:
    return row.number


@dataclass(frozen=True)
class Workbook:
    """What was read of a file; ``sha256`` is that of the file's bytes."""

    name: str
    sheets: tuple[Sheet, ...]
    sha256: str

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name.

        Raises:
            Refusal: there is none.
        """
        found = next((sheet for sheet in self.sheets if sheet.name == name), None)
        if found is None:
            names = "、".join(sheet.name for sheet in self.sheets)
            what = f"“{self.name}”里没有名为“{name}”的工作表，只有：{names}。"
            raise Refusal(what, todo="请重新选择工作表。")
        return found


def preview(sheet: Sheet, *, first: int = 1, count: int = 30) -> list[tuple[int, tuple[str, ...]]]:
    """The first rows as texts with their numbers, for a person who points out the heading row."""
    last = first + count - 1
    return [(row.number, tuple(cell_text(value) for value in row.cells)) for row in sheet.between(first, last)]


def open_workbook(path: Path, progress: Progress = no_progress) -> Workbook:
    """Read every worksheet of an .xlsx, .xlsm, .csv or .tsv file.

    Raises:
        Damaged: broken, too large, encrypted, or something else than a workbook.
        Refusal: the file cannot be opened.
    """
    return read_workbook(_bytes_of(path), path.name, progress)


def read_workbook(data: bytes, name: str, progress: Progress = no_progress) -> Workbook:
    """The workbook in ``data``; ``name`` is the file's name for messages.

    Raises:
        Damaged: as ``open_workbook``.
    """
    suffix = Path(name).suffix.lower()
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(_ZIP):
        sheets = read_excel(data, name, progress)
        return Workbook(name, tuple(_sheet_of_excel(sheet) for sheet in sheets), digest)
    if data.startswith(_OLE):
        raise Damaged(
            f"“{name}”已加密或为旧版 .xls，读不出内容。",
            kept=KEPT,
            todo="请在 Excel 中另存为不加密的 .xlsx 后再导入。",
        )
    if suffix in _TEXT_SUFFIXES:
        return Workbook(name, (_sheet_of_text(data, name),), digest)
    raise Damaged(f"“{name}”{_what_it_is(data)}", kept=KEPT, todo=SAVE_AS)


def _bytes_of(path: Path) -> bytes:
    if path.name.startswith("~$"):
        what = f"“{path.name}”是 Excel 打开文件时的临时文件。"
        raise Refusal(what, todo="请选择名字里没有“~$”的那个文件。")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Damaged(f"“{path.name}”超过 {LARGEST_FILE >> 20} MB，没有读取。", todo="请拆分后再导入。")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Refusal(f"找不到文件“{path.name}”。", todo="请检查它是否被移走或改名。") from error
    except IsADirectoryError as error:
        raise Refusal(f"“{path.name}”是文件夹，不是工作簿。", todo="请选择文件。") from error
    except OSError as error:
        raise Refusal(
            f"打不开“{path.name}”：没有读取权限，或正被别的程序独占。",
            todo="请关闭正在使用它的程序，或复制一份后再导入。",
            details=repr(error),
        ) from error


def _what_it_is(data: bytes) -> str:
    if not data:
        return "是空文件。"
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"mime-version")):
        return "其实是网页或 XML 格式，不是 Excel 工作簿。"
    return "不是 Excel 工作簿。"


def _sheet_of_excel(content: SheetContent) -> Sheet:
    rows = tuple(SheetRow(number, values, hidden) for number, hidden, values in content.rows)
    return Sheet(content.title, rows, content.merges, content.hidden)


def _sheet_of_text(data: bytes, name: str) -> Sheet:
    text = _decoded(data, name)
    if "\0" in text:
        raise Damaged(f"“{name}”不是文本表格。", kept=KEPT, todo=SAVE_AS)
    first_line = text.partition("\n")[0]
    delimiter = max("\t", ",", ";", "，", key=first_line.count)
    limit = csv.field_size_limit(_FIELD_LIMIT)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Damaged(f"“{name}”的引号或分隔符不完整，读不出表格。", todo=SAVE_AS, details=repr(error)) from error
    finally:
        csv.field_size_limit(limit)
    rows = (SheetRow(number, tuple(cell or None for cell in line)) for number, line in enumerate(lines, 1))
    return Sheet(Path(name).stem, tuple(row for row in rows if not row.blank))


def _decoded(data: bytes, name: str) -> str:
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Damaged(f"“{name}”的文字编码认不出来。", kept=KEPT, todo=SAVE_AS)
