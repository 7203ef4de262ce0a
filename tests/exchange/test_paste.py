"""Cells by the clipboard, as spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.exchange.paste import clipboard_text, find_pasted, read_pasted, rows_of_clipboard
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


def test_copied_headings_are_recognised() -> None:
    text = "项目名称\t合同金额（万元）\t项目编号\r\n泵站\t1,280.50\tP-1\r\n"
    table = find_pasted(text, COLUMNS, ["number"])
    verdict = read_pasted(table, COLUMNS)[0]
    assert verdict.line == {"number": "P-1", "name": "泵站", "amount": 1_280_500_000}


def test_without_headings_cells_go_from_where_the_person_pastes() -> None:
    text = "泵站\t2026.5.30\t停工\t多余\r\n布线\t\t在建\r\n"
    verdicts = read_pasted(find_pasted(text, COLUMNS, ["name", "initiated_on", "state"]), COLUMNS)
    assert verdicts[0].line == {"name": "泵站", "initiated_on": "2026-05-30", "state": None}
    assert [fault.text.split("，")[0] for fault in verdicts[0].faults] == ["C1 项目状态：“停工”不认识"]
    assert verdicts[0].extras == (("（D 列）", "多余"),)
    assert verdicts[1].line == {"name": "布线", "initiated_on": None, "state": "running"}


def test_a_copied_total_is_just_text_where_no_heading_says_more() -> None:
    assert len(read_pasted(find_pasted("合计\r\n", COLUMNS, ["name"]), COLUMNS)) == 1
    assert read_pasted(find_pasted("", COLUMNS, ["name"]), COLUMNS) == ()
