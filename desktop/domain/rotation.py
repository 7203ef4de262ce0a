"""Which backups stay: the newest of each of the last days, weeks and months that have any."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many days, weeks (from Monday) and months keep one backup each; at least one day does."""

    days: int = 7
    weeks: int = 5
    months: int = 12


_PERIODS: tuple[tuple[str, Callable[[dt.date], Hashable]], ...] = (
    ("days", lambda day: day),
    ("weeks", lambda day: day.isocalendar()[:2]),
    ("months", lambda day: (day.year, day.month)),
)


def kept_days(days: Iterable[dt.date], keeping: Keeping) -> set[dt.date]:
    """The days whose backups stay, out of the ``days`` that have one.

    A period counts only if it has a backup: a month in which nobody worked takes nobody's place.
    """
    newest_first = sorted(set(days), reverse=True)
    kept = set(newest_first[:1])
    for name, period_of in _PERIODS:
        newest: dict[Hashable, dt.date] = {}
        for day in newest_first:
            newest.setdefault(period_of(day), day)
        kept.update(list(newest.values())[: max(0, getattr(keeping, name))])
    return kept
