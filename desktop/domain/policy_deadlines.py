"""Rows of the policy about time: deadlines, windows and rhythms, and what is watched while a project runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.domain.policy_terms import Strength


class LengthUnit(StrEnum):
    """What a clock counts in."""

    WORKING_DAYS = "working days"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True)
class ClockRule:
    """A deadline: it starts on a date of the project and runs while the project is in one of ``states``.

    ``until`` names a date of the project that replaces the computed end once it is set; ``done`` one that stops the
    clock once it is set. ``remind`` is how many days ahead it shows, ``ahead`` the same in the clock's own unit (one
    month before a planned date, FAT-1), whichever comes first. ``kinds`` narrows it to projects of those kinds.
    ``opens`` names the form that answers it; where ``until_filed`` the clock rests while such a filing is in approval.
    ``unless`` names a condition under which it does not run, or is empty.
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    starts: str
    length: int
    unit: LengthUnit
    until: str
    states: tuple[str, ...]
    tells: tuple[str, ...]
    remind: int
    opens: str
    strength: Strength
    rule: str
    until_filed: bool = False
    unless: str = ""
    ahead: int = 0
    done: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class MonthlyRule:
    """Days of each month, both included, in which a form is usually filed for the next one (BUD-1).

    It concerns projects in one of ``states`` and shows ``remind`` days ahead to those whom it ``tells``.
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    form: str
    first: int
    last: int
    states: tuple[str, ...]
    tells: tuple[str, ...]
    remind: int
    strength: Strength
    rule: str


@dataclass(frozen=True)
class WeeklyRule:
    """A deadline of every week (WEEK-1, WEEK-3, WEEK-5): until ``hour`` on ``weekday`` (Monday is 1).

    It lies ``weeks`` after the week that is reported. Where people do not work on that day it moves ``earlier`` to the
    last working day of its week before it, or else to the next working day. ``form`` is what is due then, or empty;
    ``away`` marks the one that holds for reports brought in from people without network. ``goes_to`` are the roles that
    get what is due then (WEEK-5, INFO-1).
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    form: str
    weekday: int
    hour: int
    weeks: int
    earlier: bool
    away: bool
    tells: tuple[str, ...]
    strength: Strength
    rule: str
    goes_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class RhythmRule:
    """What a project does again and again (MON-2): a ``form`` at least every so many ``weeks``.

    Only filings that bear the values of ``where`` count (``section.field=value``). It holds for projects in one of
    ``states`` and is told to ``tells`` when one is missed.
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    form: str
    where: tuple[str, ...]
    weeks: int
    states: tuple[str, ...]
    tells: tuple[str, ...]
    strength: Strength
    rule: str


@dataclass(frozen=True)
class MilestoneRule:
    """Which ``forms`` check a project at its milestones (MON-3), in which ``states``, and whom a missing one is told.

    It is due ``days`` working days after the milestone was reached, by its plan or by a report.
    """

    forms: tuple[str, ...] = ()
    days: int = 0
    states: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    strength: Strength = Strength.USUAL
    rule: str = "MON-3"
    assumed: bool = False


@dataclass(frozen=True)
class TrackingRule:
    """How problems are tracked (CTRL-7, INFO-3): ``raise_with`` and ``close_with`` are forms, empty where none is.

    Beside its owner a problem is told to ``tells`` (roles of a department by the problem's department) ``remind``
    working days ahead. ``answers`` is the form whose approval the PMO turns into a problem (处理意见).
    """

    raise_with: str = ""
    close_with: str = ""
    answers: str = ""
    tells: tuple[str, ...] = ()
    remind: int = 3
    strength: Strength = Strength.MUST
    rule: str = "INFO-3"
    assumed: bool = False


@dataclass(frozen=True)
class Pausing:
    """After how many weeks without any record the PMO asks whether a project is paused in fact (PAUSE-2)."""

    quiet_weeks: int = 8
    rule: str = "PAUSE-2"
    assumed: bool = False


@dataclass(frozen=True)
class Monitoring:
    """From how many working days of deviation a task's light is yellow and red (WEEK-6), and what hours stand out.

    ``most_hours`` is the largest week that is not asked about, in hours; ``full`` the share of a month's working days
    from which a person counts as overloaded (WEEK-7), in percent.
    """

    yellow: int = 1
    red: int = 5
    most_hours: int = 60
    full: int = 110
    rule: str = "WEEK-6"
    assumed: bool = True
