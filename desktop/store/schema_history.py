"""The schema's history as the data tells it, written by every founding and upgrade and read with care."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, column, insert, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from desktop import __version__
from desktop.store.tables import SchemaChange, table_of
from desktop.store.tables.base import read_instant

_LONGEST = 40
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SchemaStep:
    """One founding or upgrade of the data.

    ``program`` is the version of the program that did it, empty where it is unknown; ``at`` an aware UTC moment or
    None where it is unknown; ``upgraded_from`` the schema before, None at the founding.
    """

    schema_no: int
    program: str
    at: dt.datetime | None
    upgraded_from: int | None


def note_step(connection: Connection, schema_no: int, now: dt.datetime, *, upgraded_from: int | None) -> None:
    """Write down, in the transaction that changes the schema, that this program did it ``now`` (an aware moment)."""
    row = {"schema_no": schema_no, "program": __version__, "at": now, "upgraded_from": upgraded_from}
    connection.execute(insert(table_of(SchemaChange)), row)


def schema_steps(connection: Connection) -> tuple[SchemaStep, ...]:
    """The data's history by schema number, the newest last; empty where it tells none.

    Nothing is taken for granted: a newer program may have changed the table that is read here.
    """
    name = SchemaChange.__tablename__
    wanted = ("schema_no", "program", "at", "upgraded_from")
    try:
        looking = inspect(connection)
        if not looking.has_table(name):
            return ()
        there = {str(item["name"]) for item in looking.get_columns(name)}
        columns: list[ColumnElement[Any]] = [column(one) for one in wanted if one in there]
        query = select(*columns).select_from(table(name))
        rows = [dict(row) for row in connection.execute(query).mappings()]
    except SQLAlchemyError:
        _log.warning("the schema's history cannot be read", exc_info=True)
        return ()
    steps = [
        SchemaStep(number, _words(row.get("program")), _moment(row.get("at")), _number(row.get("upgraded_from")))
        for row in rows
        if (number := _number(row.get("schema_no"))) is not None
    ]
    return tuple(sorted(steps, key=lambda step: step.schema_no))


def _number(value: object) -> int | None:
    return value if type(value) is int else None


def _words(value: object) -> str:
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""


def _moment(value: object) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        return None if value.tzinfo is None else value.astimezone(dt.UTC)
    try:
        return read_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None
