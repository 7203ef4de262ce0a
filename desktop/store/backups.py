"""Backups: checked copies of an office's data in SQLite files, made, found again and looked into."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from desktop.domain.errors import Damaged, Refusal
from desktop.store.copying import Tell, copy_into_partial
from desktop.store.engine import BUSY_SECONDS, Database
from desktop.store.faults import told
from desktop.store.files import appear_under_free_name, check_whole, flush_to_disk, half_made, writing_into
from desktop.store.tables.base import read_instant

AUTOMATIC, BY_HAND = "自动备份", "备份"
BEFORE_UPGRADE, BEFORE_RESTORE = "升级前备份", "恢复前备份"
REBUILT = "重建"
KINDS = (AUTOMATIC, BY_HAND, BEFORE_UPGRADE, BEFORE_RESTORE, REBUILT)
"""Why a backup was made, as its name tells."""
COUNTED = ("project", "filing", "sign_off", "person", "document", "changeset")
"""The tables whose numbers of rows tell people how much there is."""

_LONGEST = 50  # characters of a data file's name in its backups' names: file systems count bytes
_NAME = re.compile(rf"(?P<stem>.+)-(?P<kind>{'|'.join(KINDS)})-(?P<day>\d{{4}}-\d\d-\d\d)-(?P<schema>\d{{4}})(-\d+)?")
_mutex = Lock()
_OUTCOMES = {BEFORE_UPGRADE: "没有升级", BEFORE_RESTORE: "没有恢复", REBUILT: "没有重建"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a data file of any schema says of itself.

    ``heads`` are the ends of the journal's chains: installation (32 hexadecimal digits) → seq and hash.
    ``last_change`` is the moment of the newest changeset, None where there is none.
    """

    office: str
    name: str
    schema: str
    last_change: dt.datetime | None
    counts: Mapping[str, int]
    heads: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that is named as a backup: why and on which day it was made, its size in bytes, and what it holds.

    ``facts`` is None where the file cannot be read.
    """

    file: Path
    kind: str
    day: dt.date
    size: int
    facts: Facts | None


def back_up(file: Path, folder: Path, schema: str, now: dt.datetime, *, kind: str = BEFORE_UPGRADE) -> Path:
    """Write a compact, checked copy of a data file into ``folder`` and return its path.

    It is opened anew, checked whole, and its journal ends where the data's did. It is named after the file, its
    ``kind``, the day of the aware moment ``now``, and ``schema``, the schema that the file has.

    Raises:
        Refusal: the copy cannot be written. Damaged: the copy does not hold.
    """
    with _mutex, told(str(file)), _writing(folder, kind, file), half_made(folder, str(file.resolve())) as partial:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=BUSY_SECONDS)) as connection:
            connection.execute("VACUUM INTO ?", (str(partial),))
            check_whole(partial)
            _compare_heads(connection, partial)
        flush_to_disk(partial)
        return appear_under_free_name(partial, _stem(file.stem, kind, now, schema), file.suffix, folder)


def back_up_server(db: Database, folder: Path, now: dt.datetime, tell: Tell, *, kind: str = BY_HAND) -> Path:
    """Copy what lies on a server into a checked SQLite file in ``folder``, compared row by row; returns its path.

    Raises:
        Refusal: it cannot be read or written, or the copy is not equal.
    """
    name = db.url.database or "office"
    with _mutex, _writing(folder, kind, None), half_made(folder, db.place) as partial:
        copy_into_partial(db, partial, tell)
        return appear_under_free_name(partial, _stem(name, kind, now, f"{db.schema_no:04d}"), ".epm", folder)


@contextmanager
def making(db: Database, folder: Path, now: dt.datetime, kind: str) -> Iterator[tuple[Path, list[Path]]]:
    """A file for what another makes, and a list that gets the name under which it then stands among the backups.

    Raises:
        Refusal: the folder cannot be written.
    """
    name = (db.file.stem if db.file else db.url.database) or "office"
    made: list[Path] = []
    with _mutex, _writing(folder, kind, db.file), half_made(folder, f"{kind} {db.place}") as partial:
        yield partial, made
        made.append(appear_under_free_name(partial, _stem(name, kind, now, f"{db.schema_no:04d}"), ".epm", folder))


@contextmanager
def _writing(folder: Path, kind: str, file: Path | None) -> Iterator[None]:
    room = file.stat().st_size if file is not None and file.exists() else 0
    with writing_into(folder, _OUTCOMES.get(kind, "没有备份"), room=room):
        yield


def _stem(name: str, kind: str, now: dt.datetime, schema: str) -> str:
    return f"{name[:_LONGEST]}-{kind}-{now.astimezone().date().isoformat()}-{schema}"


def _compare_heads(source: sqlite3.Connection, copy: Path) -> None:
    """Where the copy's journal ends, the data's must have the very same entry, and the copy's own last entry be it."""
    ends = "SELECT device.id, device.seq, device.head_hash FROM device WHERE seq > 0"
    entry = "SELECT hash FROM changeset WHERE device_id = ? AND seq = ?"
    with closing(sqlite3.connect(copy)) as made:
        for device, seq, head in made.execute(ends):
            for journal in (made, source):
                if journal.execute(entry, (device, seq)).fetchone() != (head,):
                    raise Damaged(
                        "备份的日志与数据的日志不一致。",
                        kept="备份已经撤销，数据未作改动。",
                        todo="请先做一次全面检查。",
                        details=f"device {device} seq {seq}",
                    )


