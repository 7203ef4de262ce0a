"""Time-ordered identifiers: UUIDv7 (RFC 9562), strictly ascending within one process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

_COUNTER_BITS = 12


class Ids:
    """A source of ids over a clock (nanoseconds since 1970) and a source of random bytes, of which an id takes 8."""

    def __init__(self, clock: Callable[[], int], chance: Callable[[int], bytes]) -> None:
        self._clock, self._chance = clock, chance
        self._lock = threading.Lock()
        self._last = 0

    def fresh(self) -> UUID:
        """A fresh UUIDv7; each one sorts after all that this source made before.

        The 48-bit millisecond clock is followed by a 12-bit counter in place of ``rand_a``; when the counter is full
        or the clock stands still or runs backwards, the counter carries into the clock, so order never breaks.
        """
        with self._lock:
            ticks = (self._clock() // 1_000_000) << _COUNTER_BITS
            self._last = ticks if ticks > self._last else self._last + 1
            ticks = self._last
            tail = int.from_bytes(self._chance(8), "big") >> 2
        milliseconds, counter = ticks >> _COUNTER_BITS, ticks & 0xFFF
        return UUID(int=milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | tail)

    def chance(self, count: int) -> bytes:
        """So many random bytes from the source that the ids draw from."""
        with self._lock:
            return self._chance(count)


_ids = Ids(lambda: time.time_ns(), os.urandom)  # noqa: PLW0108 - tests turn the clock


def new_id() -> UUID:
    """A fresh UUIDv7 from the machine's clock and randomness; each sorts after all that this process made before."""
    return _ids.fresh()


def random_bytes(count: int) -> bytes:
    """So many bytes of the machine's randomness, for salts."""
    return _ids.chance(count)


@contextmanager
def ids_from(source: Ids) -> Iterator[None]:
    """Let `new_id` and `random_bytes` draw from another source for a while.

    The tour does, whose papers bear the same hashes everywhere. It holds for the whole process, so nothing of a real
    office may be open meanwhile.
    """
    global _ids  # noqa: PLW0603 - order within the process is the process's one state
    usual, _ids = _ids, source
    try:
        yield
    finally:
        _ids = usual
