"""How a database on a server says that it is still being made: by the comment that the server's list shows."""

from __future__ import annotations

from sqlalchemy import Connection, text

UNFINISHED = "epm-desk: unfinished"
FINISHED = "epm-desk: office"
_OF_ONE = "SELECT pg_catalog.shobj_description(d.oid, 'pg_database') FROM pg_catalog.pg_database d"


def comment_of(connection: Connection, database: str) -> str | None:
    """What the server's list says of a database; None where there is no such database, empty where nothing is said."""
    row = connection.execute(text(f"{_OF_ONE} WHERE d.datname = :name"), {"name": database}).one_or_none()
    return None if row is None else row[0] or ""


def unfinished(connection: Connection) -> bool:
    """Whether the database that is connected was begun by this program and never finished."""
    found = connection.scalar(text(f"{_OF_ONE} WHERE d.datname = current_database()"))
    return bool(found == UNFINISHED)
