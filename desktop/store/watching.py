"""What others commit: heard on a server (LISTEN), seen in a file (its data version), read from the journal."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from sqlalchemy import PoolProxiedConnection, and_, or_, select

from desktop.store.commits import CHANNEL
from desktop.store.engine import Database, make_engine, need_file
from desktop.store.faults import told
from desktop.store.sessions import OfficeSession
from desktop.store.shapes import journaled_shapes
from desktop.store.tables import Change, Changeset, Device

if TYPE_CHECKING:  # offices on a server alone load its driver
    import psycopg

SECONDS_BETWEEN_LOOKS = 3
"""How often a data file is looked at."""
MOST_NAMED = 2_000
"""Beyond so many changes only the kinds of records are told, not each of them."""
_SLICE = 0.25

Heads = Mapping[UUID, int]
"""How far each installation's chain was seen."""


@dataclass(frozen=True, slots=True)
class Commotion:
    """What others have committed: the kinds of records, and who touched which record last, and when (UTC)."""

    entities: frozenset[str]
    records: Mapping[tuple[str, str], tuple[UUID | None, dt.datetime]]


class _Ear(Protocol):
    outdated: bool
    """Whether it listens to what is not the database any more."""

    def wait(self, seconds: float, stop: Event) -> bool:
        """Whether something may have been committed within these seconds, or ``stop`` was set."""

    def close(self) -> None:
        """Let go of the connection."""


class Watcher:
    """Waits for what others commit to a database; to be used by one thread, but for ``stop`` and ``wake``."""

    def __init__(self, database: Database, seen: Heads) -> None:
        """``seen`` is how far the caller knows the journal already (`heads`)."""
        self._database = database
        self._seen = dict(seen)
        self._ear: _Ear | None = None
        self._woken = Event()

    def wait(self, seconds: float) -> bool:
        """Wait until something may have been committed, at most so long; the first time it may.

        Raises:
            Refusal: the server or the file is out of reach; the next call connects anew.
        """
        try:
            with told(self._database.place):
                if self._ear is None:
                    self._ear = _FileEar(self._database) if self._database.file else _ServerEar(self._database)
                    return True
                heard = self._ear.wait(seconds, self._woken)
                if self._ear.outdated:
                    self.close()
        except BaseException:
            self.close()
            raise
        woken = self._woken.is_set()
        self._woken.clear()
        return heard or woken

    def wake(self) -> None:
        """End the waiting that goes on now."""
        self._woken.set()

    def commotion(self) -> Commotion | None:
        """What others have committed since the last time; None where it was nothing.

        Raises:
            Refusal: the server or the file is out of reach; nothing is lost, the next call tells it.
        """
        with self._database.reading() as session:
            now = heads(session)
            if any(now.get(key, 0) < seq for key, seq in self._seen.items()):  # an older state was restored
                self._seen = now
                return Commotion(frozenset(journaled_shapes()), {})
            moved = {key: seq for key, seq in now.items() if seq > self._seen.get(key, 0)}
            if not moved:
                return None
            found = _commotion(session, self._seen, moved, list(self._database.own))
        self._seen = now
        return found

    def close(self) -> None:
        """Let go of the connection."""
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()


def heads(session: OfficeSession) -> dict[UUID, int]:
    """How far each installation's chain reaches."""
    return {key: seq for key, seq in session.execute(select(Device.id, Device.seq)).all()}  # noqa: C416


def _commotion(session: OfficeSession, seen: Heads, moved: Heads, own: list[UUID]) -> Commotion | None:
    later = or_(
        *(
            and_(Changeset.device_id == key, Changeset.seq > seen.get(key, 0), Changeset.seq <= seq)
            for key, seq in moved.items()
        )
    )
    query = (
        select(Change.entity, Change.entity_id, Changeset.author_id, Changeset.at)
        .join(Changeset, Change.changeset_id == Changeset.id)
        .where(later, Changeset.id.not_in(own))
    )
    rows = session.execute(query.order_by(Changeset.lamport.desc()).limit(MOST_NAMED + 1)).all()
    if not rows:
        return None
    records: dict[tuple[str, str], tuple[UUID | None, dt.datetime]] = {}
    for entity, key, author, at in rows[:MOST_NAMED]:
        records.setdefault((entity, key), (author, at))
    entities = {entity for entity, _key in records}
    if len(rows) > MOST_NAMED:
        entities = set(session.scalars(query.with_only_columns(Change.entity).distinct()))
    return Commotion(frozenset(entities), records)


class _ServerEar:
    def __init__(self, database: Database) -> None:
        self.outdated = False
        self._engine = make_engine(database.url, pooled=False)
        self._pooled: PoolProxiedConnection = self._engine.raw_connection()
        self._connection: psycopg.Connection = self._pooled.driver_connection  # type: ignore[assignment]
        self._connection.autocommit = True
        self._connection.execute(f"LISTEN {CHANNEL}".encode())

    def wait(self, seconds: float, stop: Event) -> bool:
        """As `_Ear.wait`."""
        waited = 0.0
        while waited < seconds and not stop.is_set():
            for _notice in self._connection.notifies(timeout=_SLICE, stop_after=1):
                return True
            waited += _SLICE
        return False

    def close(self) -> None:
        """As `_Ear.close`."""
        self._pooled.invalidate()
        self._engine.dispose()


class _FileEar:
    def __init__(self, database: Database) -> None:
        self.outdated = False
        self._own = (0, 0)
        self._file = Path(database.url.database or "")
        self._engine = make_engine(database.url, pooled=False)
        self._pooled: PoolProxiedConnection = self._engine.raw_connection()
        self._connection: sqlite3.Connection = self._pooled.driver_connection  # type: ignore[assignment]
        self._own = self._identity()
        self._version = self._look()

    def wait(self, seconds: float, stop: Event) -> bool:
        """As `_Ear.wait`."""
        waited = 0.0
        while waited < seconds:
            pause = min(SECONDS_BETWEEN_LOOKS, seconds - waited)
            if stop.wait(pause):
                return False
            waited += pause
            before, self._version = self._version, self._look()
            if self._version != before:
                return True
            if self._identity() != self._own:  # another file stands in its place: a copy was restored
                self.outdated = True
                return True
        return False

    def close(self) -> None:
        """As `_Ear.close`."""
        self._pooled.invalidate()
        self._engine.dispose()

    def _look(self) -> int:
        """The file's data version; an open file that was moved away would go on answering."""
        need_file(self._file)
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def _identity(self) -> tuple[int, int]:
        try:
            found = self._file.stat()
        except OSError:  # it goes away at this moment: the next look tells
            return self._own
        return found.st_dev, found.st_ino
