"""Unsent drafts: a small file of their own on this machine, never in the journal, safe on disk at every save."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from desktop.domain.errors import Refusal
from desktop.store.faults import told
from desktop.store.tables.base import read_instant, spell_instant

FILE = "drafts.sqlite"
_FORMAT = 1
_TABLE = """
CREATE TABLE draft (
    id TEXT PRIMARY KEY, office_id TEXT NOT NULL, author_id TEXT NOT NULL, form_key TEXT NOT NULL,
    subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL, filing_id TEXT, base_revision_id TEXT,
    content TEXT NOT NULL, saved_at TEXT NOT NULL
)
"""


_SAVE = "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Draft:
    """A form being filled in; ``filing_id`` and ``base_revision_id`` where it reworks a filing.

    ``content`` is canonical text, ``saved_at`` an aware moment.
    """

    id: UUID
    office_id: UUID
    author_id: UUID
    form_key: str
    subject_kind: str
    subject_id: str
    content: str
    saved_at: dt.datetime
    filing_id: UUID | None = None
    base_revision_id: UUID | None = None


class Drafts:
    """The drafts file of one user's folder; safe to use from several threads.

    ``notice`` is empty, or tells in Chinese that a damaged file was moved aside and a new one begun.
    """

    def __init__(self, folder: Path) -> None:
        """Open or begin the file.

        Raises:
            Refusal: the folder cannot be written, or a newer program wrote the file.
        """
        self._file = folder / FILE
        self.notice = ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self._file.exists() and not self._is_sound():
                aside = _move_aside(self._file)
                self.notice = (
                    f"草稿文件已损坏，原文件改名保存为“{aside}”，另建了新的草稿文件。其中的草稿可请维护人员尝试取回。"
                )
        except OSError as error:
            raise Refusal(
                f"不能在“{folder}”中保存草稿。", todo="请检查该文件夹能否写入。", details=str(error)
            ) from error
        with self._opened() as connection:
            self._begin(connection)

    def save(self, draft: Draft) -> None:
        """Save a draft in place of its earlier state; it is on the disk when this returns.

        Raises:
            Refusal: it could not be saved (full, read-only, unspeakable text …).
        """
        with self._opened() as connection:
            connection.execute(_SAVE, _row(draft))

    def begin(self, draft: Draft) -> Draft:
        """Save a new draft, unless its author has one of that form on that subject open by now: then that one counts.

        Raises:
            Refusal: it could not be saved.
        """
        open_one = "SELECT * FROM draft WHERE (office_id, author_id, form_key, subject_id) = (?, ?, ?, ?)"
        alike = (str(draft.office_id), str(draft.author_id), draft.form_key, draft.subject_id)
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute(f"{open_one} AND filing_id IS NULL", alike).fetchone()
            if row is None:
                connection.execute(_SAVE, _row(draft))
            connection.execute("COMMIT")
        return draft if row is None else _draft(row)

    def load(self, key: UUID) -> Draft | None:
        """One draft, or None where there is none."""
        with self._opened() as connection:
            row = connection.execute("SELECT * FROM draft WHERE id = ?", (str(key),)).fetchone()
        return None if row is None else _draft(row)

    def list(self, office_id: UUID, author_id: UUID) -> list[Draft]:
        """A person's drafts in one office, the last saved first."""
        query = "SELECT * FROM draft WHERE office_id = ? AND author_id = ? ORDER BY saved_at DESC, id DESC"
        with self._opened() as connection:
            rows = connection.execute(query, (str(office_id), str(author_id))).fetchall()
        return [_draft(row) for row in rows]

    def delete(self, key: UUID) -> None:
        """Drop a draft, if it is there."""
        with self._opened() as connection:
            connection.execute("DELETE FROM draft WHERE id = ?", (str(key),))

    def _begin(self, connection: sqlite3.Connection) -> None:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found > _FORMAT:
            raise Refusal(
                f"草稿文件“{self._file}”由更新版本的程序保存。",
                kept="草稿未作改动。",
                todo="请安装新版本程序。",
            )
        if found == 0:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version = {_FORMAT}")
            connection.execute("COMMIT")

    def _is_sound(self) -> bool:
        try:
            with closing(sqlite3.connect(self._file)) as connection:
                return [row[0] for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                return False
            with told(str(self._file)):
                raise

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection that commits each statement by itself."""
        with (
            told(str(self._file)),
            closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as connection,
        ):
            connection.execute("PRAGMA synchronous = FULL")
            yield connection


def _row(draft: Draft) -> tuple[str | None, ...]:
    return (
        *(str(draft.id), str(draft.office_id), str(draft.author_id)),
        *(draft.form_key, draft.subject_kind, draft.subject_id),
        *(_text(draft.filing_id), _text(draft.base_revision_id)),
        *(draft.content, spell_instant(draft.saved_at)),
    )


def _draft(row: tuple[str, ...]) -> Draft:
    return Draft(
        id=UUID(row[0]),
        office_id=UUID(row[1]),
        author_id=UUID(row[2]),
        form_key=row[3],
        subject_kind=row[4],
        subject_id=row[5],
        filing_id=_key(row[6]),
        base_revision_id=_key(row[7]),
        content=row[8],
        saved_at=read_instant(row[9]),
    )


def _text(key: UUID | None) -> str | None:
    return None if key is None else str(key)


def _key(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _move_aside(file: Path) -> Path:
    """Rename a file (and its journal, which belongs to it) to the first free name."""
    number = 1
    while (aside := file.with_name(f"{file.stem}-损坏{number}{file.suffix}")).exists():
        number += 1
    file.rename(aside)
    journal = file.with_name(f"{file.name}-journal")
    if journal.exists():
        journal.rename(aside.with_name(f"{aside.name}-journal"))
    return aside
