"""Cells by the clipboard, as spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.exchange.clipboard import clipboard_text, rows_of_clipboard
from desktop.exchange.paste import find_pasted
from desktop.exchange.table_finding import FoundTable
from tests.exchange.offices import COLUMNS

CELLS = st.text(st.sampled_from('甲a"\t\n ,=𠮷'), max_size=8)


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1)))
def test_rows_come_back_as_they_were_copied(rows: list[list[str]]) -> None:
    assert rows_of_clipboard(clipboard_text(rows)) == rows


@given(st.text(st.sampled_from('甲"\t\n\r')))
def test_any_text_is_taken_apart(text: str) -> None:
    cells = [cell for row in rows_of_clipboard(text) for cell in row]
    assert len("".join(cells)) <= len(text)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("甲\t乙\r\n丙\t丁\r\n", [["甲", "乙"], ["丙", "丁"]]),
        ("甲\t\r\n", [["甲", ""]]),
        ('"第一行\n第二行"\t乙\r\n', [["第一行\n第二行", "乙"]]),
        ('"说""好""\n了"', [['说"好"\n了']]),
        ('"一网统管"平台\t"甲"', [['"一网统管"平台', '"甲"']]),
        ('"没有结尾\t乙', [['"没有结尾', "乙"]]),
        ("单个", [["单个"]]),
        ("", [[""]]),
    ],
)
def test_what_spreadsheets_put_on_the_clipboard(text: str, rows: list[list[str]]) -> None:
    assert rows_of_clipboard(text) == rows


def keys(table: FoundTable) -> list[str | None]:
    return [column.field_key for column in table.columns]


def test_copied_headings_are_recognised_with_their_units() -> None:
    text = "项目名称\t合同金额（万元）\t项目编号\r\n泵站\t1,280.50\tP-1\r\n"
    table = find_pasted(text, COLUMNS, ["number"])
    assert keys(table) == ["name", "amount", "number"]
    assert [column.unit for column in table.columns] == [1, 10_000, 1]
    assert [row.cells for row in table.rows] == [("泵站", "1,280.50", "P-1")]


def test_without_headings_cells_go_from_where_the_person_pastes() -> None:
    text = "泵站\t2026.5.30\t停工\t多余\r\n布线\t\t在建\r\n"
    table = find_pasted(text, COLUMNS, ["name", "initiated_on", "state"])
    assert keys(table) == ["name", "initiated_on", "state", None]
    assert [row.cells for row in table.rows] == [("泵站", "2026.5.30", "停工", "多余"), ("布线", None, "在建")]


def test_a_copied_total_is_just_text_where_no_heading_says_more() -> None:
    assert [row.cells for row in find_pasted("合计\r\n", COLUMNS, ["name"]).rows] == [("合计",)]
    assert find_pasted("", COLUMNS, ["name"]).rows == ()
