"""How a record's columns are spelled in the journal: typed, float-free JSON values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import Mapper

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.store.tables.base import Base, Instant, Journaled, spell_instant

Spell = Callable[[Any], Json]


@dataclass(frozen=True, slots=True)
class Shape:
    """A journaled table: its name in the journal, its key, and how each further column is spelled.

    The key and the version are no fields: the key names the record, the version counts its changes.
    """

    entity: str
    record: type[Base]
    key: str
    spells: Mapping[str, Spell]


def shape_of(mapper: Mapper[Any]) -> Shape:
    """The shape of a mapped class, worked out once per class."""
    shape = _known.get(mapper.class_)
    if shape is None:
        shape = _known[mapper.class_] = _work_out(mapper)
    return shape


def journaled_shapes() -> dict[str, Shape]:
    """All journaled tables by their names in the journal."""
    mappers = [mapper for mapper in Base.registry.mappers if issubclass(mapper.class_, Journaled)]
    shapes = [shape_of(mapper) for mapper in mappers]
    return {shape.entity: shape for shape in sorted(shapes, key=lambda shape: shape.entity)}


_known: dict[type[Any], Shape] = {}


def _work_out(mapper: Mapper[Any]) -> Shape:
    version = mapper.version_id_col
    spells: dict[str, Spell] = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if column is version or column.primary_key:
            continue
        kind = dt.datetime if isinstance(column.type, Instant) else column.type.python_type
        spells[attribute.key] = _spell_for(kind, f"{mapper.class_.__tablename__}.{attribute.key}")
    key = mapper.get_property_by_column(mapper.primary_key[0]).key
    return Shape(mapper.class_.__tablename__, inspect(mapper.class_).class_, key, spells)


def _spell_for(kind: type[Any], where: str) -> Spell:
    """A speller that lets through its own kind only, since SQLite would store anything."""
    special: dict[type[Any], Callable[[str, object], Json]] = {UUID: _identifier, dt.datetime: _instant, dt.date: _day}
    if kind in special:
        return partial(special[kind], where)
    return partial(_plain, kind, where)


def _plain(kind: type[Any], where: str, value: Json) -> Json:
    if type(value) is kind or (kind is not int and isinstance(value, kind)):
        return value
    raise _mistyped(where, value)


def _identifier(where: str, value: object) -> Json:
    if isinstance(value, UUID):
        return str(value)
    raise _mistyped(where, value)


def _day(where: str, value: object) -> Json:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    raise _mistyped(where, value)


def _instant(where: str, value: object) -> Json:
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return spell_instant(value)
    raise _mistyped(where, value)


def _mistyped(where: str, value: object) -> Refusal:
    return Refusal(
        f"“{where}”的内容类型不符，未能保存。",
        kept="原有数据未作改动。",
        details=f"{where}: {type(value).__name__} does not belong here",
    )
