"""Copying a whole office into a fresh database of either engine, and comparing it before it stands.

Every table is read in the order of its keys and written in one transaction; then what was written is read again. Only
where each table has as many rows and the same fingerprint, and the journal ends where it ended, the copy stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, inspect, literal, select, text, update
from sqlalchemy import column as named_column
from sqlalchemy import table as named_table

from desktop.domain.errors import NotAllowed, Refusal
from desktop.store.engine import VERSION_TABLE, Database, open_database, recorded_schema
from desktop.store.faults import told
from desktop.store.files import appear, check_whole, flush_to_disk, half_made, writing_into
from desktop.store.fingerprints import Fingerprint, Reader, Values, fingerprint_of, office_tables, whole_fingerprint
from desktop.store.guard import GuardNames, is_guarded, owning
from desktop.store.heads import Head, heads_of
from desktop.store.schema import migrating, run_migrations
from desktop.store.tables import Presence, Relocation, SchemaChange
from desktop.store.verify.finding import TITLES

LEFT_BEHIND = frozenset({Presence.__tablename__, Relocation.__tablename__})
"""What is true of one place alone: who is there, and that the data went away."""
UNFINISHED = "unfinished"
"""Stands for the schema's number in a copy that is whole but does not count yet."""

Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied and found equal: the tables by name, and the journal's ends."""

    tables: tuple[Fingerprint, ...]
    heads: tuple[Head, ...]

    @property
    def rows(self) -> int:
        """Of all tables together."""
        return sum(part.rows for part in self.tables)

    @property
    def sha256(self) -> str:
        """One fingerprint of all tables together."""
        return whole_fingerprint(self.tables)


