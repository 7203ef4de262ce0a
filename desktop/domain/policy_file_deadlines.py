"""Reading what a policy file says about time: clocks, windows, rhythms, and what is watched meanwhile."""

from __future__ import annotations

from desktop.domain.policy_deadlines import (
    ClockRule,
    LengthUnit,
    MilestoneRule,
    Monitoring,
    MonthlyRule,
    Pausing,
    RhythmRule,
    TrackingRule,
    WeeklyRule,
)
from desktop.domain.policy_table import Table, is_assumed
from desktop.domain.policy_terms import Strength

_LONGEST_MONTH = 31
_DAYS_A_WEEK, _HOURS_A_DAY = 7, 24


def read_clock(row: Table) -> ClockRule:
    """A deadline that runs from a date of the project."""
    item = ClockRule(
        key=row.text("key"),
        assumed=is_assumed(row),
        title=row.text("title"),
        starts=row.text("starts"),
        length=row.number("length"),
        unit=row.word("unit", LengthUnit),
        until=row.text("until", ""),
        states=row.texts("states"),
        tells=row.texts("tells"),
        remind=row.number("remind", 7),
        opens=row.text("opens", ""),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
        until_filed=row.flag("until_filed"),
        unless=row.text("unless", ""),
        ahead=row.number("ahead", 0),
        done=row.text("done", ""),
        kinds=row.texts("kinds", ()),
    )
    row.done()
    return item


def read_window(row: Table) -> MonthlyRule:
    """A deadline of every month."""
    item = MonthlyRule(
        key=row.text("key"),
        assumed=is_assumed(row),
        title=row.text("title"),
        form=row.text("form"),
        first=row.number("first"),
        last=row.number("last"),
        states=row.texts("states"),
        tells=row.texts("tells"),
        remind=row.number("remind", 5),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
    )
    if not 1 <= item.first <= item.last <= _LONGEST_MONTH:
        raise row.fault("first", "起止日应当是 1 到 31，且不先后颠倒")
    row.done()
    return item


def read_weekly(row: Table) -> WeeklyRule:
    """A deadline of every week."""
    item = WeeklyRule(
        key=row.text("key"),
        assumed=is_assumed(row),
        title=row.text("title"),
        form=row.text("form", ""),
        weekday=row.number("weekday"),
        hour=row.number("hour"),
        weeks=row.number("weeks", 0),
        earlier=row.flag("earlier"),
        away=row.flag("away"),
        tells=row.texts("tells", ()),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
        goes_to=row.texts("goes_to", ()),
    )
    if not 1 <= item.weekday <= _DAYS_A_WEEK:
        raise row.fault("weekday", "应当是 1（周一）到 7（周日）")
    if item.hour > _HOURS_A_DAY:
        raise row.fault("hour", "应当是 0 到 24")
    row.done()
    return item


def read_rhythm(row: Table) -> RhythmRule:
    """What a project does again and again."""
    item = RhythmRule(
        key=row.text("key"),
        assumed=is_assumed(row),
        title=row.text("title"),
        form=row.text("form"),
        where=row.texts("where", ()),
        weeks=row.number("weeks"),
        states=row.texts("states"),
        tells=row.texts("tells"),
        strength=row.word("strength", Strength),
        rule=row.text("rule"),
    )
    if item.weeks < 1:
        raise row.fault("weeks", "至少是 1 周")
    row.done()
    return item


def read_milestones(row: Table) -> MilestoneRule:
    """How milestones are checked; what is not said is as usual."""
    usual = MilestoneRule()
    item = MilestoneRule(
        row.texts("forms", ()),
        row.number("days", usual.days),
        row.texts("states", ()),
        row.texts("tells", ()),
        row.word("strength", Strength, usual.strength),
        row.text("rule", usual.rule),
        is_assumed(row),
    )
    row.done()
    return item


def read_tracking(row: Table) -> TrackingRule:
    """How problems are tracked; what is not said is as usual."""
    usual = TrackingRule()
    item = TrackingRule(
        row.text("raise_with", ""),
        row.text("close_with", ""),
        row.text("answers", ""),
        row.texts("tells", ()),
        row.number("remind", usual.remind),
        row.word("strength", Strength, usual.strength),
        row.text("rule", usual.rule),
        is_assumed(row),
    )
    row.done()
    return item


def read_pausing(row: Table) -> Pausing:
    """When a project counts as standing still; what is not said is as usual."""
    usual = Pausing()
    item = Pausing(row.number("quiet_weeks", usual.quiet_weeks), row.text("rule", usual.rule), is_assumed(row))
    if item.quiet_weeks < 1:
        raise row.fault("quiet_weeks", "至少是 1 周")
    row.done()
    return item


def read_monitoring(row: Table) -> Monitoring:
    """When lights turn and hours stand out; what is not said is as usual."""
    usual = Monitoring()
    item = Monitoring(
        yellow=row.number("yellow", usual.yellow),
        red=row.number("red", usual.red),
        most_hours=row.number("most_hours", usual.most_hours),
        full=row.number("full", usual.full),
        rule=row.text("rule", usual.rule),
        assumed=is_assumed(row),
    )
    if not 1 <= item.yellow <= item.red:
        raise row.fault("yellow", "至少是 1 天，且不能超过 red")
    row.done()
    return item
