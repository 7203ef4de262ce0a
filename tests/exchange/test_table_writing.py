"""Writing ledgers as workbooks: in again unchanged, safe, readable, whole or not at all."""

import datetime as dt
import errno
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.domain import money, values
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField
from desktop.domain.errors import Refusal
from desktop.domain.field import Field
from desktop.domain.fields import (
    DateField,
    MoneyField,
    PercentField,
    PeriodField,
    PersonField,
    QuantityField,
    TextField,
)
from desktop.exchange.reading import read_lines
from desktop.exchange.table_finding import find_table
from desktop.exchange.table_writing import write_table
from desktop.exchange.workbook import open_workbook
from tests.exchange.offices import COLUMNS, PRACTICE, found, read

NAMES = ["𠮷镕堃", "㛃喆", "䶮𬭎", "𬴂𪟝", "𫖯", "欧阳修远", "John Smith"]
LINE: dict[str, Json] = {"number": "P-1", "name": "泵站", "state": "running"}
OTHER_KINDS = (
    TextField(key="name", label="任务", required=True),
    TextField(key="kind", label="种类", required=True),
    QuantityField(key="count", label="数量", unit="台"),
    PercentField(key="done", label="完成"),
    PeriodField(key="span", label="工期"),
)


def text_values(item: TextField) -> st.SearchStrategy[Json]:
    """What a text field stores: what its own reader makes of any text."""
    nasty = st.sampled_from(["=1+2", "+86", "-3", "@a", "007", "1e5", "2026-03-01", "_x0041_", "合计", "a\tb", "\x01x"])

    def stored(text: str) -> Json:
        try:
            return item.read(text).value
        except values.Unreadable:
            return None

    return st.one_of(nasty, st.sampled_from(NAMES), st.text(max_size=30)).map(stored)


def values_of(item: Field) -> st.SearchStrategy[Json]:
    found_for: st.SearchStrategy[Json] = st.none()
    if isinstance(item, TextField):
        found_for = text_values(item)
    elif isinstance(item, MoneyField):
        found_for = st.integers(0, money.LARGEST)
    elif isinstance(item, DateField):
        found_for = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)).map(dt.date.isoformat)
    elif isinstance(item, PersonField):
        found_for = st.sampled_from(NAMES).map(lambda name: {"id": "", "name": name})
    elif isinstance(item, ChoiceField):
        found_for = st.sampled_from([option.key for option in item.options])
    elif isinstance(item, QuantityField):
        found_for = st.decimals(0, 10**11, places=8).map(values.decimal_text)
    elif isinstance(item, PercentField):
        found_for = st.decimals(0, 100, places=6).map(values.decimal_text)
    elif isinstance(item, PeriodField):
        found_for = st.just({"start": "2026-03-01", "end": "2026-05-31"})
    return found_for.filter(lambda value: value is not None) if item.required else st.none() | found_for


def lines_of(columns: tuple[Field, ...]) -> st.SearchStrategy[list[dict[str, Json]]]:
    return st.lists(st.fixed_dictionaries({item.key: values_of(item) for item in columns}), max_size=6)


def written_and_read(
    folder: Path, columns: tuple[Field, ...], lines: list[dict[str, Json]]
) -> list[Mapping[str, Json]]:
    path = folder / "台账.xlsx"
    write_table(path, "项目台账", columns, lines, subtitle="导出日期：2026-11-20")
    verdicts = read_lines(find_table(open_workbook(path), columns), columns)
    assert [fault.text for verdict in verdicts for fault in verdict.faults] == []
    return [verdict.line for verdict in verdicts]


@given(lines=lines_of(COLUMNS))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_ledger_comes_in_again_as_it_went_out(tmp_path: Path, lines: list[dict[str, Json]]) -> None:
    assert written_and_read(tmp_path, COLUMNS, lines) == lines


@given(lines=lines_of(OTHER_KINDS))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_kind_of_column_comes_in_again(tmp_path: Path, lines: list[dict[str, Json]]) -> None:
    assert written_and_read(tmp_path, OTHER_KINDS, lines) == lines


