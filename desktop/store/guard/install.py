"""Installing the guard on a server's database: roles, owner, functions, row security, the policy's rights rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from desktop.domain.errors import Refusal
from desktop.store.guard.guarded import is_guarded
from desktop.store.guard.policies import fill_policies

PARTS = (
    *("base.sql", "holdings.sql", "sight.sql", "rows.sql", "journal.sql", "commit.sql", "chain.sql", "filings.sql"),
    *("sign_offs.sql", "contents.sql", "numbers.sql", "ledger.sql", "logins.sql", "erasure.sql"),
)
"""The files that make the guard, in the order in which they are run."""

_HERE = Path(__file__).parent
_FUNCTION = re.compile(r"CREATE FUNCTION guard\.(?P<name>\w+)\([^$]*?AS \$\$(?P<body>.*?)\$\$", re.DOTALL)
_OLDEST = 16
_LONGEST = 63  # bytes of a name on the server


@dataclass(frozen=True)
class GuardNames:
    """The three roles without login: who owns everything, who may work here, who may care for logins."""

    owner: str
    people: str
    admins: str

    def __post_init__(self) -> None:
        """Names go into statements: nothing in them may end one."""
        for name in astuple(self):
            if not name or set(name) & set("'\"%@\\\0") or len(name.encode()) > _LONGEST:
                raise ValueError(f"no name for a role: {name!r}")

    @classmethod
    def of(cls, database: str) -> GuardNames:
        """The names that a database's roles get at its founding."""
        database = database.encode()[: _LONGEST - len("_people")].decode(errors="ignore")
        return cls(f"{database}_owner", f"{database}_people", f"{database}_admins")


def guard_names(connection: Connection) -> GuardNames:
    """The roles of a guarded database as it was founded; for administrators.

    Raises:
        Refusal: it has no guard.
    """
    if not is_guarded(connection):
        raise Refusal("这个数据库没有设置人员登录保护。", kept="没有作任何改动。", todo="请先由管理员在服务器上建立。")
    found = {row.key: row.value for row in connection.execute(text("SELECT key, value FROM guard.config"))}
    return GuardNames(found["owner"], found["people"], found["admins"])


def install_guard(connection: Connection, names: GuardNames, *, zone: str = "") -> None:
    """Guard the connected database, in the connection's transaction; logins and their history stay as they are.

    The connection is a superuser's, or that of whoever owns the database and may create roles. ``zone`` is the
    office's time zone as PostgreSQL names it; without one what was set before, or the server's, stays. Afterwards
    nobody is a member of the owner, and nobody works here without a login that ``guard.invite`` knows.

    Raises:
        Refusal: the server is too old, or the guard was founded with other roles.
    """
    if connection.dialect.server_version_info and connection.dialect.server_version_info < (_OLDEST,):
        raise Refusal("服务器的 PostgreSQL 版本低于 16，不能保护数据。", kept="没有作任何改动。", todo="请升级服务器。")
    if is_guarded(connection) and (found := guard_names(connection)) != names:
        raise Refusal(
            f"这个数据库已用“{found.owner}”等角色建立保护。", kept="没有作任何改动。", todo="请沿用原来的角色。"
        )
    for name in astuple(names):
        _make_role(connection, name)
    with member_of(connection, names.owner):
        _run(connection, _OWNERSHIP, names)
        with acting_as(connection, names.owner):
            _run(connection, _CLEARING, names)
            for part in PARTS:
                _run(connection, (_HERE / part).read_text(encoding="utf-8"), names)
            _configure(connection, names, zone)
            fill_policies(connection)


def guard_functions() -> list[tuple[str, str]]:
    """The functions that the guard is made of, by name, with their bodies as they are installed."""
    scripts = ((_HERE / part).read_text(encoding="utf-8") for part in PARTS)
    made = [(one["name"], one["body"]) for script in scripts for one in _FUNCTION.finditer(script)]
    return [(name, body) for name, body in made if "@people@" not in body and "@admins@" not in body]


