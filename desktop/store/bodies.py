"""Reading the bodies of changes, those of older schemas brought up to this program's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from desktop.domain.canonical import Json, read_canonical
from desktop.domain.errors import Damaged
from desktop.store.tables import SCHEMA_NO

Fields = Mapping[str, Json]
Upcaster = Callable[["Body"], "Body"]


@dataclass(frozen=True, slots=True)
class Body:
    """What a change says: an insert's fields are ``{key: new}``, an update's ``{key: [old, new]}``, a delete's old."""

    entity: str
    id: str
    op: str
    fields: Fields


def _unchanged(body: Body) -> Body:
    """Leave a body as it is: the next schema left the journaled tables as they were."""
    return body


_TURN = frozenset({"step_key", "step_role", "step_person_id", "waiting_since"})


def _without_turn(body: Body) -> Body:
    """Leave out whose turn it was: a filing does not say so any more, it follows from its chain and its sign-offs."""
    if body.entity != "filing":
        return body
    return replace(body, fields={key: value for key, value in body.fields.items() if key not in _TURN})


UPCASTERS: dict[int, Upcaster] = {1: _unchanged, 2: _without_turn, 3: _unchanged, 4: _unchanged}
"""Schema number → what turns a body written under it into one of the next schema; each migration brings its own,
because hashed history is never rewritten."""


def read_body(
    text: str, schema_no: int, *, upto: int = SCHEMA_NO, upcasters: Mapping[int, Upcaster] = UPCASTERS
) -> Body:
    """Read one body that was written under ``schema_no``, as if it had been written under ``upto``.

    Raises:
        Damaged: it is not a change's body.
    """
    try:
        told = read_canonical(text)
    except ValueError as error:
        raise _unreadable(text) from error
    match told:
        case {"entity": str(entity), "id": str(key), "op": str(op), "fields": dict(fields)}:
            body = Body(entity, key, op, fields)
        case _:
            raise _unreadable(text)
    for number in range(schema_no, upto):
        if number in upcasters:
            body = upcasters[number](body)
    return body


def _unreadable(text: str) -> Damaged:
    return Damaged("日志中的一条变动无法读取。", kept="其余日志未受影响。", details=text[:200])
