"""Weeks of reporting (WEEK): named as ISO 8601 does (``2026-W47``), from Monday to Sunday; text order is time order."""

from __future__ import annotations

import datetime as dt
import re

FRIDAY = 5
"""The weekday by whose end members report (WEEK-1), as ISO counts: Monday is 1."""

_NAMED = re.compile(r"(\d{4})-W(\d{2})")


def week_of(day: dt.date) -> str:
    """The week in which a day lies."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def day_in(week: str, weekday: int) -> dt.date:
    """The day of a week by its ISO weekday (1 to 7; 8 is the next Monday).

    Raises:
        ValueError: there is no such week.
    """
    named = _NAMED.fullmatch(week)
    if named is None:
        raise ValueError(week)
    return dt.date.fromisocalendar(int(named[1]), int(named[2]), 1) + dt.timedelta(days=weekday - 1)


def is_week(text: str) -> bool:
    """Whether a text names a week that the calendar has."""
    try:
        day_in(text, 1)
    except ValueError:
        return False
    return True


def shifted(week: str, count: int) -> str:
    """The week ``count`` weeks on, or back where negative."""
    return week_of(day_in(week, 1) + dt.timedelta(weeks=count))


def week_text(week: str) -> str:
    """A week for people: its number, Monday and Friday."""
    monday, friday = day_in(week, 1), day_in(week, FRIDAY)
    return f"{week[:4]} 年第 {int(week[-2:])} 周（{monday:%m-%d} 至 {friday:%m-%d}）"


def period_text(period: str) -> str:
    """The week, month or day of a filing, for people."""
    return week_text(period) if is_week(period) else period
