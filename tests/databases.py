"""Databases for tests, on both engines: empty ones, and quick copies of one that was prepared once."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

Prepare = Callable[[str], None]


class SqliteDatabases:
    """Files in a folder that is thrown away with the tests."""

    def __init__(self, folder: Path) -> None:
        """``folder`` must exist; templates and databases are made in it."""
        self._folder = folder
        self._templates: dict[Prepare, Path] = {}
        self._made = 0

    def create(self, prepare: Prepare | None = None) -> str:
        """Return the URL of a new database: empty (no file yet), or a copy of what ``prepare`` made."""
        self._made += 1
        file = self._folder / f"office{self._made}.sqlite"
        if prepare is not None:
            shutil.copyfile(self._template(prepare), file)
        return _sqlite_url(file)

    def _template(self, prepare: Prepare) -> Path:
        if prepare not in self._templates:
            folder = self._folder / f"template{len(self._templates)}"
            folder.mkdir()
            file = folder / "office.sqlite"
            prepare(_sqlite_url(file))
            left_open = [path.name for path in folder.iterdir() if path != file]
            assert not left_open, f"{_name(prepare)} left its database open: {left_open}"
            self._templates[prepare] = file
        return self._templates[prepare]

    def drop(self, url: str) -> None:
        """Leave it to the folder's end: a test that failed may want a look at its file."""


class PostgresDatabases:
    """Databases of one server; ``prefix`` keeps the parallel workers' names apart."""

    def __init__(self, server_url: str, prefix: str) -> None:
        """``server_url`` is that of the maintenance database, as superuser."""
        self._url = make_url(server_url)
        self._prefix = prefix
        self._templates: dict[Prepare, str] = {}
        self._made = 0
        self._server = psycopg.connect(
            host=self._url.host,
            port=self._url.port,
            user=self._url.username,
            password=self._url.password,
            dbname=self._url.database,
            autocommit=True,
        )

    def create(self, prepare: Prepare | None = None) -> str:
        """Return the URL of a new database: empty, or a copy of what ``prepare`` made."""
        template = "template0" if prepare is None else self._template(prepare)
        self._made += 1
        return self._create(f"{self._prefix}_{self._made}", template)

    def _template(self, prepare: Prepare) -> str:
        if prepare not in self._templates:
            name = f"{self._prefix}_template{len(self._templates)}"
            prepare(self._create(name, "template0"))
            self._templates[prepare] = name
        return self._templates[prepare]

    def _create(self, name: str, template: str) -> str:
        # file by file, not page by page through the server's memory and its log
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._server.execute(command.format(sql.Identifier(name), sql.Identifier(template)))
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Remove a database, also from under connections that a test forgot."""
        name = make_url(url).database
        assert name is not None
        self._server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def close(self) -> None:
        """Remove the templates, and the roles that guarded databases had, and leave the server."""
        for name in self._templates.values():
            self._server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        known = self._server.execute(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", [f"{self._prefix}_"]
        ).fetchall()
        for (role,) in known:
            with suppress(psycopg.errors.DependentObjectsStillExist):  # of a database that some test left behind
                self._server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
        self._server.close()


def moved_to(folder: Path, url: str) -> str:
    """URL of the same database as a file in a folder; what a server keeps stays there."""
    file = make_url(url).database
    if make_url(url).get_backend_name() != "sqlite" or file is None:
        return url
    return _sqlite_url(Path(shutil.move(file, folder)))


def _sqlite_url(file: Path) -> str:
    return URL.create("sqlite", database=str(file)).render_as_string()


def _name(prepare: Prepare) -> str:
    return getattr(prepare, "__qualname__", repr(prepare))
