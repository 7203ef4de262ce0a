"""The guard's foundation: installed twice, who is who, what the policy lets them do, and who may say so."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import ProgrammingError

from desktop.domain.plan import WORKING
from desktop.domain.policy_facts import policy_facts
from desktop.store.engine import make_engine, open_database
from desktop.store.guard import GuardNames, guard_names, install_guard, is_guarded
from tests.guarded import login_of, sign_in
from tests.services.world import CLERK, EPM, HEAD, MANAGER, TECHNICAL, World, found_world


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A superuser's connection in one transaction."""
    engine = make_engine(make_url(url), pooled=False)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def ask(connection: Connection, question: str, **named: object) -> object:
    return connection.scalar(text(f"SELECT {question}"), named)


def test_guard_installed_twice_keeps_its_logins(guarded: World) -> None:
    with connected(guarded.url) as connection:
        login_of(connection, guarded.who(MANAGER))
        names = guard_names(connection)
        before = connection.execute(text("SELECT * FROM guard.login UNION ALL TABLE guard.login ORDER BY 1")).all()
        install_guard(connection, names)
        install_guard(connection, names)
        after = connection.execute(text("SELECT * FROM guard.login UNION ALL TABLE guard.login ORDER BY 1")).all()
    assert before == after
    assert before
    assert guarded.office.database.guarded


def test_unguarded_database_says_so(database_url: str) -> None:
    if make_url(database_url).get_backend_name() == "sqlite":
        assert not open_database(database_url).guarded
    else:
        with connected(database_url) as connection:
            assert not is_guarded(connection)


def test_me_is_whoever_logged_in_whatever_role_is_set(guarded: World) -> None:
    with connected(guarded.url) as connection:
        sign_in(connection, guarded.who(MANAGER))
        assert ask(connection, "guard.me()") == guarded.who(MANAGER)
        people = ask(connection, "rolname FROM pg_roles WHERE rolname LIKE '%people' AND pg_has_role(oid, 'MEMBER')")
        connection.exec_driver_sql(f'SET ROLE "{people}"')
        assert ask(connection, "guard.me()") == guarded.who(MANAGER)


def test_closed_login_is_nobody(guarded: World) -> None:
    with connected(guarded.url) as connection:
        name = login_of(connection, guarded.who(MANAGER))
        ask(connection, "guard.close(:name)", name=name)
        assert ask(connection, "count(*) FROM guard.event WHERE kind = 'close' AND login = :name", name=name) == 1
        connection.exec_driver_sql(f'SET SESSION AUTHORIZATION "{name}"')
        assert ask(connection, "guard.me()") is None
        assert ask(connection, "guard.may('see')") is False


def test_questions_of_right_have_the_answers_of_the_domain(guarded: World) -> None:
    running, other = guarded.project().id, guarded.project("RJ-2026-902").id
    for name, action, form, project, expected in (
        (CLERK, "manage people", "*", None, True),
        (MANAGER, "manage people", "*", None, False),
        (MANAGER, "file", "suspension", running, True),
        (MANAGER, "file", "suspension", other, False),
        (MANAGER, "file", "suspension", None, False),
        (TECHNICAL, "see", "*", running, True),
        (TECHNICAL, "see", "*", other, False),
        (HEAD, "see", "*", other, True),
    ):
        with connected(guarded.url) as connection:
            sign_in(connection, guarded.who(name))
            found = ask(connection, "guard.may(:a, :f, :p)", a=action, f=form, p=project)
            assert found is expected, (name, action, form)


def test_policy_rows_say_what_the_text_says(guarded: World) -> None:
    facts = policy_facts(EPM)
    with connected(guarded.url) as connection:
        for table, columns in (
            ("roles", "key, scope, held_as, by_plan"),
            ("rights", "role, scope, action, on_form"),
            ("forms", "key, code, number, once"),
        ):
            rows = connection.execute(text(f"SELECT {columns} FROM guard.{table}")).mappings()
            told = facts[table]
            assert isinstance(told, list)
            assert sorted(map(str, map(dict, rows))) == sorted(map(str, told))
        assert ask(connection, "count(*) FROM guard.steps") == len(facts["steps"])  # type: ignore[arg-type]


def test_registers_that_give_roles_by_plan_are_the_domains() -> None:
    script = (Path(__file__).parents[2] / "desktop/store/guard/holdings.sql").read_text(encoding="utf-8")
    assert f"l.register IN {WORKING!r}" in script


