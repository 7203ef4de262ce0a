"""The light check at a start: what can be looked at within a moment, whatever the office's size."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from desktop.domain.canonical import sha256_text
from desktop.domain.errors import Damaged
from desktop.store.engine import Database
from desktop.store.journal import root_hash
from desktop.store.schema import SchemaState, schema_state
from desktop.store.signing import signature_fate
from desktop.store.tables import Change, Changeset, Device
from desktop.store.verify.finding import Finding

SECONDS = 3.0
"""The longest that it may take."""
LAST = 20
"""So many of the last entries of each chain are looked at."""
_STEPS = 100_000


def check_lightly(db: Database, *, seconds: float = SECONDS) -> list[Finding]:
    """Check the schema, the ends of the journal's chains, and a file's pages as far as time lets.

    It changes nothing; an empty list means that nothing was found in that time. SQLite itself looks at the file's head
    and length; reading these past it would drop its locks.

    Raises:
        Refusal: the data cannot be reached or is in use.
    """
    until = time.monotonic() + seconds
    try:
        if schema_state(db) is not SchemaState.CURRENT:
            return [Finding("数据版本", "数据的版本与程序不符。", "")]
        with db.connecting() as connection, Session(connection) as session:
            found = list(_check_ends(session, until, bodies=sees_whole(db, connection)))
            return found or list(_check_pages(connection, until))
    except Damaged as error:
        return [Finding("数据文件", f"文件已经损坏：{error.what}", "")]


def sees_whole(db: Database, connection: Connection) -> bool:
    """Whether row security keeps nothing from the connected login: what is hidden must not look like what is gone."""
    return not db.guarded or bool(connection.scalar(_SEES_ALL))


_SEES_ALL = text("SELECT guard.sees_all() OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)")


def _check_ends(session: Session, until: float, *, bodies: bool) -> Iterator[Finding]:
    """Each chain ends where its installation's record says, and its last entries are what they were sealed as.

    Without ``bodies`` only the headers are looked at, which everybody sees.
    """
    for device in session.scalars(select(Device)):
        where = f"安装点“{device.name}”"
        query = select(Changeset).where(Changeset.device_id == device.id).order_by(Changeset.seq.desc()).limit(LAST)
        last = session.scalars(query).all()
        end = (last[0].seq, last[0].hash, last[0].lamport) if last else (0, "", 0)
        if end != (device.seq, device.head_hash, device.lamport):
            yield Finding(where, "日志末尾与登记的不符，可能有日志被删去。", "device", str(device.id))
        for place, item in enumerate(last):
            if time.monotonic() > until:
                return
            older = last[place + 1] if place + 1 < len(last) else None
            yield from _check_header(item, older, where)
            if bodies:
                yield from _check_bodies(session, item, where)


def _check_header(item: Changeset, before: Changeset | None, where: str) -> Iterator[Finding]:
    where = f"{where}的日志第 {item.seq} 条"
    if sha256_text(item.header) != item.hash:
        yield Finding(where, "日志表头与其校验值不符。", "changeset", str(item.id))
    if fate := signature_fate(item.header, item.signature):
        yield Finding(where, fate, "changeset", str(item.id))
    if before is not None and (item.seq, item.prev_hash) != (before.seq + 1, before.hash):
        yield Finding(where, "与前一条日志接不上。", "changeset", str(item.id))


def _check_bodies(session: Session, item: Changeset, where: str) -> Iterator[Finding]:
    hashes = session.scalars(select(Change.hash).where(Change.changeset_id == item.id).order_by(Change.n)).all()
    if root_hash(list(hashes)) != item.root:
        yield Finding(f"{where}的日志第 {item.seq} 条", "所含的变动被增删或改动过。", "change", str(item.id))


def _check_pages(connection: Connection, until: float) -> Iterator[Finding]:
    """SQLite's quick check, broken off when the time is over; on a server one question that every table answers."""
    if connection.dialect.name != "sqlite":
        connection.scalar(select(func.count()).select_from(Device))
        return
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - the driver of all files
    raw.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    try:
        answers = [str(row[0]) for row in raw.execute("PRAGMA quick_check(5)")]
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_INTERRUPT:
            raise
        return
    finally:
        raw.set_progress_handler(None, 0)
    yield from (Finding("数据文件", f"文件已经损坏：{answer}", "") for answer in answers if answer != "ok")
