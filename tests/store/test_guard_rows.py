"""Row security: what each role reads of the office and what not, as the services show it, and what it may write."""

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DatabaseError

from desktop.domain.conflicts import Stale
from desktop.domain.errors import NotAllowed
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, may
from desktop.services import contract_list, filings, people, projects
from desktop.services.archive import add_document
from desktop.services.filings import FilingQuery
from desktop.services.office import Work
from desktop.services.projects import ProjectQuery, project_ids
from desktop.services.standing import project_subject, standing_of
from desktop.store.engine import make_engine
from desktop.store.tables import Base, Person, Project, Setting
from tests.guarded import reading_as, sign_in
from tests.services.plans import plan_in_force
from tests.services.world import (
    CLERK,
    CLIENT_MANAGER,
    FINANCE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
    PRESIDENT,
    QUALITY,
    RUNNING,
    SOFTWARE,
    TECHNICAL,
    World,
)

EVERYONE = (
    CLERK,
    HEAD,
    TECHNICAL,
    FINANCE,
    PRESIDENT,
    QUALITY,
    MANAGER,
    CLIENT_MANAGER,
    OTHER_MANAGER,
    OTHER_TECHNICAL,
)


@contextmanager
def signed_in(world: World, name: str) -> Iterator[Connection]:
    """A transaction of that person's own login with bare SQL; nothing of it stays."""
    engine = make_engine(make_url(world.url), pooled=False)
    with engine.connect() as connection:
        sign_in(connection, world.who(name))
        connection.execute(text("SELECT set_config('test.now', :now, false)"), {"now": world.clock.now.isoformat()})
        yield connection
        connection.rollback()
    engine.dispose()


