"""What cares for the office's data: signed identities, erased personal data, who is here, and where the data went."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.store.ids import new_id
from desktop.store.tables.base import Base, Fact, InsertOnly, Key, Moment, Whole, Words, link


class IdentityRecord(Fact, kw_only=True):
    """One signed statement about keys: a root key, a person's card, a grant, a revocation.

    ``text`` is the canonical text that ``signature`` (hexadecimal Ed25519) signs with the key of fingerprint
    ``signed_by``; ``key`` is the fingerprint of the key that the statement is about.
    """

    __tablename__ = "identity_record"
    __table_args__ = (Index(None, "person_id"), Index(None, "key"))

    kind: Mapped[Words]
    key: Mapped[Words]
    person_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    text: Mapped[Words]
    signed_by: Mapped[Words]
    signature: Mapped[Words]
    at: Mapped[Moment]


class Erasure(Fact, kw_only=True):
    """Personal data taken out of the journal's bodies (the hashes stay): whose, up to when, by which rule."""

    __tablename__ = "erasure"
    __table_args__ = (Index(None, "entity", "entity_id"),)

    entity: Mapped[Words]
    entity_id: Mapped[Words]
    upto: Mapped[Moment]
    bodies: Mapped[Whole]
    rule: Mapped[Words]
    by_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    at: Mapped[Moment]


class Presence(Base, kw_only=True):
    """A running program that has the office's data open; not journaled, forgotten when it leaves."""

    __tablename__ = "presence"
    __table_args__ = (Index(None, "seen_at"),)

    id: Mapped[Key] = mapped_column(primary_key=True, default_factory=new_id)
    person_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    device_id: Mapped[Key | None] = mapped_column(default=None)
    host: Mapped[Words]
    program: Mapped[Words]
    since: Mapped[Moment]
    seen_at: Mapped[Moment]


class Relocation(InsertOnly, Base, kw_only=True):
    """The office's data was moved away (one way): nothing is saved here any more. Neither copied nor journaled."""

    __tablename__ = "relocation"

    id: Mapped[Key] = mapped_column(primary_key=True, default_factory=new_id)
    place: Mapped[Words]
    at: Mapped[Moment]
