"""Guarded databases for tests: a login for whoever acts, taken on by a superuser's connection.

Roles belong to the whole server: the groups are named after the database's template, the logins after the person.
"""

import os
from uuid import UUID

from sqlalchemy import Connection, make_url, text

from desktop.store.engine import make_engine
from desktop.store.guard import GuardNames, guard_names, install_guard

NAMES = GuardNames.of(f"epm_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}")
"""Every guarded database of a worker shares its groups: roles are dear, and no test compares databases' groups."""


def guard_database(url: str) -> None:
    """Guard an office's database as its founding does."""
    engine = make_engine(make_url(url), pooled=False)
    with engine.begin() as connection:
        install_guard(connection, NAMES)
    engine.dispose()


def login_of(connection: Connection, person: UUID, *, administrator: bool = False) -> str:
    """The login of a person, made when it is asked for first; the connection is a superuser's."""
    name = f"{NAMES.people}_{person.hex}"
    if not connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": name}):
        people = guard_names(connection).people
        connection.exec_driver_sql(f'CREATE ROLE "{name}" LOGIN IN ROLE "{people}"')
    known = connection.scalar(text("SELECT count(*) FROM guard.login WHERE name = :name"), {"name": name})
    if not known:
        invite = text("SELECT guard.invite(:name, :person, :administrator)")
        connection.execute(invite, {"name": name, "person": person, "administrator": administrator})
    return name


def sign_in(connection: Connection, person: UUID) -> None:
    """Be that person from now on, as if they had logged in; the transaction goes on."""
    name = login_of(connection, person)
    connection.exec_driver_sql(f'SET SESSION AUTHORIZATION "{name}"')
