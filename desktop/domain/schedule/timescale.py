"""Days along a line: where a day stands at a zoom, what names it above the chart, which days are off (CTRL-6).

Widths are in the unit of whoever draws: dots on the screen, points on paper. An *em* is the height of a line of text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from desktop.domain.calendar import WorkCalendar, add_months

_DAY = dt.timedelta(days=1)
_WEEK_DAYS, _MONTHS, _QUARTER = 7, 12, 3
Days = tuple[dt.date, dt.date]
"""A first and a last day, both counted."""


class Unit(Enum):
    """What a line of labels counts; the value is the least width of a day, in ems, at which there is room for it."""

    DAY = 1.25
    WEEK = 0.4
    MONTH = 0.075
    QUARTER = 0.028
    YEAR = 0.0

    @property
    def above(self) -> Unit | None:
        """What stands in the line above; nothing above years."""
        return {Unit.DAY: Unit.MONTH, Unit.WEEK: Unit.MONTH, Unit.YEAR: None}.get(self, Unit.YEAR)


class Zoom(Enum):
    """The zooms one asks for by name; the value is the width of a day in ems."""

    DAY = 1.7
    WEEK = 0.56
    MONTH = 0.16
    QUARTER = 0.055

    @property
    def label(self) -> str:
        """What its button says."""
        return {Zoom.DAY: "日", Zoom.WEEK: "周", Zoom.MONTH: "月", Zoom.QUARTER: "季"}[self]


def unit_at(day: float, em: float) -> Unit:
    """The finest labels that have room where a day is so wide."""
    return next(unit for unit in Unit if day >= unit.value * em)


def zoom_near(day: float, em: float) -> Zoom:
    """The named zoom that comes nearest to such a width."""
    share = max(day / em, 1e-9)
    return min(Zoom, key=lambda zoom: max(zoom.value / share, share / zoom.value))


@dataclass(frozen=True, slots=True)
class TimeScale:
    """The days from ``first`` to ``last``, each ``day`` wide, the first one at 0."""

    first: dt.date
    last: dt.date
    day: float

    @property
    def width(self) -> float:
        """How wide all of it is."""
        return self.right(self.last)

    def left(self, day: dt.date) -> float:
        """Where a day begins."""
        return (day - self.first).days * self.day

    def right(self, day: dt.date) -> float:
        """Where it ends."""
        return ((day - self.first).days + 1) * self.day

    def day_at(self, x: float) -> dt.date:
        """The day that stands at ``x``, the nearest one of the scale beyond its ends."""
        number = min(max(0, int(x // self.day)), (self.last - self.first).days)
        return self.first + _DAY * number

    def between(self, left: float, right: float) -> Days:
        """The days of which something stands between two places."""
        return self.day_at(left), self.day_at(right)


@dataclass(frozen=True, slots=True)
class Label:
    """A cell above the chart: its days, its text, and a shorter one for where it is cut."""

    first: dt.date
    last: dt.date
    text: str
    short: str = ""


def labels(unit: Unit, days: Days) -> Iterator[Label]:
    """The cells that cover these days, whole ones, the first beginning on or before the first day."""
    at = _begin(unit, days[0])
    while at <= days[1]:
        after = _next(unit, at)
        yield Label(at, after - _DAY, *_words(unit, at))
        at = after


def lower_text(unit: Unit, label: Label) -> str:
    """What a cell says under a line of years or months."""
    return label.short if unit is Unit.MONTH else label.text


def _begin(unit: Unit, day: dt.date) -> dt.date:
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return day - _DAY * day.weekday()
        case Unit.MONTH:
            return day.replace(day=1)
        case Unit.QUARTER:
            return day.replace(month=(day.month - 1) // _QUARTER * _QUARTER + 1, day=1)
        case Unit.YEAR:
            return day.replace(month=1, day=1)


def _next(unit: Unit, day: dt.date) -> dt.date:
    match unit:
        case Unit.DAY:
            return day + _DAY
        case Unit.WEEK:
            return day + _DAY * _WEEK_DAYS
        case Unit.MONTH:
            return add_months(day, 1)
        case Unit.QUARTER:
            return add_months(day, _QUARTER)
        case Unit.YEAR:
            return add_months(day, _MONTHS)


def _words(unit: Unit, day: dt.date) -> tuple[str, str]:
    match unit:
        case Unit.DAY:
            return str(day.day), ""
        case Unit.WEEK:
            return f"{day:%m-%d}", ""
        case Unit.MONTH:
            return f"{day.year}年{day.month}月", f"{day.month}月"
        case Unit.QUARTER:
            return f"{(day.month - 1) // _QUARTER + 1}季度", f"{(day.month - 1) // _QUARTER + 1}"
        case Unit.YEAR:
            return f"{day.year}年", f"{day.year}"


def off_days(calendar: WorkCalendar, days: Days) -> Iterator[Days]:
    """Runs of days on which nobody works: weekends and holidays, 补班 days left out."""
    begun: dt.date | None = None
    for number in range((days[1] - days[0]).days + 1):
        day = days[0] + _DAY * number
        if calendar.is_workday(day):
            if begun:
                yield begun, day - _DAY
            begun = None
        else:
            begun = begun or day
    if begun:
        yield begun, days[1]
