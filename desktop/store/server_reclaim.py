"""Taking away a moved office that was never finished on a server, so that the next attempt starts clean."""

from __future__ import annotations

from sqlalchemy import text

from desktop.store.copying import is_unfinished
from desktop.store.engine import Database, make_engine, open_database
from desktop.store.faults import told
from desktop.store.guard import guard_names, is_guarded, owning
from desktop.store.logins import quoted
from desktop.store.server import Remains, clear_remains, remains
from desktop.store.server_marks import UNFINISHED


def database_of(admin: str, name: str) -> Database:
    """A database of a server, by its administrator's URL; whoever asks closes it."""
    there = open_database(admin)
    try:
        return open_database(there.url.set(database=name).render_as_string(hide_password=False))
    finally:
        there.close()


def is_half_moved(admin: str, name: str) -> bool:
    """Whether the server has a database of that name with a moved office that does not count yet.

    Raises:
        Refusal: the server cannot be reached.
    """
    if remains(admin, name) is Remains.NOTHING:
        return False
    database = database_of(admin, name)
    try:
        return is_unfinished(database)
    finally:
        database.close()


def reclaim_server(admin: str, name: str, login: str) -> bool:
    """Drop what an attempt to move has left: the database, its roles and the first login; whether there was any.

    Raises:
        Refusal: the server cannot be reached, or does not let this administrator.
    """
    found = remains(admin, name)
    if found is Remains.NOTHING or (found is Remains.TAKEN and not is_half_moved(admin, name)):
        return False
    if found is Remains.TAKEN:
        _mark_unfinished(admin, name)
    clear_remains(admin, name)
    _drop_login(admin, login)
    return True


def _mark_unfinished(admin: str, name: str) -> None:
    database = database_of(admin, name)
    engine = make_engine(database.url, pooled=False)
    words = f"COMMENT ON DATABASE {quoted(name)} IS '{UNFINISHED}'"
    try:
        with told(database.place), engine.begin() as connection:
            if is_guarded(connection):
                with owning(connection, guard_names(connection)):
                    connection.exec_driver_sql(words)
            else:
                connection.exec_driver_sql(words)
    finally:
        engine.dispose()
        database.close()


def _drop_login(admin: str, login: str) -> None:
    """The login that was made with it, if it is there and nobody else's: it has nothing but a password yet."""
    database = open_database(admin)
    engine = make_engine(database.url, pooled=False)
    query = text(
        "SELECT count(*) FROM pg_catalog.pg_roles r WHERE r.rolname = :name AND NOT r.rolsuper AND r.rolcreaterole "
        "AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid) "
        "AND NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend d WHERE d.refobjid = r.oid)"
    )
    try:
        with told(database.place), engine.begin() as connection:
            if connection.scalar(query, {"name": login}):
                connection.exec_driver_sql(f"DROP ROLE {quoted(login)}")
    finally:
        engine.dispose()
        database.close()
