"""An office of schema 0001 as people have it: the data file that its program made, and the same on a server."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, create_engine, inspect, make_url, text

from desktop.store.engine import VERSION_TABLE, open_database
from desktop.store.schema import migrating, run_migrations
from desktop.store.schema_history import SchemaStep, schema_steps
from desktop.store.tables.base import read_instant

DATA = Path(__file__).parent / "data"
OFFICE = DATA / "office-0001.epm"
PRINTS: dict[str, str] = json.loads((DATA / "office-0001.prints.json").read_text(encoding="utf-8"))
FOUNDED = dt.datetime(2026, 1, 15, 8, 45, tzinfo=dt.UTC)
CLERK = "李秀英"

Rows = dict[str, list[str]]

_SPEAK: dict[str, Callable[[Any], object]] = {
    "UUID": UUID,
    "TIMESTAMP": read_instant,
    "DATE": dt.date.fromisoformat,
    "BOOLEAN": bool,
}


def place_old_office(url: str) -> None:
    """Put the old office there: copied as a file, or row by row into the tables that migration 0001 makes."""
    database = make_url(url).database
    if url.startswith("sqlite"):
        shutil.copyfile(OFFICE, database or "")
        return
    db = open_database(url, schema_no=1)
    with migrating(db) as server, create_engine(f"sqlite:///{OFFICE}").connect() as lite:
        run_migrations(server, 1)
        tables = MetaData()
        tables.reflect(server)
        for table in tables.tables.values():
            if table.name != VERSION_TABLE:
                speak = {column.name: _SPEAK.get(type(column.type).__name__) for column in table.columns}
                rows = [dict(row) for row in lite.execute(text(f"SELECT * FROM {table.name}")).mappings()]
                spoken = [{name: _spoken(speak[name], value) for name, value in row.items()} for row in rows]
                if spoken:
                    server.execute(table.insert(), spoken)
    db.close()


def _spoken(speak: Callable[[Any], object] | None, value: object) -> object:
    return value if speak is None or value is None else speak(value)


MOVED = {"filing": {"step_key", "step_role", "step_person_id", "waiting_since"}}
"""Columns of schema 0001 that a later one keeps elsewhere: ``turns_of`` finds what they said."""


def turns_of(target: str | Path) -> list[tuple[str, str, str, str]]:
    """Whose turn each filing says it is, wherever the data's schema keeps it: filing, step, role and person."""
    old = "SELECT id, step_key, step_role, step_person_id FROM filing WHERE step_key <> ''"
    new = "SELECT filing_id, step_key, role, person_id FROM turn"
    db = open_database(target)
    with db.connecting() as connection:
        kept = any(column["name"] == "step_key" for column in inspect(connection).get_columns("filing"))
        rows = connection.execute(text(old if kept else new)).all()
    db.close()
    return sorted((str(filing), step, role, str(person)) for filing, step, role, person in rows)


def rows_of(target: str | Path) -> Rows:
    """Every row of every table that schema 0001 has, in the columns that it has and nobody moved, past the program."""
    db = open_database(target)
    with db.connecting() as connection:
        rows = {
            name: sorted(map(repr, connection.execute(text(f"SELECT {columns} FROM {name}"))))
            for name, columns in _old_columns().items()
        }
    db.close()
    return rows


@cache
def _old_columns() -> dict[str, str]:
    with create_engine(f"sqlite:///{OFFICE}").connect() as lite:
        tables = inspect(lite)
        return {
            name: ", ".join(
                column["name"] for column in tables.get_columns(name) if column["name"] not in MOVED.get(name, ())
            )
            for name in tables.get_table_names()
            if name != VERSION_TABLE
        }


def schema_of(target: str | Path) -> str:
    """The schema that the data says it has."""
    db = open_database(target)
    with db.connecting() as connection:
        found = str(connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one())
    db.close()
    return found


def steps_of(target: str | Path) -> tuple[SchemaStep, ...]:
    """What the data tells of its schema's history."""
    db = open_database(target)
    with db.connecting() as connection:
        steps = schema_steps(connection)
    db.close()
    return steps
