"""The monitor table and earned value, held against figures worked out day by day in another way."""

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.calendar import WorkCalendar
from desktop.domain.monitor import EarnedValue, Light, Monitor, Reported, deviation_of, monitor
from desktop.domain.policy_deadlines import Monitoring
from desktop.domain.schedule.reading import read_schedule
from desktop.domain.schedule.workdays import Workdays
from desktop.domain.weeks import day_in, shifted, week_of

D = dt.date
Line = dict[str, Any]
RULE = Monitoring(yellow=1, red=5)
NATIONAL = frozenset(D(2026, 10, day) for day in range(1, 8))
CALENDAR = WorkCalendar(NATIONAL, frozenset({D(2026, 9, 27), D(2026, 10, 10)}), D(2026, 12, 31))


def task(key: str, start: D, end: D, *, milestone: bool = False, work: str | None = None, **more: Any) -> Line:
    period = {"start": start.isoformat(), "end": end.isoformat()}
    return {"id": key, "name": key, "period": period, "milestone": "yes" if milestone else "no", "work": work, **more}


def told(key: str, week: str, done: str | None, forecast: D | None = None, hours: int = 0, who: str = "甲") -> Reported:
    share = None if done is None else Decimal(done)
    return Reported(key, week, who, "done" if done == "100" else "doing", share, forecast, Decimal(hours))


def table(lines: list[Line], reports: list[Reported], today: D) -> Monitor:
    return monitor(read_schedule(lines), reports, CALENDAR, today, RULE)


def figures(value: EarnedValue) -> tuple[D, float, float, float]:
    return value.on, float(value.planned), float(value.earned), float(value.spent)


def test_WEEK_6_planned_actual_forecast_deviation_and_light() -> None:
    lines = [
        task("开挖", D(2026, 9, 14), D(2026, 9, 25)),
        task("布线", D(2026, 9, 21), D(2026, 10, 9)),
        task("初验", D(2026, 10, 16), D(2026, 10, 16), milestone=True),
        task("培训", D(2026, 11, 2), D(2026, 11, 6)),
    ]
    reports = [
        told("开挖", "2026-W38", "50", D(2026, 9, 25)),
        told("开挖", "2026-W39", "100", D(2026, 9, 24)),
        told("布线", "2026-W39", "30", D(2026, 10, 12)),
        told("初验", "2026-W39", "0", D(2026, 10, 30)),
    ]
    seen = table(lines, reports, D(2026, 9, 29))
    dug, wired, accepted, trained = seen.tasks
    assert (dug.started, dug.finished, dug.deviation, dug.light) == (D(2026, 9, 14), D(2026, 9, 24), -1, Light.GREEN)
    # 国庆 is off and 10-10 (Saturday) is worked: 10-09 → 10-12 are 10-10 and 10-12, two working days
    assert (wired.finish, wired.deviation, wired.light) == (D(2026, 10, 12), 2, Light.YELLOW)
    assert (accepted.finish, accepted.deviation, accepted.light) == (D(2026, 10, 30), 10, Light.RED)
    assert (trained.light, trained.deviation) == (Light.NONE, 0)
    assert seen.light is Light.RED
    assert [state.task.name for state in seen.deviating] == ["初验"]


def test_WEEK_6_a_task_that_nobody_reports_of_falls_behind_with_the_days() -> None:
    lines = [task("开挖", D(2026, 9, 14), D(2026, 9, 18))]
    assert [state.deviation for state in table(lines, [], D(2026, 9, 18)).tasks] == [0]
    late = table(lines, [], D(2026, 9, 30)).tasks[0]
    assert (late.finish, late.deviation) == (D(2026, 9, 30), 9)  # 9-27 (Sunday) is worked


def test_WEEK_6_several_people_on_one_task_count_by_their_latest_lines() -> None:
    lines = [task("联调", D(2026, 9, 14), D(2026, 9, 25))]
    reports = [told("联调", "2026-W38", "20"), told("联调", "2026-W38", "60", who="乙"), told("联调", "2026-W39", "40")]
    assert table(lines, reports, D(2026, 9, 28)).tasks[0].done == 50


