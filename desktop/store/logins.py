"""Logins on a guarded server: made, given passwords, closed, listed. Passwords travel as SCRAM verifiers alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, text

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.server_place import name_trouble

if TYPE_CHECKING:
    from desktop.store.guard import GuardNames

_UNCHANGED = "没有作任何改动。"


@dataclass(frozen=True)
class Whoami:
    """Whose login is connected. ``person_id`` is None where it is nobody's in the office."""

    person_id: UUID | None
    person: str
    administrator: bool
    one_time: bool
    closed: bool


@dataclass(frozen=True)
class LoginRecord:
    """A login as the server keeps it; moments are aware. ``open`` says whether the server itself still lets it in."""

    name: str
    person_id: UUID | None
    administrator: bool
    made_at: dt.datetime
    made_by: str
    closed_at: dt.datetime | None
    one_time: bool
    seen_at: dt.datetime | None
    open: bool


@dataclass(frozen=True)
class LoginEvent:
    """What an administrator did with a login, as the server noted it; ``kind`` is invite, password or close."""

    id: int
    at: dt.datetime
    made_by: str
    kind: str
    login: str
    person_id: UUID | None
    note: str


def login_events(connection: Connection) -> list[LoginEvent]:
    """What happened to logins of a guarded database, the oldest first; for administrators."""
    query = text("SELECT id, at, made_by, kind, login, person_id, note FROM guard.events ORDER BY id")
    return [LoginEvent(*row) for row in connection.execute(query)]


def quoted(name: str) -> str:
    """A name as it stands in a statement."""
    return '"{}"'.format(name.replace('"', '""').replace("%", "%%"))


def whoami(connection: Connection) -> Whoami | None:
    """Whose login is connected to a guarded database; None where nobody invited it."""
    query = text("SELECT person_id, person, administrator, one_time, closed FROM guard.whoami()")
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Whoami(row.person_id, row.person or "", row.administrator, row.one_time, bool(row.closed))


def arrive(connection: Connection) -> None:
    """Write down that the connected login was used."""
    connection.execute(text("SELECT guard.arrive()"))


def is_powerful(connection: Connection) -> bool:
    """Whether the connected login is a superuser's, whom nothing holds."""
    return bool(connection.scalar(text("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user")))


def belong_to(connection: Connection, name: str, person: UUID | None, *, administrator: bool) -> None:
    """Say whose a login is, and let the guard accept it."""
    query = text("SELECT guard.invite(:login, :person, :administrator)")
    connection.execute(query, {"login": name, "person": person, "administrator": administrator})


def hand_out(connection: Connection, name: str) -> None:
    """Write down that a login was given a one-time password."""
    connection.execute(text("SELECT guard.hand_out(:login)"), {"login": name})


def make_own(connection: Connection) -> None:
    """Write down that the connected login has a password of its person's own choice."""
    connection.execute(text("SELECT guard.make_own()"))


def list_logins(connection: Connection) -> list[LoginRecord]:
    """All logins, by name; for administrators."""
    query = text(
        "SELECT l.name, l.person_id, l.administrator, l.made_at, l.made_by, l.closed_at, l.one_time, l.seen_at, "
        "coalesce(r.rolcanlogin, false) AS open "
        "FROM guard.login l LEFT JOIN pg_catalog.pg_roles r ON r.rolname = l.name ORDER BY l.name"
    )
    return [LoginRecord(**row) for row in connection.execute(query).mappings()]


def count_open(connection: Connection) -> int:
    """How many logins are not closed; for administrators."""
    return connection.scalar(text("SELECT count(*) FROM guard.login WHERE closed_at IS NULL")) or 0


def open_logins(connection: Connection, person: UUID) -> list[str]:
    """The logins of a person that still let in."""
    query = text("SELECT guard.open_logins(:person)")
    return list(connection.scalars(query, {"person": person}))


def make_login(
    connection: Connection, names: GuardNames, name: str, password: str, *, administrator: bool = False
) -> None:
    """Make a login for the office's people, with a password; the connection may create roles.

    Every administrator of the office may later set its password and close it; an administrator's own login only its
    maker and the server's administrator may.

    Raises:
        Refusal: the name does not do, or is taken on the server.
    """
    if trouble := name_trouble(name, "登录名"):
        raise Refusal(trouble, kept=_UNCHANGED, todo="请另起一个登录名。")
    taken = text("SELECT count(*) FROM pg_catalog.pg_roles WHERE rolname = :name")
    if connection.scalar(taken, {"name": name}):
        raise Refusal(f"服务器上已经有登录名“{name}”。", kept=_UNCHANGED, todo="请另起一个登录名，例如加上工号。")
    powers = "CREATEROLE" if administrator else "NOCREATEROLE"
    verifier = scram(connection, name, password)
    login, people, admins = quoted(name), quoted(names.people), quoted(names.admins)
    connection.exec_driver_sql(f"CREATE ROLE {login} LOGIN {powers} INHERIT PASSWORD '{verifier}'")
    if administrator:
        connection.exec_driver_sql(f"GRANT {people} TO {login} WITH ADMIN TRUE, INHERIT TRUE, SET FALSE")
        connection.exec_driver_sql(f"GRANT {admins} TO {login} WITH ADMIN TRUE, INHERIT TRUE, SET FALSE")
    else:
        connection.exec_driver_sql(f"GRANT {people} TO {login} WITH INHERIT TRUE, SET FALSE")
        connection.exec_driver_sql(f"GRANT {login} TO {admins} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")


def set_password(connection: Connection, name: str, password: str) -> None:
    """Give a login another password; one's own, or one that the connected administrator cares for.

    Raises:
        NotAllowed: it is another administrator's.
    """
    verifier = scram(connection, name, password)
    _alter(connection, name, f"PASSWORD '{verifier}'")


def let_in(connection: Connection, name: str) -> None:
    """Let the server accept a login again."""
    _alter(connection, name, "LOGIN")


def shut(connection: Connection, name: str) -> bool:
    """Let the server refuse a login from now on; False where only its maker or the server's administrator may.

    The guard has closed it by then: also a session that stands sees and does nothing any more.
    """
    if not _cares_for(connection, name):
        return False
    connection.exec_driver_sql(f"ALTER ROLE {quoted(name)} NOLOGIN")
    return True


_CARES = text(
    "SELECT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) "
    "OR pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION') "
    "FROM pg_catalog.pg_roles r WHERE r.rolname = :name"
)


def _cares_for(connection: Connection, name: str) -> bool:
    return bool(connection.scalar(_CARES, {"name": name}))


def _alter(connection: Connection, name: str, what: str) -> None:
    own = connection.scalar(text("SELECT current_user = :name"), {"name": name})
    if not own and not _cares_for(connection, name):
        raise NotAllowed(
            f"“{name}”是别的管理员的登录名，您不能改它。",
            kept=_UNCHANGED,
            todo="请建立它的管理员或服务器的管理员来办。",
        )
    connection.exec_driver_sql(f"ALTER ROLE {quoted(name)} {what}")


def scram(connection: Connection, name: str, password: str) -> str:
    """The verifier that the server keeps of a password; made here, so that the password itself is never sent.

    Raises:
        Refusal: the password is empty or holds what no password may.
    """
    if not password or "\0" in password:
        raise Refusal("密码不能为空，也不能含有空字符。", kept=_UNCHANGED, todo="请另设一个密码。")
    driver: Any = connection.connection.driver_connection
    verifier: bytes = driver.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    return verifier.decode("ascii")
