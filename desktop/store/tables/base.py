"""What every table shares: column kinds, deferred links, and the three sorts of records."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Dialect, ForeignKey, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from desktop.store.ids import new_id

SCHEMA_NO = 5
"""Number of the schema that these classes describe; the newest migration is named after it (``0001_…``)."""

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point on both engines."""

INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def spell_instant(moment: dt.datetime) -> str:
    """Spell an aware moment as UTC of fixed width, so that text order is time order.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be stored")
    return moment.astimezone(dt.UTC).strftime(INSTANT_FORMAT)


def read_instant(text: str) -> dt.datetime:
    """Read what ``spell_instant`` wrote; always aware, always UTC."""
    return dt.datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=dt.UTC)


class Instant(TypeDecorator[dt.datetime]):
    """A moment in UTC: fixed-width text on SQLite, timestamptz on PostgreSQL; naive values are refused."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the engine's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> object:
        """Spell the moment for the engine."""
        if value is None:
            return None
        spelled = spell_instant(value)
        return value.astimezone(dt.UTC) if dialect.name == "postgresql" else spelled

    def process_result_value(
        self,
        value: object,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> dt.datetime | None:
        """Hand back an aware UTC moment."""
        if value is None:
            return None
        return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else read_instant(str(value))


# Old values are loaded before they are replaced (active history): the journal tells both.
Key = Annotated[UUID, mapped_column(Uuid, active_history=True)]
Words = Annotated[str, mapped_column(TEXT, active_history=True)]
Whole = Annotated[int, mapped_column(Integer, active_history=True)]
Large = Annotated[int, mapped_column(BigInteger, active_history=True)]
Fen = Annotated[int, mapped_column(BigInteger, active_history=True)]
Flag = Annotated[bool, mapped_column(Boolean, active_history=True)]
Day = Annotated[dt.date, mapped_column(Date, active_history=True)]
Moment = Annotated[dt.datetime, mapped_column(Instant, active_history=True)]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def link(target: str, *, closes_ring: bool = False) -> ForeignKey:
    """A foreign key checked at commit, so that rows of one transaction may be written in any order.

    ``closes_ring`` marks the one link of a ring of tables that sorting them leaves out.
    """
    return ForeignKey(target, deferrable=True, initially="DEFERRED", use_alter=closes_ring)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """Root of all tables; constructors take keywords only and are checked by the type checker."""

    metadata = MetaData(naming_convention=NAMING)


def table_of(record: type[Base]) -> Table:
    """The Core table of a record's class."""
    table = record.__table__
    assert isinstance(table, Table)  # noqa: S101 - no class here maps a query or a join
    return table


class Journaled:
    """Marks tables whose every change is written to the journal."""


class InsertOnly:
    """Marks tables whose rows are never changed or deleted, by the program or behind its back."""


class Record(Journaled, Base, kw_only=True):
    """A mutable, journaled record with an optimistic version."""

    __abstract__ = True

    id: Mapped[Key] = mapped_column(primary_key=True, default_factory=new_id)
    version: Mapped[int] = mapped_column(Integer, init=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a class-level directive
        """A save over someone else's newer save is refused."""
        return {"version_id_col": cls.version}


class Fact(Journaled, InsertOnly, Base, kw_only=True):
    """A journaled record that is written once."""

    __abstract__ = True

    id: Mapped[Key] = mapped_column(primary_key=True, default_factory=new_id)
