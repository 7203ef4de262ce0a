"""The statutory calendar of public holidays and 补班 days, with an office's own days over it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache

import chinese_calendar

from desktop.domain.calendar import HOLIDAY, WORKDAY, WorkCalendar

A_YEARS_HOLIDAYS = 11
"""So many statutory holidays an ordinary year has at least (11 until 2024, 13 since)."""


def statutory_days() -> dict[dt.date, tuple[str, str]]:
    """Every day that the maintained library knows to differ from plain weekdays: kind and name of the feast."""
    days: dict[dt.date, tuple[str, str]] = {}
    for day, name in chinese_calendar.holidays.items():
        days[day] = (HOLIDAY, chinese_calendar.Holiday(name).chinese)
    for day, name in chinese_calendar.workdays.items():
        days[day] = (WORKDAY, f"{chinese_calendar.Holiday(name).chinese}补班")
    return days


@cache
def statutory_end() -> dt.date:
    """The last day that the library's data covers (the end of its last year)."""
    return dt.date(max(day.year for day in chinese_calendar.holidays), 12, 31)


def calendar_with(own: Mapping[dt.date, str]) -> WorkCalendar:
    """The calendar in force: the library's days, overridden by the office's own (day → kind).

    A year beyond the library's data counts as known once the office's table holds a year's worth of holidays.
    """
    return _calendar(frozenset(own.items()))


@lru_cache(maxsize=8)
def _calendar(days: frozenset[tuple[dt.date, str]]) -> WorkCalendar:
    """Every form and every deadline asks for it, and an office seldom changes its days."""
    own = dict(days)
    holidays = {day for day in chinese_calendar.holidays if own.get(day) != WORKDAY}
    workdays = {day for day in chinese_calendar.workdays if own.get(day) != HOLIDAY}
    for day, kind in own.items():
        (holidays if kind == HOLIDAY else workdays).add(day)
    known = statutory_end()
    years = Counter(day.year for day, kind in own.items() if kind == HOLIDAY)
    while years[known.year + 1] >= A_YEARS_HOLIDAYS:
        known = known.replace(year=known.year + 1)
    return WorkCalendar(frozenset(holidays), frozenset(workdays), known)
