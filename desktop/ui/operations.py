"""Work behind the screen: run it, show how far it is, let it be cancelled, and bring back its answer or its error."""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QThreadPool, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from desktop.domain.errors import Refusal, ShutOut, Unreachable
from desktop.services.changes import Changes, Done
from desktop.ui.garbage import collect_here

if TYPE_CHECKING:
    from desktop.ui.progress_box import ProgressBox

log = logging.getLogger(__name__)

T = TypeVar("T")
_SECONDS_TO_FINISH = 10


class Cancelled(Exception):
    """The person gave up waiting."""


class Ticket(QObject):
    """One piece of work under way. Inside the work it is called to tell progress: ``ticket(done, total, text)``."""

    moved = Signal(int, int, str)

    def __init__(self) -> None:
        super().__init__()
        self._stop = Event()

    def __call__(self, done: int, total: int, text: str = "") -> None:
        """Tell how far it is.

        Raises:
            Cancelled: the person gave up waiting.
        """
        self.check()
        self.moved.emit(done, total, text)

    def cancel(self) -> None:
        """Ask the work to stop at its next word of progress; its answer is dropped in any case."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether it was given up."""
        return self._stop.is_set()

    def check(self) -> None:
        """Go on only if it was not given up.

        Raises:
            Cancelled: it was.
        """
        if self._stop.is_set():
            raise Cancelled


class _Job:
    """The work of one order on its way to another thread and back.

    That thread may be the last to let go of it. What lives in the thread of the screen must not die there, where Qt may
    take it apart while the screen is busy with it: landing takes everything out.
    """

    def __init__(self, ticket: Ticket, work: Callable[[Ticket], Any]) -> None:
        self._ticket, self._work = ticket, work
        self._outcome: Any = None
        self._error: Exception | None = None

    def do(self) -> None:
        """In the other thread: do it, unless it was given up, and keep its answer or its error."""
        if self._ticket.cancelled:
            return
        try:
            self._outcome = self._work(self._ticket)
        except Exception as caught:
            self._error = caught
            if not isinstance(caught, Refusal | Cancelled):  # here: at the end of the program nobody lands any more
                log.error("an operation failed", exc_info=caught)  # noqa: TRY400 – the level is the same

    def take_out(self) -> tuple[Ticket, Any, Exception | None]:
        """In the thread of the screen: the ticket, the answer and the error, which are in it no more."""
        told = self._ticket, self._outcome, self._error
        del self._ticket, self._work, self._outcome, self._error
        return told


@dataclass(frozen=True)
class _Order:
    """What is to be done with the answer, and for whom."""

    owner: QObject
    then: Callable[[Any], None]
    failed: Callable[[Exception], None] | None
    dropped: Callable[[Any], None] | None
    key: tuple[int, Hashable] | None
    box: ProgressBox | None
    loud: bool


class Operations(QObject):
    """Runs use-cases in the background; all answers arrive in the thread of the screen.

    ``changed`` tells every view what a use-case wrote; ``settled`` that nothing is under way any more; ``lost`` that
    the data is out of reach. Where somebody watches over that (``watched``) and says so once for all, only the work
    that a person asked for (``loud``) tells them besides. ``shut_out`` brings the reason why the office lets whoever
    sits here in no more; where it is watched, nothing else tells of that.
    """

    changed = Signal(object)
    settled = Signal()
    lost = Signal()
    shut_out = Signal(object)
    _landed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        collect_here()
        self.watched = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(4)
        self._orders: dict[Ticket, _Order] = {}
        self._newest: dict[tuple[int, Hashable], Ticket] = {}
        self._landed.connect(self._land)

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._orders

    def start(
        self,
        owner: QObject,
        work: Callable[[Ticket], T | Done[T]],
        then: Callable[[T], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        dropped: Callable[[T | None], None] | None = None,
        key: Hashable = None,
        waiting: str = "",
        loud: bool = False,
    ) -> Ticket:
        """Run ``work`` in the background and hand its answer to ``then``, unless ``owner`` is gone by then.

        A ``Done`` is unpacked: ``then`` gets its value and ``changed`` its changes. With a ``key`` a newer order of
        the same owner takes the place of an older one. ``waiting`` shows a box with progress and cancel, under that
        heading. Errors go to ``failed``, or are shown in the error dialog. ``dropped`` is given the answer that nobody
        wants any more, to let go of what came with it; None if work that was given up brought none.
        """
        ticket = Ticket()
        place = None if key is None else (id(owner), key)
        if place is not None:
            older = self._newest.get(place)
            if older is not None:
                older.cancel()
            self._newest[place] = ticket
        box = self._box(owner, waiting, ticket) if waiting else None
        self._orders[ticket] = _Order(owner, then, failed, dropped, place, box, loud or bool(waiting))
        job = _Job(ticket, work)
        self._pool.start(lambda: self._run(job))
        return ticket

    def finish(self) -> bool:
        """Give up what can be given up and wait for the rest, before the program ends; whether all came to an end."""
        for ticket in self._orders:
            ticket.cancel()
        return self._pool.waitForDone(_SECONDS_TO_FINISH * 1000)

    def _run(self, job: _Job) -> None:
        job.do()
        self._landed.emit(job)

    @Slot(object)
    def _land(self, job: _Job) -> None:
        ticket, outcome, error = job.take_out()
        order = self._orders.pop(ticket)
        if order.key is not None and self._newest.get(order.key) is ticket:
            del self._newest[order.key]
        if order.box is not None and shiboken6.isValid(order.box):
            order.box.finish()
        alive = shiboken6.isValid(order.owner)
        changes = outcome.changes if isinstance(outcome, Done) else None
        if error is not None:
            self._fail(order, ticket, error, alive=alive)
        answer = outcome.value if isinstance(outcome, Done) else outcome
        try:
            if ticket.cancelled or not alive:
                if order.dropped is not None:
                    order.dropped(answer)
            elif error is None:
                order.then(answer)
        finally:  # what was written is told whatever a view makes of it
            if isinstance(changes, Changes):
                self.changed.emit(changes)
            if self.idle:
                self.settled.emit()

    def _fail(self, order: _Order, ticket: Ticket, error: Exception, *, alive: bool) -> None:
        if isinstance(error, Cancelled):
            return
        if ticket.cancelled:
            return
        if isinstance(error, ShutOut):
            self.shut_out.emit(error)
            if self.watched:
                return
        out_of_reach = isinstance(error, Unreachable)
        if out_of_reach:
            self.lost.emit()
        if alive and order.failed is not None:
            order.failed(error)
        elif order.loud or not (out_of_reach and self.watched):
            from desktop.ui.error_dialog import show_error

            show_error(order.owner if alive else QApplication.activeWindow(), error)

    def _box(self, owner: QObject, heading: str, ticket: Ticket) -> ProgressBox:
        from desktop.ui.progress_box import ProgressBox

        box = ProgressBox(heading, owner.window() if isinstance(owner, QWidget) else None)
        ticket.moved.connect(box.move_to)
        box.given_up.connect(ticket.cancel)
        return box


def leave_behind(code: int, *held: object) -> None:
    """End the process, when all else is done, although something hangs in a thread (a dead network drive).

    ``held`` is what must not be destroyed before: a pool would wait for its threads without end.
    """

    def cut(_held: tuple[object, ...] = held) -> None:
        os._exit(code)

    log.warning("something does not come to its end and is left behind")
    atexit.register(cut)
