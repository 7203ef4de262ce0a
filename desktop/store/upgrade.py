"""Bringing an older data file up to this program's schema, with a checked backup first."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from desktop.domain.errors import Damaged, Refusal
from desktop.store.engine import Database, newer_schema, recorded_schema
from desktop.store.faults import told
from desktop.store.schema import SchemaState, migrating, run_migrations, schema_state


def upgrade(db: Database, backup_dir: Path, *, more: Sequence[Path] = ()) -> Path | None:
    """Bring the schema up to date in one transaction, and return the backup made before.

    On a server, where backups are its administrator's work, there is none. ``more`` names further folders of
    revisions (tests bring their own).

    Raises:
        Refusal: newer, foreign or current schema; no backup could be made; the upgrade failed. The old schema stands.
        Damaged: the file is damaged.
    """
    state = schema_state(db)
    if state is SchemaState.NEWER:
        raise newer_schema(db.place)
    if state is not SchemaState.OLDER:
        raise Refusal(
            f"“{db.place}”不需要升级，或不是本程序的数据。", kept="数据未作改动。", todo="请核对所选的数据文件。"
        )
    backup = None
    try:
        with told(db.place), migrating(db) as connection:
            _refuse_if_done(connection, db)
            if db.file is not None:
                _check(connection, db.place)
                backup = back_up(db, backup_dir)
            run_migrations(connection, db.schema_no, more)
            if backup is not None:
                _compare(connection, backup)
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


def _refuse_if_done(connection: Connection, db: Database) -> None:
    """Somebody else may have been faster before this transaction began."""
    if recorded_schema(connection) == f"{db.schema_no:04d}":
        raise Refusal(f"“{db.place}”刚刚已由他人升级。", kept="数据完好。", todo="请重新打开。")


def back_up(db: Database, backup_dir: Path) -> Path:
    """Write a compact, checked copy of a data file into ``backup_dir`` and return its path.

    Raises:
        Refusal: the copy cannot be written. Damaged: the copy does not hold.
    """
    if db.file is None:
        raise Refusal("服务器上的数据由服务器管理员备份。")
    try:
        backup_dir.mkdir(parents=True, exist_ok=True)
        target = _free_name(backup_dir, db.file)
        partial = target.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        try:
            with told(str(db.file)):
                _copy(db.file, partial)
            _flush_to_disk(partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise Refusal(
            f"不能在“{backup_dir}”中写备份。",
            kept="数据未作改动。",
            todo="请检查该文件夹能否写入、磁盘是否已满。",
            details=str(error),
        ) from error
    return target


def _copy(source: Path, partial: Path) -> None:
    with closing(sqlite3.connect(source, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(partial),))
    with closing(sqlite3.connect(partial)) as copy:
        answers = [row[0] for row in copy.execute("PRAGMA integrity_check")]
    if answers != ["ok"]:
        raise Damaged("备份未通过检查。", kept="数据未作改动。", todo="请换一个磁盘再试。", details=answers[0])


def _free_name(folder: Path, file: Path) -> Path:
    """The first free name, so that no earlier backup is ever overwritten."""
    number = 1
    while True:
        target = folder / f"{file.stem}-升级前备份{number}{file.suffix}"
        if not target.exists():
            return target
        number += 1


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
            count = f'SELECT count(*) FROM "{name}"'  # noqa: S608 - a table's name out of the file itself
            before = copy.execute(count).fetchone()[0]
            after = connection.exec_driver_sql(count).scalar()
            if before != after:
                raise RuntimeError(f"{name} had {before} rows and has {after}")
