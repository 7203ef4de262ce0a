"""Making an office's database on a PostgreSQL server, whole or not at all.

The steps are `prepare_server` (database and tables, its comment saying ``unfinished``), then whatever fills it (a
founding, a promotion), then `complete_server` (guard, roles, the first administrator's login, in one transaction that
also takes the mark away). What goes wrong in between is undone by `abandon_server`; what a dead machine left half-made
is told by its mark (`remains`) and removed by `clear_remains`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy import URL, Connection, text

from desktop.domain.errors import Refusal
from desktop.domain.server_place import name_trouble
from desktop.store.engine import Database, make_engine, open_database
from desktop.store.faults import told
from desktop.store.guard import GuardNames, install_guard, owning
from desktop.store.logins import make_login, quoted
from desktop.store.schema import create_schema
from desktop.store.server_marks import FINISHED, UNFINISHED, comment_of

_MAINTENANCE = "postgres"
_UNTOUCHED = "服务器上没有作任何改动。"


class Remains(StrEnum):
    """What a server has under the name of a database that is to be made."""

    NOTHING = "nothing"
    UNFINISHED = "unfinished"
    """This program began one and never finished it; there is no office in it."""
    TAKEN = "taken"


@dataclass(frozen=True)
class Prepared:
    """A new database with this program's tables and nothing in them.

    It is filled by the administrator's login, which owns it until `complete_server`; ``url`` opens it and carries that
    login's password.
    """

    url: URL = field(repr=False)
    names: GuardNames

    @property
    def name(self) -> str:
        """The database's name."""
        return self.url.database or ""

    def database(self) -> Database:
        """The database, to be filled; whoever asks closes it."""
        return open_database(self.url.render_as_string(hide_password=False))


@dataclass(frozen=True)
class FirstLogin:
    """The first administrator's own login; ``person`` is in the office by then."""

    name: str
    password: str = field(repr=False)
    person: UUID


def remains(admin: str, name: str) -> Remains:
    """What the server has under that name; ``admin`` is an administrator's URL.

    Raises:
        Refusal: the server cannot be reached.
    """
    with _server(admin) as connection:
        found = comment_of(connection, name)
    if found is None:
        return Remains.NOTHING
    return Remains.UNFINISHED if found == UNFINISHED else Remains.TAKEN


def look_before(admin: str, name: str) -> Remains:
    """What stands under a name where a database is to be made, after a look at whether it could be.

    Raises:
        Refusal: the name does not do, the login may not make databases and roles, the server cannot be reached.
    """
    if trouble := name_trouble(name, "数据库"):
        raise Refusal(trouble, kept=_UNTOUCHED, todo="请另起一个名称。")
    with _server(admin) as connection:
        _refuse_powerless(connection)
    return remains(admin, name)


