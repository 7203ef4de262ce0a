"""Records that row security keeps from whoever is logged in: told as that, not as somebody else's save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from desktop.domain.errors import NotAllowed
from desktop.store.guard.guarded import is_guarded
from desktop.store.tables import Base, Record

_IS_THERE = text("SELECT guard.is_there(:entity, :key)")
_KEPT = "没有作任何改动，您填写的内容仍在。"
_TODO = "请刷新后核对；认为应当有权的，请与维护人员和角色的同事联系。"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A record that a transaction means to change or delete, in the version in which it was read."""

    record: type[Record]
    key: UUID
    version: int


def attempts(session: Session) -> tuple[Attempt, ...]:
    """What a session is about to change or delete of records that bear a version."""
    rows = (row for row in (*session.dirty, *session.deleted) if isinstance(row, Record))
    return tuple(Attempt(type(row), row.id, row.__dict__.get("version", 0)) for row in rows)


def is_hidden(session: Session, record: type[Base], key: UUID | str) -> bool:
    """Whether there is such a record, kept from the person by the server; asked where none was found."""
    connection = session.connection()
    if not is_guarded(connection):
        return False
    named = {"entity": record.__tablename__, "key": str(key)}
    return bool(connection.scalar(_IS_THERE, named))


def hidden(record: type[Base], key: UUID | str) -> NotAllowed:
    """What is said about a record that is there, and not for this person."""
    return NotAllowed(
        "按制度的权限，您不能（或已不能）查看这条记录。",
        kept=_KEPT,
        todo=_TODO,
        details=f"{record.__tablename__} {key}",
    )


def refuse_hidden(session: Session, tried: Sequence[Attempt]) -> None:
    """After a save that met no row: go on only if somebody else's save may be the reason.

    The session's transaction is over; another one asks.

    Raises:
        NotAllowed: one of the records is not the person's to see, or to change: it stands as it was read.
    """
    session.rollback()
    if not tried or not is_guarded(session.connection()):
        return
    for one in tried:
        version = session.scalar(select(one.record.version).where(one.record.id == one.key))
        if version is None and is_hidden(session, one.record, one.key):
            raise hidden(one.record, one.key)
        if version == one.version:
            raise NotAllowed(
                "按制度的权限，您不能更改或删除这条记录。",
                kept=_KEPT,
                todo=_TODO,
                details=f"{one.record.__tablename__} {one.key}",
            )
    session.rollback()
