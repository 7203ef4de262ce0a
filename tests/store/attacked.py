"""A guarded office under attack: its papers, its logins with passwords, and how its data is seen to be unharmed."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg
from sqlalchemy import Connection, make_url, text

from desktop.services.archive import add_document
from desktop.store.engine import make_engine
from desktop.store.guard import guard_names
from tests.guarded import NAMES, guard_database, login_of
from tests.services.world import (
    CLERK,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    PAUSED,
    QUALITY,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
    found_world,
    open_world,
)

KEEPER, STRANGER, CLOSED = "管理员", "无人", QUALITY
"""An administrator who is nobody in the office, a login of the group that is nobody's, and a closed one."""
WORKER = NAMES.owner.removesuffix("owner")
PASSWORD = "Qiang-Kou-Ling-9"

_NAMED = {
    "filing": "SELECT id FROM filing WHERE form_key = 'suspension' AND project_id = :running",
    "half": "SELECT id FROM filing WHERE form_key = 'suspension' AND project_id = :software",
    "approved": "SELECT id FROM filing WHERE state = 'approved' AND form_key = 'resumption'",
    "revision": "SELECT revision_id FROM filing WHERE form_key = 'suspension' AND project_id = :running",
    "device": "SELECT id FROM device ORDER BY seq DESC LIMIT 1",
    "changeset": "SELECT id FROM changeset ORDER BY lamport DESC LIMIT 1",
    "person_change": "SELECT changeset_id FROM change WHERE entity = 'person' LIMIT 1",
    "blob": "SELECT sha256 FROM blob LIMIT 1",
    "office": "SELECT id FROM office",
    "policy": "SELECT id FROM policy_version",
    "department": "SELECT id FROM department WHERE name = '软件开发部'",
    "counter": "SELECT id FROM counter WHERE key LIKE 'filing:ZT%'",
}


_CLOCK = """
CREATE OR REPLACE FUNCTION guard.now() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(nullif(current_setting('test.now', true), '')::timestamptz, statement_timestamp()) $$
"""


