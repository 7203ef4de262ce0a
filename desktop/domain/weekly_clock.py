"""Deadlines of every week: until when a report is in time (WEEK-1, WEEK-3, WEEK-5)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from desktop.domain.calendar import WorkCalendar
from desktop.domain.policy_deadlines import WeeklyRule
from desktop.domain.weeks import day_in

_DAY = dt.timedelta(days=1)
_SUNDAY = 7


class Timing(StrEnum):
    """How a report came in."""

    ON_TIME = "on time"
    LATE = "late"
    MISSING = "missing"
    EXCUSED = "excused"
    WAITING = "waiting"

    @property
    def label(self) -> str:
        """The office's word."""
        return _TIMINGS[self]


_TIMINGS = {
    Timing.ON_TIME: "按时",
    Timing.LATE: "迟交",
    Timing.MISSING: "未交",
    Timing.EXCUSED: "免交",
    Timing.WAITING: "待交",
}


def works_in(week: str, calendar: WorkCalendar) -> int:
    """The working days of a week, 补班 included."""
    return sum(calendar.is_workday(day_in(week, weekday)) for weekday in range(1, _SUNDAY + 1))


def week_deadline(rule: WeeklyRule, week: str, calendar: WorkCalendar) -> dt.datetime | None:
    """The moment, in the office's local time, until which what a week owes is in time.

    A week in which nobody works owes nothing: ``None``.
    """
    if not works_in(week, calendar):
        return None
    day = day_in(week, rule.weekday) + dt.timedelta(weeks=rule.weeks)
    moved = _earlier(day, calendar) if rule.earlier else None
    while moved is None:
        moved = day if calendar.is_workday(day) else None
        day += _DAY
    return dt.datetime.combine(moved, dt.time()) + dt.timedelta(hours=rule.hour)


def _earlier(day: dt.date, calendar: WorkCalendar) -> dt.date | None:
    """The last working day of the week up to that day."""
    monday = day - dt.timedelta(days=day.weekday())
    while day >= monday:
        if calendar.is_workday(day):
            return day
        day -= _DAY
    return None


def timing(submitted: dt.datetime | None, due: dt.datetime, now: dt.datetime) -> Timing:
    """How a report came in, all moments in the office's local time."""
    if submitted is not None:
        return Timing.ON_TIME if submitted <= due else Timing.LATE
    return Timing.WAITING if now <= due else Timing.MISSING
