"""The parts of a soak: a crowd at a server and at a file, each left alone and then disturbed."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.opening import open_office
from tests.soak import figures
from tests.soak.client import Seat
from tests.soak.crowd import Crowd, let_work
from tests.soak.growing import try_everything
from tests.soak.judge import judge, take_snapshot
from tests.soak.ledger import Entry, read_ledgers
from tests.soak.logins import share_office
from tests.soak.office import Desks, prepare_office
from tests.soak.pooling import Bouncer
from tests.soak.server import Place, Server

from environment import ROOT
from roots import POSTGRES

DATABASE = "soak_office"
_POOLED = 5
"""Every fifth client comes through PgBouncer."""


@dataclass
class Run:
    """One soak: its folder, its sizes, and what has to be ended."""

    folder: Path
    clients: int
    files: int
    seconds: float
    think: float
    _ends: list[Callable[[], None]] = field(default_factory=list)

    def later(self, end: Callable[[], None]) -> None:
        """Call this at the end, whatever happens."""
        self._ends.append(end)

    def close(self) -> None:
        """End everything, the last first."""
        while self._ends:
            self._ends.pop()()

    def place(self, name: str) -> Place:
        """A fresh folder for servers."""
        place = Place(self.folder / name)
        place.prepare()
        return place


@dataclass(frozen=True)
class Ground:
    """An office under soak: how each client comes to it, and how the judge does."""

    title: str
    folder: Path
    desks: Desks
    doors: Sequence[str]
    door: str
    think: float

    def seats(self) -> list[Seat]:
        """A seat for every client; where there are more than people, two sit for one person."""
        ledgers = self.folder / "ledgers"
        ledgers.mkdir(exist_ok=True)
        stop = self.folder / "stop"
        people = self.desks.people
        return [
            Seat(f"{n:02}", url, people[n % len(people)], self.folder / f"client{n:02}", ledgers, stop, self.think, n)
            for n, url in enumerate(self.doors)
        ]


def soak_server(run: Run) -> list[str]:
    """The crowd at PostgreSQL, some of it through PgBouncer; then again, with kills and a restart."""
    server = Server(run.place("server"), POSTGRES.ensure(), 17, "main").create().start()
    run.later(server.stop)
    folder = run.folder / "postgres"
    folder.mkdir()
    begun = time.monotonic()
    shared = share_office(server, DATABASE, folder, run.clients)
    logins, url = shared.logins, server.url(DATABASE)
    print(f"\n建好办公室，邀请 {len(logins)} 人，各自改了密码：{time.monotonic() - begun:.1f} 秒。", flush=True)
    with server.connect(DATABASE) as connection:
        before = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    bouncer = Bouncer(server).start()
    run.later(bouncer.stop)
    doors = []
    for n in range(run.clients):
        name, password = logins[n % len(logins)]
        doors.append(server.url(DATABASE, name, password, port=0 if (n + 1) % _POOLED else bouncer.port))
    title = "PostgreSQL 17（TLS、每人自己的登录、行级保护）"
    ground = Ground(title, folder, shared.desks, doors, url, run.think or max(0.3, run.clients / 10))
    found = _soak(run, ground, kills=False)
    found += _soak(run, ground, kills=True, halfway=server.restart)
    with server.connect(DATABASE) as connection:
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    print(f"数据库大小：建好时 {before[0] / 2**20:.0f} MB，现在 {size[0] / 2**20:.0f} MB。" if before and size else "")
    deadlocks = server.said("deadlock detected")
    print(f"服务器日志：死锁 {deadlocks} 次，等锁超过 1 秒 {server.said('still waiting for')} 次。", flush=True)
    bouncer.stop()
    server.stop()
    return found


def soak_file(run: Run) -> list[str]:
    """The crowd at one SQLite file; then again, with kills."""
    folder = run.folder / "sqlite"
    folder.mkdir()
    url = str(folder / "office.epm")
    desks = prepare_office(url, folder / "founder")
    ground = Ground("共用 SQLite 文件", folder, desks, [url] * run.files, url, run.think or 0.25)
    return _soak(run, ground, kills=False) + _soak(run, ground, kills=True)


def _soak(run: Run, ground: Ground, *, kills: bool, halfway: Callable[[], None] | None = None) -> list[str]:
    more = "，每秒杀死一个客户端" if kills else ""
    more += "，中途重启服务器" if halfway else ""
    seats = ground.seats()
    print(f"\n== {ground.title}：{len(seats)} 个客户端，{run.seconds:.0f} 秒{more}", flush=True)
    known = len(list(read_ledgers(ground.folder / "ledgers")))
    gc.collect()
    gc.freeze()  # so that the clients share what is there already
    crowd = let_work(seats, run.seconds, apart=min(0.15, run.seconds / 4 / len(seats)), kills=kills, halfway=halfway)
    entries = list(read_ledgers(ground.folder / "ledgers"))
    fresh = sorted(entries, key=lambda entry: entry.at)[known:]
    _tell(fresh, crowd)
    begun = time.monotonic()
    found = [*crowd.complaints, *_judged(ground, entries, fresh, halfway is not None)]
    told = f"{len(found)} 处不对" if found else "无误"
    print(f"核对用时 {time.monotonic() - begun:.1f} 秒：{told}。", flush=True)
    for finding in found[:5]:
        print(f"  × {finding}", flush=True)
    return found


def _tell(entries: list[Entry], crowd: Crowd) -> None:
    for line in figures.table(entries):
        print(line)
    saved = sum(entry.answer == "saved" for entry in entries)
    read = sum(entry.answer == "read" for entry in entries)
    print(
        f"共保存 {saved} 次（每秒 {saved / crowd.seconds:.1f}），查看 {read} 次（每秒 {read / crowd.seconds:.1f}）；"
        f"杀死 {crowd.killed} 个。\n客户端平均占内存 {crowd.memory:.0f} MB，合计占 {crowd.processor:.2f} 个处理器；"
        f"机器共 {os.cpu_count()} 个，结束时负荷 {os.getloadavg()[0]:.1f}（连同服务器和别的程序）。"
    )
    for line in figures.refusals(entries):
        print(line)


def _judged(ground: Ground, entries: list[Entry], fresh: list[Entry], restarted: bool) -> list[str]:
    """The judge's findings and those of ``verify``; a server that nobody restarted interrupts nobody."""
    office = open_office(ground.door, Home(ground.folder / "founder"))
    try:
        with office.database.connecting() as connection:
            snapshot = take_snapshot(connection)
        found = judge(snapshot, entries, ground.desks.lamport)
        found += [f"核对：{finding.where} {finding.what}" for finding in verify_office(office)]
    finally:
        office.close()
    if not restarted:
        found += [f"断线：{entry.act} {entry.text}" for entry in fresh if entry.answer == "interrupted"]
    return found


def check_bad_servers(run: Run) -> list[str]:
    """What people are told by servers with which something is wrong (`tests.soak.bad_servers`)."""
    print("\n== TLS、口令、磁盘满、存到一半重启（PostgreSQL 17 与 15）", flush=True)
    command = [sys.executable, "-m", "pytest", "-v", "--no-header", "--capture=sys", f"--basetemp={run.folder / 'tls'}"]
    done = subprocess.run([*command, "tests/soak/bad_servers.py"], cwd=ROOT, check=False)
    return [] if done.returncode == 0 else ["有测试没有通过，见上。"]


def grow(run: Run) -> list[str]:
    """Copies, points in time, pools, replicas, and another server that takes over (`tests.soak.growing`)."""
    print("\n== 备份与恢复、恢复到指定时刻、连接池、副本与接替（PostgreSQL 17）", flush=True)
    folder = run.folder / "growing"
    folder.mkdir()
    return try_everything(run.place("growing/servers"), folder)