@contextmanager
def owning(connection: Connection, names: GuardNames) -> Iterator[None]:
    """Act as the owner of a guarded database, for upgrades; by whoever could install the guard."""
    with member_of(connection, names.owner), acting_as(connection, names.owner):
        yield


def _make_role(connection: Connection, name: str) -> None:
    known = connection.scalar(text("SELECT count(*) FROM pg_catalog.pg_roles WHERE rolname = :name"), {"name": name})
    if not known:
        connection.exec_driver_sql(f"CREATE ROLE {_quoted(connection, name)} NOLOGIN")


@contextmanager
def member_of(connection: Connection, owner: str) -> Iterator[None]:
    """Be a member of the owner for a while; a superuser needs not."""
    if connection.scalar(text("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user")):
        yield
        return
    name = _quoted(connection, owner)
    connection.exec_driver_sql(f"GRANT {name} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE")
    yield
    connection.exec_driver_sql(f"REVOKE {name} FROM CURRENT_USER GRANTED BY CURRENT_USER")


@contextmanager
def acting_as(connection: Connection, role: str) -> Iterator[None]:
    """Have a role's rights for a while, within one transaction."""
    connection.exec_driver_sql(f"SET LOCAL ROLE {_quoted(connection, role)}")
    yield
    connection.exec_driver_sql("RESET ROLE")


def _configure(connection: Connection, names: GuardNames, zone: str) -> None:
    keep = text("INSERT INTO guard.config (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING")
    connection.execute(keep, [{"key": key, "value": value} for key, value in vars(names).items()])
    known = connection.scalar(text("SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'TimeZone'"))
    connection.execute(keep, {"key": "zone", "value": zone or known})
    if zone:
        connection.execute(text("UPDATE guard.config SET value = :zone WHERE key = 'zone'"), {"zone": zone})


def _run(connection: Connection, script: str, names: GuardNames) -> None:
    """Run several statements at once, the roles' names put in."""
    for key, name in vars(names).items():
        script = script.replace(f"@{key}@", _quoted(connection, name))
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(script)


def _quoted(connection: Connection, name: str) -> str:
    return str(connection.scalar(text("SELECT pg_catalog.quote_ident(:name)"), {"name": name}))


_OWNERSHIP = """
DO $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('ALTER DATABASE %I OWNER TO @owner@', d.datname)
        FROM pg_catalog.pg_database d
        WHERE d.datname = current_database() AND d.datdba <> '@owner@'::regrole
        UNION ALL
        SELECT format('ALTER SCHEMA %I OWNER TO @owner@', n.nspname)
        FROM pg_catalog.pg_namespace n
        WHERE n.nspname IN ('public', 'guard') AND n.nspowner <> '@owner@'::regrole
        UNION ALL
        SELECT format('ALTER TABLE %I.%I OWNER TO @owner@', n.nspname, c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'guard') AND c.relkind IN ('r', 'p', 'v', 'm')
        AND c.relowner <> '@owner@'::regrole
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO @owner@', p.oid::regprocedure)
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('public', 'guard') AND p.proowner <> '@owner@'::regrole
    LOOP
        EXECUTE command;
    END LOOP;
END $$;
"""

_CLEARING = """
DO $$
DECLARE
    command text;
BEGIN
    FOR command IN
        SELECT format('DROP POLICY %I ON %I.%I', p.policyname, p.schemaname, p.tablename)
        FROM pg_catalog.pg_policies p WHERE p.schemaname IN ('public', 'guard')
        UNION ALL
        SELECT format('DROP VIEW guard.%I CASCADE', c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'guard' AND c.relkind = 'v'
    LOOP
        EXECUTE command;
    END LOOP;
    LOOP
        SELECT format('DROP ROUTINE %s CASCADE', p.oid::regprocedure) INTO command
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'guard' LIMIT 1;
        EXIT WHEN command IS NULL;
        EXECUTE command;
    END LOOP;
    DROP TYPE IF EXISTS guard.span, guard.link;
EXCEPTION WHEN invalid_schema_name THEN
    NULL;
END $$;
"""
