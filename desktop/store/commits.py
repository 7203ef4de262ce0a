"""The end of a transaction: told to who listens, and, where the answer was lost on the way, found out.

A COMMIT whose answer does not come (a cable, a server that restarts, a share that vanishes) may have been carried out.
Whether it was is told by its changeset, and on a server by the fate of the transaction itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from desktop.domain.errors import Refusal
from desktop.store.tables import Changeset

CHANNEL = "epm_desk"
"""On which a server tells the id of every changeset."""
PATIENCE = 10
"""Seconds to look for what became of a transaction."""
_PAUSE = 0.2
_TOO_LONG = 3
"""Seconds after which a transaction that still waits for its COMMIT, which was lost, is ended."""
_ANNOUNCE = text(f"SELECT pg_notify('{CHANNEL}', :changeset), CAST(pg_current_xact_id() AS text), pg_backend_pid()")
_STATUS = text("SELECT pg_xact_status(CAST(:xid AS xid8))")
_END = text("SELECT pg_terminate_backend(:pid)")


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a sealed transaction is known again; ``xid`` and ``pid`` are a server's."""

    changeset_id: UUID
    xid: str = ""
    pid: int = 0


def announce(connection: Connection, changeset_id: UUID) -> Mark:
    """Tell whoever listens on a server of the changeset that is about to be committed."""
    if connection.dialect.name != "postgresql":
        return Mark(changeset_id)
    _nothing, xid, pid = connection.execute(_ANNOUNCE, {"changeset": str(changeset_id)}).one()
    return Mark(changeset_id, xid, pid)


def outcome(engine: Engine, mark: Mark, patience: float) -> bool | None:
    """Whether a transaction was committed; None where that cannot be found out as yet.

    ``engine`` makes connections of its own, since those of the lost one cannot be trusted.
    """
    begun = time.monotonic()
    while True:
        waited = time.monotonic() - begun
        try:
            with engine.connect() as connection:
                found = _look(connection, mark, end=waited > min(_TOO_LONG, patience / 2))
        except (DBAPIError, Refusal):
            found = None
        if found is not None or waited > patience:
            return found
        time.sleep(_PAUSE)


def _look(connection: Connection, mark: Mark, *, end: bool) -> bool | None:
    if connection.scalar(select(Changeset.id).where(Changeset.id == mark.changeset_id)) is not None:
        return True
    if not mark.xid:
        return False
    status = connection.scalar(_STATUS, {"xid": mark.xid})
    if status == "in progress" and end:
        connection.execute(_END, {"pid": mark.pid})  # its COMMIT did not arrive, and must not do so later
    return {"committed": True, "aborted": False}.get(str(status))


class Doubts:
    """The commits of one database whose outcome is not known yet."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        """``engine`` makes one that keeps no connections."""
        self._engine = engine
        self._marks: list[Mark] = []
        self.patience: float = PATIENCE

    def add(self, mark: Mark) -> None:
        """Remember one."""
        self._marks.append(mark)

    def settle(self, patience: float = 0) -> list[bool]:
        """What became of those that can be found out now: each is told once."""
        told = []
        for mark in list(self._marks):
            found = self._find(mark, patience)
            if found is not None and mark in self._marks:
                self._marks.remove(mark)
                told.append(found)
        return told

    def find(self, mark: Mark) -> bool | None:
        """What became of one, as far as that can be found out in ``patience`` seconds."""
        return self._find(mark, self.patience)

    def _find(self, mark: Mark, patience: float) -> bool | None:
        engine = self._engine()
        try:
            return outcome(engine, mark, patience)
        finally:
            engine.dispose()

    def __bool__(self) -> bool:
        return bool(self._marks)
