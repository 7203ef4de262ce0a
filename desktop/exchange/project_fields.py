"""How Microsoft Project XML (MSPDI) spells things: shared by writing and reading."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

from desktop.domain.schedule.links import Link

NAMESPACE = "http://schemas.microsoft.com/project"
LINE_FIELD = "188744016"
"""The task field Text30: it holds the id of the plan's line, under the heading `LINE_ALIAS`."""
LINE_ALIAS = "计划行号"
PERSON_FIELD = "205521140"
"""The resource field Text30: it holds the id of the person, under the heading `PERSON_ALIAS`."""
PERSON_ALIAS = "人员编号"
LINK_TYPES = {"0": Link.FF, "1": Link.FS, "2": Link.SF, "3": Link.SS}
DAY_HOURS = 8
MINUTES = 480
"""Of a working day, where the file does not say otherwise."""
PER_CENT = frozenset({"19", "20", "51", "52"})
ELAPSED = frozenset({"4", "6", "8", "10", "12", "20", "36", "38", "40", "42", "44", "52"})
"""Lags counted by the clock, days off included."""

_DURATION = re.compile(
    r"(-?)P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,18})?)D)?"
    r"(?:T(?:(\d{1,12}(?:\.\d{1,18})?)H)?(?:(\d{1,12}(?:\.\d{1,18})?)M)?(?:(\d{1,12}(?:\.\d{1,18})?)S)?)?"
)
_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?.*)?", re.DOTALL)
_EXACT = Decimal("1e-12")
_ROUGH = Decimal("1e-4")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without the marks that no XML can hold."""
    return _ILLEGAL.sub("", text)


def work_text(days: Decimal) -> str:
    """Person-days as a duration of hours."""
    whole, rest = divmod(days * DAY_HOURS * 60, 1)
    hours, minutes = divmod(int(whole), 60)
    seconds = f"{(rest * 60).normalize():f}" if rest else "0"
    return f"PT{hours}H{minutes}M{seconds}S"


def read_minutes(text: str) -> Decimal | None:
    """A duration in minutes; nothing where it is none or counts in months."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or match[2] or match[3] or not any(match.groups()[1:]):
        return None
    days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups()[3:])
    total = days * 24 * 60 + hours * 60 + minutes + seconds / 60
    return -total if match[1] else total


def read_work(text: str, minutes_per_day: int) -> Decimal | None:
    """A duration of work in person-days, exactly where twelve places are enough; nothing where none is planned."""
    match = _DURATION.fullmatch(text.strip())
    minutes = read_minutes(text)
    if match is None or minutes is None or minutes <= 0:
        return None
    seconds = Decimal(match[7] or 0) + 60 * (Decimal(match[6] or 0) + 60 * (Decimal(match[5] or 0)))
    seconds += Decimal(match[4] or 0) * 24 * 60 * 60
    days = seconds / (minutes_per_day * 60)
    exact = days.quantize(_EXACT, ROUND_HALF_UP)
    if exact * minutes_per_day * 60 != seconds:
        exact = days.quantize(_ROUGH, ROUND_HALF_UP)
    return exact.normalize()


def read_moment(text: str) -> dt.datetime | None:
    """A date with its time of day; nothing where it is none."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return dt.datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return None
