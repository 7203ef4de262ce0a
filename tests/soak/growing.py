"""What a shared office can grow into on PostgreSQL's own means: copies, points in time, a replica, another server."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import func, select

from desktop.domain.errors import Refusal
from desktop.services.archive import add_document, documents_of
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.projects import ProjectQuery, project_ids
from desktop.store.tables import Changeset
from tests.soak.logins import share_office
from tests.soak.pooling import Bouncer
from tests.soak.server import INSIDE, Place, Server, ServerFailure

from roots import POSTGRES

OFFICE = "office"
_REPLICATOR = "replicator"
_PATIENCE = 30
_ARCHIVING = f"""
archive_mode = on
archive_command = 'test ! -f {INSIDE}/archive/%f && cp %p {INSIDE}/archive/%f'
"""

_ALL_ARCHIVED = """
SELECT 1 FROM pg_stat_archiver WHERE last_archived_wal >= (
    SELECT max(name) FROM pg_ls_waldir() WHERE length(name) = 24 AND name < pg_walfile_name(pg_current_wal_lsn())
)
"""


@dataclass
class Growth:
    """An office on its server, one person's login, and what was seen with it."""

    place: Place
    server: Server
    folder: Path
    login: tuple[str, str]
    person: UUID
    project: UUID
    found: list[str] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)
    _papers: int = 0
    _checks: int = 0

    @contextmanager
    def open(self, server: Server, port: int = 0) -> Iterator[Office]:
        """The office on a server, as the person opens it."""
        office = open_office(server.url(OFFICE, *self.login, port=port), Home(self.folder / "home"))
        try:
            yield office
        finally:
            office.close()

    def archive(self, server: Server, port: int = 0) -> str:
        """Save a document there, as the person; returns its name."""
        self._papers += 1
        path = self.folder / f"资料{self._papers}.pdf"
        path.write_bytes(random.Random(self._papers).randbytes(20_000))
        with self.open(server, port) as office:
            office.run(self.person, partial(add_document, path=path, project_id=self.project))
        return path.name

    def documents(self, server: Server) -> set[str]:
        """The names of the project's documents there."""
        with self.open(server) as office:
            return {row.name for row in office.read(partial(documents_of, project_id=self.project))}

    def check(self, what: str, right: bool, told: str = "") -> None:
        """Say what was seen; what is not as it should be is a finding."""
        print(f"  {'✓' if right else '×'} {what}{f'：{told}' if told else ''}", flush=True)
        if not right:
            self.found.append(f"{what}：{told}")

    def verified(self, server: Server, what: str) -> None:
        """Verify everything there, as the server's administrator.

        On a machine that remembers nothing: one that had seen the office go on elsewhere would rightly name the fork.
        """
        self._checks += 1
        office = open_office(server.url(OFFICE), Home(self.folder / f"administrator{self._checks}"))
        try:
            findings = verify_office(office)
            changesets = office.read(
                lambda reading: reading.session.scalar(select(func.count()).select_from(Changeset))
            )
        finally:
            office.close()
        told = "；".join(f"{finding.where} {finding.what}" for finding in findings[:3])
        self.check(f"{what}，核对", not findings, told or f"无误（{changesets} 个变更集）")

    def another(self, name: str, settings: str = "") -> Server:
        """A server that is ended with the others."""
        server = Server(self.place, POSTGRES, 17, name, settings=settings)
        self.servers.append(server)
        return server


def try_everything(place: Place, folder: Path) -> list[str]:
    """Try one after the other; returns what was not as it should be."""
    (place.folder / "archive").mkdir()
    place.prepare()
    server = Server(place, POSTGRES.ensure(), 17, "primary", settings=_ARCHIVING).create().start()
    growth = None
    try:
        growth = _office(place, server, folder)
        for part in (dump_to_another_server, go_back_in_time, pool, follow_and_fail_over):
            _attempt(growth, part)
        return growth.found
    finally:
        for one in (server, *(growth.servers if growth else ())):
            one.stop("immediate")


def _attempt(growth: Growth, part: Callable[[Growth], None]) -> None:
    begun = time.monotonic()
    try:
        part(growth)
    except (Refusal, psycopg.Error, ServerFailure) as error:
        growth.check(part.__name__, False, str(error))
    print(f"    （{part.__name__}，{time.monotonic() - begun:.1f} 秒）", flush=True)


def _office(place: Place, server: Server, folder: Path) -> Growth:
    with server.connect() as connection:
        connection.execute(f"CREATE ROLE {_REPLICATOR} REPLICATION LOGIN PASSWORD '{server.password}'")
    shared = share_office(server, OFFICE, folder, 2)
    login, person = shared.logins[1], shared.desks.people[1]
    office = open_office(server.url(OFFICE, *login), Home(folder / "home"))
    project = office.read(lambda reading: project_ids(reading, person, ProjectQuery(mine=True)))[0]
    office.close()
    return Growth(place, server, folder, login, person, project)


