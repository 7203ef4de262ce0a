"""The two sorts of sessions: one that reads, and one that writes one journaled transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine, TextClause, event, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, object_session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.base import NO_VALUE
from sqlalchemy.sql.dml import UpdateBase

from desktop.domain.canonical import Json
from desktop.domain.conflicts import Stale
from desktop.domain.errors import Refusal
from desktop.store.commits import Mark, announce
from desktop.store.device import Installation
from desktop.store.hidden import Attempt, attempts, hidden, is_hidden
from desktop.store.history import saved_since
from desktop.store.journal import Recorder, Written
from desktop.store.refusals import written_once
from desktop.store.shapes import journaled_shapes, shape_of
from desktop.store.signing import Signer
from desktop.store.tables import Base, InsertOnly, Journaled, Record

R = TypeVar("R", bound=Base)
M = TypeVar("M", bound=Record)


class OfficeSession(Session):
    """What reading and writing sessions share; queries take either."""

    def fetch(self, record: type[R], key: UUID | str) -> R:
        """The record with this key.

        Raises:
            NotAllowed: it is there, and the server keeps it from the person.
            Refusal: there is none.
        """
        found = self.get(record, key)
        if found is None:
            raise _missing(self, record, key)
        return found

    def hides(self, record: type[Base], key: UUID | str) -> bool:
        """Whether a record that was not found is there, and the server keeps it from the person."""
        return is_hidden(self, record, key)


class ReadSession(OfficeSession):
    """A session that reads from one snapshot and refuses to write."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, autoflush=False, expire_on_commit=False)