def test_the_practice_ledger_comes_in_again_without_a_note(tmp_path: Path) -> None:
    accepted = [verdict.line for verdict in read(found(open_workbook(PRACTICE))) if verdict.accepted]
    path = tmp_path / "台账.xlsx"
    assert write_table(path, "项目台账", COLUMNS, accepted).rows == 38
    again = read(found(open_workbook(path)))
    assert [verdict.line for verdict in again] == accepted
    assert [verdict.notes for verdict in again] == [()] * 38


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "0012", "123456789012345678901"])
def test_texts_stay_texts_for_whoever_opens_the_workbook(tmp_path: Path, text: str) -> None:
    path = tmp_path / "台账.xlsx"
    write_table(path, text, COLUMNS, [{**LINE, "name": text}])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    for cell in (sheet["A1"], sheet["C3"]):
        assert (cell.data_type, cell.value) == ("s", text)
        assert cell.quotePrefix is (text[0] in "=+-@")


def test_amounts_and_days_are_figures_for_whoever_opens_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    write_table(path, "台账", COLUMNS, [{**LINE, "amount": 123_456_789, "initiated_on": "2026-03-01"}])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    cells = {str(sheet.cell(2, column).value): sheet.cell(3, column) for column in range(1, len(COLUMNS) + 1)}
    assert cells["合同金额（元）"].value == 1_234_567.89
    assert cells["合同金额（元）"].number_format == "#,##0.00"
    assert cells["立项日期"].value == dt.datetime(2026, 3, 1)  # noqa: DTZ001
    assert cells["立项日期"].is_date


def test_it_prints_on_a4_with_the_headings_on_every_page(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    write_table(path, "项目台账", COLUMNS, [LINE], subtitle="导出日期：2026-11-20")
    sheet: Any = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.title == "项目台账"
    assert sheet.freeze_panes == "D4"
    assert sheet.auto_filter.ref == "A3:X4"
    assert sheet.print_title_rows == "$1:$3"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "第 &P 页" in sheet.oddFooter.center.text
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:X1", "A2:X2"}


def test_characters_that_no_workbook_shows_are_told(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    written = write_table(path, "台账", COLUMNS, [{**LINE, "name": "泵\x01站\ud800\0"}])
    assert len(written.notes) == 1
    assert written.notes[0].startswith("C3 项目名称 含有表格里显示不出的字符")
    assert open_workbook(path).sheets[0].row(3).value(3) == "泵\x01站\ud800\0"


def test_a_text_longer_than_a_cell_is_told(tmp_path: Path) -> None:
    columns = (replace(COLUMNS[2], key="name"), COLUMNS[-1])
    written = write_table(tmp_path / "a.xlsx", "台账", columns, [{"name": "甲", "note": "长" * 40_000}])
    assert "只写入了前面的部分" in written.notes[0]


@pytest.mark.parametrize("title", ["a/b:c*d?[e]", "", "'甲'", "长" * 60])
def test_any_title_makes_a_sheet(tmp_path: Path, title: str) -> None:
    path = tmp_path / "台账.xlsx"
    write_table(path, title, COLUMNS, [LINE])
    assert open_workbook(path).sheets[0].row(3).value(3) == "泵站"


def test_a_workbook_open_in_excel_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(_from: Path, _to: Path) -> Path:
        raise PermissionError(errno.EACCES, "held")  # as Windows answers; here nobody can hold a file

    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"before")
    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(Refusal, match=r"可能正在 Excel 中打开.*原来的文件没有改动"):
        write_table(path, "台账", COLUMNS, [LINE])
    assert path.read_bytes() == b"before"
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(("name", "words"), [("没有/台账.xlsx", "不存在"), ("夹", "是文件夹")])
def test_places_that_cannot_be_written_are_told(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "夹").mkdir()
    with pytest.raises(Refusal, match=words):
        write_table(tmp_path / name, "台账", COLUMNS, [LINE])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["夹"]


def test_ended_work_leaves_what_was_there(tmp_path: Path) -> None:
    class Ended(Exception):
        pass

    def end(_done: int, _total: int) -> None:
        raise Ended

    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"before")
    with pytest.raises(Ended):
        write_table(path, "台账", COLUMNS, [LINE] * 1_000, progress=end)
    assert path.read_bytes() == b"before"
