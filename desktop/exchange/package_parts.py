"""The XML parts of an .xlsx package, read as streams of events.

Read here and not by openpyxl, because openpyxl gives up a whole workbook over a style or a validation that it
does not know (other office programs write such), and its streaming mode tells neither merged cells nor hidden
rows nor formulas without a result. A part that declares a document type or an entity is refused: the format
knows none, and every XML attack needs one.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import IO
from xml.parsers import expat

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from desktop.domain.errors import Damaged
from desktop.exchange.cells import CellValue, Percentage, Uncalculated, column_index, read_escapes

_CHUNK = 1 << 16
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Built-in number formats that show a date or a time; 27–36 and 50–58 are those of East Asian editions."""
_PERCENT_FORMATS = frozenset({9, 10})
_LAST_COLUMN = 16_384
_LAST_ROW = 1_048_576
_MOST_SLOTS = 12_000_000
_MOST_MERGES = 100_000
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells."""


class PartReader:
    """Feeds the elements of one part to ``_open`` and ``_close``, by local names; subclasses say what they mean."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse_document_type
        self._local: dict[str, str] = {}
        self._pieces: list[str] = []

    def read(self, stream: IO[bytes], report: Callable[[int], None]) -> None:
        """Read the whole part; ``report`` is told the number of bytes after each piece.

        Raises:
            Damaged: not well-formed, or it declares a document type.
        """
        try:
            while chunk := stream.read(_CHUNK):
                self._parser.Parse(chunk, False)  # noqa: FBT003  the parser takes it so
                report(len(chunk))
            self._parser.Parse(b"", True)  # noqa: FBT003
        except (expat.ExpatError, ValueError, IndexError, OverflowError) as error:
            raise Damaged("工作簿的内容已损坏，读到一半无法继续。", details=repr(error)) from error

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""

    def _close(self, name: str) -> None:
        """An element closes."""

    def _collect(self) -> None:
        """Gather the text from here on."""
        self._pieces = []
        self._parser.CharacterDataHandler = self._pieces.append

    def _collected(self) -> str:
        """The text since ``_collect``."""
        self._parser.CharacterDataHandler = None
        return "".join(self._pieces)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._local.get(name)
        if local is None:
            local = self._local[name] = name.rpartition(" ")[2]
        self._open(local, attributes)

    def _end(self, name: str) -> None:
        self._close(self._local[name])


def _refuse_document_type(*_declared: object) -> None:
    raise Damaged("文件里有工作簿不该有的声明（DTD），可能被人动过手脚，没有读取。")


class Relations(PartReader):
    """What a part points at: ``targets`` by id, ``types`` by id."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}
        self.types: dict[str, str] = {}

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            key = attributes.get("Id", "")
            self.targets[key] = attributes.get("Target", "")
            self.types[key] = attributes.get("Type", "").rpartition("/")[2]


class Contents(PartReader):
    """The workbook part: ``sheets`` as (name, relation id, hidden), and whether days count from 1904."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            self.sheets.append((attributes.get("name", ""), relation, attributes.get("state", "visible") != "visible"))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in {"1", "true"}


class Formats(PartReader):
    """The style part, as far as it changes meaning: which styles show dates, which percentages."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[int, str] = {}
        self._inside = False
        self._style = 0
        self.dates: set[int] = set()
        self.percentages: set[int] = set()

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self._sort(int(attributes.get("numFmtId", "0")))
            self._style += 1

    def _close(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False

    def _sort(self, number: int) -> None:
        code = self._codes.get(number)
        if number in _DATE_FORMATS or (code is not None and is_date_format(code)):
            self.dates.add(self._style)
        elif number in _PERCENT_FORMATS or (code is not None and "%" in re.sub(r'"[^"]*"|\\.', "", code)):
            self.percentages.add(self._style)


class Strings(PartReader):
    """The texts that sheets share; the reading of characters (furigana) is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._runs: list[str] = []
        self._phonetic = False

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        if name == "t":
            self._collect()
        elif name == "si":
            self._runs = []
        elif name == "rPh":
            self._phonetic = True

    def _close(self, name: str) -> None:
        if name == "t":
            text = self._collected()
            if not self._phonetic:
                self._runs.append(text)
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.texts.append(read_escapes("".join(self._runs)))


class Cells(PartReader):
    """A sheet part: ``rows`` as (number, hidden, values up to the last filled one), and ``merges``."""

    def __init__(self, strings: list[str], formats: Formats, *, from_1904: bool) -> None:
        super().__init__()
        self.rows: list[tuple[int, bool, tuple[CellValue, ...]]] = []
        self.merges: list[Area] = []
        self._strings = strings
        self._formats = formats
        self._epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
        self._columns: dict[str, int] = {}
        self._row = 0
        self._hidden = False
        self._values: list[CellValue] = []
        self._column = 0
        self._type = "n"
        self._style = 0
        self._raw = ""
        self._formula: str | None = None
        self._phonetic = False
        self._slots = 0

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "f", "t"}:
            self._collect()
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            if not 0 < self._row <= _LAST_ROW:
                raise ValueError(self._row)
            self._hidden = attributes.get("hidden") in {"1", "true"}
            self._values = []
            self._column = 0
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _close(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == "v":
            self._raw = self._collected()
        elif name == "t":
            text = self._collected()
            self._raw += "" if self._phonetic else text
        elif name == "f":
            self._formula = self._collected()
        elif name == "row" and self._values:
            self._slots += len(self._values)
            if self._slots > _MOST_SLOTS:
                raise Damaged("工作表太大（超过一千万格），没有读取。", todo="请只留下需要的行和列后再导入。")
            self.rows.append((self._row, self._hidden, tuple(self._values)))
        elif name == "rPh":
            self._phonetic = False

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = column_index(letters)
            self._column = column
        if not 0 < self._column <= _LAST_COLUMN:
            raise ValueError(reference)
        self._type = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._raw = ""
        self._formula = None

    def _end_cell(self) -> None:
        value = self._understand()
        if value is None:
            return
        values = self._values
        gap = self._column - len(values)
        if gap == 1:
            values.append(value)
        elif gap > 1:
            values.extend([None] * (gap - 1))
            values.append(value)
        else:
            values[self._column - 1] = value

    def _understand(self) -> CellValue:
        raw, kind = self._raw, self._type
        if not raw:
            known_empty = self._formula is None or kind in {"str", "inlineStr"}
            return None if known_empty else Uncalculated(f"={self._formula}")
        if kind == "s":
            return self._strings[int(raw)] or None
        if kind in {"str", "inlineStr"}:
            return read_escapes(raw)
        if kind == "b":
            return raw == "1"
        return self._number(raw) if kind == "n" else raw

    def _number(self, raw: str) -> CellValue:
        number: int | float
        try:
            number = int(raw)
        except ValueError:
            number = float(raw)
            if not math.isfinite(number):
                return raw
        if self._style in self._formats.percentages:
            return Percentage(number)
        if self._style in self._formats.dates:
            return self._moment(number)
        return number

    def _moment(self, number: float) -> CellValue:
        if number < 0:
            return number
        try:
            moment = from_excel(number, self._epoch)
        except (OverflowError, ValueError):
            return number
        return moment if isinstance(moment, dt.date | dt.time) else number

    def _merge(self, reference: str) -> None:
        match = _RANGE.fullmatch(reference)
        if match is None or len(self.merges) >= _MOST_MERGES:
            raise ValueError(reference)
        first_column, first_row, last_column, last_row = match.groups()
        if last_column is not None:
            area = (int(first_row), column_index(first_column), int(last_row), column_index(last_column))
            self.merges.append(area)
