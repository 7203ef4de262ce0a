"""An office with a row in every table, and whoever changes single values in it with the file or the server in hand."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Integer,
    LargeBinary,
    Uuid,
    inspect,
    make_url,
    select,
)
from sqlalchemy.sql.elements import NamedColumn

from desktop.domain.statements import Kind, statement_text
from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.ids import new_id
from desktop.store.keys import SecretKey, make_secret
from desktop.store.schema import create_schema
from desktop.store.sessions import WriteSession
from desktop.store.tables import Base, IdentityRecord, Journaled
from desktop.store.tables.base import Instant, spell_instant
from tests.store.offices import FOUNDED, NAMES, Small, fill_office

FIRST = Installation(UUID("0199a0b0-0000-7000-8000-000000000001"), "一号机")
SECOND = Installation(UUID("0199a0b0-0000-7000-8000-000000000002"), "二号机")


def full_office(url: str) -> None:
    """Make an office that has a row in every journaled table, by two installations."""
    db = open_database(url)
    create_schema(db, FOUNDED)
    small = fill_office(db, FIRST, FOUNDED)
    secret = make_secret()
    with db.writing(None, SECOND, FOUNDED + dt.timedelta(hours=1)) as session:
        session.add(_request(secret, small))
        for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__tablename__):
            record: type[Any] = mapper.class_
            if issubclass(record, Journaled) and session.scalars(select(record)).first() is None:
                session.add(_made(session, record))
    with db.writing(small.person, FIRST, FOUNDED + dt.timedelta(hours=2)) as session:
        session.sign_with(secret)
        for record in session.scalars(select(_class_of("person"))):
            record.phone = "13900000000"
    db.close()


def _request(secret: SecretKey, small: Small) -> IdentityRecord:
    """The person's request for an identity card: what its key signs is verified from then on."""
    says = {"public": secret.public, "person": str(small.person), "name": NAMES[0]}
    text = statement_text(small.office, Kind.REQUEST, FOUNDED, says)
    return IdentityRecord(
        kind=Kind.REQUEST.value,
        key=secret.key,
        person_id=small.person,
        text=text,
        signed_by=secret.key,
        signature=secret.sign(text),
        at=FOUNDED,
    )


def _made(session: WriteSession, record: type[Any]) -> Any:
    """A record whose every column says something."""
    mapper = inspect(record)
    values = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if attribute.key == "id" or column is mapper.version_id_col:
            continue
        target = next(iter(column.foreign_keys), None)
        if target is not None:
            values[attribute.key] = session.scalar(select(target.column))
        elif isinstance(column.type, Uuid):
            values[attribute.key] = new_id()
        else:
            values[attribute.key] = _value(column, FOUNDED)
    return record(**values)


def _class_of(table: str) -> type[Any]:
    (found,) = (mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == table)
    return found


def _value(column: NamedColumn[Any], now: dt.datetime) -> object:
    if isinstance(column.type, Instant):
        return now
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Date):
        return now.date()
    return 7 if isinstance(column.type, Integer | BigInteger) else "甲乙丙"


class Attacker:
    """Holds the file, or is superuser of the server, and has set the guards aside."""

    def __init__(self, db: Database) -> None:
        self._lite = db.file is not None
        if db.file is not None:
            self._connection: Any = sqlite3.connect(db.file, isolation_level=None)
            guards = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in guards:
                self._connection.execute(f"DROP TRIGGER {name}")
            return
        url = make_url(db.url.render_as_string(hide_password=False)).set(drivername="postgresql")
        self._connection = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
        self._connection.execute("SET session_replication_role = replica")

    def close(self) -> None:
        """Leave; the guards stay away."""
        self._connection.close()

    def run(self, statement: str, *values: object) -> Any:
        """One statement with ``?`` for each value."""
        if self._lite:
            return self._connection.execute(statement, [_as_in_file(value) for value in values])
        return self._connection.execute(statement.replace("?", "%s"), values)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows as the driver hands them out."""
        names = [column.name for column in Base.metadata.tables[table].columns]
        found = self.run(f"SELECT {', '.join(map(_quoted, names))} FROM {_quoted(table)}")
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    @contextmanager
    def changed(self, table: str, row: dict[str, Any], **values: object) -> Iterator[frozenset[str]]:
        """Values of one row changed, and put back in the end; gives how a finding may name the row."""
        altered = {**row, **values}
        self._write(table, row, values)
        yield keys_of(table, row) | keys_of(table, altered)
        self._write(table, altered, {name: row[name] for name in values})

    def _write(self, table: str, row: dict[str, Any], values: dict[str, object]) -> None:
        where, key = _key(table, row)
        setting = ", ".join(f"{_quoted(name)} = ?" for name in values)
        statement = f"UPDATE {_quoted(table)} SET {setting} WHERE {where}"
        assert self.run(statement, *values.values(), *key).rowcount == 1, statement

    @contextmanager
    def removed(self, table: str, row: dict[str, Any]) -> Iterator[frozenset[str]]:
        """One row deleted, and put back in the end."""
        where, key = _key(table, row)
        assert self.run(f"DELETE FROM {_quoted(table)} WHERE {where}", *key).rowcount == 1
        yield keys_of(table, row)
        self._insert(table, row)

    @contextmanager
    def added(self, table: str, row: dict[str, Any]) -> Iterator[frozenset[str]]:
        """One row inserted, and deleted in the end."""
        self._insert(table, row)
        yield keys_of(table, row)
        where, key = _key(table, row)
        self.run(f"DELETE FROM {_quoted(table)} WHERE {where}", *key)

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        names, places = ", ".join(map(_quoted, row)), ", ".join("?" for _ in row)
        self.run(f"INSERT INTO {_quoted(table)} ({names}) VALUES ({places})", *row.values())


def _key(table: str, row: dict[str, Any]) -> tuple[str, list[object]]:
    names = [column.name for column in Base.metadata.tables[table].primary_key.columns]
    return " AND ".join(f"{_quoted(name)} = ?" for name in names), [row[name] for name in names]


def keys_of(table: str, row: dict[str, Any]) -> frozenset[str]:
    """How findings may name a row: by its key; what belongs to a header or a record also by that."""
    names = [column.name for column in Base.metadata.tables[table].primary_key.columns]
    names += [name for name in ("changeset_id", "entity_id", "device_id") if name in row]
    return frozenset(spelled(row[name]) for name in names)


def another(column: NamedColumn[Any], value: Any) -> object:
    """The value next to this one: one bit, one character, one day aside; something, where nothing stands."""
    if value is None:
        return new_id() if isinstance(column.type, Uuid) else _value(column, FOUNDED)
    if isinstance(value, str):
        return flipped(value, len(value) - 1) if value else "x"
    if isinstance(value, dt.date):
        return value + (dt.timedelta(microseconds=1) if isinstance(value, dt.datetime) else dt.timedelta(days=1))
    if isinstance(value, UUID):
        return UUID(int=value.int ^ 1)
    if isinstance(column.type, Boolean):
        return not value
    return bytes([value[0] ^ 1]) + bytes(value[1:]) if isinstance(column.type, LargeBinary) else value + 1


def flipped(text: str, at: int) -> str:
    """The text with one bit of one character turned."""
    return f"{text[:at]}{chr(ord(text[at]) ^ 1)}{text[at + 1 :]}"


def spelled(value: object) -> str:
    """A key as the journal spells it."""
    with suppress(ValueError):
        if isinstance(value, str) and len(value) == len(UUID(int=0).hex):
            return str(UUID(value))
    return str(value)


def _as_in_file(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return spell_instant(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _quoted(name: str) -> str:
    return f'"{name}"'
