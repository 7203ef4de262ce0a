"""Working days around the feasts of 2026 and 2027, with given calendars and with the one that is shipped."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.calendar import HOLIDAY, WORKDAY, WorkCalendar, add_months
from desktop.services.statutory import A_YEARS_HOLIDAYS, calendar_with, statutory_days, statutory_end

D = dt.date
ONE = dt.timedelta(days=1)


def days(first: D, last: D) -> set[D]:
    return {first + ONE * step for step in range((last - first).days + 1)}


AUTUMN_2026 = WorkCalendar(
    frozenset(days(D(2026, 9, 25), D(2026, 9, 27)) | days(D(2026, 10, 1), D(2026, 10, 7))),
    frozenset({D(2026, 9, 20), D(2026, 10, 10)}),
    D(2026, 12, 31),
)
"""中秋 and 国庆 2026 as the State Council set them."""
SPRING_2027 = WorkCalendar(frozenset(days(D(2027, 2, 5), D(2027, 2, 11))), frozenset({D(2027, 2, 14)}), D(2027, 12, 31))
"""春节 2027 as an office may enter it: seven days from New Year's Eve, and a Sunday worked."""
PLAIN = WorkCalendar(frozenset(), frozenset(), D(2026, 12, 31))
SHIPPED = calendar_with({})
CALENDARS = st.builds(
    WorkCalendar,
    st.frozensets(st.dates(D(2026, 1, 1), D(2026, 3, 1))),
    st.frozensets(st.dates(D(2026, 1, 1), D(2026, 3, 1))),
    st.just(D(2026, 12, 31)),
)
IN_REACH = st.dates(D(2025, 12, 1), D(2026, 4, 1))


@pytest.mark.parametrize("calendar", [AUTUMN_2026, SHIPPED], ids=["given", "shipped"])
def test_national_day_2026(calendar: WorkCalendar) -> None:
    off = {day for day in days(D(2026, 9, 14), D(2026, 10, 18)) if not calendar.is_workday(day)}
    weekend = {D(2026, 9, 19), D(2026, 10, 11), D(2026, 10, 17), D(2026, 10, 18)}
    assert off == weekend | AUTUMN_2026.holidays
    assert calendar.is_workday(D(2026, 10, 10)), "补班 on a Saturday"
    assert calendar.is_workday(D(2026, 9, 20)), "补班 on a Sunday"
    # the last working day before the feast is a Wednesday, the first one after it a Thursday
    assert calendar.add_workdays(D(2026, 9, 30), 1) == D(2026, 10, 8)
    assert calendar.add_workdays(D(2026, 10, 3), 1) == D(2026, 10, 8)
    assert calendar.add_workdays(D(2026, 9, 28), 10) == D(2026, 10, 16)
    assert calendar.workdays_until(D(2026, 9, 30), D(2026, 10, 8)) == 1
    assert calendar.workdays_until(D(2026, 10, 1), D(2026, 10, 7)) == 0
    assert calendar.workdays_until(D(2026, 10, 8), D(2026, 9, 30)) == -1


def test_spring_festival_2026_as_shipped() -> None:
    off = {day for day in days(D(2026, 2, 9), D(2026, 3, 1)) if not SHIPPED.is_workday(day)}
    assert off == {*days(D(2026, 2, 15), D(2026, 2, 23)), D(2026, 3, 1)}
    assert SHIPPED.is_workday(D(2026, 2, 14))
    assert SHIPPED.is_workday(D(2026, 2, 28))
    assert SHIPPED.add_workdays(D(2026, 2, 13), 2) == D(2026, 2, 24)


def test_spring_festival_2027_as_the_office_enters_it() -> None:
    assert SPRING_2027.add_workdays(D(2027, 2, 4), 3) == D(2027, 2, 15)  # Friday 12, Sunday 14 (补班), Monday 15
    own = dict.fromkeys(SPRING_2027.holidays, HOLIDAY) | dict.fromkeys(SPRING_2027.workdays, WORKDAY)
    entered = calendar_with(own)
    assert {day: entered.is_workday(day) for day in days(D(2027, 2, 1), D(2027, 2, 20))} == {
        day: SPRING_2027.is_workday(day) for day in days(D(2027, 2, 1), D(2027, 2, 20))
    }
    assert SHIPPED.is_workday(D(2027, 2, 8)), "the shipped data ends before: a plain Monday"


