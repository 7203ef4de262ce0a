"""What the journal tells of one record: who changed what, when, from what to what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from desktop.domain.canonical import Json
from desktop.domain.conflicts import SavedSince
from desktop.store.bodies import Body, read_body
from desktop.store.shapes import Shape, shape_of
from desktop.store.tables import Change, Changeset, Record


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
                fields={} if body is None else old_and_new(body),
                withheld=body is None,
            )
        )
    return found


def old_and_new(body: Body) -> dict[str, tuple[Json, Json]]:
    """What a change says of each field: before and after."""
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


def saved_since(
    session: Session,
    record: type[Record],
    key: UUID,
    found: Record | None,
    version: int,
    mine: Mapping[str, object],
) -> SavedSince | None:
    """What others made of a record since its ``version``, which 0 means there was none; None where it never was.

    ``found`` is the record as it is, None where it is gone; ``mine`` the fields that were to be saved.
    """
    shape = shape_of(inspect(record))
    past = changes_of(session, shape.entity, key)
    if found is None and not past:
        return None
    later = (found.version if found is not None else len(past)) - version
    known = 0 <= len(past) - later < len(past)
    since = past[len(past) - later :] if known else past[-1:]
    return SavedSince(
        entity=shape.entity,
        version=found.version if found is not None else 0,
        before=_folded(past[: len(past) - later]) if known else None,
        now={} if found is None else {key: _spelled(shape, key, getattr(found, key)) for key in shape.spells},
        mine={key: _spelled(shape, key, value) for key, value in mine.items()},
        values={} if found is None else {key: getattr(found, key) for key in shape.spells},
        authors=tuple(dict.fromkeys(change.author_id for change in reversed(since)))[::-1],
        at=since[-1].at if since else None,
    )


def _spelled(shape: Shape, key: str, value: object) -> Json:
    return None if value is None else shape.spells[key](value)


def _folded(past: Sequence[PastChange]) -> dict[str, Json] | None:
    """The fields after these changes; None where one of them was taken out."""
    if any(change.withheld for change in past):
        return None
    return {key: new for change in past for key, (_old, new) in change.fields.items()}