@dataclass(frozen=True)
class Attacked:
    """The office, what its records are called, and a door for whoever has a login and its password."""

    world: World
    ids: dict[str, str]
    logins: dict[str, str]

    def connect(self, who: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection as psql makes one: by the person's own login and password."""
        url = make_url(self.world.url)
        return psycopg.connect(
            host=url.host, port=url.port, dbname=url.database, user=self.logins[who], password=PASSWORD,
            options=f"-c test.now={self.world.clock().isoformat()}",
        )  # fmt: skip

    def try_script(self, who: str, script: str) -> str:
        """Run a script and commit; returns the code under which it is refused, or nothing."""
        told = {**self.ids, "now": self.world.clock().isoformat()}
        try:
            with closing(self.connect(who)) as connection:
                connection.autocommit = script.startswith("ALTER SYSTEM")
                connection.execute(script.format_map(told).encode())
                connection.commit()
        except psycopg.Error as error:
            return error.sqlstate or type(error).__name__
        return ""

    def fingerprint(self) -> str:
        """One hash over every table of the office and of its guard, all functions, triggers and roles."""
        with superuser(self.world.url) as connection:
            tables = connection.scalars(_TABLES).all()
            parts = [*(f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
                       for name in tables), *_CATALOGUE]  # fmt: skip
            return str(connection.execute(text(" UNION ALL ".join(parts) + " ORDER BY 1"), {"worker": WORKER}).all())


_TABLES = text(
    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
    "WHERE schemaname IN ('public', 'guard') AND tablename <> 'touched' ORDER BY 1"
)
_CATALOGUE = (
    "SELECT 'functions', md5(string_agg(p::text, '|' ORDER BY p.oid)) FROM pg_proc p",
    (
        "SELECT 'tables', md5(string_agg(concat(c.oid, c.relname, c.relowner, c.relrowsecurity, c.relacl), '|' "
        "ORDER BY c.oid)) FROM pg_class c WHERE c.relkind IN ('r', 'v')"
    ),
    "SELECT 'triggers', md5(string_agg(t.tgname || t.tgenabled::text, '|' ORDER BY t.oid)) FROM pg_trigger t",
    "SELECT 'policies', md5(string_agg(p::text, '|' ORDER BY p.oid)) FROM pg_policy p",
    (
        "SELECT 'roles', md5(string_agg(a::text, '|' ORDER BY a.oid)) FROM pg_authid a "
        "WHERE starts_with(a.rolname, :worker)"
    ),
    (
        "SELECT 'members', md5(string_agg(m::text, '|' ORDER BY m::text)) FROM pg_auth_members m "
        "JOIN pg_authid a ON a.oid = m.member WHERE starts_with(a.rolname, :worker)"
    ),
)


def found_attacked(url: str) -> None:
    """Make an office with papers of every sort, guarded; one of its logins is closed."""
    found_world(url)
    guard_database(url)
    with superuser(url) as connection:
        connection.exec_driver_sql(_CLOCK)
    with TemporaryDirectory() as folder:
        world = open_world(url, Path(folder))
        world.submitted("suspension", by=MANAGER)
        world.approve(world.submitted("suspension", SOFTWARE, by=OTHER_MANAGER), OTHER_TECHNICAL)
        world.approved("resumption", TECHNICAL, HEAD, number=PAUSED, by=MANAGER)
        file = world.file()
        world.office.run(world.who(CLERK), partial(add_document, path=file, project_id=world.project().id))
        world.office.close()


def open_attacked(url: str, folder: Path) -> Attacked:
    """Open it, and give everybody a password."""
    world = open_world(url, folder)
    world.clock.pass_minutes(60)
    names = (CLERK, HEAD, TECHNICAL, OTHER_TECHNICAL, MANAGER, OTHER_MANAGER, QUALITY, "𬴂𪟝")
    with superuser(url) as connection:
        logins = {name: login_of(connection, world.who(name)) for name in names}
        logins |= {KEEPER: _keeper(connection), STRANGER: _stranger(connection)}
        for login in logins.values():
            connection.exec_driver_sql(f"ALTER ROLE \"{login}\" PASSWORD '{PASSWORD}'")
        connection.execute(text("SELECT guard.close(:name)"), {"name": logins[CLOSED]})
        projects = {"running": world.project(RUNNING).id, "software": world.project(SOFTWARE).id}
        ids = {key: str(connection.scalar(text(query), projects)) for key, query in _NAMED.items()}
        roles = guard_names(connection)
    ids |= {key: str(value) for key, value in projects.items()}
    ids |= {"owner": roles.owner, "people": roles.people, "clerks_login": logins[CLERK], "today": "2026-11-03"}
    ids |= {name: str(world.who(person)) for name, person in {"clerk": CLERK, "head": HEAD, "manager": MANAGER}.items()}
    return Attacked(world, ids, logins)


def _keeper(connection: Connection) -> str:
    names = guard_names(connection)
    login = f"{names.admins}_keeper"
    if not connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": login}):
        connection.exec_driver_sql(f'CREATE ROLE "{login}" LOGIN CREATEROLE IN ROLE "{names.admins}"')
        connection.exec_driver_sql(f'GRANT "{names.people}" TO "{login}" WITH ADMIN OPTION')
    connection.execute(text("SELECT guard.invite(:name, NULL, true)"), {"name": login})
    return login


def _stranger(connection: Connection) -> str:
    names = guard_names(connection)
    login = f"{names.people}_stranger"
    if not connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": login}):
        connection.exec_driver_sql(f'CREATE ROLE "{login}" LOGIN IN ROLE "{names.people}"')
    return login


@contextmanager
def superuser(url: str) -> Iterator[Connection]:
    """One transaction of the server's own master."""
    engine = make_engine(make_url(url), pooled=False)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def key_of(name: str) -> UUID:
    """A made-up key."""
    return UUID(int=int.from_bytes(name.encode()[:16].ljust(16, b"."), "big"))
