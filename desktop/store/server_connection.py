"""How this program connects to a PostgreSQL server: patience, signs of life, encryption, its name there.

Works through PgBouncer in session mode: nothing is sent at the start that a pooler must know (settings follow as SET
statements), and what psycopg prepares on the server lives as long as the session. Transaction mode does not do, for
LISTEN, SET and SET ROLE need a session of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import URL
from sqlalchemy.pool import ConnectionPoolEntry

from desktop import NAME
from desktop.domain.errors import Refusal
from desktop.domain.server_place import is_this_machine

if TYPE_CHECKING:  # offices on a server alone load its driver
    import psycopg

CONNECT_SECONDS = 10
BUSY_SECONDS = 30
OLDEST_SERVER = 160_000
POOL = {"pool_size": 1, "max_overflow": 4, "pool_timeout": 30, "pool_pre_ping": True, "pool_use_lifo": True}
"""One connection stays, four more come and go: as many as the program does at once, so that fifty desks do."""
_ALIVE = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def connect_arguments(url: URL) -> dict[str, Any]:
    """What libpq is told beside the URL; what the URL itself says stands.

    A server elsewhere whose URL says nothing of encryption is checked in full.
    """
    from desktop.store.roots import SYSTEM, root_file

    said = {name: str(value) for name, value in url.query.items()}
    given: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": _called(url), **_ALIVE}
    arguments = {name: value for name, value in given.items() if name not in said}
    host = url.host or said.get("host", "")
    if "sslmode" not in said and host and not host.startswith("/") and not is_this_machine(host):
        arguments |= {"sslmode": "verify-full", "sslrootcert": root_file(said.get("sslrootcert", SYSTEM))}
    elif "sslrootcert" in said:
        arguments["sslrootcert"] = root_file(said["sslrootcert"])
    return arguments


def _called(url: URL) -> str:
    """The program and who uses it, as the server's list of sessions shows it."""
    return f"{NAME} {url.username or ''}".strip()


def settle(connection: psycopg.Connection, _entry: ConnectionPoolEntry) -> None:
    """What is said to the server on every new connection.

    Raises:
        Refusal: the server is too old.
    """
    _refuse_old(connection)
    connection.autocommit = True
    try:
        connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'".encode())
        connection.execute(b"SET jit = off")  # compiling row security's many small conditions takes many seconds
    finally:
        connection.autocommit = False


def _refuse_old(connection: psycopg.Connection) -> None:
    if connection.info.server_version < OLDEST_SERVER:
        raise Refusal(
            f"数据库服务器“{connection.info.host}”的版本过低。",
            kept="数据未作改动。",
            todo="请管理员升级到 PostgreSQL 16 或更高版本。",
            details=f"server_version {connection.info.server_version}",
        )
