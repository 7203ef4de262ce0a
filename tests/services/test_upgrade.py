"""Old and newer data at the services: what was filed and printed is as before, and what cannot be opened says why."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
from sqlalchemy import text

from desktop import __version__
from desktop.services.checking import verify_office
from desktop.services.filings import FilingQuery, filing_ids, open_filing
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import inspect_target, open_office, upgrade_office
from desktop.services.people import people_refs
from desktop.services.printing import print_filing
from desktop.services.projects import ProjectQuery, project_ids
from desktop.store.schema import SchemaState, migrating
from desktop.store.tables import SCHEMA_NO
from tests.databases import Prepare
from tests.old_offices import CLERK, FOUNDED, PRINTS, place_old_office, steps_of
from tests.services.world import Clock, World, refusal

NOW = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
NEXT = SCHEMA_NO + 1
LATER = f"'2026-11-22T04:00:00.000000Z', {SCHEMA_NO}"


@pytest.fixture
def old_url(office_template: Callable[[Prepare], str]) -> str:
    """URL of an office of schema 0001, on both engines."""
    return office_template(place_old_office)


@pytest.fixture
def upgraded(old_url: str, tmp_path: Path) -> Iterator[Office]:
    home = Home(tmp_path / "home")
    upgrade_office(old_url, home, Clock(NOW))
    office = open_office(old_url, home, Clock(NOW))
    yield office
    office.close()


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join("\n".join(page.get_textpage().get_text_bounded() for page in document).split())


def clerk_of(office: Office) -> UUID:
    return next(person.id for person in office.read(people_refs) if person.name == CLERK)


def test_all_filings_are_there_and_print_as_before(upgraded: Office) -> None:
    with upgraded.reading() as reading:
        clerk = clerk_of(upgraded)
        ids = filing_ids(reading, clerk, FilingQuery())
        pages = [open_filing(reading, clerk, key) for key in ids]
        prints = {page.row.number: words(print_filing(reading, clerk, page.row.id).pdf) for page in pages}
        assert len(project_ids(reading, clerk, ProjectQuery())) == 8
    assert {page.row.state for page in pages} == {"approved", "in approval", "returned", "rejected"}
    assert sum(bool(sign_off.scan_sha256) for page in pages for sign_off in page.sign_offs) == 3
    assert prints == PRINTS
    assert verify_office(upgraded) == []


def test_an_old_office_is_not_opened_and_the_command_that_upgrades_it_is_named(old_url: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    told = refusal(lambda: open_office(old_url, home))
    assert "旧版本" in told.what
    assert "用 upgrade 命令升级" in told.todo
    found = inspect_target(old_url)
    assert (found.state, found.trouble, found.on_server) == (SchemaState.OLDER, "", old_url.startswith("postgresql"))
    assert (tmp_path / "home" / "backups").exists() is False


def test_the_history_is_told_whatever_the_schema(world: World, old_url: str, tmp_path: Path) -> None:
    (founded,) = steps_of(world.url)
    assert (founded.schema_no, founded.program, founded.upgraded_from) == (SCHEMA_NO, __version__, None)
    assert founded.at is not None
    assert steps_of(old_url) == ()
    upgrade_office(old_url, Home(tmp_path / "home"), Clock(NOW))
    steps = [(step.schema_no, step.program, step.at, step.upgraded_from) for step in steps_of(old_url)]
    assert steps == [(1, "", FOUNDED, None), (SCHEMA_NO, __version__, NOW, 1)]


# ---- newer data: how it was upgraded, and what it says of itself
TOLD = f"由 99.1.0 版于 2026-11-22 升级过，本机是 {__version__} 版，不能打开它。"
SPARSE = f"由更新版本的程序保存，本机是 {__version__} 版，不能打开它。"
NEWER = {
    "as this schema has it": ((f"INSERT INTO schema_change VALUES ({NEXT}, '99.1.0', {LATER})",), TOLD),
    "with another column": (
        (
            "ALTER TABLE schema_change ADD COLUMN device TEXT",
            f"INSERT INTO schema_change VALUES ({NEXT}, '99.1.0', {LATER}, 'x')",
        ),
        TOLD,
    ),
    "without a moment": (
        (
            f"INSERT INTO schema_change VALUES ({NEXT}, '99.1.0', {LATER})",
            "ALTER TABLE schema_change RENAME COLUMN at TO moment",
        ),
        TOLD.replace("于 2026-11-22 ", ""),
    ),
    "made, not upgraded": (
        (f"INSERT INTO schema_change (schema_no, program) VALUES ({NEXT}, '99.1.0')",),
        TOLD.replace("于 2026-11-22 升级过", "建立"),
    ),
    "by a program of our number": ((f"INSERT INTO schema_change VALUES ({NEXT}, '{__version__}', {LATER})",), SPARSE),
    "in another table": (("ALTER TABLE schema_change RENAME TO history",), SPARSE),
    "under other names": (("ALTER TABLE schema_change RENAME COLUMN program TO version",), SPARSE),
    "not at all": (("DROP TABLE schema_change",), SPARSE),
}


def alter(world: World, *statements: str) -> None:
    """Make the world's data that of a newer program."""
    with migrating(world.office.database) as connection:
        for statement in (*statements, f"UPDATE schema_version SET version_num = '{NEXT:04d}'"):
            connection.execute(text(statement))


@pytest.mark.parametrize("case", NEWER)
def test_newer_data_tells_which_program_upgraded_it(world: World, case: str) -> None:
    statements, words_told = NEWER[case]
    alter(world, *statements)
    for attempt in (lambda: open_office(world.url, world.office.home), lambda: upgrade_office(world.url, Home())):
        told = refusal(attempt)
        assert words_told in told.what
        assert (told.kept, told.todo) == ("数据未作改动。", "请向发放人索取新版程序。")
    found = inspect_target(world.url)
    assert found.state is SchemaState.NEWER
    assert words_told in found.trouble
    assert steps_of(world.url) is not None


def test_what_makes_no_sense_in_the_history_of_a_file_is_passed_over(world: World) -> None:
    if world.url.startswith("sqlite"):
        garbled = f"INSERT INTO schema_change VALUES ({NEXT}, x'00ff', '明天', 'eins')"
        alter(world, garbled)
        assert SPARSE in refusal(lambda: open_office(world.url, world.office.home)).what
        step = steps_of(world.url)[-1]
        assert (step.schema_no, step.program, step.at, step.upgraded_from) == (NEXT, "", None, None)
