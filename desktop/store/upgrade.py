"""Bringing an older data file up to this program's schema, with a checked backup first."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from desktop.domain.errors import Damaged, Refusal
from desktop.store.backups import BEFORE_UPGRADE, back_up
from desktop.store.engine import Database, newer_schema, no_data, recorded_schema
from desktop.store.faults import told
from desktop.store.guard import upgrading_guard
from desktop.store.schema import SchemaState, migrating, run_migrations, schema_state
from desktop.store.schema_history import note_step


def upgrade(db: Database, backup_dir: Path, now: dt.datetime, *, more: Sequence[Path] = ()) -> Path | None:
    """Bring the schema up to date in one transaction, and return the backup made before.

    On a server, where backups are its administrator's work, there is none; a guarded one is upgraded by a superuser or
    whoever founded it, and guarded anew. ``now`` is an aware moment; ``more`` names further folders of revisions (tests
    bring their own).

    Raises:
        NotAllowed: the login may not upgrade a guarded server's database.
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
                backup = back_up(db.file, backup_dir, found, now, kind=BEFORE_UPGRADE)
            with upgrading_guard(connection):
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
