"""A client process: opens the office as its person and works until its time is over, noting what it is told."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from desktop.domain.conflicts import Stale
from desktop.domain.errors import Refusal, Unreachable
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.presence import Attendance, is_shared, who_is_here
from desktop.services.watching import Watch, rest_after_news
from tests.soak.desk import Deed, Desk
from tests.soak.ledger import DETAILS, Answer, Ledger

_AGAIN = 0.3
_PATIENCE = 40.0
_ATTEND_SECONDS = 30.0
_SLICE = 0.5


@dataclass(frozen=True)
class Seat:
    """Where a client sits: its number, whose login it uses, where its own files lie, and when it stops.

    It works until the file ``stop`` is there; ``think`` is the mean of the seconds between two acts.
    """

    name: str
    url: str
    person: UUID
    folder: Path
    ledgers: Path
    stop: Path
    think: float
    seed: int

    @property
    def working(self) -> bool:
        """Whether it is not the end yet."""
        return not self.stop.exists()

    def wait(self, seconds: float) -> None:
        """Think for so many seconds, or until the end."""
        until = time.monotonic() + seconds
        while self.working and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE))


def work(seat: Seat) -> None:
    """Work until the time is over."""
    ledger = Ledger(seat.ledgers / f"{seat.name}.jsonl", seat.name)
    rng = random.Random(seat.seed)
    seat.folder.mkdir(parents=True, exist_ok=True)
    office = _opened(seat, ledger)
    if office is None:
        return
    desk = Desk(office, seat.person, seat.folder, rng)
    _settled(desk, ledger)
    ears = Thread(target=_listen, args=(seat, office, ledger), daemon=True)
    ears.start()
    for deed in _gathered(desk, ledger):
        carry_out(deed, ledger)
    while seat.working:
        seat.wait(min(rng.expovariate(1 / seat.think), 4 * seat.think))
        if rng.random() < 0.4:
            _look(desk, ledger)
        else:
            found = _found(desk, ledger)
            if found is not None:
                seat.wait(found.typing or rng.uniform(0.05, 0.4) * seat.think)  # so that others get in between
                carry_out(found, ledger)
    ears.join(_PATIENCE)
    office.close()


def _listen(seat: Seat, office: Office, ledger: Ledger) -> None:
    """Say that somebody sits here and hear what others save, as the window's own thread does."""
    watch, attendance = Watch(office), Attendance(office) if is_shared(office) else None
    desks, due = 1, 0.0
    while seat.working:
        try:
            if attendance is not None and time.monotonic() >= due:
                attendance.appear(seat.person)
                desks, due = len(office.read(who_is_here)), time.monotonic() + _ATTEND_SECONDS
            if watch.hark(2.0):
                begun = time.monotonic()
                if watch.look() is not None:
                    ledger.note("刷新", "read", seconds=time.monotonic() - begun)
                    seat.wait(rest_after_news(desks, seat.person))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            ledger.note("刷新", answer_of(error), text=_told(error))
            time.sleep(1.0)
    watch.close()


def _opened(seat: Seat, ledger: Ledger) -> Office | None:
    """The office; a server that is just being restarted is asked again."""
    begun = time.monotonic()
    while time.monotonic() - begun < _PATIENCE:
        try:
            office = open_office(seat.url, Home(seat.folder))
        except Refusal as refusal:
            answer = answer_of(refusal)
            ledger.note("打开", answer, seconds=time.monotonic() - begun, text=_told(refusal))
            if answer != "interrupted":
                return None
            time.sleep(_AGAIN)
        else:
            ledger.note("打开", "read", seconds=time.monotonic() - begun)
            return office
    return None


def _settled(desk: Desk, ledger: Ledger) -> None:
    while True:
        try:
            return desk.settle()
        except Refusal as refusal:
            ledger.note("就座", answer_of(refusal), text=_told(refusal))
            if answer_of(refusal) != "interrupted":
                raise
            time.sleep(_AGAIN)


def _gathered(desk: Desk, ledger: Ledger) -> list[Deed]:
    try:
        return list(desk.left_behind())
    except Refusal as refusal:
        ledger.note("草稿", answer_of(refusal), text=_told(refusal))
        return []


def _look(desk: Desk, ledger: Ledger) -> None:
    name, view = desk.look_around()
    begun = time.monotonic()
    answer, text = _attempt(view)
    ledger.note(name, "read" if answer == "saved" else answer, seconds=time.monotonic() - begun, text=text)


def _found(desk: Desk, ledger: Ledger) -> Deed | None:
    """What the person would save next; a form that may not be begun now is a refusal like others."""
    begun = time.monotonic()
    try:
        return desk.next_deed()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        ledger.note("起草", answer_of(error), seconds=time.monotonic() - begun, text=_told(error))
        return None


def carry_out(deed: Deed, ledger: Ledger) -> None:
    """Save; where the answer was lost, look whether it is there, and else save again."""
    ledger.note(deed.act, "meant", deed.meant)
    begun, disturbed = time.monotonic(), False
    while True:
        try:
            facts, answer, text = deed.save(), "saved", ""
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            facts, answer, text = (), answer_of(error), _told(error)
        seconds = time.monotonic() - begun
        ledger.note(deed.act, answer, facts, seconds=seconds, text=text)  # type: ignore[arg-type]
        disturbed = disturbed or answer == "interrupted"
        if not disturbed or answer in {"saved", "failed"} or seconds > _PATIENCE:
            return
        time.sleep(_AGAIN)
        with suppress(Refusal):
            there = deed.look()
            if there is not None:
                ledger.note(deed.act, "recognised", there, seconds=time.monotonic() - begun)
                return
        if answer != "interrupted":
            return


def _attempt(view: Callable[[], object]) -> tuple[Answer, str]:
    try:
        view()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        return answer_of(error), _told(error)
    return "saved", ""


def answer_of(error: BaseException) -> Answer:
    """What an error means for the one who waits at the screen."""
    if isinstance(error, Stale):
        return "stale"
    if isinstance(error, Unreachable):
        return "interrupted"
    if not isinstance(error, Refusal):
        return "failed"
    cause = error.__cause__
    return "failed" if isinstance(cause, (DBAPIError, PoolTimeout, OSError, psycopg.Error)) else "refused"


def _told(error: BaseException) -> str:
    details = f"{DETAILS}{error.details}" if isinstance(error, Refusal) and error.details else ""
    return f"{'' if isinstance(error, Refusal) else type(error).__name__ + ': '}{error}{details}"[:600]


def fork(seat: Seat) -> int:
    """Begin a client in a process of its own, which ends with this one; returns its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        _die_with_parent()
        work(seat)
        code = 0
    except BaseException as error:  # noqa: BLE001 - nothing of it may go on in the parent's code
        Ledger(seat.ledgers / f"{seat.name}.jsonl", seat.name).note("客户端", "failed", text=_told(error))
    finally:
        os._exit(code)


def _die_with_parent() -> None:
    import ctypes  # noqa: PLC0415
    import signal  # noqa: PLC0415

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