@pytest.mark.parametrize("who", [CLERK, MANAGER])
def test_policy_is_loaded_only_with_the_text_that_is_stored(guarded: World, who: str) -> None:
    with connected(guarded.url) as connection:
        version = ask(connection, "id FROM policy_version")
        sign_in(connection, guarded.who(who))
        with pytest.raises(ProgrammingError) as refused:
            ask(connection, "guard.load_policy(:v, '{}')", v=version)
        connection.rollback()
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_people_may_not_invite(guarded: World) -> None:
    with connected(guarded.url) as connection:
        name = login_of(connection, guarded.who(MANAGER))
        sign_in(connection, guarded.who(MANAGER))
        with pytest.raises(ProgrammingError) as refused:
            ask(connection, "guard.invite(:name, :person, true)", name=name, person=guarded.who(HEAD))
        connection.rollback()
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_merged_person_is_the_record_that_counts(guarded: World) -> None:
    with connected(guarded.url) as connection:
        old, new = guarded.who(MANAGER), guarded.who(HEAD)
        name = login_of(connection, old)
        merge = text("UPDATE person SET active = false, merged_into_id = :new WHERE id = :old")
        connection.execute(merge, {"old": old, "new": new})
        connection.exec_driver_sql(f'SET SESSION AUTHORIZATION "{name}"')
        assert ask(connection, "guard.me()") == new
        assert ask(connection, "guard.sees_all()") is True
        connection.rollback()


def test_who_has_left_has_no_rights(guarded: World) -> None:
    with connected(guarded.url) as connection:
        name = login_of(connection, guarded.who(HEAD))
        connection.execute(text("UPDATE person SET active = false WHERE id = :who"), {"who": guarded.who(HEAD)})
    with connected(guarded.url) as connection:
        connection.exec_driver_sql(f'SET SESSION AUTHORIZATION "{name}"')
        assert ask(connection, "guard.me()") is None
        assert ask(connection, "guard.sees_all()") is False
        assert ask(connection, "guard.known()") == guarded.who(HEAD)


def test_plays_follows_departments_projects_and_plans(guarded: World) -> None:
    running, other, today = guarded.project().id, guarded.project("RJ-2026-902").id, dt.date(2026, 11, 3)
    with connected(guarded.url) as connection:
        policy = ask(connection, "guard.policy()")
        for name, role, project, expected in (
            (MANAGER, "manager", running, True),
            (MANAGER, "manager", other, False),
            (TECHNICAL, "technical_head", running, True),
            (TECHNICAL, "technical_head", other, False),
            (TECHNICAL, "technical_head", None, False),
            (HEAD, "pmo_head", None, True),
            (HEAD, "no such role", None, False),
        ):
            named = {"who": guarded.who(name), "role": role, "project": project, "policy": policy, "day": today}
            found = ask(connection, "guard.plays(:who, :role, :project, :policy, :day)", **named)
            assert found is expected, (name, role)


def test_names_of_roles_cannot_end_a_statement() -> None:
    with pytest.raises(ValueError, match="no name for a role"):
        GuardNames("o'wner", "people", "admins")
    assert len(GuardNames.of("办" * 40).people.encode()) <= 63


def test_administrator_without_superuser_founds_and_cares(postgres_url: str) -> None:
    """Nobody is a member of the owner afterwards, and the guard can be made anew."""
    url = make_url(postgres_url)
    admin = f"{url.database}_keeper"
    with connected(postgres_url) as connection:
        connection.exec_driver_sql(f"CREATE ROLE \"{admin}\" LOGIN CREATEROLE CREATEDB PASSWORD 'geheim'")
        connection.exec_driver_sql(f'ALTER DATABASE "{url.database}" OWNER TO "{admin}"')
    theirs = url.set(username=admin, password="geheim").render_as_string(hide_password=False)
    found_world(theirs)
    names = GuardNames.of(str(url.database))
    with connected(theirs) as connection:
        install_guard(connection, names)
        connection.exec_driver_sql(f'GRANT "{names.admins}", "{names.people}" TO "{admin}"')
        ask(connection, "guard.invite(:name, NULL, true)", name=admin)
    with connected(theirs) as connection:
        install_guard(connection, guard_names(connection))
        assert not ask(connection, "pg_has_role(:admin, :owner, 'SET')", admin=admin, owner=names.owner)
        with pytest.raises(ProgrammingError) as refused:
            connection.exec_driver_sql("ALTER TABLE person ADD COLUMN more text")
        connection.rollback()
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_nobody_runs_a_function_that_was_not_granted(guarded: World) -> None:
    """What reads past row security answers only where the guard itself asks; PostgreSQL grants to all at first."""
    with connected(guarded.url) as connection:
        found = connection.scalars(
            text(
                "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'guard'::regnamespace "
                "AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a "
                "WHERE a.grantee = 0) ORDER BY 1"
            )
        ).all()
    assert found == []