def count(connection: Connection, table: str, condition: str = "true", **named: object) -> int:
    return int(connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {condition}"), named) or 0)


def forbidden(connection: Connection, statement: str, **named: object) -> None:
    """The server refuses a statement by right or by rule, or it meets no row."""
    connection.execute(text("SAVEPOINT attempt"))
    try:
        done = connection.execute(text(statement), named)
    except DatabaseError as error:
        code = getattr(error.orig, "sqlstate", "")
        if code != "42501" and not code.startswith("EP"):
            raise
        connection.execute(text("ROLLBACK TO SAVEPOINT attempt"))
    else:
        assert done.rowcount == 0, statement


@pytest.fixture
def papers(guarded: World) -> World:
    """The running project has a paper in approval with a file, which the other department must not see."""
    filing = guarded.submitted("suspension")
    file = guarded.file("机密.pdf", b"%PDF-1.4 secret")
    clerk = guarded.who(CLERK)
    guarded.office.run(clerk, partial(add_document, path=file, project_id=guarded.project().id))
    guarded.ids["filing"] = filing
    return guarded


def test_every_table_is_under_row_security(guarded: World) -> None:
    with signed_in(guarded, CLERK) as connection:
        query = "relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity"
        assert count(connection, "pg_class", query) == 0
        granted = connection.execute(
            text(
                "SELECT c.relname, has_table_privilege(c.oid, 'SELECT') FROM pg_class c "
                "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
            )
        ).all()
        readable = {name for name, may_read in granted if may_read}
        assert set(Base.metadata.tables) <= readable
        policies = connection.scalars(text("SELECT tablename FROM pg_policies WHERE cmd = 'SELECT'")).all()
        assert set(policies) >= set(Base.metadata.tables)


def test_other_departments_project_and_all_that_hangs_on_it_are_hidden(papers: World) -> None:
    project, filing = papers.project().id, papers.ids["filing"]
    for name, sees in ((OTHER_TECHNICAL, 0), (OTHER_MANAGER, 0), (TECHNICAL, 1), (MANAGER, 1), (HEAD, 1)):
        with signed_in(papers, name) as connection:
            assert count(connection, "project", "id = :p", p=project) == sees, name
            assert count(connection, "filing", "id = :f", f=filing) == sees, name
            for table in ("revision", "turn"):
                assert bool(count(connection, table, "filing_id = :f", f=filing)) is bool(sees), (name, table)
            sections = "revision_id IN (SELECT id FROM revision WHERE filing_id = :f)"
            assert bool(count(connection, "section", sections, f=filing)) is bool(sees), name
            assert count(connection, "document", "project_id = :p", p=project) == sees, name
            bodies = "entity IN ('project', 'filing') AND entity_id IN (:p, :f)"
            assert bool(count(connection, "change", bodies, p=str(project), f=str(filing))) is bool(sees), name
            files = count(connection, "blob_chunk", "encode(data, 'escape') LIKE '%secret%'")
            assert files == sees, name


def test_signer_sees_what_waits_for_them_and_no_more_of_the_project_once_it_is_signed(papers: World) -> None:
    """Who is asked by name reads the project while their signature is waited for, and the paper for good."""
    plan_in_force(papers)
    given, project = papers.submitted("handover"), papers.project().id

    def reads() -> tuple[int, int, bool]:
        with signed_in(papers, OTHER_MANAGER) as connection:
            plan = count(connection, "plan_line", "project_id = :p", p=project)
            return (
                count(connection, "filing", "id = :f", f=given),
                count(connection, "project", "id = :p", p=project),
                plan > 0,
            )

    assert reads() == (0, 0, False)
    while papers.page(given).row.state.value == "in approval" and reads() == (0, 0, False):
        due = papers.page(given).progress.due[0].key
        (signer,) = papers.page(given).signers_by_step[due]
        papers.approve(given, signer.name)
    assert reads() == (1, 1, True)
    papers.approve(given, OTHER_MANAGER)
    assert reads() == (1, 1, False)


def test_public_tables_are_read_by_everybody_with_a_login(guarded: World) -> None:
    for name in (OTHER_MANAGER, FINANCE):
        with signed_in(guarded, name) as connection:
            for table in ("person", "department", "assignment", "office", "policy_version", "changeset", "device"):
                assert count(connection, table) > 0, table


def test_who_was_never_invited_reads_nothing(guarded: World) -> None:
    engine = make_engine(make_url(guarded.url), pooled=False)
    with engine.connect() as connection:
        people_role = connection.scalar(text("SELECT value FROM guard.config WHERE key = 'people'"))
        stranger = f"{make_url(guarded.url).database}_stranger"
        connection.exec_driver_sql(f'CREATE ROLE "{stranger}" LOGIN IN ROLE "{people_role}"')
        connection.exec_driver_sql(f'SET SESSION AUTHORIZATION "{stranger}"')
        for table in set(Base.metadata.tables) - {"schema_change"}:
            assert count(connection, table) == 0, table
        connection.rollback()
    engine.dispose()


def test_rights_rows_decide_who_writes_what(guarded: World) -> None:
    person, running = guarded.who(FINANCE), guarded.project().id
    with signed_in(guarded, MANAGER) as connection:
        forbidden(connection, "UPDATE person SET phone = '1' WHERE id = :id", id=person)
        forbidden(connection, "UPDATE office SET name = 'x'")
        forbidden(connection, "INSERT INTO setting (id, version, key, text) VALUES (gen_random_uuid(), 1, 'mail', 'x')")
        forbidden(
            connection,
            "INSERT INTO calendar_day (id, version, day, kind, note) "
            "VALUES (gen_random_uuid(), 1, '2026-12-01', 'holiday', '')",
        )
        forbidden(
            connection,
            "INSERT INTO assignment (id, version, role_key, person_id, since) "
            "VALUES (gen_random_uuid(), 1, 'clerk', :id, '2026-01-01')",
            id=guarded.who(MANAGER),
        )
        forbidden(
            connection,
            "INSERT INTO delegation (id, version, person_id, stand_in_id, role_key, since, until, reason) "
            "VALUES (gen_random_uuid(), 1, :id, :me, '', '2026-01-01', '2027-01-01', '')",
            id=guarded.who(HEAD),
            me=guarded.who(MANAGER),
        )
        forbidden(
            connection,
            "INSERT INTO waiver (id, project_id, gate, condition, reason, by_id, at) "
            "VALUES (gen_random_uuid(), :p, 'g', 'c', 'r', :me, now())",
            p=running,
            me=guarded.who(MANAGER),
        )
        forbidden(connection, "UPDATE filing SET number = 'x'")
        forbidden(connection, "DELETE FROM project")
        forbidden(connection, "UPDATE sign_off SET opinion = 'x'")
        connection.execute(
            text(
                "INSERT INTO assignment (id, version, role_key, person_id, project_id, since) "
                "VALUES (gen_random_uuid(), 1, 'member', :id, :p, '2026-01-01')"
            ),
            {"id": person, "p": running},
        )
    with signed_in(guarded, CLERK) as connection:
        changed = connection.execute(
            text("UPDATE person SET phone = '1', version = version + 1 WHERE id = :id"), {"id": person}
        )
        assert changed.rowcount == 1


def test_no_row_opens_a_door_to_what_is_hidden(papers: World) -> None:
    """What one may write must not make readable, even until it is taken back, what one may not read."""
    project, filing, me = papers.project().id, papers.ids["filing"], papers.who(OTHER_TECHNICAL)
    with signed_in(papers, OTHER_TECHNICAL) as connection:
        forbidden(
            connection,
            "INSERT INTO filing (id, version, form_key, subject_kind, subject_id, project_id, title, state, author_id, "
            "revision_no, created_at) VALUES (gen_random_uuid(), 1, 'suspension', 'project', '', :p, '', 'draft', :me, "
            "0, now())",
            p=project,
            me=me,
        )
        forbidden(
            connection,
            "INSERT INTO problem (id, version, project_id, number, line, source, title, content, raised_on, owner_id, "
            "severity, level, evidence, filing_id) VALUES "
            "(gen_random_uuid(), 1, NULL, '', '', '', '', '{}', '2026-11-01', :me, '', '', '', :f)",
            f=filing,
            me=me,
        )
        forbidden(
            connection,
            "INSERT INTO sign_off (id, filing_id, revision_id, step_key, decision, signer_id, signer_name, signed_on, "
            "at, opinion, covers, policy_sha256, on_paper, signature) VALUES (gen_random_uuid(), :f, :f, 'x', "
            "'approve', :me, '', '2026-11-03', now(), '', '{}', '', false, '')",
            f=filing,
            me=me,
        )
        forbidden(
            connection,
            "INSERT INTO document (id, project_id, name, blob_sha, size, media_type, kind, added_by, at) "
            "VALUES (gen_random_uuid(), :p, 'x', 'x', 1, '', '', :me, now())",
            p=project,
            me=me,
        )
        assert count(connection, "project", "id = :p", p=project) == 0
        assert count(connection, "filing", "id = :f", f=filing) == 0


def test_nobody_becomes_another_by_changing_a_row_of_their_own(guarded: World) -> None:
    me, head = guarded.who(MANAGER), guarded.who(HEAD)
    with signed_in(guarded, MANAGER) as connection:
        connection.execute(
            text(
                "INSERT INTO delegation (id, version, person_id, stand_in_id, role_key, since, until, reason) "
                "VALUES (gen_random_uuid(), 1, :me, :me, '', '2026-01-01', '2027-01-01', '')"
            ),
            {"me": me},
        )
        forbidden(connection, "UPDATE delegation SET person_id = :head, version = version + 1", head=head)
        forbidden(
            connection,
            "INSERT INTO assignment (id, version, role_key, person_id, project_id, since) "
            "VALUES (gen_random_uuid(), 1, 'client_manager', :me, :p, '2026-01-01')",
            me=me,
            p=guarded.project().id,
        )


def test_saving_what_is_hidden_is_told_as_that(guarded: World) -> None:
    """Not as somebody else's save: the row is there, unchanged, and not for this person."""
    project = guarded.project(RUNNING).id

    def fetch(work: Work) -> None:
        work.session.fetch(Project, project)

    with pytest.raises(NotAllowed, match="查看这条记录"):
        guarded.office.run(guarded.who(OTHER_TECHNICAL), fetch)


def test_saving_what_may_not_be_changed_is_told_as_that(guarded: World) -> None:
    row = next(row for row in guarded.office.read(people.list_people) if row.name == FINANCE)

    def change(work: Work) -> None:
        work.session.fetch(Person, row.id).phone = "123"

    with pytest.raises(NotAllowed, match="不能更改"):
        guarded.office.run(guarded.who(MANAGER), change)


def test_saving_over_somebody_else_is_still_stale(guarded: World) -> None:
    row = next(row for row in guarded.office.read(people.list_people) if row.name == FINANCE)
    clerk = guarded.who(CLERK)

    def change(work: Work) -> None:
        work.session.fetch(Person, row.id).phone = "123"
        engine = make_engine(make_url(guarded.url), pooled=False)
        with engine.begin() as other:
            other.execute(text("UPDATE person SET version = version + 1 WHERE id = :id"), {"id": row.id})
        engine.dispose()

    with pytest.raises(Stale):
        guarded.office.run(clerk, change)


def test_row_that_the_server_refuses_names_the_rights(guarded: World) -> None:
    def write(work: Work) -> None:
        work.session.add(Setting(key="mail", text="x"))

    with pytest.raises(NotAllowed, match="按制度的权限拒绝"):
        guarded.office.run(guarded.who(MANAGER), write)


def test_same_file_may_be_attached_by_who_cannot_see_the_first(papers: World) -> None:
    """Content is archived once; whoever brings it in again need not see where it hangs."""
    file = papers.file("另一份.pdf", b"%PDF-1.4 secret")
    add = partial(add_document, path=file, project_id=papers.project(SOFTWARE).id)
    papers.office.run(papers.who(OTHER_MANAGER), add)
    with signed_in(papers, OTHER_MANAGER) as connection:
        assert count(connection, "blob_chunk", "encode(data, 'escape') LIKE '%secret%'") == 1


# ---- the same as the services


def seen(world: World, name: str) -> set[UUID]:
    with signed_in(world, name) as connection:
        return set(connection.scalars(text("SELECT guard.seen_projects()")))


def shown(world: World, name: str) -> set[UUID]:
    who = world.who(name)
    return set(world.office.read(lambda reading: project_ids(reading, who, ProjectQuery())))


def test_everybody_reads_under_their_login_what_services_show(papers: World) -> None:
    """Lists are the same for a superuser's connection that filters and for one's own that may see no more."""
    for name in EVERYONE:
        who = papers.who(name)
        for query in (
            lambda reading, who=who: project_ids(reading, who, ProjectQuery()),
            lambda reading, who=who: filings.filing_ids(reading, who, FilingQuery()),
            lambda reading, who=who: filings.filing_ids(reading, who, FilingQuery(waiting_for=who)),
            lambda reading, who=who: contract_list.contract_ids(reading, who, contract_list.ContractQuery()),
            lambda reading, who=who: projects.project_totals(reading, who, ProjectQuery()),
        ):
            filtered = papers.office.read(query)
            with reading_as(who, papers.clock.now):
                assert papers.office.read(query) == filtered, name


@pytest.mark.parametrize("seed", range(6))
def test_seen_projects_are_the_services_for_any_roles(guarded: World, seed: int) -> None:
    """Random roles, departments below departments, plans and programs: SQL and services agree on everyone."""
    dice = random.Random(seed)
    scramble(guarded, dice)
    for name in EVERYONE:
        assert seen(guarded, name) == shown(guarded, name), name
    actions = [(action, form) for action in Action for form in ("*", "suspension", "weekly_report")]
    everything = sorted(shown(guarded, CLERK) | shown(guarded, PRESIDENT), key=str)
    for name in dice.sample(EVERYONE, 3):
        who = guarded.who(name)
        with guarded.office.reading() as reading, signed_in(guarded, name) as connection:
            held = standing_of(reading.session, who, reading.today)
            for action, form in dice.sample(actions, 6):
                for project in (None, *everything[:4]):
                    subject = project_subject(reading.session, project) if project else OFFICE
                    wanted = may(reading.policy, held, action, subject, form)
                    named = {"a": action.value, "f": form, "p": project}
                    found = connection.scalar(text("SELECT guard.may(:a, :f, :p)"), named)
                    assert found is wanted, (name, action, form, project)


def scramble(world: World, dice: random.Random) -> None:
    """Give out roles, departments and projects at random, by a superuser's hand."""
    engine = make_engine(make_url(world.url), pooled=False)
    roles = [(role.key, role.scope.value) for role in world.office.policy.roles]
    who = [world.who(name) for name in EVERYONE]
    with engine.begin() as connection:
        departments = list(connection.scalars(text("SELECT id FROM department ORDER BY id")))
        every = list(connection.scalars(text("SELECT id FROM project ORDER BY id")))
        for place, below in zip(departments[1:], departments, strict=False):
            if dice.random() < 0.5:
                update = text("UPDATE department SET parent_id = :parent WHERE id = :id")
                connection.execute(update, {"id": place, "parent": below})
        program = connection.scalar(
            text(
                "INSERT INTO program (id, version, name, manager_id, across, note) "
                "VALUES (gen_random_uuid(), 1, '大项目', :manager, '', '') RETURNING id"
            ),
            {"manager": dice.choice(who)},
        )
        for project in every:
            values = {
                "id": project,
                "a": dice.choice([None, *departments]),
                "b": dice.choice([None, *departments]),
                "m": dice.choice([None, *who]),
                "c": dice.choice([None, *who]),
                "g": dice.choice([None, program]),
            }
            move = (
                "UPDATE project SET department_id = :a, sub_department_id = :b, manager_id = :m, "
                "client_manager_id = :c, program_id = :g WHERE id = :id"
            )
            connection.execute(text(move), values)
        connection.execute(text("DELETE FROM assignment"))
        for _ in range(12):
            key, scope = dice.choice(roles)
            place = dice.choice([None, *departments]) if scope == "department" else None
            given = dice.choice(every) if scope == "project" else None
            since = dt.date(2026, 1, 1) + dt.timedelta(days=dice.randrange(400))
            until = dice.choice([None, since + dt.timedelta(days=dice.randrange(300))])
            insert = (
                "INSERT INTO assignment (id, version, role_key, person_id, department_id, project_id, since, until) "
                "VALUES (gen_random_uuid(), 1, :key, :who, :place, :project, :since, :until)"
            )
            named = {"key": key, "who": dice.choice(who), "place": place, "project": given}
            connection.execute(text(insert), {**named, "since": since, "until": until})
        for register in ("organization", "schedule", "budget"):
            line = (
                "INSERT INTO plan_line (id, version, project_id, register, line, place, from_baseline, to_baseline, "
                "content, subject, month, person_id) "
                "VALUES (gen_random_uuid(), 1, :p, :register, 'l', 1, 1, :gone, '{}', '', '', :who)"
            )
            named = {"p": dice.choice(every), "register": register, "who": dice.choice(who)}
            connection.execute(text(line), {**named, "gone": dice.choice([None, None, 2])})
        connection.execute(text("UPDATE person SET active = false WHERE id = :id"), {"id": dice.choice(who[1:])})
    engine.dispose()
