"""Everybody's own login on a guarded office, as an administrator gives them out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from psycopg import sql
from sqlalchemy import make_url

from desktop.store.engine import make_engine
from desktop.store.guard import GuardNames, install_guard
from tests.soak.server import Server

ZONE = "Asia/Shanghai"


def guard_office(server: Server, database: str, people: Sequence[UUID]) -> list[tuple[str, str]]:
    """Guard an office's database and make a login for each of these people; returns their names and passwords."""
    names = GuardNames.of(database)
    engine = make_engine(make_url(server.url(database)).set(drivername="postgresql+psycopg"), pooled=False)
    with engine.begin() as connection:
        install_guard(connection, names, zone=ZONE)
    engine.dispose()
    made = []
    with server.connect(database) as connection:
        for n, person in enumerate(people):
            name, password = f"{database}_{n:02}", secrets.token_urlsafe(12)
            made_as = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}")
            role, group = sql.Identifier(name), sql.Identifier(names.people)
            connection.execute(made_as.format(role, sql.Literal(password), group))
            connection.execute("SELECT guard.invite(%s, %s, false)", (name, person))
            made.append((name, password))
    return made
