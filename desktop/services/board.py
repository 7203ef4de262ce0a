"""The portfolio at a glance: projects by state, lights, money, and how reports came in week by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.canonical import read_canonical
from desktop.domain.policy import State
from desktop.domain.submission import Tally
from desktop.domain.weekly_clock import Timing
from desktop.domain.weeks import shifted
from desktop.services.execution import by_project
from desktop.services.office import Reading
from desktop.services.projects import visible
from desktop.services.reported import MEMBER_REPORT, PROJECT_REPORT, STANDING, current_week
from desktop.services.week_status import week_statuses
from desktop.store.tables import Filing, Project, Section, TrackedProblem

_WEEKS, _FRESH = 10, 2


@dataclass(frozen=True)
class StateCount:
    """How many projects stand in a state, and their contracts' sum in fen."""

    state: State
    count: int
    amount: int


@dataclass(frozen=True)
class Board:
    """What the board shows of the projects that the reader may see.

    ``lights`` count the risk state (``green``, ``yellow``, ``red``) of each project's latest report of two weeks,
    ``silent`` the projects under way that have none; money in fen; ``weeks`` are the last weeks with their tallies of
    members' reports, the latest last; ``problems`` are open and overdue tracked problems.
    """

    states: tuple[StateCount, ...]
    lights: Mapping[str, int]
    silent: int
    planned: int
    used: int
    waiting: int
    weeks: tuple[tuple[str, Tally], ...]
    problems: tuple[int, int]

    @property
    def left(self) -> int:
        """What the budgets have left."""
        return self.planned - self.used - self.waiting


def open_board(reading: Reading, actor: UUID) -> Board:
    """The board as things stand now, with a constant number of queries."""
    week = current_week(reading.today)
    weeks = [shifted(week, -back) for back in range(_WEEKS - 1, -1, -1)]
    states = _states(reading, actor)
    statuses = week_statuses(reading, actor, weeks, [MEMBER_REPORT])
    lights = _lights(reading, actor, weeks[-_FRESH:])
    going = sum(one.count for one in states if one.state.reports)
    money = [row.balance for row in by_project(reading, actor)]
    return Board(
        states,
        lights,
        max(0, going - sum(lights.values())),
        sum(one.planned for one in money),
        sum(one.used for one in money),
        sum(one.waiting for one in money),
        tuple((one, statuses[one, MEMBER_REPORT].whole) for one in weeks if statuses[one, MEMBER_REPORT].rows),
        _problems(reading, actor),
    )


def on_time_share(tally: Tally) -> float | None:
    """The share of what was asked for that came in time, in percent."""
    return 100 * tally.of(Timing.ON_TIME) / tally.owed if tally.owed else None


def _states(reading: Reading, actor: UUID) -> tuple[StateCount, ...]:
    query = (
        select(Project.state, func.count(), func.coalesce(func.sum(Project.amount), 0))
        .where(visible(reading, actor))
        .group_by(Project.state)
    )
    found = {state: (count, int(amount or 0)) for state, count, amount in reading.session.execute(query)}
    return tuple(StateCount(state, *found[state.key]) for state in reading.policy.states if state.key in found)


def _lights(reading: Reading, actor: UUID, weeks: Sequence[str]) -> Mapping[str, int]:
    """The risk state of each project by its latest report of these weeks."""
    query = (
        select(Filing.project_id, Section.text)
        .join(Filing, Section.revision_id == Filing.revision_id)
        .join(Project, Filing.project_id == Project.id)
        .where(
            Filing.form_key == PROJECT_REPORT,
            Filing.period.in_(weeks),
            Filing.state.in_(STANDING),
            Section.key == "week",
            visible(reading, actor),
        )
        .order_by(Filing.period)
    )
    latest: dict[UUID, str] = {}
    for project, text in reading.session.execute(query):
        content = read_canonical(text)
        if project is not None and isinstance(content, Mapping) and content.get("light"):
            latest[project] = str(content["light"])
    return Counter(latest.values())


def _problems(reading: Reading, actor: UUID) -> tuple[int, int]:
    query = (
        select(TrackedProblem.due_on)
        .outerjoin(Project, TrackedProblem.project_id == Project.id)
        .where(TrackedProblem.closed_on.is_(None), visible(reading, actor))
    )
    days = reading.session.scalars(query).all()
    return len(days), sum(day is not None and day < reading.today for day in days)
