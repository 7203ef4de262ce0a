"""Rebuilding an office's state from its journal, in a fresh file, whatever was done to the state past the program.

The journal, the installations and the archive's contents are copied; every journaled table is the fold of its changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.orm import Session

from desktop.domain.errors import Damaged, Refusal
from desktop.store.copying import Tell, check_links
from desktop.store.engine import Database, open_database
from desktop.store.faults import told
from desktop.store.files import check_whole, flush_to_disk
from desktop.store.fingerprints import Reader, fingerprint_of, office_tables
from desktop.store.folding import Folded, fold, row_of
from desktop.store.schema import migrating, run_migrations
from desktop.store.shapes import Shape, journaled_shapes
from desktop.store.tables import (
    Blob,
    BlobChunk,
    Change,
    Changeset,
    Device,
    Filing,
    Presence,
    Relocation,
    SchemaChange,
    Turn,
    table_of,
)
from desktop.store.verify.finding import TITLES, place_of
from desktop.store.verify.rows import Row, rows_of

COPIED = (Device, Changeset, Change, SchemaChange)
"""What is not told by the journal because it is the journal, or of this one file."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that is not in the rebuilt data as it was in the state.

    ``where`` names it, ``what`` says in words what became of it.
    """

    table: str
    key: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What rebuilding came to.

    ``undone`` is what had been done past the program and is as the journal says again; ``kept`` are records that the
    journal does not tell whole, taken over from the state; ``lost`` are archived files whose content is not what was
    archived.
    """

    undone: tuple[Difference, ...]
    kept: tuple[Difference, ...]
    lost: tuple[str, ...]
    equal: bool


def rebuild(source: Database, file: Path, tell: Tell) -> Rebuilt:
    """Rebuild an office from its journal into ``file``, which must not exist yet.

    Raises:
        Refusal: the source cannot be read, the file cannot be written, or the journal makes no whole of it.
    """
    file.touch(exist_ok=False)
    target = open_database(file, schema_no=source.schema_no)
    try:
        with source.connecting() as old:
            source.need_schema(old)
            with told(target.place), migrating(target) as new:
                run_migrations(new, target.schema_no)
                made = _Rebuilding(old, new, tell).run()
    finally:
        target.close()
    check_whole(file)
    flush_to_disk(file)
    return made