def test_WEEK_6_a_summary_task_has_the_worst_of_what_stands_below_it() -> None:
    lines = [
        task("施工", D(2026, 9, 14), D(2026, 9, 14)),
        task("布线", D(2026, 9, 14), D(2026, 9, 18), parent="施工"),
        task("安装", D(2026, 9, 21), D(2026, 9, 25), parent="施工"),
    ]
    reports = [told("布线", "2026-W38", "100", D(2026, 9, 18)), told("安装", "2026-W39", "50", D(2026, 10, 9))]
    whole = table(lines, reports, D(2026, 9, 26)).tasks[0]
    assert whole.summary
    assert (whole.task.start, whole.task.end, whole.finish) == (D(2026, 9, 14), D(2026, 9, 25), D(2026, 10, 9))
    assert whole.done == 75
    assert (whole.light, whole.finished) == (Light.RED, None)


def test_WEEK_6_earned_value_over_the_weeks() -> None:
    lines = [
        task("布线", D(2026, 9, 14), D(2026, 9, 18), work="10"),
        task("安装", D(2026, 9, 21), D(2026, 9, 25), work="20"),
        task("初验", D(2026, 9, 25), D(2026, 9, 25), milestone=True),
    ]
    reports = [told("布线", "2026-W38", "80", hours=96), told("安装", "2026-W39", "50", hours=64)]
    seen = table(lines, reports, D(2026, 9, 23))
    assert seen.by_work
    first, now = seen.curve
    assert figures(first) == (D(2026, 9, 20), 10, 8, 12)
    assert figures(now) == (D(2026, 9, 23), 22, 18, 20)
    assert (now.spi, now.cpi) == (Decimal(18) / 22, Decimal(18) / 20)
    assert now.estimate == Decimal(30) / (Decimal(18) / 20)


def test_WEEK_6_a_table_of_nothing_is_empty() -> None:
    seen = table([], [], D(2026, 9, 23))
    assert (seen.tasks, seen.curve, seen.value, seen.light) == ((), (), None, Light.NONE)


days = st.dates(D(2026, 9, 1), D(2026, 10, 31))


@given(days, days)
def test_WEEK_6_deviations_are_counted_day_by_day(planned: D, actual: D) -> None:
    step = dt.timedelta(days=1)
    first, last = sorted((planned, actual))
    between = sum(CALENDAR.is_workday(first + step * n) for n in range(1, (last - first).days + 1))
    assert deviation_of(Workdays(CALENDAR), planned, actual) == (between if actual >= planned else -between)


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Line], list[Reported]]:
    count = draw(st.integers(1, 5))
    lines, reports = [], []
    for number in range(count):
        start = draw(days)
        end = start + dt.timedelta(days=draw(st.integers(0, 20)))
        lines.append(task(f"t{number}", start, end, work=str(draw(st.integers(1, 30)))))
        week = week_of(start)
        done = 0
        for step in range(draw(st.integers(0, 4))):
            done = min(100, done + draw(st.integers(0, 60)))
            who = draw(st.sampled_from("甲乙"))
            reports.append(told(f"t{number}", shifted(week, step), str(done), None, draw(st.integers(0, 60)), who))
    return lines, reports


@given(plans(), days)
def test_WEEK_6_earned_value_agrees_with_plain_sums(made: tuple[list[Line], list[Reported]], today: D) -> None:
    lines, reports = made
    seen = table(lines, reports, today)
    known = [line for line in reports if day_in(line.week, 1) <= today]
    earned = spent = planned = 0.0
    for line in lines:
        start, end = (D.fromisoformat(line["period"][key]) for key in ("start", "end"))
        work = [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]
        work = [day for day in work if CALENDAR.is_workday(day)]
        passed = 1.0 if today >= end else 0.0 if today < start else sum(d <= today for d in work) / max(1, len(work))
        if start <= today < end and not work:
            passed = 1.0
        planned += float(line["work"]) * passed
        own = [one for one in known if one.task == line["id"]]
        latest = {who: [one for one in own if one.person == who] for who in "甲乙"}
        shares = [max(ones, key=lambda one: one.week).done for ones in latest.values() if ones]
        earned += float(line["work"]) * sum(map(float, filter(None, shares))) / max(1, len(shares)) / 100
    spent = sum(float(line.hours) for line in known) / 8
    first = min(D.fromisoformat(line["period"]["start"]) for line in lines)
    if first - dt.timedelta(days=first.weekday()) <= today:
        assert seen.value is not None
        got = (float(seen.value.planned), float(seen.value.earned), float(seen.value.spent))
        assert all(abs(one - other) < 1e-6 for one, other in zip(got, (planned, earned, spent), strict=True))
