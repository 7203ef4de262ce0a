"""Many clients at once: begun one after the other, some of them killed, all of them ended."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tests.soak.client import Seat, fork

_LAST = 4.0
"""So many seconds before the end nobody is killed any more: who was killed comes back and puts things right."""
_PATIENCE = 60.0


@dataclass
class Crowd:
    """What a crowd did: for how many seconds, how many were killed, what is wrong, and what it cost."""

    seconds: float = 0.0
    killed: int = 0
    memory: float = 0.0
    processor: float = 0.0
    complaints: tuple[str, ...] = ()


def let_work(
    seats: Sequence[Seat], seconds: float, *, apart: float, kills: bool, halfway: Callable[[], None] | None = None
) -> Crowd:
    """Let clients work for so many seconds, each begun ``apart`` seconds after the one before.

    With ``kills`` one of them is killed every second and begun again at once; ``halfway`` is called once.
    """
    chance = random.Random(len(seats))
    begun, used = time.monotonic(), _processor()
    running: dict[int, Seat] = {}
    crowd = Crowd()
    for stop in {seat.stop for seat in seats}:
        stop.unlink(missing_ok=True)
    try:
        for seat in seats:
            running[fork(seat)] = seat
            time.sleep(apart)
        begins = turn = time.monotonic()
        ends, middle = begins + seconds, begins + seconds / 2
        while time.monotonic() < ends:
            turn += 1.0
            time.sleep(max(0.0, min(turn, ends) - time.monotonic()))
            if time.monotonic() >= middle:
                middle = float("inf")
                crowd.memory = sum(map(_memory, running)) / max(1, len(running))
                if halfway:
                    halfway()
            if kills and time.monotonic() < ends - _LAST:
                crowd.killed += _kill_one(running, chance)
        crowd.seconds = time.monotonic() - begun
        for stop in {seat.stop for seat in seats}:
            stop.touch()
        crowd.complaints = tuple(_wait(running, time.monotonic() + _PATIENCE))
        if kills and not crowd.killed:
            crowd.complaints += ("没有杀死任何客户端，这一段不算数",)
        crowd.processor = (_processor() - used) / crowd.seconds
    finally:
        for child in running:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
    return crowd


def _kill_one(running: dict[int, Seat], chance: random.Random) -> int:
    """Kill a client wherever it is, and begin it again in its place; returns 1."""
    child = chance.choice(sorted(running))
    seat = running.pop(child)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    again = replace(seat, seed=seat.seed + 1000)
    running[fork(again)] = again
    return 1


def _wait(running: dict[int, Seat], until: float) -> list[str]:
    """Wait for the end of all; returns who did not end by themselves."""
    complaints = []
    while running and time.monotonic() < until:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            time.sleep(0.1)
        elif (seat := running.pop(child, None)) and status:
            complaints.append(f"{seat.name} 号机自己退出了（{status}）")
    return [*complaints, *(f"{seat.name} 号机没有按时结束" for seat in running.values())]


def _memory(child: int) -> float:
    """A process's own share of memory, in MB."""
    with suppress(OSError, IndexError, ValueError):
        text = Path(f"/proc/{child}/smaps_rollup").read_text(encoding="ascii")
        return int(text.split("Pss:")[1].split()[0]) / 1024
    return 0.0


def _processor() -> float:
    """The processor's seconds of all children that ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
