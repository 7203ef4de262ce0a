"""Rows as they lie in the file, spelled as the journal spells them, so that no edit can hide behind a conversion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Select, Uuid, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from desktop.domain.errors import Refusal
from desktop.store.shapes import Shape, Spell
from desktop.store.tables import Base, Record, table_of

Speak = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key as text and as the engine hands it out, its columns without nulls, its version if it has one."""

    key: str
    raw: Any
    fields: dict[str, object]
    version: object


def rows_of(session: Session, shape: Shape, *order: str) -> Iterator[Row]:
    """All rows of a table in the order of their keys, or of the columns that are named."""
    table = table_of(shape.record)
    versioned = issubclass(shape.record, Record)
    names = [shape.key, *shape.spells, *(["version"] if versioned else [])]
    speak = _speakers(session, shape, names)
    query = raw_columns(shape.record, *names).order_by(*(table.c[name] for name in order or (shape.key,)))
    fields = range(1, 1 + len(shape.spells))
    for values in session.execute(query.execution_options(yield_per=2000)):
        spoken = {names[at]: speak[at](values[at]) for at in fields if values[at] is not None}
        yield Row(str(speak[0](values[0])), values[0], spoken, values[-1] if versioned else None)


def raw_columns(record: type[Base], *names: str) -> Select[Any]:
    """A query for columns as the engine hands them out: none of them is converted, so that none can refuse."""
    table = table_of(record)
    columns: list[Any] = [type_coerce(table.c[name], NullType()).label(name) for name in names]
    query: Select[Any] = select().add_columns(*columns)
    return query


def spoken_key(value: object) -> str:
    """A raw key of either engine as the journal spells it."""
    return str(_hyphenated(value))


def _speakers(session: Session, shape: Shape, names: Sequence[str]) -> list[Speak]:
    table = table_of(shape.record)
    lite = session.get_bind().dialect.name == "sqlite"
    return [_from_file(table.c[name]) if lite else _from_server(shape.spells.get(name)) for name in names]


def _from_file(column: Column[Any]) -> Speak:
    if isinstance(column.type, Uuid):
        return _hyphenated
    if isinstance(column.type, Boolean):
        return _truth
    return _as_it_is


def _from_server(spell: Spell | None) -> Speak:
    """The server keeps types by itself; its values are spelled like the program's."""
    if spell is None:
        return _as_it_is

    def speak(value: object) -> object:
        try:
            return spell(value)
        except Refusal:
            return repr(value)

    return speak


def _hyphenated(value: object) -> object:
    """A key out of a file, which the program writes in small letters only: another spelling is another key."""
    try:
        key = UUID(value) if isinstance(value, str) and len(value) == len(UUID(int=0).hex) else None
    except ValueError:
        return value
    return str(key) if key is not None and key.hex == value else value


def _truth(value: object) -> object:
    return bool(value) if value in (0, 1) else value


def _as_it_is(value: object) -> object:
    return value
