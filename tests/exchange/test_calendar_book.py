"""The office's holidays and 补班 days."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.domain.errors import Refusal
from desktop.exchange.calendar_book import CalendarDay, CalendarReading, read_calendar, write_calendar
from desktop.exchange.workbook import open_workbook, read_workbook
from tests.exchange.offices import book

HEADING = ["日期", "类型", "说明"]
DAYS = st.builds(
    CalendarDay,
    on=st.dates(dt.date(2020, 1, 1), dt.date(2099, 12, 31)),
    works=st.booleans(),
    note=st.sampled_from(["", "春节", "国庆节补班", "=1+1"]),
)


def spans(reading: CalendarReading) -> list[tuple[str, bool]]:
    return [(day.on.isoformat(), day.works) for day in reading.days]


def faults(reading: CalendarReading) -> list[str]:
    return [fault.text for verdict in reading.verdicts for fault in verdict.faults]


def test_days_and_spans_as_offices_write_them() -> None:
    rows = [
        ["2027 年节假日安排"],
        HEADING,
        ["2027-01-01", "节假日", "元旦"],
        ["2027-02-05至2027-02-07", "休", "春节"],
        ["2027年4月3日至5日", "放假", "清明节"],
        ["2027年4月30日—5月1日", "休", "劳动节"],
        [dt.datetime(2027, 2, 14), "补班", "春节补班"],  # noqa: DTZ001
        ["2027.2.20", "上班", None],
        ["注：以国务院办公厅通知为准"],
    ]
    reading = read_calendar(book(rows))
    assert faults(reading) == []
    off = ["01-01", "02-05", "02-06", "02-07", "04-03", "04-04", "04-05", "04-30", "05-01"]
    wanted = [(f"2027-{day}", False) for day in off] + [("2027-02-14", True), ("2027-02-20", True)]
    assert spans(reading) == sorted(wanted)
    assert reading.days[0].note == "元旦"


def test_first_and_last_day_may_stand_in_two_columns() -> None:
    rows = [["名称", "开始日期", "结束日期", "休/班"], ["春节", "2027-02-05", "2027-02-06", "休"]]
    assert spans(read_calendar(book(rows))) == [("2027-02-05", False), ("2027-02-06", False)]


def test_faults_are_told_by_cell_and_the_rest_comes_in() -> None:
    rows = [
        HEADING,
        ["2027-02-30", "休", None],
        ["2027-02-07至2027-02-05", "休", None],
        ["2027-02-05", "半天", None],
        ["2027-01-01至2027-12-31", "休", None],
        ["2027-10-01", "休", "国庆"],
        ["2027-10-01", "班", None],
        [None, "休", "中秋"],
    ]
    reading = read_calendar(book(rows))
    assert spans(reading) == [("2027-10-01", False)]
    assert [text.split("：")[0] for text in faults(reading)] == [
        "A2 日期",
        "A3 日期",
        "B4 类型",
        "A5 日期",
        "A7 日期",
        "A8 日期",
    ]
    assert "在第 6 行是“休”" in faults(reading)[4]


def test_a_text_table_in_gbk() -> None:
    data = "日期,类型,说明\r\n2027-10-01至2027-10-03,休,国庆节\r\n2027-10-09,班,\r\n".encode("gb18030")
    assert len(read_calendar(read_workbook(data, "节假日.csv")).days) == 4


def test_without_its_columns_it_says_what_is_missing() -> None:
    with pytest.raises(Refusal, match="没有找到表头"):
        read_calendar(book([["甲", "乙"], ["2027-10-01", "休"]]))


@given(days=st.lists(DAYS, unique_by=lambda day: day.on, max_size=20))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_calendar_comes_in_again_as_it_went_out(tmp_path: Path, days: list[CalendarDay]) -> None:
    path = tmp_path / "节假日.xlsx"
    assert write_calendar(path, days).rows == len(days)
    assert read_calendar(open_workbook(path)).days == tuple(sorted(days, key=lambda day: day.on))
