"""Workbooks of Excel and WPS (.xlsx, .xlsm), read by openpyxl.

openpyxl loads a workbook in one go and believes it. So its raw parts are looked over first: what would make the
loading endless (archives that unpack to gigabytes, millions of merged cells), what openpyxl would read as empty
(the strict variant of the format), and whether any formula stands there without its result. XML attacks are
refused by defusedxml, which openpyxl uses wherever it is installed.
"""

from __future__ import annotations

import datetime as dt
import io
import lzma
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook as LoadedBook
from openpyxl.cell.cell import TYPE_FORMULA, TYPE_FORMULA_CACHE_STRING, TYPE_INLINE, Cell, MergedCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import ARC_CONTENT_TYPES

from desktop.domain.errors import Damaged
from desktop.exchange.cells import CellValue, Percentage, Uncalculated, column_index, read_escapes

KEPT = "没有改动任何数据。"
SAVE_AS = "请在 Excel 中另存为“Excel 工作簿（.xlsx）”后再导入。"
LARGEST_UNPACKED = 240 << 20
"""Bytes of all parts together; openpyxl needs up to nine times as much memory for them."""

Area: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells."""

_DAY = dt.timedelta(days=1)
_MOST_MERGED_CELLS = 2_000_000
_MOST_SLOTS = 12_000_000
_REPORT_EVERY = 1_000
_STEPS = 1_000
_STRICT = b"purl.oclc.org/ooxml/spreadsheetml"
_STRICT_WITHIN = 4096
_AREA = re.compile(
    rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\s[^<>]*?\bref=["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"""
)
_NO_RESULT = re.compile(
    rb"<(?:\w+:)?c(?:\s(?![^<>]*\bt=.(?:str|inlineStr)\b)[^<>]*)?>\s*"
    rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*(?:/>|>\s*</))"
)
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)
_QUOTED = re.compile(r'"[^"]*"|\\.')
_CHINESE_FORMATS = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    **dict.fromkeys((32, 34, 55), 'h"时"mm"分"'),
    **dict.fromkeys((33, 35, 56), 'h"时"mm"分"ss"秒"'),
}
"""Number formats that Chinese editions have built in (ECMA-376 part 1, 18.8.30); openpyxl knows the others."""

_Formulas: TypeAlias = Mapping[tuple[str, int, int], str]


@dataclass(frozen=True)
class SheetContent:
    """A worksheet: its rows as (number, hidden, values up to the last filled one), and its merged areas."""

    title: str
    hidden: bool
    rows: list[tuple[int, bool, tuple[CellValue, ...]]]
    merges: tuple[Area, ...]


def read_excel(data: bytes, name: str, progress: Callable[[int, int], None]) -> list[SheetContent]:
    """Every worksheet of the workbook in ``data``; ``name`` is the file's name for messages.

    ``progress`` is told how much openpyxl has read of the file, then how many rows are understood; whatever it
    raises ends the reading and passes through.

    Raises:
        Damaged: broken, too large, encrypted, something else than such a workbook, or not understood by openpyxl.
    """
    unfinished = _look_over(data, name)
    progress(0, _STEPS)
    loaded = 0.4 if unfinished else 0.0

    def report(first: float, last: float) -> Callable[[float], None]:
        return lambda share: progress(int(_STEPS * (first + (last - first) * share)), _STEPS)

    formulas = _formulas(_load(data, name, report(0, loaded), results=False)) if unfinished else {}
    book = _load(data, name, report(loaded, 0.85))
    if not book.worksheets:
        raise _damaged(name, "里面没有工作表。", SAVE_AS)
    contents = _Contents(book, name, formulas, report(0.85, 1)).read()
    progress(_STEPS, _STEPS)
    return contents


