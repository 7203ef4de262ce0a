"""项目进度计划监控表 (WEEK-6) and earned value: what weekly reports say of a plan's tasks, against the baseline.

Deviations are counted in working days, later is more; progress in points of 100; effort in person-days of 8 hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from desktop.domain.calendar import WorkCalendar
from desktop.domain.policy_deadlines import Monitoring
from desktop.domain.schedule.network import Task
from desktop.domain.schedule.reading import PlanSchedule
from desktop.domain.schedule.workdays import Workdays
from desktop.domain.weeks import FRIDAY, day_in

_NOUGHT, WHOLE = Decimal(0), Decimal(100)
HOURS_A_DAY = Decimal(8)
_SUNDAY = 7


class Light(StrEnum):
    """How a task stands against the baseline."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"

    @property
    def label(self) -> str:
        """The office's word, so that colour is never alone."""
        return {Light.GREEN: "正常", Light.YELLOW: "预警", Light.RED: "滞后", Light.NONE: "未到期"}[self]


@dataclass(frozen=True)
class Reported:
    """One line of a weekly report as the ledger has it; ``task`` is the plan line's stable id."""

    task: str
    week: str
    person: str
    status: str
    done: Decimal | None
    forecast: dt.date | None
    hours: Decimal


@dataclass(frozen=True)
class TaskState:
    """What is known of a task at a day.

    ``planned_done`` is how far it should be by the calendar, ``done`` how far it is by the reports (the mean over those
    who work on it); ``finish`` is when it was done or is going to be. A task that nobody reports of has only its plan,
    and its finish moves with the day once it is overdue.
    """

    task: Task
    planned_done: Decimal
    done: Decimal
    started: dt.date | None
    finished: dt.date | None
    finish: dt.date
    deviation: int
    light: Light
    reported: str
    critical: bool
    summary: bool
    hours: Decimal

    @property
    def is_late(self) -> bool:
        """Whether the baseline's day is not kept."""
        return self.deviation > 0


@dataclass(frozen=True)
class EarnedValue:
    """Earned value at a day, in person-days (or working days of duration where the plan names no work)."""

    on: dt.date
    budget: Decimal
    planned: Decimal
    earned: Decimal
    spent: Decimal

    @property
    def spi(self) -> Decimal | None:
        """Earned by planned; ``None`` before anything was planned."""
        return self.earned / self.planned if self.planned else None

    @property
    def cpi(self) -> Decimal | None:
        """Earned by spent; ``None`` before anything was spent."""
        return self.earned / self.spent if self.spent else None

    @property
    def estimate(self) -> Decimal | None:
        """What the whole will take at this rate; ``None`` where nothing was earned."""
        cpi = self.cpi
        return self.budget / cpi if cpi else None


@dataclass(frozen=True)
class Monitor:
    """A project's tasks at a day, in the plan's order, with its earned value week by week up to that day.

    ``by_work`` says that the figures are person-days; else the tasks weigh by their working days and the spent effort
    cannot be held against them. ``estimated`` says that the calendar's data does not reach the plan's end.
    """

    on: dt.date
    tasks: tuple[TaskState, ...]
    curve: tuple[EarnedValue, ...]
    by_work: bool
    estimated: bool
    strays: int = 0

    @property
    def value(self) -> EarnedValue | None:
        """Earned value at the day itself."""
        return self.curve[-1] if self.curve else None

    @property
    def light(self) -> Light:
        """The worst light of any milestone, or of any task where there is no milestone."""
        own = [state for state in self.tasks if not state.summary]
        looked_at = [state for state in own if state.task.milestone] or own
        order = (Light.RED, Light.YELLOW, Light.GREEN)
        return next((light for light in order if any(state.light is light for state in looked_at)), Light.NONE)

    @property
    def deviating(self) -> list[TaskState]:
        """The milestones that do not keep their days (CHG-4)."""
        return [state for state in self.tasks if state.task.milestone and state.is_late]