def prepare_server(admin: str, name: str, now: dt.datetime) -> Prepared:
    """Make a new database with this program's tables, at the aware moment ``now``; a failure leaves nothing behind.

    ``admin`` is the URL of a superuser, or of a managed server's administrator (CREATEDB and CREATEROLE).

    Raises:
        Refusal: the name is taken or does not do, the login may not make databases and roles, the server cannot be
            reached.
    """
    if trouble := name_trouble(name, "数据库"):
        raise Refusal(trouble, kept=_UNTOUCHED, todo="请另起一个名称。")
    prepared = Prepared(_url(admin).set(database=name), GuardNames.of(name))
    with _server(admin) as connection:
        _refuse_powerless(connection)
        _refuse_taken(connection, name)
        _drop_roles(connection, prepared.names)
        connection.exec_driver_sql(f"CREATE DATABASE {quoted(name)} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        connection.exec_driver_sql(f"COMMENT ON DATABASE {quoted(name)} IS '{UNFINISHED}'")
    database = prepared.database()
    try:
        create_schema(database, now)
    except BaseException:
        abandon_server(prepared)
        raise
    finally:
        database.close()
    return prepared


def is_encrypted(database: Database) -> bool:
    """Whether what goes to and fro between here and a server's database is encrypted.

    Raises:
        Refusal: the server cannot be reached.
    """
    with database.connecting() as connection:
        return bool(connection.scalar(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")))


def complete_server(prepared: Prepared, first: FirstLogin | None, *, zone: str = "") -> None:
    """Guard what was filled and let its first administrator in, in one transaction.

    ``zone`` is the office's time zone as PostgreSQL names it. Without a first login only the server's administrator
    can invite.

    Raises:
        Refusal: the login exists or its name does not do; the database stays as it is, unfinished.
    """
    with _within(prepared.url) as connection:
        install_guard(connection, prepared.names, zone=zone)
        _shut_out_strangers(connection, prepared)
        if first is not None:
            make_login(connection, prepared.names, first.name, first.password, administrator=True)
        with owning(connection, prepared.names):
            if first is not None:
                invite = text("SELECT guard.invite(:login, :person, true)")
                connection.execute(invite, {"login": first.name, "person": first.person})
            connection.exec_driver_sql(f"COMMENT ON DATABASE {quoted(prepared.name)} IS '{FINISHED}'")


def abandon_server(prepared: Prepared) -> None:
    """Undo `prepare_server`: drop the unfinished database and its roles.

    Raises:
        Refusal: it is not unfinished any more, or the server cannot be reached.
    """
    clear_remains(prepared.url.set(database=_MAINTENANCE).render_as_string(hide_password=False), prepared.name)


def clear_remains(admin: str, name: str) -> None:
    """Drop a database that was begun and never finished, and its roles.

    Raises:
        Refusal: there is none, or it holds a finished office.
    """
    with _server(admin) as connection:
        if comment_of(connection, name) != UNFINISHED:
            raise Refusal(
                f"服务器上的“{name}”不是没有建完的数据库，不能清除。", kept=_UNTOUCHED, todo="请核对数据库名称。"
            )
        connection.exec_driver_sql(f"DROP DATABASE {quoted(name)} WITH (FORCE)")
        _drop_roles(connection, GuardNames.of(name))


def _url(admin: str) -> URL:
    database = open_database(admin)
    database.close()
    if database.file is not None:
        raise Refusal("这不是数据库服务器的地址。", kept=_UNTOUCHED, todo="请给出以 postgresql:// 开头的地址。")
    return database.url


@contextmanager
def _server(admin: str) -> Iterator[Connection]:
    """A connection to the server's maintenance database, each statement by itself."""
    url = _url(admin)
    with _within(url.set(database=_MAINTENANCE), alone=True) as connection:
        yield connection


@contextmanager
def _within(url: URL, *, alone: bool = False) -> Iterator[Connection]:
    engine = make_engine(url, pooled=False)
    place = f"{url.host or ''}/{url.database or ''}"
    try:
        with told(place), engine.connect() as connection:
            if alone:
                yield connection.execution_options(isolation_level="AUTOCOMMIT")
            else:
                with connection.begin():
                    yield connection
    finally:
        engine.dispose()


_POWERS = text("SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles WHERE rolname = current_user")


def _refuse_powerless(connection: Connection) -> None:
    if not connection.scalar(_POWERS):
        raise Refusal(
            "这个登录名不能在服务器上建立数据库和登录名。",
            kept=_UNTOUCHED,
            todo="请换用服务器管理员的登录名（超级用户，或有 CREATEDB 和 CREATEROLE 的管理员）。",
        )


def _refuse_taken(connection: Connection, name: str) -> None:
    found = comment_of(connection, name)
    if found == UNFINISHED:
        raise Unfinished(
            f"服务器上的“{name}”上一次没有建完，里面没有办公室。",
            kept=_UNTOUCHED,
            todo="可以清除后重新建立，或另起一个名称。",
        )
    if found is not None:
        raise Refusal(f"服务器上已经有数据库“{name}”。", kept=_UNTOUCHED, todo="请另起一个名称，或直接连接它。")


class Unfinished(Refusal):
    """A database of that name was begun and never finished; it may be cleared away."""


_LEFT = text(
    "SELECT r.rolname, EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid AND NOT m.admin_option) "
    "FROM pg_roles r WHERE r.rolname = ANY(:names)"
)


def _drop_roles(connection: Connection, names: GuardNames) -> None:
    """Remove the groups that a database of that name has left behind, unless somebody is still in them."""
    left: Sequence[tuple[str, bool]] = [
        tuple(row) for row in connection.execute(_LEFT, {"names": list(astuple(names))})
    ]
    if any(peopled for _name, peopled in left):
        raise Refusal(
            f"服务器上还有以前同名办公室的登录名（属于“{names.people}”）。",
            kept="其余没有作任何改动。",
            todo="请另起一个名称，或请服务器管理员先删去那些登录名。",
        )
    for name, _peopled in left:
        connection.exec_driver_sql(f"DROP ROLE {quoted(name)}")


def _shut_out_strangers(connection: Connection, prepared: Prepared) -> None:
    """Only the office's people and its founder, who upgrades it, may connect, and nobody may make temporary tables."""
    name, names = quoted(prepared.name), prepared.names
    with owning(connection, names):
        connection.exec_driver_sql(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        connection.exec_driver_sql(
            f"GRANT CONNECT ON DATABASE {name} TO {quoted(names.people)}, {quoted(names.admins)}, SESSION_USER"
        )
