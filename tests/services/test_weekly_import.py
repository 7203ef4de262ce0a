"""Members' weekly reports kept in Excel come in by cell, with every problem told, and mended ones come in whole."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook

from desktop.domain.weekly_clock import Timing
from desktop.services import drafting
from desktop.services.book_import import BookPreview, ImportResult, Verdict, preview_book
from desktop.services.home import Home
from desktop.services.office import Work
from desktop.services.opening import create_office
from desktop.services.people import add_person
from desktop.services.projects import find_project
from desktop.services.report_import import Writer, import_report, open_report, report_kind
from desktop.services.reported import submitted_lines
from desktop.services.week_status import week_status
from desktop.store.tables import Project
from tests.databases import Prepare
from tests.services.world import CLERK, DATA, START, Clock, World, founding, line, open_world, person

WEEK = "2026-W47"
FAULTS = {
    "张伟": [],
    "李娜": [],
    "𠮷镕堃": [],
    "王强": [
        "E4 完成任务量：“大约一半”不是百分数，请只填数字",
        "F4 预计完成日期：“下周三”不是日期，请写成 2026-03-01 的样子",
    ],
    "杨帆": ["G4 还需人日：“-2”不能是负数", "E5 完成任务量：“120%”不在 0% 到 100% 之间"],
    "陈静": ["B4 项目编号：台账中没有“XX-2026-999”这个项目"],
}
LINES = {"张伟": 3, "李娜": 3, "𠮷镕堃": 3, "王强": 5, "杨帆": 4, "陈静": 2}
MEND: dict[str, str | int | dt.date] = {
    "E4": "50%",
    "F4": dt.date(2026, 12, 2),
    "G4": 2,
    "E5": "60%",
    "B4": "FW-2026-004",
}


def workbook(author: str) -> Path:
    return DATA / "周报" / f"员工周报_{author}_20261120.xlsx"


def numbers() -> set[str]:
    """Every project that the workbooks name but the one that nobody has."""
    found: set[str] = set()
    for author in LINES:
        sheet = load_workbook(workbook(author)).active
        assert sheet is not None
        found |= {str(row[1]) for row in sheet.iter_rows(values_only=True) if "-20" in str(row[1])}
    return found - {"XX-2026-999"}


def found_reporting_office(url: str) -> None:
    """An office whose ledger has the projects, and the writers among its people."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        office = create_office(url, founding(), Home(Path(folder)), clock)
        world = World(office, clock, Path(folder), url)
        clerk = world.who(CLERK)
        lines = [line(number, f"项目{number}", "implementing", manager=person("周明")) for number in sorted(numbers())]
        content = {"source": {"file": "台账.xlsx", "on": START.isoformat()}, "projects": lines}
        begun = drafting.start_draft(office, clerk, "opening", None)
        world.submit(replace(begun, content=content), CLERK)
        for place, name in enumerate(LINES, 20):
            office.run(clerk, partial(add_person, name=name, staff_no=f"{place:04}"))
        office.close()


@pytest.fixture
def world(office_template: Callable[[Prepare], str], tmp_path: Path) -> Iterator[World]:
    made = open_world(office_template(found_reporting_office), tmp_path)
    made.clock.set(dt.date(2026, 11, 23))
    yield made
    made.office.close()


def previewed(world: World, path: Path) -> tuple[BookPreview, Writer]:
    book = world.office.read(partial(open_report, path=path))
    writer = Writer(book.people[0], book.heading.week)
    return world.office.read(partial(preview_book, kind=report_kind(writer), path=path)), writer


def bring_in(world: World, path: Path) -> ImportResult:
    preview, writer = previewed(world, path)
    return world.office.run(world.who(CLERK), partial(import_report, preview=preview, writer=writer)).value


def mended(author: str, folder: Path) -> Path:
    book = load_workbook(workbook(author))
    sheet = book.active
    assert sheet is not None
    for cell in {fault.split()[0] for fault in FAULTS[author]}:
        sheet[cell] = MEND[cell]
    path = folder / f"{author}.xlsx"
    book.save(path)
    return path


def reported(world: World, author: str) -> list[tuple[str, str]]:
    """Project and task of every line that stands as a person's report of the week."""
    me = str(world.who(author))
    with world.office.reading() as reading:
        return [
            (number, str(item["task"]))
            for number in sorted(numbers())
            for item in submitted_lines(reading, find_project(reading, number).id, [WEEK])
            if isinstance(item["person"], dict) and item["person"]["id"] == me
        ]


@pytest.mark.parametrize("author", LINES)
def test_WEEK_3_a_report_from_excel_comes_in_with_its_problems_told_by_cell(world: World, author: str) -> None:
    preview, writer = previewed(world, workbook(author))
    assert (writer.person, writer.week) == (world.who(author), WEEK)
    assert len(preview.rows) == LINES[author]
    told = [fault.text for row in preview.rows for fault in row.read.faults]
    assert told == FAULTS[author]
    refused = len({fault.split()[0][1:] for fault in FAULTS[author]})
    assert preview.count(Verdict.NEW) == LINES[author] - refused
    bring_in(world, workbook(author))
    assert len(reported(world, author)) == LINES[author] - refused
    again, _writer = previewed(world, workbook(author))
    assert again.count(Verdict.NEW) == 0


@pytest.mark.parametrize("author", [author for author, faults in FAULTS.items() if faults])
def test_WEEK_3_mended_rows_join_the_report_that_is_there(world: World, author: str, tmp_path: Path) -> None:
    bring_in(world, workbook(author))
    bring_in(world, mended(author, tmp_path))
    assert len(reported(world, author)) == LINES[author]
    assert bring_in(world, mended(author, tmp_path)).opened == 0


def test_WEEK_3_a_mended_report_comes_in_whole_at_once(world: World, tmp_path: Path) -> None:
    for author, count in LINES.items():
        result = bring_in(world, mended(author, tmp_path))
        assert (result.opened, result.refused) == (count, 0)


def test_WEEK_5_what_the_assistant_brings_in_by_monday_noon_is_in_time(world: World) -> None:
    world.clock.now = dt.datetime(2026, 11, 23, 10, tzinfo=world.clock.now.tzinfo)
    bring_in(world, workbook("张伟"))
    with world.office.reading() as reading:
        status = week_status(reading, None, WEEK)
    mine = [row for row in status.rows if row.person and row.person.name == "张伟"]
    assert {row.timing for row in mine} == {Timing.ON_TIME}
    assert all(row.report and row.report.brought_in for row in mine)
    managers = {row.timing for row in status.rows if row.person and row.person.name == "周明"}
    assert managers == {Timing.MISSING}


def test_WEEK_8_a_paused_project_takes_no_line_and_the_rest_comes_in(world: World) -> None:
    world.clock.set(dt.date(2026, 11, 23))
    world.office.run(world.who(CLERK), lambda work: set_state(work, "JC-2026-014"))
    preview, _writer = previewed(world, workbook("𠮷镕堃"))
    assert [fault.text for row in preview.rows for fault in row.read.faults] == [
        "B6 项目编号：项目处于“暂停”状态（自 2026-11-16 起），不提交周报（WEEK-8）"
    ]
    assert bring_in(world, workbook("𠮷镕堃")).opened == 2


def set_state(work: Work, number: str) -> None:
    record = work.session.fetch(Project, find_project(work, number).id)
    record.state, record.paused_on = "paused", dt.date(2026, 11, 16)
