"""An office's database made on a server: whole or not at all, by a superuser or a managed server's administrator."""

import datetime as dt
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from desktop.domain.errors import NotAllowed, Refusal
from desktop.store import server
from desktop.store.device import Installation
from desktop.store.engine import open_database
from desktop.store.guard import GuardNames, guard_names
from desktop.store.guard.upgrading import may_upgrade
from desktop.store.ids import new_id
from desktop.store.logins import list_logins, make_login, set_password, shut, whoami
from desktop.store.schema import SchemaState, schema_state
from desktop.store.server import (
    FirstLogin,
    Remains,
    Unfinished,
    abandon_server,
    clear_remains,
    complete_server,
    prepare_server,
    remains,
)
from desktop.store.tables import SCHEMA_NO, Person
from desktop.store.upgrade import upgrade
from tests.servers import OfficeServer

PASSWORD = "出门 左转%#@"
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "{newer:04d}"
down_revision = "{older:04d}"
branch_labels = depends_on = None


def upgrade():
    op.create_table("shelf", sa.Column("id", sa.Integer, primary_key=True))
"""


@pytest.fixture(params=["superuser", "managed"])
def admin(request: pytest.FixtureRequest, office_server: OfficeServer) -> str:
    """The URL of whoever founds the office, by both sorts of administrators."""
    url: str = getattr(office_server, request.param)
    return url


def found(office_server: OfficeServer, admin: str, device: Installation, now: dt.datetime) -> Person:
    """A database with one person and their login."""
    prepared = prepare_server(admin, office_server.database, now)
    database = prepared.database()
    person = Person(name="张伟", pinyin="zw")
    with database.writing(None, device, now) as session:
        session.add(person)
    database.close()
    complete_server(prepared, FirstLogin(office_server.login("zw"), PASSWORD, person.id), zone="Asia/Shanghai")
    return person


def test_database_is_made_guarded_and_its_first_login_let_in(
    office_server: OfficeServer, admin: str, device: Installation, now: dt.datetime
) -> None:
    assert remains(admin, office_server.database) is Remains.NOTHING
    person = found(office_server, admin, device, now)
    assert remains(admin, office_server.database) is Remains.TAKEN
    database = open_database(office_server.target(office_server.login("zw"), PASSWORD))
    assert database.guarded
    assert schema_state(database) is SchemaState.CURRENT
    with database.connecting() as connection:
        known = whoami(connection)
        assert guard_names(connection) == GuardNames.of(office_server.database)
        [login] = list_logins(connection)
    database.close()
    assert known is not None
    assert (known.person_id, known.person, known.administrator, known.closed) == (person.id, "张伟", True, False)
    assert (login.name, login.open, login.one_time) == (office_server.login("zw"), True, False)
    with office_server.connection(office_server.database) as connection:
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('public', 'guard')"
        ).fetchall()
        assert owners == [(f"{office_server.database}_owner",)]
        in_the_owner = connection.execute(
            "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
            "WHERE r.rolname = %s AND (m.inherit_option OR m.set_option)",
            (f"{office_server.database}_owner",),
        ).fetchone()
        assert in_the_owner == (0,)


def test_strangers_to_the_office_cannot_even_connect(
    office_server: OfficeServer, device: Installation, now: dt.datetime
) -> None:
    found(office_server, office_server.superuser, device, now)
    with office_server.connection() as connection:
        connection.execute(f"CREATE ROLE {office_server.login('stranger')} LOGIN PASSWORD 'x'".encode())
    database = open_database(office_server.target(office_server.login("stranger"), "x"))
    with pytest.raises(Refusal, match="不能使用这个数据库"):
        schema_state(database)
    database.close()


def test_nothing_is_left_of_a_making_that_fails(
    office_server: OfficeServer, admin: str, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = office_server.roles()

    def fail(*_given: object) -> None:
        raise Refusal("磁盘已满。")

    monkeypatch.setattr(server, "create_schema", fail)
    with pytest.raises(Refusal, match="磁盘已满"):
        prepare_server(admin, office_server.database, now)
    assert office_server.databases() == set()
    assert office_server.roles() == before


def test_half_made_database_is_told_and_can_be_cleared(
    office_server: OfficeServer, admin: str, device: Installation, now: dt.datetime
) -> None:
    prepare_server(admin, office_server.database, now)  # and the machine dies
    assert remains(admin, office_server.database) is Remains.UNFINISHED
    with pytest.raises(Unfinished, match="上一次没有建完"):
        prepare_server(admin, office_server.database, now)
    clear_remains(admin, office_server.database)
    assert office_server.databases() == set()
    found(office_server, admin, device, now)


def test_finished_office_is_never_cleared_away(
    office_server: OfficeServer, device: Installation, now: dt.datetime
) -> None:
    found(office_server, office_server.superuser, device, now)
    with pytest.raises(Refusal, match="不能清除"):
        clear_remains(office_server.superuser, office_server.database)
    with pytest.raises(Refusal, match="已经有数据库"):
        prepare_server(office_server.superuser, office_server.database, now)
    assert office_server.databases() == {office_server.database}


def test_taken_login_leaves_the_database_unfinished(office_server: OfficeServer, now: dt.datetime) -> None:
    with office_server.connection() as connection:
        connection.execute(f"CREATE ROLE {office_server.login('taken')}".encode())
    prepared = prepare_server(office_server.superuser, office_server.database, now)
    with pytest.raises(Refusal, match="已经有登录名"):
        complete_server(prepared, FirstLogin(office_server.login("taken"), "x", new_id()))
    assert remains(office_server.superuser, office_server.database) is Remains.UNFINISHED
    abandon_server(prepared)
    assert office_server.databases() == set()
    assert office_server.roles() == {"taken"}


@pytest.mark.parametrize("name", ["Office", "my-office", "postgres", "pg_office", "办公室", 'x"; DROP', "a" * 41])
def test_names_that_would_need_care_are_refused(office_server: OfficeServer, now: dt.datetime, name: str) -> None:
    with pytest.raises(Refusal, match="数据库"):
        prepare_server(office_server.superuser, name, now)


def test_login_without_the_power_to_make_databases_is_told(office_server: OfficeServer, now: dt.datetime) -> None:
    with office_server.connection() as connection:
        connection.execute(f"CREATE ROLE {office_server.login('weak')} LOGIN PASSWORD 'x'".encode())
    weak = office_server.target(office_server.login("weak"), "x", "postgres")
    with pytest.raises(Refusal, match="不能在服务器上建立"):
        prepare_server(weak, office_server.database, now)
    assert office_server.databases() == set()


def test_server_keeps_no_password_and_no_statement_shows_one(
    office_server: OfficeServer, device: Installation, now: dt.datetime
) -> None:
    with office_server.connection() as watching:
        watching.execute("ALTER SYSTEM SET log_statement = 'all'")
        found(office_server, office_server.superuser, device, now)
        watching.execute("ALTER SYSTEM RESET log_statement")
        kept = watching.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", (office_server.login("zw"),)
        ).fetchone()
    assert kept is not None
    assert kept[0].startswith("SCRAM-SHA-256$")


def test_administrator_cares_for_people_and_not_for_other_administrators(
    office_server: OfficeServer, admin: str, device: Installation, now: dt.datetime
) -> None:
    person = found(office_server, admin, device, now)
    names = GuardNames.of(office_server.database)
    first = open_database(office_server.target(office_server.login("zw"), PASSWORD))
    with first.administering() as connection:
        make_login(connection, names, office_server.login("ordinary"), "one-time")
        connection.execute(
            text("SELECT guard.invite(:name, :person)"), {"name": office_server.login("ordinary"), "person": person.id}
        )
        make_login(connection, names, office_server.login("second"), "second", administrator=True)
        connection.execute(
            text("SELECT guard.invite(:name, :person, true)"),
            {"name": office_server.login("second"), "person": person.id},
        )
    second = open_database(office_server.target(office_server.login("second"), "second"))
    with second.administering() as connection:
        set_password(connection, office_server.login("ordinary"), "another")
        assert shut(connection, office_server.login("ordinary"))
        assert not shut(connection, office_server.login("zw"))
        set_password(connection, office_server.login("second"), "mine")  # one's own always
    with pytest.raises(NotAllowed, match="别的管理员"), second.administering() as connection:
        set_password(connection, office_server.login("zw"), "stolen")
    closed = open_database(office_server.target(office_server.login("ordinary"), "another"))
    with pytest.raises(Refusal, match="已被关闭"):
        schema_state(closed)
    for database in (first, second, closed):
        database.close()


def test_older_office_is_upgraded_by_its_founder_alone_and_guarded_anew(
    office_server: OfficeServer, admin: str, device: Installation, now: dt.datetime, tmp_path: Path
) -> None:
    found(office_server, admin, device, now)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "next.py").write_text(NEXT.format(newer=SCHEMA_NO + 1, older=SCHEMA_NO), encoding="utf-8")
    own = open_database(office_server.target(office_server.login("zw"), PASSWORD), schema_no=SCHEMA_NO + 1)
    assert schema_state(own) is SchemaState.OLDER
    with pytest.raises(NotAllowed, match="由服务器管理员升级"):
        upgrade(own, tmp_path, now, more=[tmp_path / "more"])
    url = make_url(admin).set(database=office_server.database)
    founder = open_database(url.render_as_string(hide_password=False), schema_no=SCHEMA_NO + 1)
    with own.connecting() as connection, founder.connecting() as founding:
        assert (may_upgrade(connection), may_upgrade(founding)) == (False, True)
    upgrade(founder, tmp_path, now, more=[tmp_path / "more"])
    assert schema_state(own) is SchemaState.CURRENT
    with own.connecting() as connection:
        assert whoami(connection) is not None
    with office_server.connection(office_server.database) as watching:
        owner = watching.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'shelf'").fetchone()
    assert owner == (f"{office_server.database}_owner",)
    for database in (own, founder):
        database.close()


def test_pooler_is_told_nothing_at_the_start_that_it_must_know(office_server: OfficeServer) -> None:
    """PgBouncer refuses start-up parameters that it does not know, ``options`` among them."""
    database = open_database(office_server.superuser)
    with database.connecting() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        said = driver.info.get_parameters()
    database.close()
    assert "options" not in said
    assert said["application_name"] == "epm-desk postgres"


def test_servers_compile_no_query_of_the_program(office_server: OfficeServer) -> None:
    """With JIT, which servers have on, what others saved took sixteen seconds to read instead of a twentieth."""
    database = open_database(office_server.superuser)
    with psycopg.connect(office_server.superuser.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(b"ALTER ROLE postgres SET jit = on")
        try:
            with database.connecting() as reading:
                assert reading.scalar(text("SELECT current_setting('jit')")) == "off"
        finally:
            connection.execute(b"ALTER ROLE postgres RESET jit")
    database.close()
