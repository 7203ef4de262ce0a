"""Opening a data file or a server's database, and the two ways into it: reading and writing."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import URL, Connection, Engine, column, create_engine, event, make_url, select, table, text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, Pool, QueuePool

from desktop import __version__
from desktop.domain.errors import NotAllowed, Refusal, Unreachable
from desktop.domain.server_place import server_place
from desktop.store.commits import Doubts
from desktop.store.device import Installation
from desktop.store.faults import is_lost, lost_in_saving, told, told_in_saving
from desktop.store.guard.guarded import is_guarded
from desktop.store.hidden import refuse_hidden
from desktop.store.schema_history import schema_steps
from desktop.store.server_connection import POOL, connect_arguments, settle
from desktop.store.sessions import ReadSession, WriteSession
from desktop.store.tables import SCHEMA_NO
from desktop.store.tables.base import read_instant

BUSY_SECONDS = 30
CACHE_KIB = 65_536
VERSION_TABLE = "schema_version"
_SITTER = text("SELECT guard.me(), (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)")
_MOVED = text("SELECT place, at FROM relocation ORDER BY at DESC LIMIT 1")
UNDEFINED_TABLE = "42P01"  # PostgreSQL's code for it
_OWN = 1_000


class Database:
    """An office's data, in a SQLite file or on a PostgreSQL server; made by ``open_database``.

    ``place`` names it in messages; ``file`` is the SQLite file, or None for a server. ``own`` are the last changesets
    that were written here, ``doubts`` those of which it is not known whether they were.
    """

    def __init__(self, url: URL, schema_no: int) -> None:
        self.url = url
        self.schema_no = schema_no
        self.file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        self.own: deque[UUID] = deque(maxlen=_OWN)
        self.doubts = Doubts(lambda: make_engine(self.url, pooled=False))
        self.place = str(self.file) if self.file else _shown(url)
        self._open()

    def _open(self) -> None:
        self._engine = make_engine(self.url)
        self._writing = self._engine.execution_options(immediate=True)
        self._reading = self._engine
        self._guarded: bool | None = False if self.file else None
        if self.file is None:
            self._writing = self._engine.execution_options(isolation_level="READ COMMITTED")
            self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def reading(self) -> Iterator[ReadSession]:
        """One snapshot to read from.

        Raises:
            Refusal: the database cannot be read, or its schema is not this program's.
        """
        with told(self.place), ReadSession(self._reading) as session:
            self.need_schema(session.connection())
            yield session

    @contextmanager
    def writing(self, author: UUID | None, device: Installation, now: dt.datetime) -> Iterator[WriteSession]:
        """One transaction, committed and sealed in the journal at the end, or undone whole.

        ``author`` is the person who does it (None before there is one), ``now`` an aware moment. Afterwards
        ``session.changes`` tells what was written.

        Raises:
            NotAllowed: on a guarded server the login is another person's, or what is saved is not theirs to change.
            Stale: a record was saved by somebody else since it was read.
            Unsettled: the connection broke while it was saved, and what became of it cannot be found out as yet.
            Unreachable: the data is out of reach; nothing was saved.
            Refusal: locked, read-only, full, against a constraint, or of another schema.
        """
        tell = told if self.file else told_in_saving
        with tell(self.place), WriteSession(self._writing, author, device, now) as session:
            self.need_schema(session.connection())
            self._refuse_other_author(session.connection(), author)
            self._refuse_relocated(session.connection())
            session.recorder.take_head(session)
            try:
                yield session
                self._commit(session)
            except StaleDataError:
                refuse_hidden(session, session.tried)
                raise

    def refuse_repeating(self) -> None:
        """To be asked before whoever saves goes on: what they saved before may turn out to have been saved after all.

        Raises:
            Refusal: it was; this tells it, once.
        """
        if self.doubts and any(self.doubts.settle()):
            raise Refusal(
                "刚才连接断开时的那次保存，其实已经保存成功。",
                kept="没有再保存一次。",
                todo="请刷新后核对；仍需更改的，请再操作一次。",
            )

    def _commit(self, session: WriteSession) -> None:
        """Commit; where the answer is lost on the way, find out what became of it."""
        self.own.append(session.recorder.changeset_id)
        try:
            session.commit()
        except DBAPIError as error:
            mark = session.mark
            if mark is None or not is_lost(error.orig):
                raise
            session.invalidate()
            saved = self.doubts.find(mark)
            if saved is None:
                self.doubts.add(mark)
            if not saved:
                raise lost_in_saving(self.place, known=saved is not None, details=str(error.orig)) from error

    @contextmanager
    def connecting(self) -> Iterator[Connection]:
        """A bare connection with a reading transaction, whatever the schema is."""
        with told(self.place), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def administering(self) -> Iterator[Connection]:
        """A bare connection with a writing transaction, for what is no part of the office's records: logins."""
        with told(self.place), self._writing.connect() as connection, connection.begin():
            yield connection

    @property
    def guarded(self) -> bool:
        """Whether it is a server's database that holds everybody to their own login (`desktop.store.guard`).

        Raises:
            Refusal: the server cannot be reached.
        """
        if self._guarded is None:
            with self.connecting() as connection:
                self._guarded = is_guarded(connection)
        return self._guarded

    @contextmanager
    def holding(self) -> Iterator[Connection]:
        """A bare connection with a writing transaction, whatever the schema is; committed at the end.

        A file is held alone: nobody else reads or writes it meanwhile.
        """
        engine = self._writing if self.file is None else self._engine.execution_options(exclusive=True)
        with told(self.place), engine.begin() as connection:
            yield connection

    def relocation(self, connection: Connection) -> tuple[str, dt.datetime] | None:
        """Where a file's data was moved to, and when (UTC); None where it is still here. A server's never moves."""
        if self.file is None:
            return None
        row = connection.execute(_MOVED).first()
        return None if row is None else (str(row.place), read_instant(row.at))

    def _refuse_relocated(self, connection: Connection) -> None:
        moved = self.relocation(connection)
        if moved is not None:
            place, at = moved
            raise Refusal(
                f"“{self.place}”的数据已于 {at.astimezone():%Y-%m-%d %H:%M} 迁到“{place}”，这里不再保存。",
                kept="这里的数据仍可查看、打印和导出；您填写的内容仍在。",
                todo="请连接服务器后办理。",
            )

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def change_password(self, password: str) -> None:
        """From now on connect with this password; what is under way is not disturbed."""
        older, self.url = self._engine, self.url.set(password=password)
        self._open()
        older.dispose()

    def _refuse_other_author(self, connection: Connection, author: UUID | None) -> None:
        """Tell early and in plain words what the guard would refuse at the first record."""
        if author is None or not self.guarded:
            return
        me, powerful = connection.execute(_SITTER).one()
        if me == author or (me is None and powerful):
            return
        whose = "别人的" if me is not None else "没有对应任何在职人员的"
        raise NotAllowed(
            f"本机是用{whose}登录名连接的，不能以这个人的名义保存。",
            kept="没有写入任何内容，正在填写的内容仍在。",
            todo="请用这个人自己的登录名连接后再办理。",
        )

    def need_schema(self, connection: Connection) -> None:
        """Go on only with data of just the schema that the caller works with.

        Raises:
            Refusal: there is none, or it is of another schema.
        """
        found = recorded_schema(connection)
        if found == f"{self.schema_no:04d}":
            return
        if found is None:
            raise no_data(self.place)
        if found.isdecimal() and int(found) > self.schema_no:
            raise newer_schema(connection, self.place)
        raise Refusal(
            f"“{self.place}”是旧版本的数据，须先升级才能使用。",
            kept="数据未作改动。",
            todo="请在窗口中重新打开它，按提示升级；在没有屏幕的机器上，请用 upgrade 命令升级。",
            details=f"schema {found}, expected {self.schema_no:04d}",
        )


