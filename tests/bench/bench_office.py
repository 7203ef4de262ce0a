"""How fast a large office is made, opened, searched and checked; ratios to bare SQL of the same rows in one run.

Figures are printed, never asserted: machines differ, ratios less so.
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

from desktop.sample import make_sample
from desktop.services.checking import verify_office
from desktop.services.due import todo
from desktop.services.filings import FilingQuery, filing_ids, filing_rows
from desktop.services.home import Home
from desktop.services.opening import open_office
from desktop.services.projects import SORTS, ProjectQuery, project_ids, project_rows, project_totals

PROJECTS = 5_000
FIRST_PAGE = 100
TIMES = 9
TYPED = ("s", "sh", "shu", "shuj", "数据", "数据中心", "滨海 弱电", "2025-12")
IDS = "SELECT id FROM project ORDER BY number, id"
ROWS = """
    SELECT p.*, m.*, c.*, d.*, s.* FROM project p
    LEFT JOIN person m ON m.id = p.manager_id LEFT JOIN person c ON c.id = p.client_manager_id
    LEFT JOIN department d ON d.id = p.department_id LEFT JOIN department s ON s.id = p.sub_department_id
    WHERE p.id IN ({})
"""


def seconds(work: Callable[[], object], times: int = TIMES) -> float:
    """Median of several runs, in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def show(what: str, took: float, bare: float | None = None) -> None:
    ratio = f"   {took / bare:6.1f} × bare SQL ({bare * 1000:.1f} ms)" if bare else ""
    print(f"{what:<58}{took * 1000:10.1f} ms{ratio}", flush=True)


def bare_first_page(file: Path) -> None:
    """The same ids and the same first rows with nothing in between."""
    with closing(sqlite3.connect(file)) as connection:
        ids = [row[0] for row in connection.execute(IDS)][:FIRST_PAGE]
        connection.execute(ROWS.format(",".join("?" * len(ids))), ids).fetchall()


def bare_search(file: Path, word: str) -> None:
    like = f"%{word}%"
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT id FROM project WHERE name LIKE ? OR pinyin LIKE ? OR number LIKE ? ORDER BY number, id"
        connection.execute(query, (like, like, like)).fetchall()


def measure(file: Path, home: Home) -> None:
    actor = UUID(home.remembered().person_id)
    office = open_office(file, home)

    def first_page(query: ProjectQuery = ProjectQuery()) -> None:  # noqa: B008 - frozen
        with office.reading() as reading:
            project_totals(reading, actor, query)
            project_rows(reading, project_ids(reading, actor, query)[:FIRST_PAGE])

    def open_and_show() -> None:
        nonlocal office
        office.close()
        office = open_office(file, home)
        first_page()

    def filings() -> None:
        with office.reading() as reading:
            filing_rows(reading, filing_ids(reading, actor, FilingQuery())[:FIRST_PAGE])

    bare = seconds(lambda: bare_first_page(file))
    show("open the office, first page of the project list", seconds(open_and_show), bare)
    show("first page of the project list", seconds(first_page), bare)
    for sort in SORTS:
        show(f"  sorted by {sort}", seconds(lambda key=sort: first_page(ProjectQuery(sort=key)), 3))  # type: ignore[misc]
    for word in TYPED:
        took = seconds(lambda text=word: first_page(ProjectQuery(text=text)), 5)  # type: ignore[misc]
        show(f"  search “{word}”", took, seconds(lambda text=word: bare_search(file, text), 5))  # type: ignore[misc]
    show("first page of the filings", seconds(filings))
    show("to-do list of the clerk", seconds(lambda: office.read(lambda reading: todo(reading, actor)), 3))
    show("verify", seconds(lambda: verify_office(office), 1))
    office.close()


def main() -> int:
    """Print the figures; the number of projects may be given."""
    projects = int(sys.argv[1]) if len(sys.argv) > 1 else PROJECTS
    with tempfile.TemporaryDirectory() as folder:
        file, home = Path(folder) / "office.epm", Home(Path(folder) / "home")
        took = seconds(lambda: make_sample(file, home, projects=projects), 1)
        show(f"make an example office of {projects} projects ({file.stat().st_size / 1e6:.0f} MB)", took)
        measure(file, home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
