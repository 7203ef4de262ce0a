"""Whether a database is guarded."""

from __future__ import annotations

from sqlalchemy import Connection, text

_GUARDED = text(
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'guard' AND c.relname = 'config')"
)


def is_guarded(connection: Connection) -> bool:
    """Whether the database that is connected has a guard; asks for no right of its own."""
    return connection.dialect.name == "postgresql" and bool(connection.scalar(_GUARDED))