def _shown(url: URL) -> str:
    place = server_place(url.render_as_string(hide_password=True))
    return place.shown if place else f"{url.host or ''}/{url.database or ''}"


def recorded_schema(connection: Connection) -> str | None:
    """The schema that the database says it has, or None where it says nothing."""
    try:
        found = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == UNDEFINED_TABLE or "no such table" in str(error.orig):
            return None
        raise
    return None if found is None else str(found)


def no_data(place: str) -> Refusal:
    """What is said about a place that holds nothing of this program's."""
    return Refusal(f"“{place}”中没有本程序的数据。", kept="程序没有改动它。", todo="请另选数据文件，或新建一个。")


def newer_schema(connection: Connection, place: str) -> Refusal:
    """What is said about data that a newer program has written: which version it was, and when, where it tells."""
    steps = schema_steps(connection)
    last = steps[-1] if steps else None
    program, when, did = "更新版本的程序", "", "保存"
    if last is not None and last.program not in {"", __version__}:
        program = f" {last.program} 版"
        did = "升级过" if last.upgraded_from is not None else "建立"
        when = f"于 {last.at.astimezone():%Y-%m-%d} " if last.at else ""
    return Refusal(
        f"“{place}”由{program}{when}{did}，本机是 {__version__} 版，不能打开它。",
        kept="数据未作改动。",
        todo="请向发放人索取新版程序。",
    )