def list_backups(folder: Path) -> list[Backup]:
    """The backups in a folder, the newest first; nothing where there is no such folder."""
    try:
        files = [file for file in folder.iterdir() if file.is_file() and not file.name.startswith(".")]
    except OSError:
        return []
    found = [backup for file in files if (backup := _backup_of(file)) is not None]
    return newest_first(found)


def newest_first(backups: Iterable[Backup]) -> list[Backup]:
    """Backups in the order in which they were made, the newest first."""
    return sorted(backups, key=_age, reverse=True)


def _age(backup: Backup) -> tuple[dt.date, str, float]:
    changed = backup.facts.last_change if backup.facts is not None else None
    try:
        written = backup.file.stat().st_mtime
    except OSError:
        written = 0.0
    return backup.day, changed.isoformat() if changed else "", written


def _backup_of(file: Path) -> Backup | None:
    told_by_name = _NAME.fullmatch(file.stem)
    if told_by_name is None:
        return None
    try:
        day, size = dt.date.fromisoformat(told_by_name["day"]), file.stat().st_size
    except (OSError, ValueError):
        return None
    try:
        facts = read_facts(file)
    except Refusal:
        facts = None
    return Backup(file, told_by_name["kind"], day, size, facts)


def read_facts(file: Path) -> Facts:
    """What a data file says of itself; it is only read.

    Raises:
        Refusal: it cannot be read, or is no office's (Damaged: it does not hold).
    """
    with told(str(file)), closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as lite:
        try:
            schema = str(lite.execute("SELECT version_num FROM schema_version").fetchone()[0])
            office = lite.execute("SELECT id, name FROM office").fetchone() or ("", "")
            newest = lite.execute("SELECT max(at) FROM changeset").fetchone()[0]
            heads = lite.execute("SELECT id, seq, head_hash FROM device").fetchall()
            counts = {name: count for name in COUNTED if (count := _count(lite, name)) is not None}
        except (sqlite3.OperationalError, TypeError) as error:
            if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR:
                raise
            raise Refusal(f"“{file}”不是本程序的数据文件。", kept="它没有改动。", details=str(error)) from error
    return Facts(
        office=str(office[0]),
        name=str(office[1]),
        schema=schema,
        last_change=read_instant(newest) if newest else None,
        counts=counts,
        heads={str(device): (int(seq), str(head)) for device, seq, head in heads},
    )


def entry_hashes(file: Path) -> set[str]:
    """The hashes of all entries of a data file's journal.

    Raises:
        Refusal: it cannot be read.
    """
    with told(str(file)), closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as lite:
        return {str(row[0]) for row in lite.execute("SELECT hash FROM changeset")}


def _count(lite: sqlite3.Connection, table: str) -> int | None:
    """How many rows; None where the schema has no such table."""
    if lite.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is None:
        return None
    count: int = lite.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - one of ``COUNTED``
    return count
