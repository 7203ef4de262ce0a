"""What an unlocked key signs while a transaction is written: sign-offs as they are added, the header at its end."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, event, inspect, select
from sqlalchemy.orm import Mapper, Session, object_session

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.identity import read_mark
from desktop.domain.statements import Statement
from desktop.store.shapes import shape_of
from desktop.store.tables import IdentityRecord, SignOff
from desktop.store.tables.base import spell_instant

SIGNED = (
    *("filing_id", "revision_id", "step_key", "decision", "signer_id", "signer_name", "recorded_by", "signed_on", "at"),
    *("opinion", "covers", "policy_sha256", "on_paper", "scan_sha", "for_id", "back_to"),
)
"""The columns of a sign-off that its signature covers besides its id: all but the signature itself."""


REQUIRED = "signatures required since"
"""The setting that says from when on sign-offs must be signed: canonical text of a moment, or null."""


class Signer(Protocol):
    """An unlocked key; ``key`` is its fingerprint."""

    @property
    def key(self) -> str:
        """The fingerprint."""

    def mark(self, text: str) -> str:
        """The signature over a text as it stands in a column."""


def sign_off_text(row: Any) -> str:  # noqa: ANN401 - a record, or a row of a query that has its columns
    """The canonical text of a sign-off that its signature signs; empty columns are left out."""
    spells = shape_of(inspect(SignOff)).spells
    fields: dict[str, Json] = {"epm": "sign-off 1", "id": str(row.id)}
    for name in SIGNED:
        value = getattr(row, name)
        if value is not None:
            fields[name] = spells[name](value)
    return canonical_text(fields)


def header_text(  # noqa: PLR0913 - the header's parts, each named
    *, device: UUID, seq: int, author: UUID | None, prev: str, lamport: int, parents: list[str], schema: int, root: str,
    at: dt.datetime, key: str,
) -> str:  # fmt: skip
    """The canonical text of a changeset's header, which its hash seals.

    ``key`` is the fingerprint of the key that signs it: a signature taken off is missed. Empty, the header is signed
    by nobody and says nothing of keys.
    """
    told: dict[str, Json] = {
        "device": str(device),
        "seq": seq,
        "author": None if author is None else str(author),
        "prev": prev,
        "lamport": lamport,
        "parents": list(parents),
        "schema": schema,
        "root": root,
        "at": spell_instant(at),
    }
    if key:
        told["key"] = key
    return canonical_text(told)


def header_key(header: str) -> str:
    """The fingerprint of the key by which a header says it is signed; empty where it says none or cannot be read."""
    try:
        told = read_canonical(header)
    except (ValueError, Refusal):
        return ""
    return str(told.get("key", "")) if isinstance(told, dict) else ""


def signature_fate(header: str, signature: str) -> str:
    """What became of the signature beside a header, a sentence; nothing where it is of the key that the header names.

    No signature stands beside a header that names no key.
    """
    mark = read_mark(signature) if signature else ("", "")
    if mark is not None and mark[0] == header_key(header):
        return ""
    return "电子签名被换过。" if signature else "电子签名被去掉了。"


def header_claim(sealed: str) -> str:
    """The canonical text that the signature of a changeset signs; ``sealed`` is its header's hash."""
    return canonical_text({"epm": "changeset 1", "hash": sealed})


def statements_of(session: Session) -> list[Statement]:
    """All identity records, in the order made."""
    rows = session.scalars(select(IdentityRecord).order_by(IdentityRecord.id))
    return [Statement(row.id, row.kind, row.key, row.person_id, row.text, row.signed_by, row.signature) for row in rows]


@event.listens_for(SignOff, "before_insert")
def _sign(_mapper: Mapper[Any], _connection: Connection, target: SignOff) -> None:
    """Sign what the session's author records; a sign-off that comes signed from elsewhere keeps its signature."""
    signer: Signer | None = getattr(object_session(target), "signer", None)
    if signer is not None and not target.signature:
        target.signature = signer.mark(sign_off_text(target))
