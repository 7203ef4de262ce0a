"""What every page works at: the open office, who sits here, the background, and the way from page to page."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QSettings, Signal

from desktop.services.changes import Done
from desktop.ui.operations import Operations, Ticket

if TYPE_CHECKING:
    from uuid import UUID

    from desktop.services.office import Office, Reading, Work

T = TypeVar("T")


@dataclass(frozen=True)
class Pause:
    """A job for which the office must be closed, by this program too: a backup that takes the data's place.

    ``work`` is done in the background and answers with words for the person; then ``target`` is opened.
    """

    work: Callable[[Ticket], str]
    target: str


class Desk(QObject):
    """An office and the person who sits at it.

    ``wanted`` asks the window to show something: a kind (``project``, ``filing``, ``draft``, a page's key) and
    its id or value. ``seat_changed`` follows a change of person; ``pause_wanted`` asks the program to close the office
    for a while (a `Pause`).
    """

    wanted = Signal(str, object)
    seat_changed = Signal()
    pause_wanted = Signal(object)

    def __init__(self, office: Office, actor: UUID, operations: Operations, memory: QSettings) -> None:
        super().__init__()
        self.office = office
        self.operations = operations
        self.memory = memory
        self._actor = actor

    @property
    def actor(self) -> UUID:
        """Who sits here."""
        return self._actor

    def seat(self, actor: UUID) -> None:
        """Somebody else sits down."""
        self._actor = actor
        self.seat_changed.emit()

    def read(
        self,
        owner: QObject,
        query: Callable[[Reading], T],
        then: Callable[[T], None],
        *,
        key: Hashable = None,
        failed: Callable[[Exception], None] | None = None,
        loud: bool = False,
    ) -> Ticket:
        """Ask the office something in the background; with a ``key`` newer questions replace older ones.

        ``loud`` is for what a person has just pressed a button for: they are told also that the data is out of reach.
        """
        return self.operations.start(
            owner, lambda _ticket: self.office.read(query), then, key=key, failed=failed, loud=loud
        )

    def run(
        self,
        owner: QObject,
        use_case: Callable[[Work], T],
        then: Callable[[T], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        waiting: str = "",
    ) -> Ticket:
        """Do one job in one transaction, as whoever sits here at this moment.

        Where it lacks an unlocked key, its password is asked for, and the job is done again.
        """
        actor = self.actor

        def work(_ticket: Ticket) -> Done[T]:
            return self.office.run(actor, use_case)

        def fail(error: Exception) -> None:
            from desktop.domain.identity import KeyLocked
            from desktop.ui.error_dialog import show_error
            from desktop.ui.keys_dialogs import ask_to_unlock

            def tell() -> None:
                if failed is not None:
                    failed(error)
                else:
                    show_error(owner, error)

            if isinstance(error, KeyLocked):
                again = partial(self.run, owner, use_case, then, failed=failed, waiting=waiting)
                ask_to_unlock(self, owner, error, again, tell)
            else:
                tell()

        return self.operations.start(owner, work, then, failed=fail, waiting=waiting, loud=True)

    def ask(self, query: Callable[[Reading], T]) -> T:
        """Ask at once; for use in the background (a table's source), not in the thread of the screen."""
        return self.office.read(query)
