"""PostgreSQL servers as offices have them: Debian's, with TLS and passwords; and PgBouncer before one of them.

They listen on 127.0.0.1 alone, run as ``nobody`` in a Debian of their own, and end with the process that started them.
"""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL

from tests.soak.certificates import Authority, make_authority

from roots import Outcome, Root

HOST = "localhost"
NOBODY = 65534
INSIDE = "/srv"
"""Where the servers' folder appears in their Debian."""
SUPERUSER = "postgres"
_PATIENCE = 60

AS_NOBODY = (
    "env", "HOME=/tmp", "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
    "setpriv", "--pdeathsig", "INT",
)  # fmt: skip

_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
shared_buffers = 256MB
dynamic_shared_memory_type = mmap
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
ssl_min_protocol_version = 'TLSv1.2'
password_encryption = 'scram-sha-256'
wal_level = replica
max_wal_senders = 5
log_lock_waits = on
deadlock_timeout = 1s
logging_collector = off
"""

_RULES = """
hostssl all          all  127.0.0.1/32  scram-sha-256
hostssl replication  all  127.0.0.1/32  scram-sha-256
"""


class ServerFailure(Exception):
    """A server's program failed; the message carries what it said."""


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Place:
    """The folder of a run, which its servers see as ``/srv``, with the office's authority."""

    folder: Path
    authority: Authority = field(default_factory=lambda: make_authority("滨海系统集成有限公司 CA"))

    @property
    def authority_file(self) -> Path:
        """The certificate that clients trust."""
        return self.folder / "ca.crt"

    def prepare(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority.write(self.authority_file).chmod(0o644)
        give(self.folder)


def give(path: Path) -> None:
    """Give a file or a folder with all in it to the account that the servers run as."""
    import os  # noqa: PLC0415

    for one in (path, *path.rglob("*")):
        os.chown(one, NOBODY, NOBODY, follow_symlinks=False)


@dataclass
class Server:
    """One PostgreSQL server: ``name`` is its folder, ``version`` the major one of ``root``."""

    place: Place
    root: Root
    version: int
    name: str
    settings: str = ""
    prepare: Sequence[str] = ()
    password: str = field(default_factory=lambda: secrets.token_hex(12), repr=False)
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.place.folder / f"{self.name}.log"

    @property
    def data(self) -> Path:
        """Its data folder, as this machine sees it."""
        return self.place.folder / self.name

    def inside(self, *parts: str) -> str:
        """A path as the server sees it."""
        return "/".join((INSIDE, self.name, *parts))

    def program(self, name: str) -> str:
        """The path of one of PostgreSQL's programs."""
        return f"/usr/lib/postgresql/{self.version}/bin/{name}"

    def run(self, name: str, *arguments: str, variables: dict[str, str] | None = None) -> str:
        """Run one of PostgreSQL's programs to its end and return what it said."""
        done: Outcome = self.root.run(
            [*AS_NOBODY, self.program(name), *arguments],
            binds={INSIDE: self.place.folder},
            variables={"PGSSLMODE": "verify-full", "PGSSLROOTCERT": f"{INSIDE}/ca.crt", **(variables or {})},
            network=True,
            timeout=300,
        )
        if done.code != 0:
            message = f"{name}: {done.code}\n{done.said}"
            raise ServerFailure(message)
        return done.said

    def create(self, authority: Authority | None = None, host: str = HOST, *, days: int = 30) -> Server:
        """Make the cluster with its certificate and passwords; returns itself, not started."""
        secret = self.place.folder / f"{self.name}.secret"
        secret.write_text(self.password, encoding="ascii")
        give(secret)
        self.run(
            "initdb",
            *("-D", self.inside(), "-U", SUPERUSER, f"--pwfile={INSIDE}/{secret.name}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--no-sync"),
        )
        secret.unlink()
        (self.data / "pg_hba.conf").write_text(_RULES, encoding="ascii")
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"{_SETTINGS}{self.settings}\n")
        self.certify(authority or self.place.authority, host, days=days)
        return self

    def certify(self, authority: Authority, host: str = HOST, *, days: int = 30) -> None:
        """Give the server a certificate; it counts from the next start on."""
        authority.issue(self.data, host, days=days)
        for name in ("server.crt", "server.key"):
            give(self.data / name)

    def start(self) -> Server:
        """Start it and wait until it answers; returns itself."""
        command = [*AS_NOBODY, self.program("postgres"), "-D", self.inside(), "-p", str(self.port)]
        self._process = self.root.start(
            command, binds={INSIDE: self.place.folder}, log=self.log, prepare=tuple(self.prepare)
        )
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            if self._answers():
                return self
            time.sleep(0.1)
        self.stop("immediate")
        raise ServerFailure(self.log.read_text(encoding="utf-8", errors="replace")[-4000:])

    def _answers(self) -> bool:
        """Whether it takes connections, whatever its certificate is like."""
        try:
            self.connect(sslmode="require").close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, mode: str = "fast") -> None:
        """End it as ``pg_ctl stop -m`` does: ``fast`` breaks off what is under way, ``immediate`` is a crash."""
        if self._process is None:
            return
        if self._process.poll() is None:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)[mode != "fast" :]:
                self._process.send_signal(number)
                try:
                    self._process.wait(_PATIENCE)
                    break
                except subprocess.TimeoutExpired:
                    continue
        self._process = None

    def restart(self) -> None:
        """What ``pg_ctl restart -m fast`` does."""
        self.stop()
        self.start()

    def connect(self, database: str = "postgres", **options: Any) -> psycopg.Connection:
        """A superuser's connection that commits each statement by itself."""
        given: dict[str, Any] = {
            "host": HOST, "port": self.port, "user": SUPERUSER, "password": self.password, "dbname": database,
            "connect_timeout": 10, "sslmode": "verify-full", "sslrootcert": str(self.place.authority_file), **options,
        }  # fmt: skip
        if given["sslmode"] != "verify-full":
            del given["sslrootcert"]
        return psycopg.connect(autocommit=True, **given)

    def url(self, database: str, user: str = SUPERUSER, password: str = "", *, port: int = 0, **query: str) -> str:
        """The program's address of a database, as a person or as the superuser, over checked TLS."""
        options = {"sslmode": "verify-full", "sslrootcert": str(self.place.authority_file), **query}
        made = URL.create("postgresql", user, password or self.password, HOST, port or self.port, database, options)
        return made.render_as_string(hide_password=False)

    def said(self, words: str) -> int:
        """How often its log says something."""
        return self.log.read_text(encoding="utf-8", errors="replace").count(words) if self.log.exists() else 0