def _look_over(data: bytes, name: str) -> bool:
    """Whether a formula stands anywhere without its result; refuses what must not be loaded."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive.infolist(), name)
            parts = [info for info in archive.infolist() if info.filename.endswith(".xml")]
            looks = [_look_at(archive.read(info), name) for info in parts]
    except (*_BROKEN, OSError, ValueError) as error:
        raise _broken(name, error) from error
    if sum(merged for merged, _ in looks) > _MOST_MERGED_CELLS:
        raise _damaged(name, "合并的单元格太多（超过二百万格）。", "请取消整列、整行的合并后再导入。")
    return any(unfinished for _, unfinished in looks)


def _check_archive(infos: list[zipfile.ZipInfo], name: str) -> None:
    """Judge by names and declared sizes alone; the archive's reader never unpacks more than that."""
    names = {info.filename for info in infos}
    if any(part.endswith("workbook.bin") for part in names):
        raise _damaged(name, "是二进制工作簿（.xlsb）。", SAVE_AS)
    if any(info.flag_bits & 1 for info in infos):
        raise _damaged(name, "是加了密码的压缩包。", SAVE_AS)
    if ARC_CONTENT_TYPES not in names:
        raise _other_package(name)
    size = sum(info.file_size for info in infos)
    if size > LARGEST_UNPACKED:
        what = f"解压后有 {size >> 20:,} MB，大得不正常，没有读取。"
        raise _damaged(name, what, "请只留下需要的工作表后再导入。")


def _look_at(part: bytes, name: str) -> tuple[int, bool]:
    """How many cells of a part are merged (or share a link), and whether a formula has no result."""
    if _STRICT in part[:_STRICT_WITHIN]:
        raise _damaged(name, "存成了“严格的 Open XML”格式，本程序读不出。", SAVE_AS)
    merged = 0
    for first_column, first_row, last_column, last_row in _AREA.findall(part):
        width = column_index(last_column.decode()) - column_index(first_column.decode()) + 1
        merged += width * (int(last_row) - int(first_row) + 1)
    return merged, _NO_RESULT.search(part) is not None


class _Watched(io.BytesIO):
    """A file in memory that tells which share of it was read, and keeps what ended the reading."""

    def __init__(self, data: bytes, report: Callable[[float], None]) -> None:
        super().__init__(data)
        self._size = len(data)
        self._done = 0
        self._report = report
        self.ended: Exception | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        piece = super().read(size)
        self._done += len(piece)
        try:
            self._report(min(self._done / self._size, 1))
        except Exception as error:
            self.ended = error
            raise
        return piece


def _load(data: bytes, name: str, report: Callable[[float], None], *, results: bool = True) -> LoadedBook:
    """The workbook as openpyxl understands it, with the ``results`` of its formulas or the formulas themselves."""
    BUILTIN_FORMATS.update(_CHINESE_FORMATS)
    stream = _Watched(data, report)
    try:
        with warnings.catch_warnings():
            # what openpyxl drops (pictures, validations, print areas …) is no loss here
            warnings.filterwarnings("ignore", module=r"(openpyxl|PIL)\.")
            reader = ExcelReader(stream, data_only=results, keep_links=False)
            reader.read()
            lost = [sheet.name for sheet, part in reader.parser.find_sheets() if part.target not in reader.valid_files]
    except Exception as error:
        if stream.ended is not None:
            raise stream.ended from None
        raise _refused(name, error) from error
    if lost:
        raise _damaged(name, f"里找不到工作表“{lost[0]}”的内容。", "请向提供者再要一份。")
    return reader.wb


def _formulas(book: LoadedBook) -> _Formulas:
    found = {}
    for sheet in book.worksheets:
        for (row, column), cell in sheet._cells.items():  # noqa: SLF001  see _Contents
            if cell.data_type == TYPE_FORMULA:
                value = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
                found[sheet.title, row, column] = value if isinstance(value, str) else "="
    return found


