"""Deadlines: three months of pause, ten working days of closing, and how near they are."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.clocks import Due, Urgency, deadline, due_items
from desktop.domain.ledger import PROJECT_DATES
from desktop.domain.policy_deadlines import ClockRule, LengthUnit
from tests.domain.samples import EPM, PROJECT, closing, paused, project
from tests.domain.test_calendar import AUTUMN_2026, PLAIN, SHIPPED

D = dt.date
CLOCKS = {clock.key: clock for clock in EPM.clocks}
PAUSE, RESUME, CLOSING = (CLOCKS[key] for key in ("pause_limit", "resume_by", "closing_limit"))


def only(found: list[Due]) -> Due:
    (item,) = found
    return item


@pytest.mark.parametrize(
    ("paused_on", "until"),
    [
        (D(2026, 8, 31), D(2026, 11, 30)),
        (D(2026, 11, 30), D(2027, 2, 28)),
        (D(2027, 11, 30), D(2028, 2, 29)),
        (D(2026, 11, 22), D(2027, 2, 22)),
    ],
)
def test_PAUSE_5_three_months_from_the_day_of_approval(paused_on: D, until: D) -> None:
    assert deadline(PAUSE, paused(paused_on), AUTUMN_2026) == until


def test_PAUSE_5_an_approved_extension_takes_the_place_of_three_months() -> None:
    extended = paused(D(2026, 8, 31), pause_until=D(2027, 3, 1))
    assert deadline(PAUSE, extended, AUTUMN_2026) == D(2027, 3, 1)


def test_PAUSE_5_the_clock_runs_while_the_project_is_paused() -> None:
    assert deadline(PAUSE, project(paused_on=D(2026, 8, 31)), AUTUMN_2026) is None
    assert deadline(PAUSE, project(state="paused"), AUTUMN_2026) is None, "nobody knows since when"


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (D(2026, 9, 24), D(2026, 10, 15)),
        (D(2026, 9, 28), D(2026, 10, 16)),
        (D(2026, 9, 30), D(2026, 10, 20)),
        (D(2026, 10, 3), D(2026, 10, 20)),
        (D(2026, 10, 10), D(2026, 10, 23)),
        (D(2026, 11, 9), D(2026, 11, 23)),
        (D(2026, 11, 14), D(2026, 11, 27)),
    ],
)
def test_CLOSE_2_ten_working_days_over_national_day(start: D, due: D) -> None:
    assert deadline(CLOSING, closing(start), AUTUMN_2026) == due
    assert deadline(CLOSING, closing(start), SHIPPED) == due


def test_CLOSE_2_beyond_the_calendars_data_it_is_an_estimate() -> None:
    known = only(due_items([closing(D(2026, 12, 17))], [CLOSING], SHIPPED, D(2026, 12, 18)))
    assert (known.on, known.estimated) == (D(2026, 12, 31), False)
    beyond = only(due_items([closing(D(2026, 12, 18))], [CLOSING], SHIPPED, D(2026, 12, 18)))
    assert (beyond.on, beyond.estimated) == (D(2027, 1, 1), True)
    pause = only(due_items([paused(D(2026, 11, 30))], [PAUSE], SHIPPED, D(2026, 12, 18)))
    assert not pause.estimated, "months need no calendar"


def test_CLOSE_2_the_countdown_counts_working_days() -> None:
    project, clock = closing(D(2026, 9, 28)), replace(CLOSING, remind=5)
    seen = [
        (item.days, item.urgency)
        for today in (D(2026, 9, 28), D(2026, 9, 30), D(2026, 10, 7), D(2026, 10, 15), D(2026, 10, 16), D(2026, 10, 19))
        for item in due_items([project], [clock], AUTUMN_2026, today)
    ]
    assert seen == [
        (10, Urgency.LATER),
        (8, Urgency.LATER),
        (8, Urgency.LATER),
        (1, Urgency.SOON),
        (0, Urgency.TODAY),
        (-1, Urgency.LATE),
    ]


@pytest.mark.parametrize(
    ("today", "days", "urgency"),
    [
        (D(2026, 11, 15), 15, Urgency.LATER),
        (D(2026, 11, 16), 14, Urgency.SOON),
        (D(2026, 11, 29), 1, Urgency.SOON),
        (D(2026, 11, 30), 0, Urgency.TODAY),
        (D(2026, 12, 1), -1, Urgency.LATE),
    ],
)
def test_PAUSE_5_how_near_the_limit_is(today: D, days: int, urgency: Urgency) -> None:
    item = only(due_items([paused(D(2026, 8, 31))], [replace(PAUSE, remind=14)], AUTUMN_2026, today))
    assert (item.days, item.urgency, item.started) == (days, urgency, D(2026, 8, 31))


def test_the_most_pressing_comes_first() -> None:
    late, later = paused(D(2026, 5, 1), number="B"), closing(D(2026, 11, 20))
    both = replace(late, number="A", resume_by=D(2026, 12, 24))
    found = due_items([later, late, both], EPM.clocks, AUTUMN_2026, D(2026, 11, 22))
    assert [(item.project.number, item.clock.key) for item in found] == [
        ("A", "pause_limit"),
        ("B", "pause_limit"),
        (PROJECT.number, "closing_limit"),
        ("A", "resume_by"),
    ]


def test_a_clock_in_days() -> None:
    clock = replace(PAUSE, unit=LengthUnit.DAYS, length=90, until="")
    assert deadline(clock, paused(D(2026, 11, 30)), PLAIN) == D(2027, 2, 28)
    assert deadline(RESUME, paused(D(2026, 11, 1), resume_by=D(2026, 12, 5)), PLAIN) == D(2026, 12, 5)


def test_a_project_has_no_other_dates() -> None:
    assert all(PROJECT.date(name) is None or isinstance(PROJECT.date(name), D) for name in PROJECT_DATES)
    with pytest.raises(KeyError):
        PROJECT.date("birthday")


@given(
    st.sampled_from(EPM.clocks),
    st.dates(D(2026, 1, 1), D(2026, 12, 31)),
    st.dates(D(2026, 1, 1), D(2027, 12, 31)),
    st.sampled_from(EPM.states),
)
def test_days_and_urgency_agree(clock: ClockRule, start: D, today: D, state: object) -> None:
    kind = clock.kinds[0] if clock.kinds else "integration"
    running = project(state=getattr(state, "key", ""), kind=kind, **{clock.starts: start})
    found = due_items([running], [clock], AUTUMN_2026, today)
    assert bool(found) == (running.state in clock.states)
    for item in found:
        assert item.on >= start
        assert (item.urgency is Urgency.LATE) == (item.on < today)
        assert (item.urgency is Urgency.TODAY) == (item.on == today)
        if item.days < 0:
            assert item.urgency is Urgency.LATE
