"""Rows as they lie in the file, spelled as the journal spells them, so that no edit can hide behind a conversion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Uuid, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from desktop.domain.errors import Refusal
from desktop.store.shapes import Shape, Spell
from desktop.store.tables import Record, table_of


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key as text, its columns without nulls, and its version if it has one."""

    key: str
    fields: dict[str, object]
    version: object


def rows_of(session: Session, shape: Shape) -> Iterator[Row]:
    """All rows of a journaled table in the order of their keys."""
    table = table_of(shape.record)
    versioned = issubclass(shape.record, Record)
    names = [shape.key, *shape.spells, *(["version"] if versioned else [])]
    lite = session.get_bind().dialect.name == "sqlite"
    speak = [_from_file(table.c[name]) if lite else _from_server(shape.spells.get(name)) for name in names]
    query = select(*[type_coerce(table.c[name], NullType()).label(name) for name in names])
    fields = range(1, 1 + len(shape.spells))
    for values in session.execute(query.order_by(table.c[shape.key]).execution_options(yield_per=2000)):
        spoken = {names[at]: speak[at](values[at]) for at in fields if values[at] is not None}
        yield Row(str(speak[0](values[0])), spoken, values[-1] if versioned else None)


def _from_file(column: Column[Any]) -> Callable[[object], object]:
    if isinstance(column.type, Uuid):
        return _hyphenated
    if isinstance(column.type, Boolean):
        return _truth
    return _as_it_is


def _from_server(spell: Spell | None) -> Callable[[object], object]:
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
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) == len(UUID(int=0).hex) else value
    except ValueError:
        return value


def _truth(value: object) -> object:
    return bool(value) if value in (0, 1) else value


def _as_it_is(value: object) -> object:
    return value