class WriteSession(OfficeSession):
    """One transaction that leaves one sealed changeset; made by ``Database.writing``."""

    def __init__(self, engine: Engine, author: UUID | None, device: Installation, now: dt.datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("now needs a time zone")
        super().__init__(engine, autoflush=True, expire_on_commit=False)
        self.author = author
        self.device = device
        self.now = now
        self.recorder = Recorder(author, device, now)
        self.mark: Mark | None = None
        self.tried: tuple[Attempt, ...] = ()

    @property
    def signer(self) -> Signer | None:
        """The author's unlocked key, if there is one: it signs their sign-offs and the changeset."""
        return self.recorder.signer

    def sign_with(self, signer: Signer | None) -> None:
        """Sign with this key from now on, or with none."""
        self.recorder.signer = signer

    @property
    def changes(self) -> frozenset[Written]:
        """What has been written so far; final once the transaction is over."""
        return frozenset(self.recorder.written)

    def fetch_version(
        self, record: type[M], key: UUID, version: int | None, mine: Mapping[str, object] | None = None
    ) -> M:
        """The record with this key, as the caller saw it (None: whatever it is by now).

        Raises:
            Refusal: there is none, and never was.
            Stale: somebody saved or deleted it since (its version is another); it tells what they made of it, beside
                ``mine``, the fields that are to be saved.
        """
        found = self.get(record, key)
        self.need_version(record, key, found, version, mine)
        if found is None:
            raise _missing(self, record, key)
        return found

    def need_version(
        self,
        record: type[M],
        key: UUID,
        found: M | None,
        version: int | None,
        mine: Mapping[str, object] | None = None,
    ) -> None:
        """Go on only where a record is as the caller saw it: in this ``version``, of which 0 means there was none.

        Raises:
            Stale: as `fetch_version`.
        """
        if version is None or version == (found.version if found is not None else 0):
            return
        since = saved_since(self, record, key, found, version, mine or {})
        if since is not None:
            raise Stale("保存时发现这条记录已被他人修改。", since=since)

    def begin_nested(self) -> NoReturn:
        """Refused: a changeset tells of the whole transaction, or of nothing."""
        raise RuntimeError("a journaled transaction has no savepoints")


def _missing(session: Session, record: type[Base], key: UUID | str) -> Refusal:
    if is_hidden(session, record, key):
        return hidden(record, key)
    return Refusal(
        "找不到这条记录，它可能已被删除。",
        kept="其余数据未受影响。",
        todo="请刷新后重试。",
        details=f"{record.__tablename__} {key}",
    )


@event.listens_for(Journaled, "after_insert", propagate=True)
def _inserted(mapper: Mapper[Any], _connection: Connection, target: Base) -> None:
    shape = shape_of(mapper)
    values = target.__dict__
    fields: dict[str, Json] = {}
    for key, spell in shape.spells.items():
        value = values.get(key)
        if value is not None:
            fields[key] = spell(value)
        elif key not in values:
            set_committed_value(target, key, None)  # left at its default: a later change must find the old value
    _recorder_of(target).record(shape.entity, values[shape.key], "insert", fields)


@event.listens_for(Journaled, "after_update", propagate=True)
def _updated(mapper: Mapper[Any], _connection: Connection, target: Base) -> None:
    shape = shape_of(mapper)
    values = target.__dict__
    fields: dict[str, Json] = {}
    for key, old in inspect(target).committed_state.items():
        if old is NO_VALUE:
            raise RuntimeError(f"the old value of {shape.entity}.{key} was never read")
        if key not in shape.spells:
            if key == shape.key:
                raise RuntimeError(f"the key of {shape.entity} was changed")
            continue
        new = values[key]
        if new != old:
            spell = shape.spells[key]
            fields[key] = [None if old is None else spell(old), None if new is None else spell(new)]
    if fields:
        _recorder_of(target).record(shape.entity, values[shape.key], "update", fields)


@event.listens_for(Journaled, "after_delete", propagate=True)
def _deleted(mapper: Mapper[Any], _connection: Connection, target: Base) -> None:
    shape = shape_of(mapper)
    before = inspect(target).committed_state
    fields: dict[str, Json] = {}
    for key, spell in shape.spells.items():
        value = before[key] if key in before else getattr(target, key)
        if value is not None:
            fields[key] = spell(value)
    _recorder_of(target).record(shape.entity, getattr(target, shape.key), "delete", fields)


@event.listens_for(InsertOnly, "before_update", propagate=True)
def _refuse_update(mapper: Mapper[Any], _connection: Connection, target: Base) -> None:
    session = object_session(target)
    if session is not None and session.is_modified(target):
        raise written_once(f"update on {mapper.class_.__tablename__}")


@event.listens_for(InsertOnly, "before_delete", propagate=True)
def _refuse_delete(mapper: Mapper[Any], _connection: Connection, _target: Base) -> None:
    raise written_once(f"delete on {mapper.class_.__tablename__}")


def _recorder_of(target: Base) -> Recorder:
    session = object_session(target)
    if not isinstance(session, WriteSession):
        raise RuntimeError(  # noqa: TRY004 - not a wrong type: a wrong way in
            "shared records are written through Database.writing only"
        )
    return session.recorder


@event.listens_for(WriteSession, "before_flush")
def _note_attempts(session: WriteSession, _context: object, _instances: object) -> None:
    session.tried = attempts(session)


@event.listens_for(WriteSession, "after_flush")
def _write_changes(session: WriteSession, _context: object) -> None:
    session.recorder.write(session)


@event.listens_for(WriteSession, "before_commit")
def _seal(session: WriteSession) -> None:
    session.flush()
    sealed = session.recorder.seal(session)
    if sealed is not None:
        session.mark = announce(session.connection(), sealed)


@event.listens_for(WriteSession, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    """Bulk statements bypass the journal; on journaled tables they are refused, as is writing by bare text."""
    statement = state.statement
    if isinstance(statement, TextClause):
        if not statement.text.lstrip().upper().startswith("SELECT"):
            raise RuntimeError("bare SQL text may only read")
    elif isinstance(statement, UpdateBase) and str(statement.table) in journaled_shapes():
        raise RuntimeError("bulk writing of journaled tables bypasses the journal")


@event.listens_for(ReadSession, "before_flush")
def _refuse_flush(_session: ReadSession, _context: object, _instances: object) -> None:
    raise RuntimeError("a reading session cannot write")
