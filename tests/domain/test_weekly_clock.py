"""Deadlines of every week, and those of working days, around 国庆 and 春节 with their 补班 days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.calendar import WorkCalendar
from desktop.domain.clocks import deadline
from desktop.domain.policy_deadlines import WeeklyRule
from desktop.domain.weekly_clock import Timing, timing, week_deadline, works_in
from desktop.domain.weeks import day_in, is_week, period_text, shifted, week_of, week_text
from desktop.services.statutory import calendar_with
from tests.domain.samples import EPM, project

D = dt.date
STATUTORY = calendar_with({})
WEEKLY = {rule.key: rule for rule in EPM.weekly}
CLOCKS = {clock.key: clock for clock in EPM.clocks}


def due(key: str, week: str, calendar: WorkCalendar = STATUTORY) -> dt.datetime | None:
    return week_deadline(WEEKLY[key], week, calendar)


def at(month: int, day: int, hour: int) -> dt.datetime:
    return dt.datetime.combine(D(2026, month, day), dt.time(hour))


@pytest.mark.parametrize(
    ("week", "moment"),
    [
        ("2026-W38", at(9, 18, 18)),
        ("2026-W39", at(9, 24, 18)),  # Friday is 中秋
        ("2026-W40", at(9, 30, 18)),  # 国庆 begins on Thursday
        ("2026-W41", at(10, 9, 18)),  # three days of 国庆, then work up to Saturday
        ("2026-W07", at(2, 13, 18)),  # the Saturday after it is worked: the policy says Friday
        ("2026-W08", None),  # 春节: nobody works
        ("2026-W09", at(2, 27, 18)),
    ],
)
def test_WEEK_1_members_report_by_the_end_of_fridays_work(week: str, moment: dt.datetime | None) -> None:
    assert due("member_report", week) == moment


@pytest.mark.parametrize(
    ("week", "moment"),
    [("2026-W38", at(9, 21, 12)), ("2026-W40", at(10, 8, 12)), ("2026-W07", at(2, 24, 12)), ("2026-W08", None)],
)
def test_WEEK_3_what_comes_by_stick_or_mail_is_in_time_by_monday_noon(week: str, moment: dt.datetime | None) -> None:
    assert due("member_report_away", week) == moment


@pytest.mark.parametrize(
    ("week", "moment"),
    [
        ("2026-W39", at(9, 29, 12)),
        ("2026-W40", at(10, 8, 12)),
        ("2026-W07", at(2, 24, 12)),
        ("2026-W41", at(10, 13, 12)),
    ],
)
def test_WEEK_5_the_status_is_told_before_tuesday_afternoon(week: str, moment: dt.datetime) -> None:
    assert due("status_report", week) == moment


@pytest.mark.parametrize(
    ("clock", "start", "on"),
    [
        ("closing_limit", D(2026, 2, 12), D(2026, 3, 4)),
        ("closing_limit", D(2026, 9, 24), D(2026, 10, 15)),
        ("nomination_limit", D(2026, 9, 30), D(2026, 10, 9)),
        ("nomination_limit", D(2026, 2, 13), D(2026, 2, 24)),
        ("withdrawal_reply", D(2026, 9, 24), D(2026, 10, 9)),
        ("withdrawal_reply", D(2026, 10, 8), D(2026, 10, 14)),
    ],
)
def test_CLOSE_2_APPT_2_WDR_1_working_days_pass_over_holidays_and_count_makeup_days(
    clock: str, start: D, on: D
) -> None:
    rule = CLOCKS[clock]
    running = project(state=rule.states[0], **{rule.starts: start})
    assert deadline(rule, running, STATUTORY) == on


@pytest.mark.parametrize(
    ("clock", "start", "on"),
    [
        ("pause_limit", D(2026, 7, 1), D(2026, 10, 1)),
        ("resume_by", D(2026, 10, 5), D(2026, 10, 5)),
        ("numbering_due", D(2026, 2, 17), D(2026, 2, 17)),
        ("final_acceptance", D(2026, 10, 3), D(2026, 10, 3)),
    ],
)
def test_PAUSE_5_APPT_3_FAT_1_months_and_days_stay_where_they_fall(clock: str, start: D, on: D) -> None:
    rule = CLOCKS[clock]
    kind = rule.kinds[0] if rule.kinds else "integration"
    running = project(state=rule.states[0], kind=kind, **{rule.starts: start})
    assert deadline(rule, running, STATUTORY) == on


def test_every_clock_of_the_policy_is_held_against_the_holidays() -> None:
    held = {"closing_limit", "nomination_limit", "withdrawal_reply"}
    held |= {"pause_limit", "resume_by", "numbering_due", "final_acceptance", "final_acceptance_software"}
    assert {clock.key for clock in EPM.clocks} == held
    assert set(WEEKLY) >= {"member_report", "member_report_away", "project_report", "status_report"}


def test_WEEK_5_how_a_report_came_in() -> None:
    until = at(11, 20, 18)
    assert timing(at(11, 20, 18), until, at(11, 23, 9)) is Timing.ON_TIME
    assert timing(at(11, 20, 19), until, at(11, 23, 9)) is Timing.LATE
    assert timing(None, until, at(11, 20, 17)) is Timing.WAITING
    assert timing(None, until, at(11, 20, 19)) is Timing.MISSING


@given(st.dates(D(2020, 1, 1), D(2035, 12, 31)))
def test_weeks_are_those_of_iso_8601(day: D) -> None:
    week = week_of(day)
    assert is_week(week)
    assert day_in(week, 1) <= day <= day_in(week, 7)
    assert (day_in(week, 1).weekday(), week_of(day_in(week, 7))) == (0, week)
    assert shifted(shifted(week, 3), -3) == week
    assert week < shifted(week, 1)
    assert shifted(week, 1) == week_of(day + dt.timedelta(days=7))


def test_weeks_are_told_for_people() -> None:
    assert week_text("2026-W47") == "2026 年第 47 周（11-16 至 11-20）"
    assert period_text("2026-03") == "2026-03"
    assert not is_week("2026-W54")


holidays = st.frozensets(st.dates(D(2026, 1, 1), D(2026, 12, 31)), max_size=120)
weeks = st.integers(1, 51).map(lambda number: f"2026-W{number:02}")


@given(holidays, holidays, weeks, st.sampled_from(EPM.weekly))
def test_WEEK_1_a_deadline_falls_on_a_working_day_or_the_week_owes_nothing(
    off: frozenset[D], worked: frozenset[D], week: str, rule: WeeklyRule
) -> None:
    calendar = WorkCalendar(off - worked, worked, D(2026, 12, 31))
    found = week_deadline(rule, week, calendar)
    assert (found is None) == (works_in(week, calendar) == 0)
    if found is not None:
        assert calendar.is_workday(found.date())
        usual = day_in(week, rule.weekday) + dt.timedelta(weeks=rule.weeks)
        if calendar.is_workday(usual):
            assert found.date() == usual
