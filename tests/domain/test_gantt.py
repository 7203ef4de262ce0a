"""Where a Gantt chart's bars, arrows and labels stand, and how a pulled bar snaps to working days (CTRL-6)."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.calendar import WorkCalendar
from desktop.domain.monitor import Light, Reported, monitor
from desktop.domain.policy_deadlines import Monitoring
from desktop.domain.schedule.gantt import GanttChart, Layout, gantt_chart
from desktop.domain.schedule.moving import Grip, nudged, pulled
from desktop.domain.schedule.reading import read_schedule
from desktop.domain.schedule.timescale import (
    TimeScale,
    Unit,
    Zoom,
    labels,
    lower_text,
    off_days,
    unit_at,
    zoom_near,
)
from desktop.domain.schedule.workdays import Workdays

D = dt.date
Line = dict[str, Any]
NATIONAL = frozenset(D(2026, 10, day) for day in range(1, 8))
CALENDAR = WorkCalendar(NATIONAL, frozenset({D(2026, 9, 20), D(2026, 10, 10)}), D(2026, 12, 31))
DAYS = Workdays(CALENDAR)
TODAY = D(2026, 9, 24)
ROW = 20.0
SOME_DAYS = st.dates(D(2026, 8, 1), D(2026, 11, 30))


def task(key: str, start: str, end: str = "", **more: Any) -> Line:
    return {"id": key, "name": key, "period": {"start": start, "end": end or start}, "milestone": "no", **more}


LINES = [
    task("安装", "2026-09-28", "2026-10-08", after="设计", parent="一期"),
    task("一期", "2026-01-01"),
    task("设计", "2026-09-21", "2026-09-25", parent="一期", owner={"id": "", "name": "张伟"}),
    task("初验", "2026-10-08", milestone="yes", after="安装"),
    task("培训", "2026-09-21", "2026-09-22"),
]


def chart_of(lines: list[Line], **more: Any) -> GanttChart:
    return gantt_chart(read_schedule(lines), CALENDAR, TODAY, **more)


def layout_of(chart: GanttChart, day: float = 10.0) -> Layout:
    return Layout(chart.rows, chart.links, TimeScale(*chart.span, day), ROW)


def test_CTRL_6_rows_stand_in_outline_order_and_summaries_span_what_is_below_them() -> None:
    rows = chart_of(LINES).rows
    assert [(row.name, row.level, row.number) for row in rows] == [
        ("一期", 1, 2),
        ("安装", 2, 1),
        ("设计", 2, 3),
        ("初验", 1, 4),
        ("培训", 1, 5),
    ]
    whole = rows[0]
    assert (whole.leaf, whole.days) == (False, (D(2026, 9, 21), D(2026, 10, 8)))
    assert [row.name for row in rows if row.critical and row.leaf] == ["安装", "设计", "初验"]
    assert (rows[2].owner, rows[2].length, rows[3].moment, rows[3].length) == ("张伟", 5, True, 0)
    # 20 September, a Sunday, is worked but lies before; 28 to 30 September and 8 October are left of 安装's eleven days
    assert rows[1].length == 4
    assert rows[4].slack == 7


def test_CTRL_6_folded_rows_take_all_below_them_out_and_their_arrows() -> None:
    chart = chart_of(LINES)
    rows = chart.unfolded({"一期"})
    assert [row.name for row in rows] == ["一期", "初验", "培训"]
    layout = Layout(rows, chart.links, TimeScale(*chart.span, 10), ROW)
    assert list(layout.arrows(range(3))) == []
    assert chart.unfolded({"培训"}) == chart.rows


def test_CTRL_6_a_day_stands_where_the_zoom_puts_it_and_is_found_there_again() -> None:
    scale = TimeScale(D(2026, 9, 1), D(2026, 12, 31), 4.0)
    assert (scale.left(D(2026, 9, 3)), scale.right(D(2026, 9, 3)), scale.width) == (8.0, 12.0, 122 * 4.0)
    assert scale.day_at(11.9) == D(2026, 9, 3)
    assert scale.day_at(-50) == D(2026, 9, 1)
    assert scale.day_at(9e9) == D(2026, 12, 31)
    assert [zoom_near(zoom.value * 17, 17) for zoom in Zoom] == list(Zoom)
    assert [unit_at(zoom.value * 17, 17) for zoom in Zoom] == [Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER]


def test_CTRL_6_labels_are_whole_cells_without_gaps() -> None:
    days = D(2026, 9, 30), D(2027, 1, 5)
    assert [label.text for label in labels(Unit.MONTH, days)] == [
        "2026年9月",
        "2026年10月",
        "2026年11月",
        "2026年12月",
        "2027年1月",
    ]
    assert lower_text(Unit.MONTH, next(labels(Unit.MONTH, days))) == "9月"
    assert [label.text for label in labels(Unit.QUARTER, days)] == ["3季度", "4季度", "1季度"]
    assert next(labels(Unit.WEEK, days)).text == "09-28"
    for unit in Unit:
        cells = list(labels(unit, days))
        assert cells[0].first <= days[0] <= cells[0].last
        assert cells[-1].first <= days[1] <= cells[-1].last
        for one, other in pairwise(cells):
            assert other.first - one.last == dt.timedelta(days=1)


def test_CTRL_6_days_off_follow_the_calendar_with_its_extra_workdays() -> None:
    runs = list(off_days(CALENDAR, (D(2026, 9, 19), D(2026, 10, 12))))
    assert runs == [
        (D(2026, 9, 19), D(2026, 9, 19)),  # the 20th, a Sunday, is worked
        (D(2026, 9, 26), D(2026, 9, 27)),
        (D(2026, 10, 1), D(2026, 10, 7)),
        (D(2026, 10, 11), D(2026, 10, 11)),  # the 10th, a Saturday, is worked
    ]


def test_CTRL_6_bars_stand_on_their_days_with_progress_baseline_and_forecast() -> None:
    schedule = read_schedule(LINES)
    reports = [
        Reported("设计", "2026-W39", "甲", "doing", Decimal(40), D(2026, 9, 29), Decimal(8)),
        Reported("初验", "2026-W39", "甲", "doing", Decimal(0), D(2026, 10, 12), Decimal(0)),
    ]
    states = monitor(schedule, reports, CALENDAR, TODAY, Monitoring(yellow=1, red=3)).tasks
    older = [task("设计", "2026-09-14", "2026-09-18"), task("初验", "2026-09-30", milestone="yes")]
    chart = gantt_chart(schedule, CALENDAR, TODAY, states=states, older=older)
    layout = layout_of(chart)
    place = layout.places["设计"]
    bar, base, more = layout.bar(place), layout.base(place), layout.extension(place)
    assert bar
    assert base
    assert more
    assert (bar.x, bar.width) == (layout.scale.left(D(2026, 9, 21)), 50.0)
    assert place * ROW < bar.y < bar.bottom < base.y < base.bottom < (place + 1) * ROW
    assert layout.done(place) == 20.0
    assert (base.x, base.right) == (layout.scale.left(D(2026, 9, 14)), layout.scale.right(D(2026, 9, 18)))
    assert more[:2] == (bar.right, layout.scale.right(D(2026, 9, 29)))
    assert (chart.rows[place].told, chart.rows[place].light) == ("预警 +2天", Light.YELLOW)
    assert layout.reach(place) == more[1]
    moment = layout.bar(layout.places["初验"])
    assert moment
    assert moment.middle[0] == layout.scale.left(D(2026, 10, 8)) + 5
    assert layout.done(layout.places["培训"]) == 0.0
    assert chart_of(LINES).rows[place].told == ""


def test_CTRL_6_arrows_run_at_right_angles_from_the_end_that_is_waited_for() -> None:
    lines = [
        task("甲", "2026-09-21", "2026-09-25"),
        task("乙", "2026-09-21", "2026-09-30", after="甲 SS+1"),
        task("丙", "2026-09-28", "2026-09-30", after="甲、乙 FF"),
        task("丁", "2026-09-16", "2026-09-18"),
        task("戊", "2026-09-14", "2026-09-15", after="己"),
        task("己", "2026-09-14", "2026-09-15"),
    ]
    layout = layout_of(chart_of(lines))
    found = {(link.before, link.after): points for link, points in layout.arrows(range(6))}
    boxes = {row.id: layout.bar(place) for place, row in enumerate(layout.rows)}
    assert set(found) == {("甲", "乙"), ("甲", "丙"), ("乙", "丙"), ("己", "戊")}
    for points in found.values():
        for (x, y), (to, down) in pairwise(points):
            assert x == to or y == down
    for (before, after), from_start, to_finish in (
        (("甲", "乙"), True, False),
        (("甲", "丙"), False, False),
        (("乙", "丙"), False, True),
        (("己", "戊"), False, False),
    ):
        one, other, points = boxes[before], boxes[after], found[before, after]
        assert one
        assert other
        assert (points[0][0] < one.middle[0]) is from_start
        assert (points[-1][0] > other.middle[0]) is to_finish
        downward = other.y > one.y
        assert points[0][1] == (one.bottom if downward else one.y)
        assert points[-1][1] == (other.y if downward else other.bottom)
        assert all(y % ROW == 0 for _x, y in points[1:-1]), "along the gap between two rows"
    assert {link.after for link, _points in layout.arrows(range(4, 6))} == {"戊"}
    assert {link.after for link, _points in layout.arrows(range(1, 2))} == {"乙", "丙"}, "one passes through"


def test_CTRL_6_a_bar_is_held_in_its_middle_or_at_its_ends() -> None:
    layout = layout_of(chart_of(LINES))
    place = layout.places["设计"]
    bar = layout.bar(place)
    assert bar
    middle = bar.middle[1]
    assert layout.grip(bar.middle[0], middle) == (place, Grip.WHOLE)
    assert layout.grip(bar.x + 1, middle) == (place, Grip.START)
    assert layout.grip(bar.right - 1, middle) == (place, Grip.FINISH)
    assert layout.grip(bar.right + 30, middle) is None
    assert layout.grip(bar.middle[0], place * ROW + ROW - 1) is None
    assert layout.grip(bar.x, -5) is None


@pytest.mark.parametrize(
    ("grip", "by", "days"),
    [
        (Grip.WHOLE, 0, ("2026-09-28", "2026-09-30")),
        (Grip.WHOLE, 1, ("2026-09-29", "2026-10-08")),
        (Grip.WHOLE, 5, ("2026-10-08", "2026-10-10")),
        (Grip.WHOLE, -9, ("2026-09-20", "2026-09-22")),
        (Grip.FINISH, 4, ("2026-09-28", "2026-09-30")),
        (Grip.FINISH, 8, ("2026-09-28", "2026-10-08")),
        (Grip.FINISH, -9, ("2026-09-28", "2026-09-28")),
        (Grip.START, -2, ("2026-09-28", "2026-09-30")),
        (Grip.START, -3, ("2026-09-25", "2026-09-30")),
        (Grip.START, 40, ("2026-09-30", "2026-09-30")),
    ],
)
def test_CTRL_6_a_pulled_bar_snaps_to_working_days_over_the_golden_week(
    grip: Grip, by: int, days: tuple[str, str]
) -> None:
    start, end = pulled(DAYS, (D(2026, 9, 28), D(2026, 9, 30)), grip, by)
    assert (start.isoformat(), end.isoformat()) == days


def test_CTRL_6_keys_move_by_working_days() -> None:
    span = D(2026, 9, 28), D(2026, 9, 30)
    assert nudged(DAYS, span, Grip.FINISH, 1) == (span[0], D(2026, 10, 8))
    assert nudged(DAYS, span, Grip.FINISH, -1) == (span[0], D(2026, 9, 29))
    assert nudged(DAYS, span, Grip.WHOLE, -1) == (D(2026, 9, 25), D(2026, 9, 29))
    moment = D(2026, 9, 30), D(2026, 9, 30)
    assert nudged(DAYS, moment, Grip.WHOLE, 1, moment=True) == (D(2026, 10, 8), D(2026, 10, 8))


@given(SOME_DAYS, st.integers(0, 40), st.sampled_from(Grip), st.integers(-60, 60))
def test_CTRL_6_however_a_bar_is_pulled_it_keeps_its_order_and_its_length(
    start: D, more: int, grip: Grip, by: int
) -> None:
    end = start + dt.timedelta(days=more)
    first, last = pulled(DAYS, (start, end), grip, by)
    assert first <= last
    if grip is Grip.WHOLE and by:
        assert CALENDAR.is_workday(first)
        assert CALENDAR.is_workday(last)
        assert DAYS.between(first, last) == max(1, DAYS.between(start, end))
    if grip is Grip.FINISH:
        assert first == start
        assert last in {start, end} or CALENDAR.is_workday(last)
    if grip is Grip.START:
        assert last == end
        assert first in {start, end} or CALENDAR.is_workday(first)


def test_CTRL_6_dates_that_run_out_are_told_and_the_bars_still_stand() -> None:
    chart = chart_of([task("甲", "2026-09-21"), task("乙", "9999-12-30", "9999-12-31", after="甲")])
    assert "9999 年以后" in chart.note
    assert [row.days is not None for row in chart.rows] == [True, True]
    assert not any(row.critical for row in chart.rows)
    assert chart.span[1] == dt.date.max


def test_CTRL_6_lines_without_days_have_a_row_and_no_bar() -> None:
    chart = chart_of([{"id": "新", "name": None}, task("甲", "2026-09-21", after="新")])
    layout = layout_of(chart)
    assert (chart.rows[0].name, chart.rows[0].days, layout.bar(0)) == ("", None, None)
    assert list(layout.arrows(range(2))) == []
    assert chart_of([]).rows == ()