def monitor(
    schedule: PlanSchedule,
    reports: Sequence[Reported],
    calendar: WorkCalendar,
    today: dt.date,
    rule: Monitoring,
) -> Monitor:
    """The monitor table of a project at a day, from the lines reported up to it.

    Raises:
        EndlessSchedule: the plan's dates run out.
    """
    days = Workdays(calendar)
    told = _by_task(line for line in reports if day_in(line.week, 1) <= today)
    ids = {task.id for task in schedule.tasks}
    done = {key: _progress(lines) for key, lines in told.items() if key in ids}
    timings = schedule.network(calendar, done).timings
    judge = _Judge(days, today, rule)
    states: list[TaskState] = []
    for task in schedule.tasks:
        timing = timings[task.id]
        if timing.summary:
            span = Task(task.id, task.name, timing.early_start, timing.early_finish, task.milestone, task.parent)
            states.append(judge.summary(span, timing.progress or _NOUGHT, critical=timing.critical))
        else:
            states.append(judge.state(task, told.get(task.id, []), critical=timing.critical))
    leaves = [state.task for state in states if not state.summary]
    by_work = bool(leaves) and all(task.work is not None or task.is_moment for task in leaves)
    curve = _curve(leaves, reports, days, today, by_work=by_work)
    ends = [state.finish for state in states]
    estimated = bool(ends) and not calendar.covers(max(ends))
    strays = sum(line.task not in ids for line in reports)
    return Monitor(today, tuple(_rolled(states)), tuple(curve), by_work, estimated, strays)


def _by_task(reports: Iterable[Reported]) -> dict[str, list[Reported]]:
    found: dict[str, list[Reported]] = {}
    for line in sorted(reports, key=lambda line: line.week):
        found.setdefault(line.task, []).append(line)
    return found


def _latest(lines: Iterable[Reported]) -> list[Reported]:
    """The last line of each person, lines in order of weeks."""
    return list({line.person: line for line in lines}.values())


def _progress(lines: Iterable[Reported]) -> Decimal:
    shares = [line.done for line in _latest(lines) if line.done is not None]
    return sum(shares, _NOUGHT) / len(shares) if shares else _NOUGHT


@dataclass(frozen=True)
class _Judge:
    """Judges tasks at a day."""

    days: Workdays
    today: dt.date
    rule: Monitoring

    def state(self, task: Task, lines: Sequence[Reported], *, critical: bool) -> TaskState:
        """A task with what was reported of it, lines in order of weeks."""
        done = _progress(lines)
        started = next((day_in(line.week, 1) for line in lines if line.done or line.hours), None)
        finished = self._finished(lines) if done == WHOLE else None
        finish = finished or self._forecast(task, lines)
        return self._told(task, done, started, finished, finish, lines, critical=critical)

    def summary(self, task: Task, done: Decimal, *, critical: bool) -> TaskState:
        """A summary task before its deviation is taken from what stands below it."""
        planned = planned_share(task, self.days, self.today)
        return TaskState(
            task, planned, done, None, None, task.end, 0, Light.NONE, "", critical, summary=True, hours=_NOUGHT
        )

    def _told(
        self,
        task: Task,
        done: Decimal,
        started: dt.date | None,
        finished: dt.date | None,
        finish: dt.date,
        lines: Sequence[Reported],
        *,
        critical: bool,
    ) -> TaskState:
        deviation = deviation_of(self.days, task.end, finish)
        idle = not lines and task.start > self.today
        light = Light.NONE if idle else light_of(deviation, self.rule)
        return TaskState(
            task,
            planned_share(task, self.days, self.today),
            done,
            started,
            finished,
            finish,
            deviation,
            light,
            lines[-1].week if lines else "",
            critical,
            summary=False,
            hours=sum((line.hours for line in lines), _NOUGHT),
        )

    def _finished(self, lines: Sequence[Reported]) -> dt.date:
        """The day on which a task was done: as its last reporter says, not after the week of the report."""
        last = max(_latest(lines), key=lambda line: (line.week, line.forecast or dt.date.min))
        friday = day_in(last.week, FRIDAY)
        return min(last.forecast, friday) if last.forecast else friday

    def _forecast(self, task: Task, lines: Sequence[Reported]) -> dt.date:
        """When an unfinished task is going to be done: the latest forecast, never before today."""
        forecasts = [line.forecast for line in _latest(lines) if line.forecast and line.done != WHOLE]
        return max(max(forecasts, default=task.end), self.today)