def open_database(target: str | Path, *, schema_no: int = SCHEMA_NO) -> Database:
    """Name an office's data: a file's path, ``sqlite:///…`` or ``postgresql://…``; nothing is opened yet.

    ``schema_no`` is the schema that the caller works with (migration tests name another).

    Raises:
        Refusal: the target is of no known kind.
    """
    if isinstance(target, Path) or "://" not in target:
        return Database(URL.create("sqlite", database=str(Path(target).absolute())), schema_no)
    try:
        url = make_url(target)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise _unknown_target(target.partition("://")[0], str(error)) from error
    if backend == "postgresql":
        return Database(url.set(drivername="postgresql+psycopg"), schema_no)
    if backend == "sqlite" and url.database:
        return Database(URL.create("sqlite", database=str(Path(url.database).absolute())), schema_no)
    raise _unknown_target(url.render_as_string())


def _unknown_target(target: str, details: str = "") -> Refusal:
    return Refusal(
        f"不认识数据位置“{target}”。",
        todo="请给出数据文件的路径，或以 postgresql:// 开头的服务器地址。",
        details=details,
    )


def make_engine(url: URL, *, foreign_keys: bool = True, pooled: bool = True) -> Engine:
    """An engine with the house's settings; ``foreign_keys`` off is for migrations alone."""
    pool: type[Pool] = QueuePool if pooled else NullPool
    if url.get_backend_name() == "postgresql":
        sizes: dict[str, Any] = POOL if pooled else {}
        engine = create_engine(url, poolclass=pool, connect_args=connect_arguments(url), **sizes)
        event.listen(engine, "connect", settle)
        return engine
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, poolclass=pool, connect_args=arguments)
    event.listen(engine, "do_connect", _refuse_missing_file)
    event.listen(engine, "connect", _settings(foreign_keys=foreign_keys))
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _leave_no_transaction)
    return engine


def _settings(*, foreign_keys: bool) -> Callable[[sqlite3.Connection, ConnectionPoolEntry], None]:
    def apply(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        for setting in (
            f"busy_timeout = {BUSY_SECONDS * 1000}",
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
            "journal_mode = DELETE",
            "synchronous = FULL",
            f"cache_size = -{CACHE_KIB}",
            "mmap_size = 0",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {setting}")

    return apply


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    how = next((word for word in ("exclusive", "immediate") if options.get(word)), "")
    connection.exec_driver_sql(f"BEGIN {how.upper()}".strip())


def _leave_no_transaction(connection: sqlite3.Connection | None, _entry: ConnectionPoolEntry) -> None:
    """A COMMIT that SQLite refuses (busy, a broken link) leaves the transaction open; SQLAlchemy thinks it over."""
    if connection is not None and connection.in_transaction:
        connection.rollback()


def _refuse_missing_file(
    _dialect: Dialect, _entry: ConnectionPoolEntry, arguments: list[Any], _named: dict[str, Any]
) -> None:
    """SQLite would make an empty file of a mistyped name."""
    need_file(Path(arguments[0]))


def need_file(file: Path) -> None:
    """Go on only while a data file is in its place.

    Raises:
        Unreachable: it is not.
    """
    if not file.is_file():
        raise Unreachable(
            f"找不到数据文件“{file}”。",
            todo="请确认文件仍在原处（U 盘是否插好、网络盘是否连上），或另选数据文件。",
        )
