"""Bringing an older data file up to this program's schema, with a checked backup first."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection

from desktop.domain.canonical import sha256_text
from desktop.domain.errors import Damaged, Refusal
from desktop.store.engine import Database, newer_schema, no_data, recorded_schema
from desktop.store.faults import told
from desktop.store.schema import SchemaState, migrating, run_migrations, schema_state
from desktop.store.schema_history import note_step

_LONGEST = 50  # characters of a data file's name in its backups' names: file systems count bytes


def upgrade(db: Database, backup_dir: Path, now: dt.datetime, *, more: Sequence[Path] = ()) -> Path | None:
    """Bring the schema up to date in one transaction, and return the backup made before.

    On a server, where backups are its administrator's work, there is none. ``now`` is an aware moment; ``more`` names
    further folders of revisions (tests bring their own).

    Raises:
        Refusal: no data, newer, foreign or current schema; no backup could be made; the upgrade failed. The old schema
            stands.
        Damaged: the file is damaged.
    """
    _refuse_unless_older(db)
    backup = None
    try:
        with told(db.place), migrating(db) as connection:
            found = _still_older(connection, db)
            if db.file is not None:
                _check(connection, db.place)
                backup = back_up(db.file, backup_dir, found, now)
            run_migrations(connection, db.schema_no, more)
            if backup is not None:
                _compare(connection, backup)
            note_step(connection, db.schema_no, now, upgraded_from=int(found))
    except Refusal:
        raise
    except Exception as error:
        where = f"升级前的备份在“{backup}”。" if backup else ""
        raise Refusal(
            f"“{db.place}”升级失败。",
            kept=f"原有数据仍是升级前的样子。{where}",
            todo="请继续使用旧版程序，并把详情告诉维护人员。",
            details=f"{type(error).__name__}: {error}",
        ) from error
    return backup


def _refuse_unless_older(db: Database) -> None:
    state = schema_state(db)
    if state is SchemaState.OLDER:
        return
    if state is SchemaState.CURRENT:
        raise Refusal(f"“{db.place}”已是本程序的数据版本，不需要升级。", kept="数据未作改动。", todo="可以直接打开。")
    with db.connecting() as connection:  # a file that is not there is told here
        raise newer_schema(connection, db.place) if state is SchemaState.NEWER else no_data(db.place)


def _still_older(connection: Connection, db: Database) -> str:
    """The schema that is upgraded from; somebody else may have been faster before this transaction began."""
    found = recorded_schema(connection)
    if found is None or int(found) >= db.schema_no:
        raise Refusal(f"“{db.place}”刚刚已由他人升级。", kept="数据完好。", todo="请重新打开。")
    return found


def back_up(file: Path, backup_dir: Path, schema: str, now: dt.datetime) -> Path:
    """Write a compact, checked copy of a data file into ``backup_dir`` and return its path.

    The copy is named after the file, the day of the aware moment ``now``, and ``schema``, the schema that the file has.

    Raises:
        Refusal: the copy cannot be written. Damaged: the copy does not hold.
    """
    # one partial copy per data file: whoever upgrades has the file to themselves, so what lies there is of no use
    partial = backup_dir / f"{sha256_text(str(file.resolve()))[:16]}.partial"
    try:
        with told(str(file)), _writing(backup_dir, file):
            backup_dir.mkdir(parents=True, exist_ok=True)
            partial.unlink(missing_ok=True)
            _copy(file, partial)
            _flush_to_disk(partial)
            return _named(partial, f"{file.stem[:_LONGEST]}-升级前备份-{_day(now)}-{schema}", file.suffix)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def _writing(backup_dir: Path, file: Path) -> Iterator[None]:
    """What goes wrong while a copy of ``file`` is written there is the folder's affair, not the data's."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        size = file.stat().st_size // 1_000_000 + 1
        raise Refusal(
            f"不能在“{backup_dir}”中写备份，没有升级。",
            kept="数据未作改动。",
            todo=f"请检查该文件夹能否写入、所在磁盘是否还有 {size} MB 空间，然后再升级。",
            details=f"{type(error).__name__}: {error}",
        ) from error


def _copy(source: Path, partial: Path) -> None:
    with closing(sqlite3.connect(source, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(partial),))
    with closing(sqlite3.connect(partial)) as copy:
        answers = [row[0] for row in copy.execute("PRAGMA integrity_check")]
    if answers != ["ok"]:
        raise Damaged("备份未通过检查。", kept="数据未作改动。", todo="请换一个磁盘再试。", details=answers[0])


def _named(partial: Path, stem: str, suffix: str) -> Path:
    """Give the copy the first name that nothing bears, so that no earlier backup is ever overwritten."""
    number, target = 1, partial.with_name(f"{stem}{suffix}")
    while True:
        try:
            _name(partial, target)
        except FileExistsError:
            number += 1
            target = partial.with_name(f"{stem}-{number}{suffix}")
        else:
            return target


def _name(partial: Path, target: Path) -> None:
    """Let a file appear under its name whole; a name that is taken raises FileExistsError."""
    if os.name == "nt":
        partial.rename(target)
        return
    try:
        target.hardlink_to(partial)  # elsewhere renaming overwrites
    except FileExistsError:
        raise
    except OSError:  # a stick's file system knows no second name
        if target.exists():
            raise FileExistsError(target) from None
        partial.rename(target)


def _day(now: dt.datetime) -> str:
    return now.astimezone().date().isoformat()


def _flush_to_disk(file: Path) -> None:
    with file.open("r+b") as stream:
        os.fsync(stream.fileno())


def _check(connection: Connection, place: str) -> None:
    answer = connection.exec_driver_sql("PRAGMA quick_check").scalar()
    if answer != "ok":
        raise Damaged(
            f"“{place}”已经损坏，不能升级。",
            kept="程序没有改动该文件。",
            todo="请换用最近的备份，并保留该文件以便检查。",
            details=str(answer),
        )


def _compare(connection: Connection, backup: Path) -> None:
    """Every link must lead somewhere, and every table must hold as many rows as before."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"a link leads nowhere: {tuple(broken)}")
    with closing(sqlite3.connect(backup)) as copy:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (name,) in copy.execute(tables).fetchall():
            rows = f'SELECT count(*) FROM "{name}"'  # noqa: S608 - a table's name out of the file itself
            before = copy.execute(rows).fetchone()[0]
            after = connection.exec_driver_sql(rows).scalar()
            if before != after:
                raise RuntimeError(f"{name} had {before} rows and has {after}")
