"""The fingerprint of a table: how many rows it holds, and one hash over all of them, the same on both engines."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Table, select
from sqlalchemy.exc import StatementError

from desktop.domain.canonical import sha256_text
from desktop.domain.errors import Damaged
from desktop.store.tables import Base
from desktop.store.tables.base import Instant, spell_instant

AT_ONCE = 1000
FEW_AT_ONCE = 4
"""Rows of a table whose cells may be a megabyte."""
Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What one table holds: ``sha256`` is over the canonical text of every row in the order of their keys."""

    table: str
    rows: int
    sha256: str


class Reader:
    """Reads one table in the order of its keys, piece by piece, and hashes what it hands out.

    Values are those of Python that belong to the columns; text is taken as it is, byte by byte.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._kinds = [_kind(column) for column in table.columns]
        self._spell = [_SPELL.get(kind) for kind in self._kinds]
        self._seen = sha256()
        self._rows = 0

    @property
    def fingerprint(self) -> Fingerprint:
        """Of what was read so far."""
        return Fingerprint(self.table.name, self._rows, self._seen.hexdigest())

    def pieces(self, connection: Connection) -> Generator[Sequence[Values]]:
        """All rows, some at once; to be closed by whoever does not read to the end.

        Raises:
            Damaged: a cell holds what does not belong into its column.
        """
        few = FEW_AT_ONCE if bytes in self._kinds else AT_ONCE
        query = select(self.table).order_by(*self.table.primary_key.columns)
        try:
            with connection.execute(query.execution_options(yield_per=few)) as result:
                for part in result.partitions():
                    rows: Sequence[Values] = part
                    self._take(rows)
                    yield rows
        except (ValueError, StatementError) as error:
            cause = error.orig if isinstance(error, StatementError) else error
            if not isinstance(cause, ValueError | TypeError):
                raise
            raise self._strange(str(cause)) from error

    def _take(self, rows: Sequence[Values]) -> None:
        columns = list(self.table.columns)
        for place, (kind, spell) in enumerate(zip(self._kinds, self._spell, strict=True)):
            if any(row[place] is not None and type(row[place]) is not kind for row in rows):
                raise self._strange(columns[place].name)
            if spell is not None:
                rows = [(*row[:place], _spelled(spell, row[place]), *row[place + 1 :]) for row in rows]
        for row in rows:
            self._seen.update(json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode())
            self._seen.update(b"\n")
        self._rows += len(rows)

    def _strange(self, details: str) -> Damaged:
        return Damaged(
            f"“{self.table.name}”中有一栏的内容无法读取。",
            kept="数据未作改动。",
            todo="请先做一次全面检查。",
            details=f"{self.table.name}: {details}",
        )


def fingerprint_of(connection: Connection, table: Table, tell: Callable[[int], None]) -> Fingerprint:
    """Read a whole table for its fingerprint; ``tell`` is given how many rows each piece had.

    Raises:
        Damaged: a cell holds what does not belong into its column.
    """
    reader = Reader(table)
    with closing(reader.pieces(connection)) as pieces:
        for piece in pieces:
            tell(len(piece))
    return reader.fingerprint


def whole_fingerprint(parts: Sequence[Fingerprint]) -> str:
    """One hash over the fingerprints of all tables, by their names."""
    lines = sorted(f"{part.table} {part.rows} {part.sha256}" for part in parts)
    return sha256_text("\n".join(lines))


def office_tables(*, without: frozenset[str]) -> list[Table]:
    """All tables of an office in the order in which their rows lean on one another."""
    return [table for table in Base.metadata.sorted_tables if table.name not in without]


def _kind(column: Column[Any]) -> type[Any]:
    return dt.datetime if isinstance(column.type, Instant) else column.type.python_type


def _spelled(spell: Callable[[Any], str], value: object) -> str | None:
    return None if value is None else spell(value)


def _digest(value: bytes) -> str:
    return sha256(value).hexdigest()


_SPELL: dict[type[Any], Callable[[Any], str]] = {
    UUID: str,
    dt.datetime: spell_instant,
    dt.date: dt.date.isoformat,
    bytes: _digest,
}
