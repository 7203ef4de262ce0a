"""Reports as they are declared: shares, lateness, shortening, addresses."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.calendar import WorkCalendar
from desktop.domain.lateness import late_text
from desktop.domain.mail_address import is_address, read_address
from desktop.domain.report import shortened
from desktop.domain.reports.common import share_text
from desktop.domain.values import Unreadable

PLAIN = WorkCalendar(frozenset(), frozenset(), dt.date(2026, 12, 31))
NATIONAL = WorkCalendar(
    frozenset(dt.date(2026, 10, day) for day in range(1, 8)), frozenset({dt.date(2026, 10, 10)}), dt.date(2026, 12, 31)
)


def at(text: str) -> dt.datetime:
    """A moment in the office's local time."""
    return dt.datetime.fromisoformat(text)


FRIDAY = at("2026-11-20T18:00")


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (FRIDAY, ""),
        (FRIDAY + dt.timedelta(minutes=1), "1 小时"),
        (at("2026-11-20T21:30"), "4 小时"),
        (at("2026-11-21T10:00"), "16 小时"),
        (at("2026-11-23T09:00"), "1 个工作日"),
        (at("2026-11-24T09:00"), "2 个工作日"),
    ],
)
def test_WEEK_5_how_late_is_told_in_the_calendars_days(moment: dt.datetime, told: str) -> None:
    assert late_text(FRIDAY, moment, PLAIN) == told


def test_WEEK_5_holidays_and_days_worked_instead_count_as_the_calendar_says() -> None:
    due = at("2026-09-30T18:00")
    assert late_text(due, at("2026-10-07T12:00"), NATIONAL) == "162 小时"
    assert late_text(due, at("2026-10-08T09:00"), NATIONAL) == "1 个工作日"
    assert late_text(due, at("2026-10-10T09:00"), NATIONAL) == "3 个工作日"


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 0, None), (0, 3, "0.0"), (2, 3, "66.7"), (3, 3, "100.0"), (2_499, 2_500, "99.9"), (1, 8, "12.5")],
)
def test_WEEK_5_a_hundred_percent_only_where_nothing_is_missing(part: int, whole: int, told: str | None) -> None:
    assert share_text(part, whole) == told


def test_INFO_1_long_texts_end_at_a_sentence() -> None:
    text = "完成桥架安装 120 米。接地测试合格；与土建办理移交手续，但隐蔽工程验收还没有安排。"
    assert shortened(text, 100) == text
    assert shortened(text, 24) == "完成桥架安装 120 米。接地测试合格…"
    assert shortened("没有标点的一段很长很长的话" * 3, 12) == "没有标点的一段很长很长…"
    assert shortened("第一行\n第二行。\n第三行", 40) == "第一行；第二行。第三行"


@given(st.text(alphabet="完成安装。；，a1\n… ", max_size=120), st.integers(2, 60))
def test_INFO_1_a_shortened_text_fits_and_says_that_it_is(text: str, room: int) -> None:
    cut = shortened(text, room)
    assert len(cut) <= room
    assert "\n" not in cut
    said, kept = (sorted(mark for mark in one if mark not in "；\n… ") for one in (text, cut))
    assert cut.endswith("…") or kept == said


@pytest.mark.parametrize("text", ["a@b.cn", "zhang.san+pmo@mail.example.com.cn", "ｐｍｏ＠example.com", " <x@y.org> "])
def test_addresses_are_taken_however_they_are_written(text: str) -> None:
    assert is_address(read_address(text))


@pytest.mark.parametrize("text", ["张三", "a@b", "a b@c.cn", "a@b.cn\nBcc: x@y.cn", "@b.cn", "a@@b.cn", "a@b..cn"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="不是邮箱地址"):
        read_address(text)
