"""The journal: every commit to shared records leaves one sealed, chained changeset in the same transaction.

Changes are collected from the mapper's own events while a session flushes, written at once, and sealed before the
commit: ``root`` over the salted hashes of the bodies, ``hash`` over the header, which names its predecessor.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from desktop.domain.canonical import Json, canonical_text, sha256_text
from desktop.store.device import Installation
from desktop.store.heads import Head
from desktop.store.ids import new_id, random_bytes
from desktop.store.signing import Signer, header_claim, header_text
from desktop.store.tables import SCHEMA_NO, Change, Changeset, Device, table_of
from desktop.store.tables.base import spell_instant

Op = Literal["insert", "update", "delete"]
SALT_BYTES = 16
INTRODUCED = ("name", "registered_at")
"""What the first changeset of an installation says of it, so that nobody gives its chain to another."""


class Written(NamedTuple):
    """One record that a transaction wrote: table name, key (a blob's is its sha256), and how."""

    entity: str
    id: UUID | str
    op: Op


@dataclass(frozen=True, slots=True)
class _Head:
    seq: int
    hash: str
    lamport: int


def change_hash(salt: str, body: str) -> str:
    """Hash of one change: sha256 over the salt's bytes (``salt`` is hexadecimal) and the body's UTF-8."""
    return sha256(bytes.fromhex(salt) + body.encode("utf-8")).hexdigest()


def root_hash(hashes: list[str]) -> str:
    """Hash over the change hashes of one changeset, in their order, joined by line feeds."""
    return sha256_text("\n".join(hashes))


class Recorder:
    """Collects the changes of one writing session and seals them into one changeset, which ``signer`` signs."""

    def __init__(self, author: UUID | None, device: Installation, now: dt.datetime) -> None:
        self.author = author
        self.device = device
        self.now = now
        self.signer: Signer | None = None
        self.written: set[Written] = set()
        self.changeset_id = new_id()
        self._pending: list[tuple[str, str, Op, str]] = []
        self._hashes: list[str] = []
        self._head: _Head | None = None
        self._introduction: dict[str, Json] = {}
        self._sealed = False
        self._sealed_head: Head | None = None

    @property
    def sealed_head(self) -> Head | None:
        """The head that the chain got by this changeset; None where nothing was sealed."""
        return self._sealed_head

    def take_head(self, session: Session) -> None:
        """Register the installation if it is new, and hold its chain's head until the transaction ends."""
        columns = (Device.seq, Device.head_hash, Device.lamport, Device.name, Device.registered_at)
        query = select(*columns).where(Device.id == self.device.id)
        row = session.execute(query.with_for_update()).one_or_none()
        if row is None:
            _register(session, self.device, self.now)
            row = session.execute(query.with_for_update()).one()
        seq, head_hash, lamport, name, registered_at = row
        self._head = _Head(seq, head_hash, lamport)
        if seq == 0:
            self._introduction = {"name": name, "registered_at": spell_instant(registered_at)}

    def record(self, entity: str, key: UUID | str, op: Op, fields: dict[str, Json]) -> None:
        """Note one change of one record."""
        entity_id = str(key)
        if self._sealed:
            raise RuntimeError("a change arrived after its changeset was sealed")
        body = canonical_text({"entity": entity, "id": entity_id, "op": op, "fields": fields})
        self._pending.append((entity, entity_id, op, body))
        self.written.add(Written(entity, key, op))

    def write(self, session: Session) -> None:
        """Write what was noted since the last time."""
        if not self._pending:
            return
        if self._introduction:
            key, fields = str(self.device.id), self._introduction
            self._introduction = {}
            body = canonical_text({"entity": "device", "id": key, "op": "insert", "fields": fields})
            self._pending.insert(0, ("device", key, "insert", body))
        salts = random_bytes(SALT_BYTES * len(self._pending))
        rows = []
        for index, (entity, entity_id, op, body) in enumerate(self._pending):
            salt = salts[index * SALT_BYTES : (index + 1) * SALT_BYTES]
            sealed = sha256(salt + body.encode("utf-8")).hexdigest()
            self._hashes.append(sealed)
            rows.append(
                {
                    "changeset_id": self.changeset_id,
                    "n": len(self._hashes),
                    "entity": entity,
                    "entity_id": entity_id,
                    "op": op,
                    "salt": salt.hex(),
                    "body": body,
                    "hash": sealed,
                }
            )
        self._pending.clear()
        session.connection().execute(insert(table_of(Change)), rows)

    def seal(self, session: Session) -> UUID | None:
        """Chain the collected changes to the installation's last changeset; nothing changed leaves no changeset.

        Returns the changeset's id, the first time.
        """
        if self._sealed or not self._hashes:
            return None
        head = self._head
        if head is None:
            raise RuntimeError("the chain's head was not taken before writing")
        others = select(Device.head_hash).where(Device.id != self.device.id, Device.head_hash != "")
        parents = sorted(session.scalars(others.where(Device.lamport >= head.lamport)))
        lamport = (session.scalar(select(func.max(Device.lamport))) or 0) + 1
        root = root_hash(self._hashes)
        header = header_text(
            device=self.device.id, seq=head.seq + 1, author=self.author, prev=head.hash, lamport=lamport,
            parents=parents, schema=SCHEMA_NO, root=root, at=self.now, key=self.signer.key if self.signer else "",
        )  # fmt: skip
        sealed = sha256_text(header)
        row = {
            "id": self.changeset_id,
            "device_id": self.device.id,
            "seq": head.seq + 1,
            "author_id": self.author,
            "at": self.now,
            "prev_hash": head.hash,
            "lamport": lamport,
            "parents": canonical_text(parents),
            "schema_no": SCHEMA_NO,
            "root": root,
            "header": header,
            "hash": sealed,
            "signature": self.signer.mark(header_claim(sealed)) if self.signer else "",
        }
        connection = session.connection()
        connection.execute(insert(table_of(Changeset)), row)
        moved = {"seq": head.seq + 1, "head_hash": sealed, "lamport": lamport}
        table = table_of(Device)
        connection.execute(update(table).where(table.c.id == self.device.id).values(moved))
        self._sealed_head = Head(str(self.device.id), self.device.name, head.seq + 1, sealed)
        self._sealed = True
        return self.changeset_id


def _register(session: Session, device: Installation, now: dt.datetime) -> None:
    """Add the installation's row, unless another process of the same installation was faster."""
    row = {"id": device.id, "name": device.name, "seq": 0, "head_hash": "", "lamport": 0, "registered_at": now}
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        connection.execute(postgresql.insert(table_of(Device)).values(row).on_conflict_do_nothing())
    else:
        connection.execute(sqlite.insert(table_of(Device)).values(row).on_conflict_do_nothing())
