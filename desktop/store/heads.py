"""Where the chains of the journal end, and what somebody has seen of them before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from desktop.store.tables import Changeset, Device, table_of

CODE = 16
"""Hexadecimal digits of a seal on paper."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last header of one installation's chain."""

    device: str
    name: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A head as it was seen once; ``where`` says by whom and when, in words before 见过; ``at`` is an aware moment."""

    head: Head
    where: str
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """A seal on paper: the number of an entry over all chains (its Lamport number), and how its hash begins."""

    number: int
    code: str


def heads_of(connection: Connection) -> tuple[Head, ...]:
    """Where the chains of all installations end."""
    table = table_of(Device)
    rows = connection.execute(select(table.c.id, table.c.name, table.c.seq, table.c.head_hash).order_by(table.c.id))
    return tuple(Head(str(row.id), row.name, row.seq, row.head_hash) for row in rows)


def newest_seal(connection: Connection) -> Printed | None:
    """The seal that all others lead to: each header names its predecessor and the heads of the other chains."""
    table = table_of(Device)
    query = select(table.c.lamport, table.c.head_hash).where(table.c.seq > 0)
    row = connection.execute(query.order_by(table.c.lamport.desc(), table.c.head_hash).limit(1)).one_or_none()
    return None if row is None else Printed(row.lamport, row.head_hash[:CODE])


def lacking(connection: Connection, seen: Iterable[Seen]) -> list[Seen]:
    """Of the newest heads that were seen of each chain those that do not stand in it any more."""
    newest = {one.head.device: one for one in sorted(seen, key=lambda one: one.head.seq)}
    table = table_of(Changeset)
    query = select(table.c.device_id, table.c.seq, table.c.hash).where(
        table.c.device_id.in_([UUID(device) for device in newest]),
        table.c.seq.in_([one.head.seq for one in newest.values()]),
    )
    there = {(str(row.device_id), row.seq, row.hash) for row in connection.execute(query)} if newest else set()
    return [one for one in newest.values() if (one.head.device, one.head.seq, one.head.hash) not in there]
