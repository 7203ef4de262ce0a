"""What a posting does to the ledger, and the state to which it moves a project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.field import Content
from desktop.domain.ledger import Project
from desktop.domain.policy import Policy

Line = Mapping[str, Json]


@dataclass(frozen=True)
class PlanChange:
    """A new baseline: the lines of each register that the filing speaks of; registers it leaves out go on as they are.

    ``base`` is the number of the baseline that was edited (0 for none): the posting is refused where the plan has
    moved on since.
    """

    registers: Mapping[str, Sequence[Line]]
    base: int
    note: str = ""


@dataclass(frozen=True)
class MonthPlan:
    """A month's budget (BUD-1): fen by 科目."""

    month: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class WeekReport:
    """What a member reported of a project in a week (WEEK-1); the member as ``{"id", "name"}``."""

    week: str
    person: Json
    lines: Sequence[Line]


@dataclass(frozen=True)
class RaisedProblem:
    """A problem that is tracked until it is closed (CTRL-7, INFO-3).

    ``line`` is what says so, with its stable id; ``owner`` a person as ``{"id", "name"}``, ``department`` as it was
    written. ``place`` is the line's among those of its form, 0 where it is the only one. ``continues`` is the number of
    one that is tracked already and is raised to a higher ``level``.
    """

    line: Line
    title: str
    raised_on: dt.date
    owner: Json
    department: str
    due_on: dt.date | None
    severity: str = ""
    level: str = ""
    place: int = 0
    continues: str = ""


@dataclass(frozen=True)
class ClosedProblem:
    """A tracked problem, by its number, that is closed on a day by some evidence (CTRL-7)."""

    number: str
    on: dt.date
    evidence: str


@dataclass(frozen=True)
class Outcome:
    """What a posting does to the ledger, each part empty where the form has nothing to say of it.

    ``transition`` moves the project, or leaves one in another state as it is with ``may_stay``; ``dates`` and ``sets``
    put its dates and further columns (people as ``{"id", "name"}``); ``opens`` are ledger lines of new projects, which
    become part of ``contract`` and ``program`` where the same filing brings them, as do the projects that ``attaches``
    names (one without ``state`` begins in the policy's first), and successors of the project that it is about; ``plan``
    is a new baseline, ``month`` a month's budget, ``spends`` claimed lines, ``report`` a member's week;
    ``problems`` are tracked from now on, ``closes`` those that are no more; ``numbers`` asks for the project's official
    number (APPT-3).
    """

    transition: str = ""
    dates: Mapping[str, dt.date | None] = field(default_factory=dict)
    sets: Mapping[str, Json] = field(default_factory=dict)
    opens: Sequence[Line] = ()
    attaches: Sequence[Line] = ()
    contract: Content | None = None
    program: Content | None = None
    plan: PlanChange | None = None
    month: MonthPlan | None = None
    spends: Sequence[Line] = ()
    report: WeekReport | None = None
    problems: Sequence[RaisedProblem] = ()
    closes: Sequence[ClosedProblem] = ()
    numbers: bool = False
    may_stay: bool = False


Posting = Callable[[Content, dt.date], Outcome]
"""Takes an approved content and the day of its approval."""


def next_state(outcome: Outcome, project: Project, policy: Policy) -> str:
    """The project's state after a posting.

    Raises:
        Refusal: the project is no longer in a state from which the policy lets it move so.
    """
    if not outcome.transition:
        return project.state
    transition = policy.transition(outcome.transition)
    if project.state not in transition.sources and outcome.may_stay:
        return project.state
    if project.state not in transition.sources:
        now, target = policy.state_title(project.state), policy.state(transition.target).title
        raise Refusal(
            f"项目 {project.marked} 现为“{now}”，按制度不能转为“{target}”。",
            kept="审批记录与项目状态都没有改动。",
            todo="请先核对项目的最新状态。",
        )
    return transition.target
