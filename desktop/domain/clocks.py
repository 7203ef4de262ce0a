"""Deadlines of the policy: what is due, late and coming, from one function."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.calendar import WorkCalendar, add_months
from desktop.domain.ledger import Project
from desktop.domain.policy_deadlines import ClockRule, LengthUnit


class Urgency(StrEnum):
    """How near a deadline is."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True)
class Due:
    """One running clock. ``days`` are counted in the clock's own way (working days or plain days), negative when late.

    ``estimated`` says that the calendar's data does not reach the deadline, so weekdays were assumed.
    """

    clock: ClockRule
    project: Project
    started: dt.date
    on: dt.date
    days: int
    urgency: Urgency
    estimated: bool


def deadline(clock: ClockRule, project: Project, calendar: WorkCalendar) -> dt.date | None:
    """The day on which the clock runs out for a project, or ``None`` where it is not running."""
    start = project.date(clock.starts)
    if project.state not in clock.states or start is None:
        return None
    if (clock.kinds and project.kind not in clock.kinds) or (clock.done and project.date(clock.done)):
        return None
    if clock.until and (until := project.date(clock.until)):
        return until
    if clock.unit is LengthUnit.MONTHS:
        return add_months(start, clock.length)
    if clock.unit is LengthUnit.WORKING_DAYS:
        return calendar.add_workdays(start, clock.length)
    return start + dt.timedelta(days=clock.length)


def due_items(
    projects: Iterable[Project], clocks: Sequence[ClockRule], calendar: WorkCalendar, today: dt.date
) -> list[Due]:
    """Every running clock of every project, the most pressing first."""
    found = [item for project in projects for item in _running(project, clocks, calendar, today)]
    return sorted(found, key=lambda item: (item.on, item.project.number, item.clock.key))


def _running(project: Project, clocks: Sequence[ClockRule], calendar: WorkCalendar, today: dt.date) -> Iterator[Due]:
    for clock in clocks:
        on = deadline(clock, project, calendar)
        started = project.date(clock.starts)
        if on is None or started is None:
            continue
        counts_workdays = clock.unit is LengthUnit.WORKING_DAYS
        days = calendar.workdays_until(today, on) if counts_workdays else (on - today).days
        estimated = counts_workdays and not calendar.covers(on)
        shows = min(on - dt.timedelta(days=clock.remind), _ahead(clock, on, calendar))
        yield Due(clock, project, started, on, days, _urgency(on, today, shows), estimated)


def _ahead(clock: ClockRule, on: dt.date, calendar: WorkCalendar) -> dt.date:
    """The day that lies ``ahead`` of a deadline, in the clock's own unit."""
    if clock.unit is LengthUnit.MONTHS:
        return add_months(on, -clock.ahead)
    if clock.unit is LengthUnit.WORKING_DAYS:
        return calendar.before_workdays(on, clock.ahead)
    return on - dt.timedelta(days=clock.ahead)


def _urgency(on: dt.date, today: dt.date, shows: dt.date) -> Urgency:
    if on < today:
        return Urgency.LATE
    if on == today:
        return Urgency.TODAY
    return Urgency.SOON if today >= shows else Urgency.LATER