def planned_share(task: Task, days: Workdays, on: dt.date) -> Decimal:
    """How far a task should be by the evening of a day, its working days passing evenly; in points of 100."""
    if on >= task.end:
        return WHOLE
    if on < task.start:
        return _NOUGHT
    length = days.between(task.start, task.end)
    return WHOLE * days.between(task.start, on) / length if length else WHOLE


def light_of(deviation: int, rule: Monitoring) -> Light:
    """The light of a deviation in working days, by the policy's thresholds."""
    if deviation >= rule.red:
        return Light.RED
    return Light.YELLOW if deviation >= rule.yellow else Light.GREEN


def deviation_of(days: Workdays, planned: dt.date, actual: dt.date) -> int:
    """Working days from the planned day to the actual one; negative when early."""
    return days.place_after(actual) - days.place_after(planned)


def _rolled(states: Sequence[TaskState]) -> Iterable[TaskState]:
    """Summary tasks take the latest finish, the greatest deviation and the worst light of what stands below them."""
    below: dict[str, list[TaskState]] = {}
    parents = {state.task.id: state.task.parent for state in states}
    for state in states:
        if state.summary:
            continue
        key = state.task.parent
        while key:
            below.setdefault(key, []).append(state)
            key = parents.get(key, "")
    order = (Light.RED, Light.YELLOW, Light.GREEN, Light.NONE)
    for state in states:
        under = below.get(state.task.id)
        if not state.summary or not under:
            yield state
            continue
        yield TaskState(
            state.task,
            state.planned_done,
            state.done,
            min((one.started for one in under if one.started), default=None),
            max((one.finished for one in under if one.finished), default=None)
            if all(one.finished for one in under)
            else None,
            max(one.finish for one in under),
            max(one.deviation for one in under),
            next(light for light in order if any(one.light is light for one in under)),
            max(one.reported for one in under),
            state.critical,
            summary=True,
            hours=sum((one.hours for one in under), _NOUGHT),
        )


def _weight(task: Task, days: Workdays, *, by_work: bool) -> Decimal:
    if by_work:
        return task.work or _NOUGHT
    return _NOUGHT if task.is_moment else Decimal(days.between(task.start, task.end))


def _curve(
    tasks: Sequence[Task], reports: Sequence[Reported], days: Workdays, today: dt.date, *, by_work: bool
) -> Iterable[EarnedValue]:
    """Earned value at the end of every week from the plan's first to ``today``, and on ``today``."""
    if not tasks:
        return
    weights = {task.id: _weight(task, days, by_work=by_work) for task in tasks}
    budget = sum(weights.values(), _NOUGHT)
    known: dict[str, dict[str, Reported]] = {}
    spent = _NOUGHT
    lines = sorted(reports, key=lambda line: line.week)
    at = 0
    for on in _week_ends(min(task.start for task in tasks), today):
        while at < len(lines) and day_in(lines[at].week, 1) <= on:
            line = lines[at]
            spent += line.hours / HOURS_A_DAY
            if line.task in weights:
                known.setdefault(line.task, {})[line.person] = line
            at += 1
        planned = sum((weights[task.id] * planned_share(task, days, on) / WHOLE for task in tasks), _NOUGHT)
        earned = sum((weights[key] * _progress(own.values()) / WHOLE for key, own in known.items()), _NOUGHT)
        yield EarnedValue(on, budget, planned, earned, spent)


def _week_ends(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    day = first - dt.timedelta(days=first.weekday()) + dt.timedelta(days=_SUNDAY - 1)
    while day < last:
        yield day
        day += dt.timedelta(weeks=1)
    yield last
