"""What the journal tells of one record: who changed what, when, from what to what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.canonical import Json
from desktop.store.bodies import Body, read_body
from desktop.store.tables import Change, Changeset


@dataclass(frozen=True, slots=True)
class PastChange:
    """One change of a record; ``fields`` maps a column to (old, new), empty where the body is ``withheld``."""

    entity: str
    id: str
    op: str
    at: dt.datetime
    author_id: UUID | None
    device_id: UUID
    seq: int
    lamport: int
    fields: Mapping[str, tuple[Json, Json]]
    withheld: bool


def changes_of(session: Session, entity: str, key: UUID | str) -> list[PastChange]:
    """All changes of one record (``entity`` is its table's name), the oldest first.

    Values are spelled as in the journal: days and moments as ISO text, keys as text, money as fen.
    """
    query = (
        select(Change, Changeset)
        .join(Changeset, Changeset.id == Change.changeset_id)
        .where(Change.entity == entity, Change.entity_id == str(key))
        .order_by(Changeset.lamport, Changeset.device_id, Change.n)
    )
    found = []
    for change, header in session.execute(query):
        body = None if change.body is None else read_body(change.body, header.schema_no)
        found.append(
            PastChange(
                entity=change.entity,
                id=change.entity_id,
                op=change.op,
                at=header.at,
                author_id=header.author_id,
                device_id=header.device_id,
                seq=header.seq,
                lamport=header.lamport,
                fields={} if body is None else _old_and_new(body),
                withheld=body is None,
            )
        )
    return found


def _old_and_new(body: Body) -> dict[str, tuple[Json, Json]]:
    if body.op == "insert":
        return {key: (None, new) for key, new in body.fields.items()}
    if body.op == "delete":
        return {key: (old, None) for key, old in body.fields.items()}
    pairs = {}
    for key, pair in body.fields.items():
        match pair:
            case [old, new]:
                pairs[key] = (old, new)
    return pairs
