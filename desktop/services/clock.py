"""The clock on the wall; passed into offices, never read inside a rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]


def local_clock() -> dt.datetime:
    """This moment, aware."""
    return dt.datetime.now(dt.UTC).astimezone()
