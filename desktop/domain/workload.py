"""工作量 (WEEK-7): person-days per project, member and month from weekly reports, and what does not look right.

A person-day is 8 hours. A week counts in the month of its Thursday, as ISO 8601 counts weeks into years.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from desktop.domain.calendar import WorkCalendar
from desktop.domain.policy_deadlines import Monitoring
from desktop.domain.schedule.workdays import Workdays
from desktop.domain.weeks import day_in

HOURS_A_DAY = Decimal(8)
_THURSDAY = 4
_WHOLE = 100
_NOUGHT = Decimal(0)


@dataclass(frozen=True)
class WeekHours:
    """The hours of one person on one project in a week, as reported."""

    person: str
    project: str
    week: str
    hours: Decimal


@dataclass(frozen=True)
class Load:
    """Person-days of a person on a project in a month (``2026-03``)."""

    person: str
    project: str
    month: str
    days: Decimal


@dataclass(frozen=True)
class PersonMonth:
    """A person's month over all projects: person-days against its working days; ``share`` in percent."""

    person: str
    month: str
    days: Decimal
    working: int
    overloaded: bool

    @property
    def share(self) -> int:
        """The days spent in percent of the month's working days."""
        return round(self.days * _WHOLE / self.working) if self.working else 0


@dataclass(frozen=True)
class Doubt:
    """A total that does not look right (WEEK-7): whose, of which week, and why."""

    person: str
    week: str
    hours: Decimal
    text: str


@dataclass(frozen=True)
class Workload:
    """The workload of some months."""

    loads: tuple[Load, ...]
    months: tuple[PersonMonth, ...]
    doubts: tuple[Doubt, ...]
    planned: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)

    def spent(self, person: str, project: str) -> Decimal:
        """All person-days of a person on a project."""
        return sum((one.days for one in self.loads if (one.person, one.project) == (person, project)), _NOUGHT)


def month_of(week: str) -> str:
    """The month in which a week counts."""
    return day_in(week, _THURSDAY).isoformat()[:7]


def workload(
    hours: Sequence[WeekHours],
    calendar: WorkCalendar,
    rule: Monitoring,
    planned: Mapping[tuple[str, str], Decimal] | None = None,
) -> Workload:
    """Sum reported hours by person, project and month; ``planned`` person-days by person and project."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    weeks: dict[tuple[str, str], Decimal] = {}
    for one in hours:
        key = (one.person, one.project, month_of(one.week))
        sums[key] = sums.get(key, _NOUGHT) + one.hours
        weeks[one.person, one.week] = weeks.get((one.person, one.week), _NOUGHT) + one.hours
    loads = tuple(Load(*key, total / HOURS_A_DAY) for key, total in sorted(sums.items()))
    months = tuple(_months(loads, Workdays(calendar), rule))
    return Workload(loads, months, tuple(_doubts(weeks, calendar, rule)), dict(planned or {}))


def _months(loads: Iterable[Load], days: Workdays, rule: Monitoring) -> Iterable[PersonMonth]:
    found: dict[tuple[str, str], Decimal] = {}
    for one in loads:
        found[one.person, one.month] = found.get((one.person, one.month), _NOUGHT) + one.days
    for (person, month), spent in sorted(found.items()):
        working = _working_days(month, days)
        yield PersonMonth(person, month, spent, working, spent * _WHOLE > working * rule.full)


def _working_days(month: str, days: Workdays) -> int:
    """The working days of the weeks that count in a month, so that both sides hold the same days."""
    first = dt.date.fromisoformat(f"{month}-01")
    after = (first + dt.timedelta(days=31)).replace(day=1)
    return days.place(_week_begin(after)) - days.place(_week_begin(first))


def _week_begin(first: dt.date) -> dt.date:
    """The Monday of the first week that counts in the month of that first day."""
    monday = first - dt.timedelta(days=first.weekday())
    return (
        monday if (monday + dt.timedelta(days=_THURSDAY - 1)).month == first.month else monday + dt.timedelta(weeks=1)
    )


def _doubts(weeks: Mapping[tuple[str, str], Decimal], calendar: WorkCalendar, rule: Monitoring) -> Iterable[Doubt]:
    for (person, week), hours in sorted(weeks.items(), key=lambda item: (item[0][1], item[0][0])):
        worked = sum(calendar.is_workday(day_in(week, weekday)) for weekday in range(1, 8))
        if hours > rule.most_hours:
            yield Doubt(person, week, hours, f"一周填报 {_text(hours)} 小时，超过 {rule.most_hours} 小时")
        elif not hours:
            yield Doubt(person, week, hours, "交了周报，但没有填写工时")
        elif hours > worked * HOURS_A_DAY * 2:
            yield Doubt(person, week, hours, f"这一周只有 {worked} 个工作日，却填报 {_text(hours)} 小时")


def _text(hours: Decimal) -> str:
    return f"{hours.normalize():f}"
