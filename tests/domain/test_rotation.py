"""Which backups stay, whatever days people worked on."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.rotation import Keeping, kept_days

DAYS = st.sets(st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)), max_size=60)
KEEPING = st.builds(Keeping, days=st.integers(0, 9), weeks=st.integers(0, 6), months=st.integers(0, 14))


def month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month


def week(day: dt.date) -> tuple[int, int]:
    return day.isocalendar()[:2]


def test_an_office_that_works_every_day() -> None:
    days = [dt.date(2026, 11, 22) - dt.timedelta(days=n) for n in range(500)]
    kept = sorted(kept_days(days, Keeping()), reverse=True)
    assert [str(day) for day in kept] == [
        *("2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16"),
        *("2026-11-15", "2026-11-08", "2026-11-01", "2026-10-31", "2026-10-25", "2026-09-30", "2026-08-31"),
        *(
            "2026-07-31",
            "2026-06-30",
            "2026-05-31",
            "2026-04-30",
            "2026-03-31",
            "2026-02-28",
            "2026-01-31",
            "2025-12-31",
        ),
    ]


@given(DAYS, KEEPING)
def test_the_newest_always_stays_and_nothing_is_made_up(days: set[dt.date], keeping: Keeping) -> None:
    kept = kept_days(days, keeping)
    assert kept <= days
    assert not days or max(days) in kept


@given(DAYS, KEEPING)
def test_no_more_stay_than_were_asked_for(days: set[dt.date], keeping: Keeping) -> None:
    assert len(kept_days(days, keeping)) <= max(1, keeping.days + keeping.weeks + keeping.months)


@given(DAYS, KEEPING)
def test_rotating_again_removes_nothing_more(days: set[dt.date], keeping: Keeping) -> None:
    kept = kept_days(days, keeping)
    assert kept_days(kept, keeping) == kept


@given(DAYS, KEEPING)
def test_the_last_days_weeks_and_months_keep_their_newest(days: set[dt.date], keeping: Keeping) -> None:
    kept = kept_days(days, keeping)
    for number, period in ((keeping.weeks, week), (keeping.months, month)):
        for one in sorted({period(day) for day in days}, reverse=True)[:number]:
            assert max(day for day in days if period(day) == one) in kept
    assert set(sorted(days, reverse=True)[: keeping.days]) <= kept


@given(st.lists(st.integers(1, 20), min_size=1, max_size=120), KEEPING)
def test_rotating_day_by_day_keeps_what_rotating_once_would(gaps: list[int], keeping: Keeping) -> None:
    """What was thrown away along the way is missed by nobody later."""
    day, days, kept = dt.date(2025, 1, 1), set[dt.date](), set[dt.date]()
    for gap in gaps:
        day += dt.timedelta(days=gap)
        days.add(day)
        kept = kept_days(kept | {day}, keeping)
    assert kept == kept_days(days, keeping)
