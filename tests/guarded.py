"""Guarded databases for tests: each transaction of a person runs under that person's own login.

The tests' connections are a superuser's, who takes a login on for the length of a transaction (``session_user`` is then
that login). Roles belong to the whole server: the groups are a worker's, the logins are named after the people.
"""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event, make_url, text

from desktop.store.engine import make_engine
from desktop.store.guard import GuardNames, guard_names, install_guard, is_guarded
from desktop.store.sessions import ReadSession, WriteSession

NAMES = GuardNames.of(f"epm_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}")
"""Every guarded database of a worker shares its groups: what one says of them does not concern another."""

_CLOCK = """
CREATE OR REPLACE FUNCTION guard.now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(nullif(current_setting('test.now', true), '')::timestamptz, statement_timestamp()) $$
"""
_reader: ContextVar[tuple[UUID, dt.datetime] | None] = ContextVar("reader", default=None)
_by_hand: ContextVar[bool] = ContextVar("by_hand", default=False)
_masters: dict[tuple[str, str], bool] = {}
_known: dict[str, set[str]] = {}
"""The logins of each database that were seen to be there."""


def guard_database(url: str) -> None:
    """Guard an office's database as its founding does, with a clock that follows the test's, and logins for all."""
    engine = make_engine(make_url(url), pooled=False)
    with engine.begin() as connection:
        install_guard(connection, NAMES, zone=_zone())
        connection.exec_driver_sql(_CLOCK)
        for person in connection.scalars(text("SELECT id FROM person WHERE active")).all():
            login_of(connection, person)
    engine.dispose()


def _zone() -> str:
    """The machine's time zone as PostgreSQL spells any: what is west of Greenwich counts as positive."""
    offset = dt.datetime(2026, 11, 3, tzinfo=dt.UTC).astimezone().utcoffset() or dt.timedelta()
    minutes = int(offset.total_seconds() // 60)
    return f"<test>{'-' if minutes >= 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def login_of(connection: Connection, person: UUID, *, administrator: bool = False) -> str:
    """The login of a person, made when it is asked for first; the connection is a superuser's."""
    name = _name(person)
    if not connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": name}):
        people = guard_names(connection).people
        connection.exec_driver_sql(f'CREATE ROLE "{name}" LOGIN IN ROLE "{people}"')
    known = connection.scalar(text("SELECT count(*) FROM guard.login WHERE name = :name"), {"name": name})
    if not known:  # not by `guard.invite`: some tests let people act who have left
        invite = text("INSERT INTO guard.login VALUES (:name, :person, :administrator, now(), session_user)")
        connection.execute(invite, {"name": name, "person": person, "administrator": administrator})
    return name


def _name(person: UUID) -> str:
    return f"{NAMES.people}_{person.hex}"


def sign_in(connection: Connection, person: UUID) -> None:
    """Be that person from now on, as if they had logged in; the transaction goes on."""
    name = login_of(connection, person)
    connection.exec_driver_sql(f'SET SESSION AUTHORIZATION "{name}"')


@contextmanager
def reading_as(person: UUID, now: dt.datetime) -> Iterator[None]:
    """Whatever is read from guarded databases inside is read under that person's login."""
    token = _reader.set((person, now))
    try:
        yield
    finally:
        _reader.reset(token)


@contextmanager
def by_hand() -> Iterator[None]:
    """What is done inside is done by a superuser, whoever is named: tests put rows where no use-case would."""
    token = _by_hand.set(True)
    try:
        yield
    finally:
        _by_hand.reset(token)


@event.listens_for(WriteSession, "after_begin")
def _work_as_author(session: WriteSession, _transaction: object, connection: Connection) -> None:
    if session.author is not None and not _by_hand.get() and _is_master(connection):
        _take_on(connection, session.author, session.now)


@event.listens_for(ReadSession, "after_begin")
def _read_as_reader(_session: ReadSession, _transaction: object, connection: Connection) -> None:
    if (reader := _reader.get()) is not None and _is_master(connection):
        _take_on(connection, *reader)


def _is_master(connection: Connection) -> bool:
    """Whether a superuser is connected to a guarded database, who can take on a login; others have their own."""
    if connection.dialect.name != "postgresql":
        return False
    key = (str(connection.engine.url.username), str(connection.engine.url.database))
    if not _masters.get(key):
        superuser = connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = session_user"))
        _masters[key] = bool(superuser) and is_guarded(connection)
    return _masters[key]


def _take_on(connection: Connection, person: UUID, now: dt.datetime) -> None:
    _need_login(connection, person)
    take: dict[str, Any] = {"now": now.isoformat(), "name": _name(person)}
    query = text("SELECT set_config('test.now', :now, true), set_config('session_authorization', :name, true)")
    connection.execute(query, take)


def _need_login(connection: Connection, person: UUID) -> None:
    """Make the login where there is none, in a transaction of its own: it stays, whatever becomes of the person's."""
    url = connection.engine.url
    known = _known.setdefault(str(url.database), set())
    if not known:
        known.update(connection.scalars(text("SELECT name FROM guard.login JOIN pg_roles ON rolname = name")))
    if _name(person) in known:
        return
    other = make_engine(url, pooled=False)
    with other.begin() as making:
        login_of(making, person)
    other.dispose()
    known.add(_name(person))
