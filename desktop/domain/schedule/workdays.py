"""Working days as places on a line, so that a schedule is reckoned in whole numbers instead of day by day."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right

from desktop.domain.calendar import WorkCalendar

_WEEK = 7
_WORKING = 5


class Workdays:
    """A calendar's working days counted through; any place and any day is found without walking the days between.

    The *place* of a moment is how many working days lie before it: the morning of a working day has the place of that
    day, its evening one more. A Saturday that is off has the place of the next working day.
    """

    def __init__(self, calendar: WorkCalendar) -> None:
        special = {day: -1 for day in calendar.holidays - calendar.workdays if day.weekday() < _WORKING}
        special |= {day: 1 for day in calendar.workdays if day.weekday() >= _WORKING}
        self._days = sorted(day.toordinal() for day in special)
        self._sums = [0]
        for day in self._days:
            self._sums.append(self._sums[-1] + special[dt.date.fromordinal(day)])
        self._places = [_weekdays_before(day) + before for day, before in zip(self._days, self._sums[:-1], strict=True)]

    def place(self, day: dt.date) -> int:
        """How many working days lie before the morning of ``day``."""
        number = day.toordinal()
        return _weekdays_before(number) + self._sums[bisect_left(self._days, number)]

    def place_after(self, day: dt.date) -> int:
        """How many working days lie before the evening of ``day``."""
        number = day.toordinal() + 1
        return _weekdays_before(number) + self._sums[bisect_left(self._days, number)]

    def day(self, place: int) -> dt.date:
        """The working day whose morning has that place.

        Raises:
            OverflowError: the calendar of dates has no such day.
        """
        passed = bisect_right(self._places, place)
        if passed and self._places[passed - 1] == place and self._sums[passed] > self._sums[passed - 1]:
            return dt.date.fromordinal(self._days[passed - 1])
        try:
            return dt.date.fromordinal(_weekday(place - self._sums[passed]))
        except ValueError as error:
            raise OverflowError(place) from error

    def between(self, first: dt.date, last: dt.date) -> int:
        """How many working days there are from ``first`` to ``last``, both counted."""
        return self.place_after(last) - self.place(first)


def _weekdays_before(ordinal: int) -> int:
    """Mondays to Fridays before that day; day 1 of the calendar is a Monday."""
    weeks, rest = divmod(ordinal - 1, _WEEK)
    return weeks * _WORKING + min(rest, _WORKING)


def _weekday(place: int) -> int:
    """The Monday to Friday before which that many lie."""
    weeks, rest = divmod(place, _WORKING)
    return weeks * _WEEK + rest + 1
