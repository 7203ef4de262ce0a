"""A task moved or stretched by hand: its days snap to working days (CTRL-6)."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from desktop.domain.schedule.workdays import Workdays

_DAY = dt.timedelta(days=1)


class Grip(Enum):
    """Where a bar is held: in its middle, which moves it, or at an end, which moves that end alone."""

    WHOLE = "whole"
    START = "start"
    FINISH = "finish"


def pulled(
    days: Workdays, span: tuple[dt.date, dt.date], grip: Grip, by: int, *, moment: bool = False
) -> tuple[dt.date, dt.date]:
    """The days of a task whose bar was pulled ``by`` calendar days.

    Moved, it keeps its length in working days (one at least) and begins on the first working day from there on; an end
    that is pulled comes to rest on a working day and never passes the other end. Pulled by nothing, nothing changes.
    """
    start, end = span
    if not by:
        return span
    if grip is Grip.WHOLE:
        first = on_or_after(days, start + _DAY * by)
        if moment:
            return first, first
        length = max(1, days.between(start, end))
        return first, days.day(days.place(first) + length - 1)
    if grip is Grip.START:
        last = on_or_before(days, end)
        return min(on_or_after(days, start + _DAY * by), max(last, start)), end
    first = on_or_after(days, start)
    return start, max(on_or_before(days, end + _DAY * by), min(first, end))


def nudged(
    days: Workdays, span: tuple[dt.date, dt.date], grip: Grip, by: int, *, moment: bool = False
) -> tuple[dt.date, dt.date]:
    """The days of a task that keys move ``by`` working days."""
    at = on_or_after(days, span[0]) if grip is not Grip.FINISH else on_or_before(days, span[1])
    goal = days.day(days.place(at) + by)
    return pulled(days, span, grip, (goal - (span[1] if grip is Grip.FINISH else span[0])).days, moment=moment)


def on_or_after(days: Workdays, day: dt.date) -> dt.date:
    """The first working day from ``day`` on."""
    return days.day(days.place(day))


def on_or_before(days: Workdays, day: dt.date) -> dt.date:
    """The last working day up to ``day``."""
    return days.day(days.place_after(day) - 1)
