"""The calendar of a Microsoft Project XML: which days are off, which weekends are worked, when work ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from desktop.domain.calendar import WorkCalendar
from desktop.exchange.project_elements import Element, elements_in, text_in
from desktop.exchange.project_fields import read_moment

_DAY = dt.timedelta(days=1)
_LONGEST = 3_660
_MOST_DAYS = 40_000
_EVENING = dt.time(17)
_BY_DATE = "0"
_DAILY = "1"


def calendar_of(base: Element, calendars: Mapping[str, Element]) -> tuple[WorkCalendar, list[str]]:
    """The exceptions of a calendar over Monday to Friday, and what of them could not be taken."""
    holidays, workdays, told = set[dt.date](), set[dt.date](), list[str]()
    seen: set[int] = set()
    chain = [base]
    while (above := calendars.get(text_in(chain[-1], "BaseCalendarUID"))) is not None and id(above) not in seen:
        seen.add(id(above))
        chain.append(above)
    for calendar in reversed(chain):
        for first, last, works in _exceptions(calendar, told):
            days = [first + _DAY * step for step in range((last - first).days + 1)]
            (workdays if works else holidays).update(days)
            (holidays if works else workdays).difference_update(days)
            if len(holidays) + len(workdays) > _MOST_DAYS:
                told.append("日历的例外太多，后面的没有读入")
                break
    known = max((*holidays, *workdays), default=dt.date.min)
    return WorkCalendar(frozenset(holidays), frozenset(workdays), known), told


def end_of_work(base: Element) -> dt.time:
    """When the last working hours of a weekday end."""
    times = [
        moment.time()
        for days in elements_in(base, "WeekDays")
        for day in elements_in(days, "WeekDay")
        if text_in(day, "DayType") != _BY_DATE
        for spans in elements_in(day, "WorkingTimes")
        for span in elements_in(spans, "WorkingTime")
        if (moment := read_moment(f"2000-01-01T{text_in(span, 'ToTime').strip()}")) is not None
    ]
    return max((time for time in times if time != dt.time()), default=_EVENING)


def _exceptions(calendar: Element, told: list[str]) -> Iterator[tuple[dt.date, dt.date, bool]]:
    for days in elements_in(calendar, "WeekDays"):
        for day in elements_in(days, "WeekDay"):
            if text_in(day, "DayType") == _BY_DATE:
                yield from _exception(day, "", told)
    for parts in elements_in(calendar, "Exceptions"):
        for one in elements_in(parts, "Exception"):
            name = text_in(one, "Name")
            if text_in(one, "Type").strip() in {"", _DAILY}:
                yield from _exception(one, name, told)
            else:
                told.append(f"日历的例外“{name}”按周、月或年重复，没有读入")


def _exception(one: Element, name: str, told: list[str]) -> Iterator[tuple[dt.date, dt.date, bool]]:
    for period in elements_in(one, "TimePeriod"):
        first, last = read_moment(text_in(period, "FromDate")), read_moment(text_in(period, "ToDate"))
        if first is None or last is None or not 0 <= (last - first).days <= _LONGEST:
            told.append(f"日历的例外“{name}”的日期读不出来，没有读入")
            continue
        end = last.date() - _DAY if last.time() == dt.time() and last > first else last.date()
        yield first.date(), end, text_in(one, "DayWorking") == "1"
