"""What row security costs lists on 100,000 rows: the same query by a superuser, whom it spares, and by a person.

The person reads by department, a fifth of everything. Figures are printed, never asserted.
"""

import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from sqlalchemy import make_url, select, text

from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.office import Reading
from desktop.services.projects import ProjectQuery, project_ids, project_rows, project_totals, visible
from desktop.store.engine import make_engine
from desktop.store.tables import Filing, PlanLine, Project
from tests.bench.bench_office import seconds
from tests.guarded import guard_database, reading_as
from tests.postgres_server import PostgresServer
from tests.services.world import TECHNICAL, World, found_world, open_world

ROWS = 100_000
DEPARTMENTS = 5
FIRST_PAGE = 50

_FILL = f"""
SET session_replication_role = replica;
INSERT INTO department (id, version, name, pinyin, active)
    SELECT gen_random_uuid(), 1, '部门' || n, 'bm', true FROM generate_series(1, {DEPARTMENTS} - 1) n;
CREATE TEMPORARY TABLE place AS
    SELECT id, row_number() OVER (ORDER BY name = '系统集成部' DESC, name) - 1 AS n FROM department
    ORDER BY name = '系统集成部' DESC, name LIMIT {DEPARTMENTS};
INSERT INTO project (id, version, number, short_name, name, kind, program, contract_no, contract_kind, customer,
        department_id, state, note, pinyin, sort_key)
    SELECT gen_random_uuid(), 1, 'P-' || i, '', '项目' || i, 'software', '', '', '', '客户', place.id, 'implementing',
        '', 'xm', 'xiangmu' || lpad((i * 7919 % {ROWS})::text, 6, '0')
    FROM generate_series(1, {ROWS}) i JOIN place ON place.n = i % {DEPARTMENTS};
CREATE TEMPORARY TABLE every AS SELECT id, row_number() OVER () AS n FROM project WHERE number LIKE 'P-%';
INSERT INTO filing (id, version, form_key, subject_kind, subject_id, project_id, number, title, state, author_id,
        policy_id, revision_no, created_at, submitted_at)
    SELECT gen_random_uuid(), 1, 'suspension', 'project', every.id::text, every.id, 'ZT-' || every.n, '项目暂停',
        'approved', p.id, o.policy_id, 1, now() - every.n * interval '1 minute', now() - every.n * interval '1 minute'
    FROM every CROSS JOIN (SELECT id FROM person ORDER BY id LIMIT 1) p CROSS JOIN office o;
INSERT INTO plan_line (id, version, project_id, register, line, place, from_baseline, content, amount, subject, month)
    SELECT gen_random_uuid(), 1, every.id, 'budget', 'l', 1, 1, '{{}}', 100, 'travel', '2026-03' FROM every;
ANALYZE;
"""


def fill(url: str) -> None:
    """Put the rows in, past every trigger."""
    engine = make_engine(make_url(url), pooled=False)
    with engine.begin() as connection:
        connection.connection.driver_connection.execute(_FILL)  # type: ignore[union-attr]
        connection.execute(text("SELECT 1"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def main() -> None:
    """Make the office, fill it, and read it both ways."""
    server = PostgresServer()
    url = make_url(server.url).set(database="bench").render_as_string(hide_password=False)
    engine = make_engine(make_url(server.url), pooled=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CREATE DATABASE bench")
    engine.dispose()
    found_world(url)
    guard_database(url)
    fill(url)
    with tempfile.TemporaryDirectory() as folder:
        world = open_world(url, Path(folder))
        print(f"{ROWS:,} projects, filings and plan lines; the person's department has a fifth of them", flush=True)
        for what, query in QUERIES.items():
            compare(world, what, query)
        world.office.close()
    server.stop()


def compare(world: World, what: str, query: Callable[[Reading, World], object]) -> None:
    """Print what a query takes without and with row security."""
    who = world.who(TECHNICAL)

    def run(*, own: bool) -> Callable[[], object]:
        def once() -> object:
            with reading_as(who, world.clock.now) if own else nullcontext():
                return world.office.read(lambda reading: query(reading, world))

        return once

    assert run(own=True)() == run(own=False)(), what
    bare, guarded = seconds(run(own=False)), seconds(run(own=True))
    print(f"{what:<58}{bare * 1000:9.1f} ms {guarded * 1000:9.1f} ms  × {guarded / bare:.2f}", flush=True)


def first_page(reading: Reading, world: World) -> object:
    """The first rows of the list of projects by name."""
    query = select(Project.id).where(visible(reading, world.who(TECHNICAL)))
    return list(reading.session.scalars(query.order_by(Project.sort_key, Project.id).limit(FIRST_PAGE)))


def first_filings(reading: Reading, world: World) -> object:
    """The first rows of the list of filings, the latest first."""
    query = (
        select(Filing.id).join(Project, Filing.project_id == Project.id).where(visible(reading, world.who(TECHNICAL)))
    )
    return list(reading.session.scalars(query.order_by(Filing.created_at.desc(), Filing.id).limit(FIRST_PAGE)))


def plan_lines(reading: Reading, world: World) -> object:
    """All plan lines of the projects that the person sees."""
    query = select(PlanLine.id).join(Project, PlanLine.project_id == Project.id)
    return sorted(reading.session.scalars(query.where(visible(reading, world.who(TECHNICAL)))))


def one_plan(reading: Reading, world: World) -> object:
    """The plan of one project."""
    project = reading.session.scalar(select(Project.id).where(visible(reading, world.who(TECHNICAL))).limit(1))
    return len(reading.session.scalars(select(PlanLine).where(PlanLine.project_id == project)).all())


QUERIES: dict[str, Callable[[Reading, World], object]] = {
    "projects: first page": first_page,
    "projects: ids of the whole list": lambda reading, world: project_ids(
        reading, world.who(TECHNICAL), ProjectQuery(sort="name")
    ),
    "projects: count and sum": lambda reading, world: project_totals(reading, world.who(TECHNICAL), ProjectQuery()),
    "projects: search": lambda reading, world: project_ids(reading, world.who(TECHNICAL), ProjectQuery(text="项目777")),
    "projects: 50 rows by id": lambda reading, world: len(
        project_rows(reading, project_ids(reading, world.who(TECHNICAL), ProjectQuery(text="项目777"))[:FIRST_PAGE])
    ),
    "filings: first page": first_filings,
    "filings: ids of the whole list": lambda reading, world: filing_ids(reading, world.who(TECHNICAL), FilingQuery()),
    "plan lines: all that are seen": plan_lines,
    "plan lines: of one project": one_plan,
}

if __name__ == "__main__":
    main()
