"""What can be said of an office's data without reading any of it: engine, settings, sizes, numbers of rows."""

from __future__ import annotations

import re
import sqlite3

import sqlalchemy
from sqlalchemy import Connection, func, inspect, select, text

from desktop.store.engine import VERSION_TABLE, Database
from desktop.store.tables import Base

_PRAGMAS = (
    *("journal_mode", "synchronous", "foreign_keys", "auto_vacuum", "encoding", "page_size", "page_count"),
    *("freelist_count", "application_id", "user_version", "mmap_size", "busy_timeout", "temp_store"),
)
_SETTINGS = (
    *("server_encoding", "lc_collate", "datcollate", "TimeZone", "max_connections", "default_transaction_isolation"),
    *("synchronous_commit", "fsync", "full_page_writes", "row_security"),
)
_PLAIN = re.compile(r"[\w.:/+ -]{1,40}", re.ASCII)


def driver_versions() -> dict[str, str]:
    """The libraries between the program and its data, by name."""
    import psycopg  # noqa: PLC0415 - offices in files do without it

    return {
        "SQLite": sqlite3.sqlite_version,
        "SQLAlchemy": sqlalchemy.__version__,
        "psycopg": psycopg.__version__,
        "libpq": _dotted(psycopg.pq.version()),
    }


def engine_name(db: Database) -> str:
    """The engine that holds the data, with its version: ``SQLite 3.40.1``, ``PostgreSQL 16.4``.

    Raises:
        Refusal: the server cannot be reached.
    """
    if db.file is not None:
        return f"SQLite {sqlite3.sqlite_version}"
    with db.connecting() as connection:
        found = str(connection.scalar(text("SHOW server_version_num")))
    return f"PostgreSQL {_dotted(int(found))}"


def engine_settings(db: Database) -> dict[str, str]:
    """What the engine is set to, as far as it matters to an office's data.

    Raises:
        Refusal: the data cannot be read.
    """
    with db.connecting() as connection:
        found = _sqlite_settings(connection) if db.file is not None else _server_settings(connection)
    return {name: value for name, value in found.items() if _PLAIN.fullmatch(value)}


def _sqlite_settings(connection: Connection) -> dict[str, str]:
    return {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in _PRAGMAS}


def _server_settings(connection: Connection) -> dict[str, str]:
    wanted = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names) ORDER BY name")
    found = {str(name): str(value) for name, value in connection.execute(wanted, {"names": list(_SETTINGS)})}
    size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    collation = connection.scalar(text("SELECT datcollate FROM pg_database WHERE datname = current_database()"))
    return {**found, "datcollate": str(collation), "database_size": str(size)}


def row_counts(db: Database) -> dict[str, int]:
    """How many rows each table of this program holds; tables that are not there are left out.

    Raises:
        Refusal: the data cannot be read.
    """
    with db.connecting() as connection:
        present = set(inspect(connection).get_table_names())
        tables = [table for table in Base.metadata.sorted_tables if table.name in present]
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def strange_tables(db: Database) -> int:
    """How many tables there are that are not this program's.

    Raises:
        Refusal: the data cannot be read.
    """
    with db.connecting() as connection:
        return len(set(inspect(connection).get_table_names()) - set(Base.metadata.tables) - {VERSION_TABLE})


def _dotted(number: int) -> str:
    return f"{number // 10_000}.{number % 10_000}"