def copy_rows(source: Connection, schema_no: int, target: Database, tell: Tell, *, finished: bool = True) -> Copied:
    """Copy everything that one snapshot of ``source`` holds into ``target``, which holds nothing yet.

    A copy that is not ``finished`` is whole but cannot be opened before `finish_copy`; what such a copy left there is
    replaced. ``tell`` gets rows done, rows in all and what is done now; what it raises goes through.

    Raises:
        NotAllowed: the source is a guarded server that shows this login only a part.
        Refusal: the target holds something; it cannot be written; or what was written is not what was read. Nothing
            stands then.
        Damaged: the source holds what cannot be read.
    """
    if schema_no != target.schema_no:
        raise Refusal("两边的数据版本不同，不能复制。", kept="两边都没有改动。", todo="请先升级再复制。")
    _refuse_part(source)
    tables = office_tables(without=LEFT_BEHIND)
    counts = {table: source.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    steps = _Steps(2 * sum(counts.values()), tell)
    with told(target.place), migrating(target) as connection:
        _clear(connection, target)
        run_migrations(connection, target.schema_no)
        read = [_copy_table(source, connection, table, steps) for table in tables]
        check_links(connection)
        written = [fingerprint_of(connection, table, steps.more(table, "核对")) for table in tables]
        _refuse_difference(read, written)
        heads = heads_of(connection)
        if heads != heads_of(source):
            raise _different("日志末尾")
        if not finished:
            _mark(connection, UNFINISHED)
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
    return Copied(tuple(written), heads)


def copy_into_file(source: Database, file: Path, tell: Tell) -> Copied:
    """Copy an office into a fresh SQLite file, which appears under its name whole or not at all.

    Raises:
        Refusal: there is such a file already, it cannot be written, or the copy is not equal.
    """
    if file.exists():
        raise Refusal(f"“{file}”已经存在。", kept="它没有改动。", todo="请另取一个名字。")
    with writing_into(file.parent, "没有写成副本"), half_made(file.parent, str(file)) as partial:
        copied = copy_into_partial(source, partial, tell)
        appear(partial, file)
    return copied


def copy_into_partial(source: Database, partial: Path, tell: Tell) -> Copied:
    """Copy an office into a file that is there for nobody yet, check it, and wait until the disk has it.

    Raises:
        Refusal, OSError: as `copy_rows`.
    """
    partial.touch(exist_ok=False)
    target = open_database(partial, schema_no=source.schema_no)
    try:
        with source.connecting() as connection:
            source.need_schema(connection)
            copied = copy_rows(connection, source.schema_no, target, tell)
    finally:
        target.close()
    check_whole(partial)
    flush_to_disk(partial)
    return copied


def finish_copy(target: Database, names: GuardNames | None = None) -> None:
    """Let a copy that was made unfinished count from now on; ``names`` are the roles of a database that is guarded.

    Raises:
        Refusal: there is no such copy.
    """
    with told(target.place), migrating(target) as connection, owning(connection, names) if names else nullcontext():
        if recorded_schema(connection) != UNFINISHED:
            raise Refusal(f"“{target.place}”中没有未完成的副本。", kept="数据未作改动。")
        _mark(connection, f"{target.schema_no:04d}")


def is_unfinished(target: Database) -> bool:
    """Whether there is a copy that was made but never finished."""
    if target.file is not None and not target.file.exists():
        return False
    with target.connecting() as connection:
        return recorded_schema(connection) == UNFINISHED


def fingerprints(db: Database, tell: Tell) -> Copied:
    """What an office's data holds now, to be compared with another's.

    Raises:
        Refusal: it cannot be read.
    """
    tables = office_tables(without=LEFT_BEHIND)
    with db.connecting() as connection:
        counts = {table: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
        steps = _Steps(sum(counts.values()), tell)
        found = [fingerprint_of(connection, table, steps.more(table, "读取")) for table in tables]
        return Copied(tuple(found), heads_of(connection))


class _Steps:
    """Counts the rows that are through, and tells of them."""

    def __init__(self, total: int, tell: Tell) -> None:
        self._total, self._tell = total, tell
        self._done = 0

    def more(self, table: Table, verb: str) -> Callable[[int], None]:
        """What takes the number of rows of one table that are through."""
        title = f"{verb}{TITLES.get(table.name, table.name)}"

        def take(rows: int) -> None:
            self._done += rows
            self._tell(self._done, self._total, title)

        return take


def _copy_table(source: Connection, target: Connection, table: Table, steps: _Steps) -> Fingerprint:
    reader, more = Reader(table), steps.more(table, "复制")
    names = [column.name for column in table.columns]
    write = _stream if target.dialect.name == "postgresql" else _insert
    with closing(reader.pieces(source)) as pieces:
        for piece in pieces:
            write(target, table, names, piece)
            more(len(piece))
    return reader.fingerprint


def _insert(target: Connection, table: Table, names: Sequence[str], piece: Sequence[Values]) -> None:
    target.execute(insert(table), [dict(zip(names, row, strict=True)) for row in piece])


def _stream(target: Connection, table: Table, names: Sequence[str], piece: Sequence[Values]) -> None:
    """A server's own way for many rows, several times as fast."""
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = target.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in piece:
            copy.write_row(row)
    cursor.close()


_WHOLE = text(
    "SELECT guard.sees_all() OR (SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = session_user)"
)


def _refuse_part(source: Connection) -> None:
    """A guarded server shows whoever does not see everything only a part, which would pass for the whole."""
    if is_guarded(source) and not source.scalar(_WHOLE):
        raise NotAllowed(
            "您只看得到办公室的一部分，不能复制整个办公室。",
            kept="没有复制任何内容。",
            todo="请由能看到全部项目的人来办。",
        )


def _clear(connection: Connection, target: Database) -> None:
    """Take away tables without any row, or what an abandoned copy left; refuse a place that holds anything else."""
    present = inspect(connection).get_table_names()
    if not present:
        return
    if recorded_schema(connection) != UNFINISHED and not _is_bare(connection, target):
        raise Refusal(
            f"“{target.place}”中已有数据，不能复制到那里。",
            kept="那里的数据没有改动，原来的数据也没有改动。",
            todo="请另建一个空的数据库。",
        )
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{name}"' for name in present)
        connection.execute(text(f"DROP TABLE {names} CASCADE"))
        for function in ("refuse_rewriting", "refuse_rewriting_change"):
            connection.execute(text(f"DROP FUNCTION IF EXISTS {function}() CASCADE"))
        return
    for name in present:
        connection.exec_driver_sql(f'DROP TABLE "{name}"')


def _is_bare(connection: Connection, target: Database) -> bool:
    """Whether the tables stand, as a prepared database has them, and none holds anything."""
    if recorded_schema(connection) != f"{target.schema_no:04d}":
        return False
    tables = office_tables(without=frozenset({SchemaChange.__tablename__}))
    return not any(connection.scalar(select(literal(1)).select_from(table).limit(1)) for table in tables)


def check_links(connection: Connection) -> None:
    """Let no link lead nowhere, within the transaction that has written the rows.

    Raises:
        Refusal: one does; a server refuses it itself.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise _different(f"引用（{broken[0]} → {broken[2]}）")


def _refuse_difference(read: Sequence[Fingerprint], written: Sequence[Fingerprint]) -> None:
    for before, after in zip(read, written, strict=True):
        if before != after:
            raise _different(f"“{TITLES.get(before.table, before.table)}”")


def _different(what: str) -> Refusal:
    return Refusal(
        f"复制后核对不一致：{what}与原来的不同。",
        kept="副本已经撤销，原来的数据没有改动。",
        todo="请先对原来的数据做一次全面检查，再试一次。",
    )


def _mark(connection: Connection, number: str) -> None:
    connection.execute(update(named_table(VERSION_TABLE, named_column("version_num"))).values(version_num=number))
