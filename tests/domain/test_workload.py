"""Person-days per member, project and month, overload, and totals that do not look right (WEEK-7)."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.policy_deadlines import Monitoring
from desktop.domain.weeks import day_in
from desktop.domain.workload import WeekHours, month_of, workload
from desktop.services.statutory import calendar_with

RULE = Monitoring(most_hours=60, full=110)
CALENDAR = calendar_with({})


def told(person: str, project: str, week: str, hours: int) -> WeekHours:
    return WeekHours(person, project, week, Decimal(hours))


def test_WEEK_7_person_days_by_member_project_and_month() -> None:
    found = workload(
        [told("甲", "A", "2026-W44", 24), told("甲", "A", "2026-W45", 16), told("甲", "B", "2026-W45", 8)],
        CALENDAR,
        RULE,
        {("甲", "A"): Decimal(20)},
    )
    days = {(one.project, one.month): float(one.days) for one in found.loads}
    assert days == {("A", "2026-10"): 3.0, ("A", "2026-11"): 2.0, ("B", "2026-11"): 1.0}
    assert float(found.spent("甲", "A")) == 5.0
    assert float(found.planned["甲", "A"]) == 20.0


def test_WEEK_7_CTRL_3_who_is_overloaded_in_a_month() -> None:
    weeks = ["2026-W45", "2026-W46", "2026-W47", "2026-W48"]  # all of November 2026: 20 working days
    full = workload([told("甲", "A", week, 44) for week in weeks], CALENDAR, RULE)
    over = workload([told("甲", "A", week, 45) for week in weeks], CALENDAR, RULE)
    assert [(one.month, one.working, one.share, one.overloaded) for one in full.months] == [("2026-11", 20, 110, False)]
    assert [one.overloaded for one in over.months] == [True]


def test_WEEK_7_totals_that_do_not_look_right() -> None:
    found = workload(
        [
            told("甲", "A", "2026-W47", 40),
            told("甲", "B", "2026-W47", 30),
            told("乙", "A", "2026-W47", 0),
            told("丙", "A", "2026-W40", 50),
            told("丁", "A", "2026-W47", 60),
        ],
        CALENDAR,
        RULE,
    )
    assert [(one.person, one.week) for one in found.doubts] == [
        ("丙", "2026-W40"),
        ("乙", "2026-W47"),
        ("甲", "2026-W47"),
    ]


hours = st.builds(
    told,
    st.sampled_from("甲乙丙"),
    st.sampled_from("ABC"),
    st.integers(1, 52).map(lambda number: f"2026-W{number:02}"),
    st.integers(0, 80),
)


@given(st.lists(hours, max_size=60))
def test_WEEK_7_nothing_is_lost_between_the_sums(lines: list[WeekHours]) -> None:
    found = workload(lines, CALENDAR, RULE)
    plain: dict[tuple[str, str, str], float] = defaultdict(float)
    for one in lines:
        thursday = day_in(one.week, 1) + dt.timedelta(days=3)
        plain[one.person, one.project, f"{thursday:%Y-%m}"] += float(one.hours) / 8
    assert {(one.person, one.project, one.month): float(one.days) for one in found.loads} == dict(plain)
    assert sum(one.days for one in found.loads) == sum(one.days for one in found.months)
    assert all(month_of(one.week) == f"{day_in(one.week, 4):%Y-%m}" for one in lines)