class _Rebuilding:
    def __init__(self, old: Connection, new: Connection, tell: Tell) -> None:
        self._old, self._new, self._tell = old, new, tell
        self._undone: list[Difference] = []
        self._kept: list[Difference] = []
        self._shapes = journaled_shapes()
        self._total = len(COPIED) + len(self._shapes) + 3
        self._done = 0

    def run(self) -> Rebuilt:
        for record in COPIED:
            self._step(record.__tablename__)
            self._copy(table_of(record))
        for shape in self._shapes.values():
            self._step(shape.entity)
            self._fold(shape)
        self._step(BlobChunk.__tablename__)
        lost = list(self._copy_contents())
        self._step(Turn.__tablename__)
        self._copy_turns()
        check_links(self._new)
        self._step("office")
        return Rebuilt(tuple(self._undone), tuple(self._kept), tuple(lost), equal=self._equal())

    def _step(self, table: str) -> None:
        self._tell(self._done, self._total, f"重建{TITLES.get(table, table)}")
        self._done += 1

    def _copy(self, table: Table) -> None:
        names = [column.name for column in table.columns]
        with closing(Reader(table).pieces(self._old)) as pieces:
            for piece in pieces:
                self._new.execute(insert(table), [dict(zip(names, row, strict=True)) for row in piece])

    def _fold(self, shape: Shape) -> None:
        """Write one table anew, and note where the state had been something else."""
        pending: list[dict[str, Any]] = []
        with Session(self._old) as session:
            state = {row.key: row for row in rows_of(session, shape)}
        with closing(fold(self._old, shape)) as stream:
            for folded in stream:
                self._note(shape, folded, state.pop(folded.key, None))
                if folded.exists:
                    pending.append(_readable(shape, folded))
                if len(pending) >= _AT_ONCE:
                    self._new.execute(insert(table_of(shape.record)), pending)
                    pending.clear()
        if pending:
            self._new.execute(insert(table_of(shape.record)), pending)
        for key, was in state.items():
            self._undo(shape, key, was.fields, "日志中没有这条记录：没有带过去。")

    def _note(self, shape: Shape, folded: Folded, was: Row | None) -> None:
        """Hold a record by the journal against the state; what the journal does not tell is as the state has it."""
        if folded.exists and not folded.whole:
            if was is None:
                folded.exists = False
                self._keep(shape, folded.key, {}, "日志的内容不全，记录又已缺失：不能重建。")
                return
            folded.fields = {**was.fields, **folded.fields}  # type: ignore[dict-item]
            what = "日志的内容不全（已清除，或被改动）：没有记载的栏按现状保留。"
            self._keep(shape, folded.key, was.fields, what)
        told_of = {name: value for name, value in folded.fields.items() if value is not None}
        if not folded.exists:
            if was is not None:
                self._undo(shape, folded.key, was.fields, "日志说它已删除：没有带过去。")
        elif was is None:
            self._undo(shape, folded.key, told_of, "记录已缺失：按日志补回。")
        elif (words := "；".join(_changes(was, told_of, folded.writes))) != "":
            self._undo(shape, folded.key, was.fields, f"{words}。")

    def _undo(self, shape: Shape, key: str, fields: Mapping[str, object], what: str) -> None:
        self._undone.append(Difference(shape.entity, key, place_of(shape.entity, fields), what))

    def _keep(self, shape: Shape, key: str, fields: Mapping[str, object], what: str) -> None:
        self._kept.append(Difference(shape.entity, key, place_of(shape.entity, fields), what))

    def _copy_contents(self) -> Iterator[str]:
        """Copy the archive's contents that are what was archived; yields the others."""
        chunks = table_of(BlobChunk)
        for sha256, size in self._new.execute(select(table_of(Blob).c.sha256, table_of(Blob).c.size)).all():
            seen, length = hashlib.sha256(), 0
            query = select(chunks).where(chunks.c.sha256 == sha256).order_by(chunks.c.n)
            with self._old.execute(query.execution_options(yield_per=1)) as rows:
                for row in rows.mappings():
                    seen.update(row["data"])
                    length += len(row["data"])
                    self._new.execute(insert(chunks), dict(row))
            if (seen.hexdigest(), length) != (sha256, size):
                yield sha256

    def _copy_turns(self) -> None:
        """Take over whose turn it is for filings that are there; services work out again what follows."""
        turns = table_of(Turn)
        there = set(self._new.scalars(select(table_of(Filing).c.id)))
        rows = [dict(row) for row in self._old.execute(select(turns)).mappings() if row["filing_id"] in there]
        if rows:
            self._new.execute(insert(turns), rows)

    def _equal(self) -> bool:
        """Whether the rebuilt data is just what the state was, row by row."""
        without = frozenset({Presence.__tablename__, Relocation.__tablename__})

        def silent(_rows: int) -> None:
            pass

        tables = office_tables(without=without)
        try:
            return all(
                fingerprint_of(self._old, one, silent) == fingerprint_of(self._new, one, silent) for one in tables
            )
        except Damaged:  # a cell of the state that cannot even be read
            return False


def _readable(shape: Shape, folded: Folded) -> dict[str, Any]:
    try:
        return row_of(folded, shape)
    except (ValueError, TypeError) as error:
        raise Refusal(
            f"日志中“{TITLES.get(shape.entity, shape.entity)}”的一条变动无法读取，不能重建。",
            kept="数据未作改动。",
            todo="请换用最近的备份。",
            details=f"{shape.entity} {folded.key}: {error}",
        ) from error


def _changes(was: Row, told_of: Mapping[str, object], writes: int) -> Iterator[str]:
    for name in sorted(was.fields.keys() | told_of.keys()):
        now, before = was.fields.get(name), told_of.get(name)
        if now != before:
            yield f"“{name}”由“{_short(now)}”改回“{_short(before)}”"
    if was.version is not None and was.version != writes:
        yield f"保存次数由 {was.version} 改回 {writes}"


def _short(value: object) -> str:
    text = "空" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - as long as verify tells values