def test_the_shipped_data_ends_and_says_so() -> None:
    assert statutory_end() == SHIPPED.known_until == D(2026, 12, 31)
    assert SHIPPED.covers(D(2026, 12, 31))
    assert not SHIPPED.covers(D(2027, 1, 1))


def test_a_years_worth_of_own_holidays_makes_that_year_known() -> None:
    feast = [D(2027, 1, 1), *sorted(days(D(2027, 2, 5), D(2027, 2, 14)))]
    assert len(feast) == A_YEARS_HOLIDAYS
    assert calendar_with(dict.fromkeys(feast, HOLIDAY)).known_until == D(2027, 12, 31)
    assert calendar_with(dict.fromkeys(feast[1:], HOLIDAY)).known_until == D(2026, 12, 31)
    later = [day.replace(year=2028) for day in feast]
    assert calendar_with(dict.fromkeys(later, HOLIDAY)).known_until == D(2026, 12, 31), "2027 is still missing"
    assert calendar_with(dict.fromkeys(feast + later, HOLIDAY)).known_until == D(2028, 12, 31)


def test_the_offices_own_word_goes_over_the_shipped_one() -> None:
    own = calendar_with({D(2026, 10, 7): WORKDAY, D(2026, 10, 10): HOLIDAY, D(2026, 11, 23): HOLIDAY})
    assert own.is_workday(D(2026, 10, 7))
    assert not own.is_workday(D(2026, 10, 10))
    assert not own.is_workday(D(2026, 11, 23))
    assert own.is_workday(D(2026, 11, 24))


def test_every_shipped_day_has_its_kind_and_feast() -> None:
    shipped = statutory_days()
    assert shipped[D(2026, 10, 1)] == (HOLIDAY, "国庆节")
    assert shipped[D(2026, 10, 10)] == (WORKDAY, "国庆节补班")
    assert {kind for kind, _ in shipped.values()} == {HOLIDAY, WORKDAY}
    assert all(note for _, note in shipped.values())


@given(CALENDARS, IN_REACH, st.integers(0, 30))
def test_adding_and_counting_agree(calendar: WorkCalendar, start: D, count: int) -> None:
    end = calendar.add_workdays(start, count)
    assert calendar.workdays_until(start, end) == count
    assert calendar.workdays_until(end, start) == -count
    assert end == start or calendar.is_workday(end)


@given(CALENDARS, IN_REACH, IN_REACH, IN_REACH)
def test_counts_add_up(calendar: WorkCalendar, one: D, two: D, three: D) -> None:
    one, two, three = sorted((one, two, three))
    parts = calendar.workdays_until(one, two) + calendar.workdays_until(two, three)
    assert parts == calendar.workdays_until(one, three)


@given(st.dates(D(1900, 1, 1), D(2100, 1, 1)))
def test_without_data_it_is_monday_to_friday(day: D) -> None:
    assert PLAIN.is_workday(day) == (day.strftime("%a") not in {"Sat", "Sun"})


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (D(2026, 8, 31), 3, D(2026, 11, 30)),
        (D(2026, 11, 30), 3, D(2027, 2, 28)),
        (D(2027, 11, 30), 3, D(2028, 2, 29)),
        (D(2026, 1, 31), 1, D(2026, 2, 28)),
        (D(2026, 12, 15), 1, D(2027, 1, 15)),
        (D(2026, 12, 31), 12, D(2027, 12, 31)),
        (D(2026, 5, 31), 0, D(2026, 5, 31)),
    ],
)
def test_months_end_where_the_month_ends(start: D, count: int, end: D) -> None:
    assert add_months(start, count) == end


@given(st.dates(D(1900, 1, 1), D(2100, 1, 1)), st.integers(0, 60))
def test_months_are_months(start: D, count: int) -> None:
    end = add_months(start, count)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == start.day or (end.day < start.day and (end + ONE).day == 1)
