"""Offices on the tests' server with roles and passwords of their own, all removed after the test."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from sqlalchemy import URL

MANAGER_PASSWORD = "managed-" + secrets.token_hex(4)


@dataclass
class OfficeServer:
    """The server as an office's founder meets it; ``prefix`` keeps the names of parallel tests apart."""

    url: URL
    prefix: str = field(default_factory=lambda: f"t{secrets.token_hex(4)}")
    founded: OfficeServer | None = None
    """The office of which this one is a copy: it shares that one's groups and its first login."""

    @property
    def database(self) -> str:
        """A name for the office's database."""
        return f"{self.prefix}_office"

    def login(self, name: str) -> str:
        """A name for a login."""
        return f"{self.prefix}_{name}"

    @property
    def clerk(self) -> str:
        """The first administrator's login."""
        return self.founded.clerk if self.founded else self.login("clerk")

    @property
    def people(self) -> str:
        """The group of the office's people."""
        return self.founded.people if self.founded else f"{self.database}_people"

    def copy(self, founded: OfficeServer) -> None:
        """Take over an office that was founded once, which costs a tenth of founding one."""
        self.founded = founded
        with self.connection() as connection:
            make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
            owner = sql.Identifier(f"{founded.database}_owner")
            connection.execute(make.format(sql.Identifier(self.database), owner, sql.Identifier(founded.database)))

    @property
    def superuser(self) -> str:
        """The superuser's URL."""
        return self.url.render_as_string(hide_password=False)

    @property
    def managed(self) -> str:
        """The URL of an administrator as managed servers have it: no superuser, but CREATEDB and CREATEROLE."""
        name = self.login("manager")
        with self.connection() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
            if known is None:
                make = sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}")
                connection.execute(make.format(sql.Identifier(name), sql.Literal(MANAGER_PASSWORD)))
        return self.url.set(username=name, password=MANAGER_PASSWORD).render_as_string(hide_password=False)

    def target(self, login: str, password: str = "", database: str = "") -> str:
        """The URL by which a login opens the office."""
        query = {"sslmode": "disable"}
        url = URL.create(
            "postgresql", login, password or None, self.url.host, self.url.port, database or self.database, query
        )
        return url.render_as_string(hide_password=False)

    @contextmanager
    def connection(self, database: str = "") -> Iterator[psycopg.Connection]:
        """A superuser's connection, each statement by itself."""
        url = self.url
        with psycopg.connect(
            host=url.host,
            port=url.port,
            user=url.username,
            password=url.password,
            dbname=database or url.database,
            autocommit=True,
        ) as connection:
            yield connection

    def roles(self) -> set[str]:
        """The roles that this test's office has left on the server."""
        with self.connection() as connection:
            rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", (f"{self.prefix}%",))
            return {row[0].removeprefix(f"{self.prefix}_") for row in rows}

    def databases(self) -> set[str]:
        """The databases of this test."""
        with self.connection() as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (f"{self.prefix}%",))
            return {row[0] for row in rows}

    def clean(self) -> None:
        """Remove everything that this test made."""
        with self.connection() as connection:
            for name in self.databases():
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            names = [f"{self.prefix}_{name}" for name in self.roles()]
            for _round in names:  # who granted a role to another goes after that other
                for name in names:
                    try:
                        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))
                    except psycopg.errors.DependentObjectsStillExist:
                        continue
        assert not self.roles()
