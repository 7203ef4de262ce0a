"""How fast the week's papers open in a large office; ratios to bare SQL that fetches the same rows, in one run.

Figures are printed, never asserted: machines differ, ratios less so.
"""

import datetime as dt
import functools
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

from desktop.domain.canonical import Json, canonical_text
from desktop.domain.weeks import day_in, shifted
from desktop.services.monitoring import open_monitor
from desktop.services.office import Office, Work
from desktop.services.reporting import report_book, report_pdf
from desktop.services.week_papers import BULLETIN, PAPERS, STATUS, week_paper
from desktop.store.tables import Baseline, PlanLine
from tests.bench.bench_office import seconds, show
from tests.bench.reporting_office import WEEK, make_office

PROJECTS, LINES = 2_000, 200_000
TIMES, TASKS = 3, 50
WEEKS = tuple(shifted(WEEK, -back) for back in range(8))
_PROJECTS = """
    SELECT p.*, m.*, c.*, d.*, s.*, g.* FROM project p
    LEFT JOIN person m ON m.id = p.manager_id LEFT JOIN person c ON c.id = p.client_manager_id
    LEFT JOIN department d ON d.id = p.department_id LEFT JOIN department s ON s.id = p.sub_department_id
    LEFT JOIN program r ON r.id = p.program_id LEFT JOIN person g ON g.id = r.manager_id ORDER BY p.number
"""
_FILINGS = """
    SELECT f.form_key, f.period, f.id, f.project_id, f.author_id, f.number, f.state, f.created_at, r.author_id
    FROM filing f JOIN revision r ON r.id = f.revision_id
    WHERE f.form_key IN ('weekly_report', 'project_report') AND f.period IN ({}) AND f.state IN ('approved')
"""
_MEMBERS = "SELECT a.project_id, p.id, a.since, a.until FROM assignment a JOIN person p ON p.id = a.person_id"
_TOLD = """
    SELECT f.project_id, s.key, s.text FROM filing f JOIN section s ON s.revision_id = f.revision_id
    WHERE f.form_key = 'project_report' AND f.period = ? AND s.key IN ('week', 'told')
"""
_LINES = "SELECT project_id, task, content FROM report_line WHERE week = ? ORDER BY project_id, person_id, place"


def bare(file: Path, weeks: tuple[str, ...], *, told: bool) -> None:
    """The same rows with nothing in between."""
    with closing(sqlite3.connect(file)) as connection:
        for query in (_PROJECTS, _MEMBERS, "SELECT * FROM person", "SELECT * FROM absence"):
            connection.execute(query).fetchall()
        connection.execute(_FILINGS.format(",".join("?" * len(weeks))), weeks).fetchall()
        for query in (_TOLD, _LINES) if told else ():
            connection.execute(query, (WEEK,)).fetchall()


def measure(office: Office, clerk: UUID, file: Path, folder: Path) -> None:
    """Each paper: read, as PDF, as workbook."""
    for key, weeks in ((STATUS, WEEKS), (BULLETIN, (WEEK,))):
        ask: Callable[[], object] = functools.partial(
            office.read, functools.partial(week_paper, actor=clerk, key=key, week=WEEK)
        )
        plain = seconds(functools.partial(bare, file, weeks, told=key == BULLETIN), TIMES)
        show(f"{PAPERS[key]}: read", seconds(ask, TIMES), plain)
        report = office.read(functools.partial(week_paper, actor=clerk, key=key, week=WEEK))
        show(f"  as PDF ({report_pdf(office, report).pages} pages)", seconds(lambda r=report: report_pdf(office, r), 1))  # type: ignore[misc]
        book = functools.partial(report_book, report, folder / f"{key}.xlsx")
        show("  as workbook", seconds(book, 1))


def measure_monitor(office: Office, clerk: UUID, file: Path) -> None:
    """The monitor table of the project of which most was reported, with a plan of 50 tasks."""
    with closing(sqlite3.connect(file)) as connection:
        most = "SELECT project_id, count(*) FROM report_line GROUP BY project_id ORDER BY 2 DESC LIMIT 1"
        stored, lines = connection.execute(most).fetchone()
    project = UUID(str(stored))
    office.run(clerk, functools.partial(_plan, project=project))

    def plain() -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("SELECT * FROM report_line WHERE project_id = ? ORDER BY week", (stored,)).fetchall()
            connection.execute("SELECT * FROM plan_line WHERE project_id = ?", (stored,)).fetchall()

    ask = functools.partial(office.read, functools.partial(open_monitor, actor=clerk, project_id=project))
    show(f"进度计划监控表 ({TASKS} tasks, {lines} lines): read", seconds(ask, TIMES), seconds(plain, TIMES))


def _plan(work: Work, project: UUID) -> None:
    work.session.add(Baseline(project_id=project, n=1, effective_on=work.today, at=work.now))
    first = day_in(WEEKS[-1], 1)
    for place in range(TASKS):
        start, end = first + dt.timedelta(days=place), first + dt.timedelta(days=place + 20)
        period = {"start": start.isoformat(), "end": end.isoformat()}
        content: dict[str, Json] = {"name": f"任务{place}", "period": period, "milestone": "no", "work": "10"}
        work.session.add(
            PlanLine(
                project_id=project,
                register="schedule",
                line=f"t{place}",
                place=place + 1,
                from_baseline=1,
                content=canonical_text(content),
                starts_on=start,
                ends_on=end,
            )
        )


def main() -> int:
    """Print the figures; the numbers of projects and of report lines may be given."""
    given = [int(text) for text in sys.argv[1:]]
    projects, lines = (*given, *(PROJECTS, LINES)[len(given) :])[:2]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        office, clerk = make_office(folder, projects=projects, lines=lines)
        file = folder / "office.epm"
        size = file.stat().st_size / 1e6
        show(f"make {projects} projects, {lines} report lines ({size:.0f} MB)", time.perf_counter() - start)
        measure(office, clerk, file, folder)
        measure_monitor(office, clerk, file)
        office.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
