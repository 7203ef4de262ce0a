"""Taking a person's data out of the journal: bodies and salts of their record's changes go, the sealed hashes stay.

With its salt the hash of a short body could be tried until it fits; so the salt goes, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.orm import Session

from desktop.store.guard import is_guarded
from desktop.store.history import changes_of
from desktop.store.sessions import WriteSession
from desktop.store.tables import Base, Change, Changeset, Erasure, Person, table_of

_ENTITY = Person.__tablename__
_CHANGE = table_of(Change)


def withhold_bodies(session: WriteSession, person_id: UUID, rule: str) -> int:
    """Take out what the journal tells of a person up to now, and note an erasure that says so; returns how many bodies.

    ``rule`` names the rule by which it is done. What this very transaction writes of the person stays.

    Raises:
        Refusal: (from the session's context) a guarded server does not let this person do it.
    """
    mine = (_CHANGE.c.entity == _ENTITY, _CHANGE.c.entity_id == str(person_id), _CHANGE.c.body.is_not(None))
    newest = select(func.max(Changeset.at), func.count()).join(Change, Change.changeset_id == Changeset.id)
    last, bodies = session.execute(newest.where(*mine)).one()
    if not bodies:
        return 0
    upto = max(last, session.now)
    session.add(
        Erasure(
            entity=_ENTITY,
            entity_id=str(person_id),
            upto=upto,
            bodies=bodies,
            rule=rule,
            by_id=session.author,
            at=session.now,
        )
    )
    session.flush()
    connection = session.connection()
    if is_guarded(connection):
        connection.execute(text("SELECT guard.erase_bodies(CAST(:person AS uuid))"), {"person": str(person_id)})
    else:
        connection.execute(update(_CHANGE).where(*mine).values(body=None, salt=""))
    return int(bodies)


def told_particulars(session: Session, person_id: UUID, names: tuple[str, ...]) -> bool:
    """Whether the journal still tells something of a person in one of these columns."""
    for change in changes_of(session, _ENTITY, person_id):
        if any(value for name in names for value in change.fields.get(name, ())):
            return True
    return False


def is_named(session: Session, person_id: UUID) -> bool:
    """Whether any record, signature, entry of the journal or written content names a person."""
    if session.scalar(select(func.count()).where(Changeset.author_id == person_id)):
        return True
    return any(session.scalar(query) for query in _namings(person_id))


def _namings(person_id: UUID) -> Iterator[Select[int]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            links = {key.column.table.name for key in column.foreign_keys}
            if _ENTITY in links and (table.name, column.name) != (Erasure.__tablename__, "by_id"):
                yield select(func.count()).select_from(table).where(column == person_id)
            elif column.name in _CONTENTS.get(table.name, ()):
                yield select(func.count()).select_from(table).where(column.contains(str(person_id)))


_CONTENTS: Mapping[str, tuple[str, ...]] = {
    "section": ("text",),
    "contract": ("content",),
    "plan_line": ("content",),
    "problem": ("content",),
    "report_line": ("content",),
}
"""Columns with canonical text in which people are named by their keys."""
