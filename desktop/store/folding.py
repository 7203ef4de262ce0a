"""The fold of the journal: what every record is by the changes that tell of it, as rows of its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, select

from desktop.domain.canonical import Json
from desktop.domain.errors import Damaged
from desktop.store.bodies import Body, read_body
from desktop.store.journal import change_hash
from desktop.store.shapes import Shape
from desktop.store.tables import Change, Changeset, Record, table_of
from desktop.store.tables.base import Instant, read_instant

_CHANGE, _HEADER = table_of(Change), table_of(Changeset)


@dataclass(slots=True)
class Folded:
    """One record by the journal: its key as text, its columns by the journal's spelling, how often it was saved.

    ``whole`` is false where something is missing that no later change tells: a body was withheld or altered.
    """

    key: str
    exists: bool = False
    whole: bool = True
    writes: int = 0
    fields: dict[str, Json] = field(default_factory=dict)


def fold(connection: Connection, shape: Shape) -> Generator[Folded]:
    """Every record of one table that the journal tells of, also deleted ones, in the order of their keys as text."""
    query = (
        select(
            _CHANGE.c.entity_id, _CHANGE.c.n, _CHANGE.c.op, _CHANGE.c.salt, _CHANGE.c.body, _CHANGE.c.hash,
            _HEADER.c.lamport, _HEADER.c.device_id, _HEADER.c.schema_no,
        )
        .join(_HEADER, _HEADER.c.id == _CHANGE.c.changeset_id)
        .where(_CHANGE.c.entity == shape.entity)
        .order_by(_CHANGE.c.entity_id, _HEADER.c.lamport, _HEADER.c.device_id, _CHANGE.c.n)
    )  # fmt: skip
    with connection.execute(query.execution_options(yield_per=2000)) as rows:
        for key, group in groupby(rows, key=lambda row: str(row.entity_id)):
            folded = Folded(key)
            for row in group:
                _carry_on(folded, row, _body_of(row, shape.entity), shape)
            yield folded


def _body_of(row: Any, entity: str) -> Body | None:  # noqa: ANN401 - a row of a query
    """The body, where it is there, is what was sealed, and tells of just this record."""
    if row.body is None:
        return None
    try:
        if change_hash(row.salt, row.body) != row.hash:
            return None
        body = read_body(row.body, row.schema_no)
    except (ValueError, Damaged):
        return None
    return body if (body.entity, body.id) == (entity, row.entity_id) else None


def _carry_on(folded: Folded, row: Any, body: Body | None, shape: Shape) -> None:  # noqa: ANN401 - a row of a query
    op = row.op if body is None else body.op
    if op == "delete":
        folded.exists, folded.whole, folded.writes, folded.fields = False, True, 0, {}
        return
    folded.exists = True
    folded.writes += 1
    if body is None:
        folded.whole, folded.fields = False, {}
        return
    for name, value in body.fields.items():
        match value:
            case [_, new] if op == "update":
                folded.fields[name] = new
            case _:
                folded.fields[name] = value
    folded.whole = folded.whole or folded.fields.keys() >= shape.spells.keys()


def row_of(folded: Folded, shape: Shape) -> dict[str, Any]:
    """A record as a row of its table; columns that the journal does not name are null.

    Raises:
        ValueError: the journal holds what does not belong into a column.
    """
    table = table_of(shape.record)
    key = _reader(table.c[shape.key])(folded.key)
    row: dict[str, Any] = dict.fromkeys(shape.spells) | {shape.key: key}
    for name, value in folded.fields.items():
        if name in shape.spells and value is not None:
            row[name] = _reader(table.c[name])(value)
    if issubclass(shape.record, Record):
        row["version"] = folded.writes
    return row


def _reader(column: Column[Any]) -> Callable[[Any], object]:
    if isinstance(column.type, Instant):
        return read_instant
    return _READ.get(column.type.python_type, _as_it_is)


def _as_it_is(value: object) -> object:
    return value


_READ: dict[type[Any], Callable[[Any], object]] = {UUID: UUID, dt.date: dt.date.fromisoformat}