class _Contents:
    """Takes the values out of a loaded workbook."""

    def __init__(self, book: LoadedBook, name: str, formulas: _Formulas, report: Callable[[float], None]) -> None:
        self._book = book
        self._name = name
        self._formulas = formulas
        self._report = report
        self._slots = 0

    def read(self) -> list[SheetContent]:
        """The worksheets in order."""
        sheets = self._book.worksheets
        return [self._sheet(sheet, index / len(sheets), 1 / len(sheets)) for index, sheet in enumerate(sheets)]

    def _sheet(self, sheet: Worksheet, before: float, share: float) -> SheetContent:
        # sheet.iter_rows would make a cell for every place up to the last one: endless where one stands far out
        cells = sheet._cells  # noqa: SLF001
        hidden = {number for number, row in sheet.row_dimensions.items() if row.hidden}
        rows = []
        last = sheet.max_row
        for number, places in groupby(sorted(cells), itemgetter(0)):
            values: list[CellValue] = []
            for place in places:
                value = self._value(sheet.title, place, cells[place])
                if value is not None:
                    values.extend([None] * (place[1] - 1 - len(values)))
                    values.append(value)
            if values:
                rows.append((number, number in hidden, tuple(values)))
                self._count(len(values))
            if number % _REPORT_EVERY == 0:
                self._report(before + share * number / last)
        areas = (area for area in sheet.merged_cells.ranges if area.size != {"rows": 1, "columns": 1})
        merges = sorted((area.min_row, area.min_col, area.max_row, area.max_col) for area in areas)
        return SheetContent(sheet.title, sheet.sheet_state != Worksheet.SHEETSTATE_VISIBLE, rows, tuple(merges))

    def _count(self, slots: int) -> None:
        self._slots += slots
        if self._slots > _MOST_SLOTS:
            raise _damaged(self._name, "太大（超过一千万格），没有读取。", "请只留下需要的行和列后再导入。")

    def _value(self, title: str, place: tuple[int, int], cell: Cell | MergedCell) -> CellValue:
        if cell.value is not None:
            return _understand(cell.value, cell, self._book.epoch)
        formula = self._formulas.get((title, *place))
        known_empty = formula is None or cell.data_type in {TYPE_FORMULA_CACHE_STRING, TYPE_INLINE}
        return None if known_empty else Uncalculated(formula or "=")


def _understand(value: object, cell: Cell | MergedCell, epoch: dt.datetime) -> CellValue:
    if isinstance(value, str):
        return read_escapes(value) or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, dt.datetime) and value < epoch:
        return (value - epoch) / _DAY
    if isinstance(value, dt.timedelta):
        return _duration_text(value)
    return value if isinstance(value, dt.date | dt.time) else str(value)


def _number(number: float, number_format: str) -> CellValue:
    if not math.isfinite(number):
        return "#NUM!"
    return Percentage(number) if _is_percentage(number_format) else number


@cache
def _is_percentage(number_format: str) -> bool:
    return "%" in _QUOTED.sub("", number_format)


def _duration_text(duration: dt.timedelta) -> str:
    """Hours beyond a day stay hours, as the cell shows them (``36:00:00``)."""
    minutes, seconds = divmod(int(abs(duration).total_seconds()), 60)
    sign = "-" if duration < dt.timedelta() else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _damaged(name: str, what: str, todo: str, details: str = "") -> Damaged:
    return Damaged(f"“{name}”{what}", kept=KEPT, todo=todo, details=details)


def _other_package(name: str, details: str = "") -> Damaged:
    return _damaged(name, "不是 Excel 工作簿（可能是 Word、压缩包或其他文件）。", SAVE_AS, details)


def _broken(name: str, error: Exception) -> Damaged:
    todo = "请向提供者再要一份，或在 Excel 中用“打开并修复”后另存。"
    return _damaged(name, "已损坏，打不开。", todo, repr(error))


def _refused(name: str, error: Exception) -> Damaged:
    """What openpyxl's error means to a person."""
    cause = error.__cause__ or error
    details = repr(error) if cause is error else f"{error!r}，原因：{cause!r}"
    if isinstance(cause, DefusedXmlException):
        return _damaged(name, "里有工作簿不该有的声明（DTD），可能被人动过手脚，没有读取。", SAVE_AS, details)
    if isinstance(cause, (*_BROKEN, ParseError)):
        return _broken(name, error)
    if isinstance(cause, MemoryError):
        return _damaged(name, "太大，这台电脑的内存不够。", "请只留下需要的行和列后再导入。", details)
    if isinstance(cause, OSError):  # openpyxl's word for a package without a workbook
        return _other_package(name, details)
    what = "里有读不懂的样式或结构，没有读取。"
    return _damaged(name, what, "请在 Excel 或 WPS 中打开后另存为 .xlsx 再导入。", details)
