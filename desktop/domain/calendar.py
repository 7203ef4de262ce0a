"""The working-day calendar, passed in wherever days are counted."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.domain.canonical import Json
from desktop.domain.field import Facts

HOLIDAY = "holiday"
WORKDAY = "workday"
"""The two kinds of days that are not what their weekday says; ``workday`` is 补班."""

_DAY = dt.timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class WorkCalendar:
    """Holidays and 补班 days over plain weekdays; ``known_until`` is the last day the data covers."""

    holidays: frozenset[dt.date]
    workdays: frozenset[dt.date]
    known_until: dt.date

    def is_workday(self, day: dt.date) -> bool:
        """Whether people work on that day; beyond the data, whether it is Monday to Friday."""
        if day in self.workdays:
            return True
        return day not in self.holidays and day.weekday() < _SATURDAY

    def covers(self, day: dt.date) -> bool:
        """Whether the data reaches that day; where not, a count over it is an estimate and must say so."""
        return day <= self.known_until

    def add_workdays(self, start: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``start`` (which itself is not counted)."""
        day = start
        while count > 0:
            day += _DAY
            if self.is_workday(day):
                count -= 1
        return day

    def before_workdays(self, end: dt.date, count: int) -> dt.date:
        """The ``count``-th working day before ``end`` (which itself is not counted)."""
        day = end
        while count > 0:
            day -= _DAY
            if self.is_workday(day):
                count -= 1
        return day

    def workdays_until(self, today: dt.date, due: dt.date) -> int:
        """Working days after ``today`` up to and with ``due``; negative when ``due`` has passed."""
        if due < today:
            return -self.workdays_until(due, today)
        span = (due - today).days
        return sum(self.is_workday(today + _DAY * step) for step in range(1, span + 1))


def add_months(start: dt.date, count: int) -> dt.date:
    """The same day ``count`` months on, or that month's last day where it has no such day."""
    index = start.year * 12 + start.month - 1 + count
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


def calendar_facts(calendar: WorkCalendar) -> Mapping[str, Json]:
    """The calendar as facts, so that what forms work out counts working days as the office does."""
    return {
        "calendar.holidays": sorted(day.isoformat() for day in calendar.holidays),
        "calendar.workdays": sorted(day.isoformat() for day in calendar.workdays),
        "calendar.known_until": calendar.known_until.isoformat(),
    }


def calendar_of(facts: Facts) -> WorkCalendar:
    """The calendar from the facts; plain weekdays where they hold none."""

    def days(name: str) -> frozenset[dt.date]:
        found = facts.get(name)
        return frozenset(dt.date.fromisoformat(str(day)) for day in found) if isinstance(found, list) else frozenset()

    until = facts.get("calendar.known_until")
    known_until = dt.date.fromisoformat(until) if isinstance(until, str) else dt.date.min
    return WorkCalendar(days("calendar.holidays"), days("calendar.workdays"), known_until)
