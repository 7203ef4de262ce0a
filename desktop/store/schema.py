"""The schema of a data file: what it has, making it new, and bringing it up to this program's."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from desktop.domain.errors import Refusal
from desktop.store.engine import VERSION_TABLE, Database, make_engine, recorded_schema
from desktop.store.faults import told
from desktop.store.schema_history import note_step

APPLICATION_ID = 0x45504D44  # "EPMD": how a file says which program it belongs to
_HERE = Path(__file__).parent / "migrations"
_LOCK = 0x45504D44  # the advisory lock of whoever upgrades a server's database


class SchemaState(StrEnum):
    """What a data file's schema is to this program."""

    MISSING = "missing"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"


def schema_state(db: Database) -> SchemaState:
    """Look at the schema: nothing there yet, this program's, an older, a newer, or somebody else's.

    Raises:
        Refusal: the database cannot be read (Damaged: it is none).
    """
    if db.file is not None and not db.file.exists():
        return SchemaState.MISSING
    with db.connecting() as connection:
        if not inspect(connection).get_table_names():
            return SchemaState.MISSING
        found = recorded_schema(connection)
    if found is None or not found.isdecimal():
        return SchemaState.FOREIGN
    if int(found) == db.schema_no:
        return SchemaState.CURRENT
    return SchemaState.OLDER if int(found) < db.schema_no else SchemaState.NEWER


def create_schema(db: Database, now: dt.datetime) -> None:
    """Make all tables in a new file or an empty database, at the aware moment ``now``; a failure leaves nothing behind.

    Raises:
        Refusal: there is data already, or the place cannot be written.
    """
    state = schema_state(db)
    if state is not SchemaState.MISSING:
        raise Refusal(
            f"“{db.place}”中已有数据，不能在其中新建。",
            kept="原有数据未作改动。",
            todo="请另选位置，或直接打开它。",
        )
    made = db.file is not None and not db.file.exists()
    if db.file is not None and made:
        _make_file(db.file)
    try:
        with told(db.place), migrating(db) as connection:
            run_migrations(connection, db.schema_no)
            note_step(connection, db.schema_no, now, upgraded_from=None)
    except BaseException:
        if db.file is not None and made:
            db.file.unlink(missing_ok=True)
        raise


@contextmanager
def migrating(db: Database) -> Iterator[Connection]:
    """One transaction for a schema's change: foreign keys off on SQLite, alone by an advisory lock on PostgreSQL."""
    engine = make_engine(db.url, foreign_keys=False, pooled=False)
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        if db.file is None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield connection


def run_migrations(connection: Connection, schema_no: int, more: Sequence[Path] = ()) -> None:
    """Run what leads to ``schema_no`` in the connection's transaction; ``more`` are further folders of revisions."""
    from alembic import command  # noqa: PLC0415 - a program that starts with current data need not load Alembic
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    folders = [_HERE / "versions", *more]
    config.set_main_option("script_location", _escaped(str(_HERE)))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", _escaped(os.pathsep.join(map(str, folders))))
    config.attributes["connection"] = connection
    config.attributes["founding"] = not inspect(connection).has_table(VERSION_TABLE)
    command.upgrade(config, f"{schema_no:04d}")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def _escaped(path: str) -> str:
    return path.replace("%", "%%")


def _make_file(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(exist_ok=False)
    except OSError as error:
        raise Refusal(
            f"不能在“{file.parent}”中新建数据文件。",
            todo="请另选一个可以写入的文件夹。",
            details=str(error),
        ) from error
