"""What makes every run of the tour on one day the same, wherever it runs: its clock, its keys, its machine's name."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.services.home import Home
from desktop.store.device import this_installation
from desktop.store.ids import Ids, ids_from

SEED = 2026
MACHINE = "示例电脑"
_OPENS = dt.time(10)
_STEP = dt.timedelta(milliseconds=100)
"""Small, so that the whole tour lies within one minute and no minute on the screen tells how far it had come."""


class Moment:
    """The tour's clock: ten o'clock of a day here. It stands but for `pass_on`, whatever reads it how often."""

    def __init__(self, day: dt.date) -> None:
        self._now = dt.datetime.combine(day, _OPENS).astimezone()

    def now(self) -> dt.datetime:
        """The tour's moment, aware."""
        return self._now

    def pass_on(self) -> None:
        """Let a moment pass, so that what is done later bears a later time."""
        self._now += _STEP


@contextmanager
def same_keys(day: dt.date, seed: int) -> Iterator[None]:
    """Draw keys from the day and the seed alone, since the hashes on the papers cover them."""
    begun = dt.datetime.combine(day, _OPENS, dt.UTC)
    nanoseconds = int(begun.timestamp()) * 1_000_000_000
    chance = random.Random(seed)  # noqa: S311 - known to everybody, on purpose
    with ids_from(Ids(lambda: nanoseconds, chance.randbytes)):
        yield


def same_home(folder: Path) -> Home:
    """A home of its own for the tour, on a machine of that name."""
    home = Home(folder)
    this_installation(home.folder, MACHINE)
    return home
