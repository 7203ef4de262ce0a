"""The ledger's columns with an office's words, and workbooks as different offices keep them."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Field
from desktop.domain.forms.opening import LEDGER_COLUMNS, line_faults
from desktop.exchange.reading import RowVerdict, read_lines
from desktop.exchange.table_finding import Choice, FoundTable, find_table
from desktop.exchange.workbook import Workbook, read_workbook

DATA = Path(__file__).parent.parent / "data"
PRACTICE = DATA / "项目台账.xlsx"
OPTIONS = {
    "kinds": (
        Option("integration", "系统集成", ("集成",)),
        Option("software", "软件开发", ("软件",)),
        Option("service", "IT服务", ("服务",)),
    ),
    "states": (
        Option("starting", "启动"),
        Option("initiated", "立项"),
        Option("running", "实施", ("在建", "进行中", "执行中")),
        Option("paused", "暂停", ("已暂停",)),
        Option("closing", "结项中"),
        Option("closed", "结项", ("已结项", "已完成")),
        Option("withdrawn", "撤项", ("已撤项",)),
    ),
    "contract_kinds": (Option("real", "工程合同"), Option("virtual", "虚拟合同")),
}
COLUMNS: tuple[Field, ...] = tuple(
    replace(item, options=OPTIONS[item.options_from]) if isinstance(item, ChoiceField) else item
    for item in LEDGER_COLUMNS
)

Rows = Sequence[Any]


def book(rows: Rows, shape: Callable[[Worksheet], None] = lambda _sheet: None, *, sheet: str = "台账") -> Workbook:
    """A workbook whose one sheet holds ``rows`` from A1; ``shape`` merges, hides and formats."""
    return books({sheet: rows}, shape)


def books(sheets: Mapping[str, Rows], shape: Callable[[Worksheet], None] = lambda _sheet: None) -> Workbook:
    """A workbook of several sheets."""
    return read_workbook(file_bytes(sheets, shape), "台账.xlsx")


def file_bytes(sheets: Mapping[str, Rows], shape: Callable[[Worksheet], None] = lambda _sheet: None) -> bytes:
    """The same as a file."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        shape(sheet)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def merging(*areas: str) -> Callable[[Worksheet], None]:
    """A shape that merges those areas."""

    def shape(sheet: Worksheet) -> None:
        for area in areas:
            sheet.merge_cells(area)

    return shape


def found(workbook: Workbook, choice: Choice | None = None) -> FoundTable:
    """The ledger in a workbook."""
    return find_table(workbook, COLUMNS, choice)


def read(table: FoundTable) -> tuple[RowVerdict, ...]:
    """The verdicts as the ledger import asks for them."""
    return read_lines(table, COLUMNS, unique=("number",), line_faults=line_faults)


def filled(verdict: RowVerdict) -> dict[str, Json]:
    """What a line holds."""
    return {key: value for key, value in verdict.line.items() if value is not None}


def faults(verdicts: Sequence[RowVerdict]) -> list[str]:
    """All faults as texts."""
    return [fault.text for verdict in verdicts for fault in verdict.faults]


def notes(verdicts: Sequence[RowVerdict]) -> list[str]:
    """All notes as texts."""
    return [note.text for verdict in verdicts for note in verdict.notes]
