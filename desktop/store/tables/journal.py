"""The journal's own tables: installations, sealed changesets and their changes."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desktop.store.ids import new_id
from desktop.store.tables.base import Base, InsertOnly, Key, Large, Moment, Whole, Words, link


class Device(Base, kw_only=True):
    """An installation and the head of its chain: last ``seq``, last header's hash, last Lamport number."""

    __tablename__ = "device"

    id: Mapped[Key] = mapped_column(primary_key=True)
    name: Mapped[Words]
    seq: Mapped[Large] = mapped_column(default=0)
    head_hash: Mapped[Words] = mapped_column(default="")
    lamport: Mapped[Large] = mapped_column(default=0)
    registered_at: Mapped[Moment]


class Changeset(InsertOnly, Base, kw_only=True):
    """One commit's header; ``header`` is the canonical text that ``hash`` seals, the columns repeat it for queries.

    ``parents`` is the canonical list of the other installations' head hashes that were new to this one.
    """

    __tablename__ = "changeset"
    __table_args__ = (UniqueConstraint("device_id", "seq"), Index(None, "at"))

    id: Mapped[Key] = mapped_column(primary_key=True, default_factory=new_id)
    device_id: Mapped[Key] = mapped_column(link("device.id"))
    seq: Mapped[Large]
    author_id: Mapped[Key | None] = mapped_column(default=None)
    at: Mapped[Moment]
    prev_hash: Mapped[Words]
    lamport: Mapped[Large]
    parents: Mapped[Words]
    schema_no: Mapped[Whole]
    root: Mapped[Words]
    header: Mapped[Words]
    hash: Mapped[Words]
    signature: Mapped[Words] = mapped_column(default="")


class Change(InsertOnly, Base, kw_only=True):
    """What one record went through; ``hash`` seals salt and body. ``body`` is null where it was withheld.

    The body is canonical text ``{entity, id, op, fields}``: an insert's fields are ``{key: new}`` without nulls, an
    update's ``{key: [old, new]}``, a delete's ``{key: old}``.
    """

    __tablename__ = "change"
    __table_args__ = (Index(None, "entity", "entity_id"),)

    changeset_id: Mapped[Key] = mapped_column(link("changeset.id"), primary_key=True)
    n: Mapped[Whole] = mapped_column(primary_key=True)
    entity: Mapped[Words]
    entity_id: Mapped[Words]
    op: Mapped[Words]
    salt: Mapped[Words]
    body: Mapped[Words | None] = mapped_column(default=None)
    hash: Mapped[Words]
