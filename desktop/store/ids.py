"""Time-ordered identifiers: UUIDv7 (RFC 9562), strictly ascending within one process."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_COUNTER_BITS = 12
_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A fresh UUIDv7; each one sorts after all that this process made before.

    The 48-bit millisecond clock is followed by a 12-bit counter in place of ``rand_a``; when the counter is full or
    the clock stands still or runs backwards, the counter carries into the clock, so order never breaks.
    """
    global _last  # noqa: PLW0603 - order within the process is the process's one state
    with _lock:
        ticks = (time.time_ns() // 1_000_000) << _COUNTER_BITS
        _last = ticks if ticks > _last else _last + 1
        ticks = _last
    milliseconds, counter = ticks >> _COUNTER_BITS, ticks & 0xFFF
    tail = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | tail)