def dump_to_another_server(growth: Growth) -> None:
    """Roles and office go to a fresh server as files; everybody's password is the same there."""
    growth.archive(growth.server)
    source = _superuser(growth.server)
    growth.server.run("pg_dumpall", "--roles-only", "-d", source, "-f", f"{INSIDE}/roles.sql")
    growth.server.run("pg_dump", "-Fc", "-d", _superuser(growth.server, OFFICE), "-f", f"{INSIDE}/office.dump")
    size = (growth.place.folder / "office.dump").stat().st_size
    fresh = growth.another("fresh").create().start()
    target = _superuser(fresh)
    # the superuser is there already: that one statement of the roles' file fails, and its password is replaced
    fresh.run("psql", "-q", "-d", target, "-f", f"{INSIDE}/roles.sql")
    fresh.password = growth.server.password
    fresh.run("pg_restore", "--create", "--exit-on-error", "-d", _superuser(fresh), f"{INSIDE}/office.dump")
    growth.check("pg_dumpall --roles-only、pg_dump、pg_restore 到另一台服务器", True, f"备份文件 {size // 1024} KB")
    growth.check("本人的登录名和密码在新服务器上照用", growth.documents(fresh) == growth.documents(growth.server))
    growth.archive(fresh)
    growth.verified(fresh, "恢复出的办公室")
    fresh.stop()


def go_back_in_time(growth: Growth) -> None:
    """A base backup and the archived log bring back the office as it was at a moment."""
    primary = growth.server
    primary.run("pg_basebackup", "-D", f"{INSIDE}/past", "-c", "fast", "-X", "none", "-d", _superuser(primary))
    kept = growth.archive(primary)
    with primary.connect() as connection:
        moment = connection.execute("SELECT clock_timestamp()::text").fetchone()
    time.sleep(0.2)
    mistake = growth.archive(primary)
    with primary.connect() as connection:
        connection.execute("SELECT pg_switch_wal()")
        _until(lambda: connection.execute(_ALL_ARCHIVED).fetchone())
    past = growth.another("past")
    past.password = primary.password
    assert moment is not None
    with (past.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write(f"restore_command = 'cp {INSIDE}/archive/%f %p'\narchive_mode = off\n")
        file.write(f"recovery_target_time = '{moment[0]}'\nrecovery_target_action = 'promote'\n")
    (past.data / "recovery.signal").touch()
    past.start()
    _until(lambda: not _in_recovery(past))
    names = growth.documents(past)
    growth.check(
        "pg_basebackup 与归档的 WAL 恢复到指定时刻", kept in names and mistake not in names, str(moment[0])[:19]
    )
    growth.verified(past, "那一刻的办公室")
    past.stop()


def pool(growth: Growth) -> None:
    """PgBouncer in session mode works; in transaction mode settings and news do not reach their session."""
    bouncer = Bouncer(growth.server).start()
    try:
        name = growth.archive(growth.server, bouncer.port)
        growth.check("PgBouncer 会话模式：保存", name in growth.documents(growth.server))
        growth.check("PgBouncer 会话模式：LISTEN/NOTIFY", _hears(growth, bouncer.port), "收到")
    finally:
        bouncer.stop()
    bouncer = Bouncer(growth.server, mode="transaction").start()
    try:
        told = "收到" if _hears(growth, bouncer.port) else "收不到"
        print(f"  · PgBouncer 事务模式：LISTEN/NOTIFY：{told}（不支持这种模式）", flush=True)
    finally:
        bouncer.stop()


def _hears(growth: Growth, port: int) -> bool:
    """Whether a session that listens through the pool hears what another one says."""
    options = {"user": growth.login[0], "password": growth.login[1], "port": port}
    with growth.server.connect(OFFICE, **options) as listener, growth.server.connect(OFFICE, **options) as speaker:
        listener.execute("LISTEN soak_news")
        speaker.execute("SELECT 1")
        speaker.execute("NOTIFY soak_news, 'x'")
        return bool(list(listener.notifies(timeout=2, stop_after=1)))


def follow_and_fail_over(growth: Growth) -> None:
    """A replica follows, can be read and not written; when the first server dies it takes its place."""
    primary = growth.server
    source = f"host=localhost port={primary.port} user={_REPLICATOR} password={primary.password}"
    primary.run("pg_basebackup", "-D", f"{INSIDE}/replica", "-c", "fast", "-X", "stream", "-R", "-d", source)
    replica = growth.another("replica")
    replica.password = primary.password
    replica.start()
    name, begun = growth.archive(primary), time.monotonic()
    _until(lambda: name in growth.documents(replica))
    growth.check("流复制的只读副本跟上主服务器", True, f"{time.monotonic() - begun:.2f} 秒后看到新存的文件")
    try:
        growth.archive(replica)
        growth.check("副本上不能保存", False, "竟然存上了")
    except Refusal as refusal:
        growth.check("副本上不能保存", "只能查看" in refusal.what, f"{refusal.what}{refusal.todo}")
    primary.stop("immediate")
    begun = time.monotonic()
    with replica.connect() as connection:
        connection.execute("SELECT pg_promote()")
    name = growth.archive(replica)
    told = f"{time.monotonic() - begun:.2f} 秒后可以保存"
    growth.check("主服务器停掉、副本升为主服务器，程序连新地址", name in growth.documents(replica), told)
    growth.verified(replica, "接替后的办公室")


def _superuser(server: Server, database: str = "postgres") -> str:
    return f"host=localhost port={server.port} user=postgres password={server.password} dbname={database}"


def _in_recovery(server: Server) -> bool:
    with server.connect() as connection:
        row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    return bool(row and row[0])


def _until(done: Callable[[], object]) -> None:
    """Wait until something is so.

    Raises:
        Refusal: it never was.
    """
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if done():
            return
        time.sleep(0.1)
    raise Refusal(f"等了 {_PATIENCE} 秒没有等到。")
