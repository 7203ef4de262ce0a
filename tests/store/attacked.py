"""A guarded office under attack: its papers, its logins with passwords, and how its data is seen to be unharmed."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg
from sqlalchemy import Connection, make_url, text

from desktop.domain.errors import Refusal
from desktop.services.archive import add_document
from desktop.services.filing_content import current_revision
from desktop.services.office import Office, Reading, Work
from desktop.services.opening import open_office
from desktop.store.engine import make_engine
from desktop.store.guard import guard_names
from desktop.store.tables import Filing
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
UNSEEN = "unseen"
"""What is said of statements that meet no row: row security shows none."""
WRITING = ("UPDATE", "DELETE", "INSERT", "MERGE", "SELECT")
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
class Paper:
    """What everybody who has seen a filing knows of it."""

    filing: UUID
    revision: UUID
    sha256: str
    hashes: dict[str, str]
    content: dict[str, object]


@dataclass(frozen=True)
class Attacked:
    """The office, what its records are called, and a door for whoever has a login and its password."""

    world: World
    ids: dict[str, str]
    logins: dict[str, str]
    papers: dict[str, Paper]

    def name_of(self, person: UUID) -> str:
        """A person's name."""
        return next(name for name, key in self.world.ids.items() if key == person)

    def connect(self, who: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection as psql makes one: by the person's own login and password."""
        url = make_url(self.world.url)
        return psycopg.connect(
            host=url.host, port=url.port, dbname=url.database, user=self.logins[who], password=PASSWORD
        )

    def office(self, who: str) -> Office:
        """The office as a person's program opens it, by the same login."""
        url = make_url(self.world.url).set(username=self.logins[who], password=PASSWORD)
        return open_office(url.render_as_string(hide_password=False), self.world.office.home, self.world.clock)

    @contextmanager
    def seat(self, who: str) -> Iterator[World]:
        """The same office as that person's own program has it open."""
        office = self.office(who)
        try:
            yield World(office, self.world.clock, self.world.folder, self.world.url, self.world.ids)
        finally:
            office.close()

    def pass_minutes(self, minutes: int = 5) -> None:
        """Let time pass, for the server too."""
        self.world.clock.pass_minutes(minutes)
        with superuser(self.world.url) as connection:
            _set_clock(connection, self.logins.values(), self.world.clock())

    def try_forgery(self, who: str, forge: Callable[[Work], object], **changes: dt.datetime) -> str:
        """Do something with a program that lets everything through; returns the code by which the server refuses it."""
        office = self.office(who)
        try:
            with office.database.writing(
                self.world.who(who), office.home.installation, changes.get("now", self.world.clock())
            ) as session:
                forge(Work(office, session, session.now, self.world.who(who)))
        except Refusal as refusal:
            return refusal.details.partition(":")[0] or type(refusal).__name__
        finally:
            office.close()
        return ""

    def try_script(self, who: str, script: str) -> str:
        """Run a script and commit; returns why it is refused: a code, `UNSEEN`, or nothing: it was not."""
        told = {**self.ids, "now": self.world.clock().isoformat()}
        try:
            with closing(self.connect(who)) as connection:
                connection.autocommit = script.startswith("ALTER SYSTEM")
                cursor = connection.execute(script.format_map(told).encode())
                done = [cursor.statusmessage or ""]
                while cursor.nextset():
                    done.append(cursor.statusmessage or "")
                connection.commit()
        except psycopg.Error as error:
            return error.sqlstate or type(error).__name__
        written = [status.rpartition(" ")[2] for status in done if status.startswith(WRITING)]
        return UNSEEN if written and set(written) == {"0"} else ""

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
        _set_clock(connection, logins.values(), world.clock())
        connection.execute(text("SELECT guard.close(:name)"), {"name": logins[CLOSED]})
        projects = {"running": world.project(RUNNING).id, "software": world.project(SOFTWARE).id}
        ids = {key: str(connection.scalar(text(query), projects)) for key, query in _NAMED.items()}
        roles = guard_names(connection)
    ids |= {key: str(value) for key, value in projects.items()}
    ids |= {"owner": roles.owner, "people": roles.people, "clerks_login": logins[CLERK], "today": "2026-11-03"}
    ids |= {name: str(world.who(person)) for name, person in {"clerk": CLERK, "head": HEAD, "manager": MANAGER}.items()}
    papers = {name: _paper(world, UUID(ids[name])) for name in ("filing", "half", "approved")}
    return Attacked(world, ids, logins, papers)


def _set_clock(connection: Connection, logins: Iterable[str], now: dt.datetime) -> None:
    for login in logins:
        connection.exec_driver_sql(f"ALTER ROLE \"{login}\" SET test.now = '{now.isoformat()}'")


def _paper(world: World, filing: UUID) -> Paper:
    def read(reading: Reading) -> Paper:
        stored = current_revision(reading.session, reading.session.fetch(Filing, filing))
        return Paper(filing, stored.revision_id, stored.sha256, dict(stored.hashes), dict(stored.content))

    return world.office.read(read)


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
