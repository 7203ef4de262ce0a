"""The ledger comes in from a workbook and goes out again; so does the calendar."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from desktop.domain.calendar import HOLIDAY, WORKDAY
from desktop.domain.errors import NotAllowed, Refusal
from desktop.exchange.table_finding import Choice
from desktop.services import calendar_files, people, projects, work_calendar
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.ledger_export import export_ledger
from desktop.services.ledger_import import (
    LedgerPreview,
    Verdict,
    import_ledger,
    preview_ledger,
    remembered_choice,
    save_refused,
)
from desktop.services.ledger_lines import ledger_line
from desktop.services.opening import create_office
from desktop.services.projects import ProjectQuery
from tests.services.world import (
    CLERK,
    DATA,
    HEAD,
    MANAGER,
    NUMBERLESS,
    RUNNING,
    TECHNICAL,
    Clock,
    World,
    founding,
    refusal,
)

LEDGER = DATA / "项目台账.xlsx"
D = dt.date


def preview(world: World, path: Path = LEDGER, choice: Choice | None = None) -> LedgerPreview:
    return world.office.read(lambda reading: preview_ledger(reading, path, choice=choice))


def bring_in(world: World, seen: LedgerPreview, by: str = CLERK) -> Any:
    return world.office.run(world.who(by), lambda work: import_ledger(work, seen)).value


def verdicts(seen: LedgerPreview) -> tuple[int, int, int]:
    return seen.count(Verdict.NEW), seen.count(Verdict.SAME), seen.count(Verdict.REFUSED)


def ledger(world: World) -> dict[str, dict[str, Any]]:
    """Every project as a line of the ledger, people by their names."""
    ids = world.office.read(lambda reading: projects.project_ids(reading, world.who(CLERK), ProjectQuery()))
    lines = {}
    for row in world.office.read(lambda reading: projects.project_rows(reading, ids)):
        line: dict[str, Any] = ledger_line(row)
        named = {key: value["name"] if isinstance(value, dict) else value for key, value in line.items()}
        lines[row.number or row.name] = named
    return lines


def workbook(path: Path, *rows: tuple[str | None, ...]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    book.close()
    return path


def mend(path: Path) -> None:
    """What a clerk would do with the rows that came back."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            repaired = {"2026-02-30": "2026-02-28", "停工": "暂停"}.get(str(cell.value))
            if repaired:
                cell.value = repaired
    book.save(path)
    book.close()


def test_38_rows_come_in_and_6_come_back(world: World) -> None:
    seen = preview(world)
    assert verdicts(seen) == (38, 0, 6)
    faults = [fault for row in seen.rows if row.verdict is Verdict.REFUSED for fault in row.read.faults]
    assert all(fault.cell and fault.text for fault in faults)
    for reason in ("2026-02-30", "不能是负数", "停工", "项目名称：没有填写", "计划终验早于", "只能用一次"):
        assert any(reason in fault.text for fault in faults), [fault.text for fault in faults]
    before = ledger(world)
    result = bring_in(world, seen)
    assert (result.opened, result.same, result.refused) == (38, 0, 6)
    after = ledger(world)
    assert len(after) == len(before) + 38
    assert {key: after[key] for key in before} == before
    assert world.page(result.filing_id).row.title == "期初建账"
    assert verify_office(world.office) == []


def test_the_same_workbook_twice_changes_nothing(world: World) -> None:
    bring_in(world, preview(world))
    with world.unchanged():
        again = preview(world)
        assert verdicts(again) == (0, 38, 6)
        result = bring_in(world, again)
    assert (result.filing_id, result.opened, result.same) == (None, 0, 38)


def test_refused_rows_are_mended_and_come_in(world: World) -> None:
    seen = preview(world)
    bring_in(world, seen)
    back = world.folder / "未通过.xlsx"
    written = save_refused(seen, back)
    assert written.rows == 6
    again = preview(world, back)
    assert verdicts(again) == (0, 0, 6)
    mend(back)
    again = preview(world, back)
    assert again.count(Verdict.NEW) == 2
    assert bring_in(world, again).opened == 2
    assert bring_in(world, preview(world, back)).opened == 0


def test_what_goes_out_comes_in_unchanged(world: World, tmp_path: Path) -> None:
    bring_in(world, preview(world))
    out = tmp_path / "台账 导出.xlsx"
    written = world.office.read(lambda reading: export_ledger(reading, world.who(CLERK), out))
    assert (written.rows, written.notes) == (43, ())
    with world.unchanged():
        again = preview(world, out)
        assert verdicts(again) == (0, 43, 0)
        bring_in(world, again)


def test_an_export_makes_the_same_ledger_in_an_empty_office(world: World, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    world.office.read(lambda reading: export_ledger(reading, world.who(CLERK), out))
    office = create_office(tmp_path / "other.epm", founding(), Home(tmp_path / "other"), Clock())
    other = World(office, world.clock, tmp_path, "")
    bring_in(other, preview(other, out))
    assert ledger(other) == ledger(world)
    office.close()


def test_an_export_holds_what_its_reader_sees_and_asks_for(world: World, tmp_path: Path) -> None:
    def rows(by: str, query: ProjectQuery | None = None) -> int:
        path = tmp_path / "out.xlsx"
        return world.office.read(lambda reading: export_ledger(reading, world.who(by), path, query)).rows

    assert rows(CLERK) == 5
    assert rows(MANAGER) == 2
    assert rows(TECHNICAL, ProjectQuery(states=("paused",))) == 1


def test_only_a_clerk_imports(world: World) -> None:
    seen = preview(world)
    with world.unchanged():
        refusal(lambda: bring_in(world, seen, HEAD), NotAllowed)


def test_a_ledger_that_moved_on_since_the_preview_is_refused_whole(world: World) -> None:
    first, second = preview(world), preview(world)
    bring_in(world, first)
    with world.unchanged():
        assert "预览之后" in refusal(lambda: bring_in(world, second)).what


def test_a_row_that_contradicts_the_ledger_is_refused(world: World, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "新.xlsx",
        ("项目编号", "项目名称", "项目状态"),
        (RUNNING, "另一个名称", "实施"),
        ("XX-1", "新项目", "实施"),
        (None, NUMBERLESS, "暂停"),
    )
    seen = preview(world, path)
    assert [row.verdict for row in seen.rows] == [Verdict.REFUSED, Verdict.NEW, Verdict.REFUSED]
    assert "项目名称" in seen.rows[0].read.faults[0].text
    assert "项目状态" in seen.rows[2].read.faults[0].text
    bring_in(world, seen)
    assert world.project().name != "另一个名称"


def test_people_of_one_name_are_found_by_department(world: World, tmp_path: Path) -> None:
    made = {}
    for place in ("系统集成部", "软件开发部"):
        add = partial(people.add_person, name="张伟", department_id=world.department(place))
        made[place] = world.office.run(world.who(CLERK), add).value
    path = workbook(
        tmp_path / "新.xlsx",
        ("项目编号", "项目名称", "项目状态", "一级部门", "项目经理"),
        ("XX-1", "甲", "实施", "软件开发部", "张伟"),
        ("XX-2", "乙", "实施", "系统集成部", "张伟"),
        ("XX-3", "丙", "实施", "新部门", "新人"),
    )
    seen = preview(world, path)
    assert "多位" in seen.rows[0].read.notes[-1].text
    bring_in(world, seen)
    managers = {number: world.project(number).manager for number in ("XX-1", "XX-2", "XX-3")}
    assert managers["XX-1"] is not None
    assert managers["XX-1"].id == made["软件开发部"]
    assert managers["XX-2"] is not None
    assert managers["XX-2"].id == made["系统集成部"]
    assert world.project("XX-3").department_id == world.department("新部门")
    assert managers["XX-3"] is not None
    assert managers["XX-3"].id == world.who("新人")


def test_what_a_person_chose_for_columns_is_remembered(world: World, tmp_path: Path) -> None:
    rows = (("项目编号", "项目名称", "项目状态", "老板"), ("XX-1", "甲", "实施", "张三"))
    first = preview(world, workbook(tmp_path / "一.xlsx", *rows))
    assert first.rows[0].read.line.get("manager") is None
    seen = preview(world, first.path, Choice(mapping={"老板": "manager"}))
    bring_in(world, seen)
    assert world.project("XX-1").manager is not None
    assert world.office.read(remembered_choice).mapping == {"老板": "manager"}
    later = workbook(tmp_path / "二.xlsx", rows[0], ("XX-2", "乙", "实施", "李四"))
    bring_in(world, preview(world, later))
    manager = world.project("XX-2").manager
    assert manager is not None
    assert manager.name == "李四"


BROKEN: dict[str, Callable[[Path], object]] = {
    "no workbook": lambda path: path.write_text("这不是工作簿", encoding="utf-8"),
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(LEDGER.read_bytes()[:5_000]),
    "without a table": lambda path: workbook(path, ("天气", "晴"), ("明天", "雨")),
    "a folder": lambda path: path.mkdir(),
    "nothing there": Path.absolute,
}


def test_what_is_no_ledger_is_told_and_changes_nothing(world: World, tmp_path: Path) -> None:
    with world.unchanged():
        for number, make in enumerate(BROKEN.values()):
            path = tmp_path / f"坏{number}.xlsx"
            make(path)
            refusal(partial(preview, world, path))
            refusal(partial(world.office.run, world.who(CLERK), partial(calendar_files.import_calendar, path=path)))


# ---- the calendar


def set_day(world: World, day: D, kind: str, by: str = CLERK) -> None:
    world.office.run(world.who(by), partial(work_calendar.set_day, day=day, kind=kind, note="公司"))


def test_the_offices_own_days_go_over_the_shipped_ones(world: World) -> None:
    set_day(world, D(2026, 11, 20), HOLIDAY)
    set_day(world, D(2026, 10, 7), WORKDAY)
    rows = world.office.read(partial(work_calendar.calendar_days, year=2026))
    own = {row.day: (row.label, row.note) for row in rows if row.own}
    assert own == {D(2026, 11, 20): ("休", "公司"), D(2026, 10, 7): ("班", "公司")}
    assert not world.office.read(lambda reading: reading.calendar()).is_workday(D(2026, 11, 20))
    set_day(world, D(2026, 11, 20), WORKDAY)
    world.office.run(world.who(CLERK), partial(work_calendar.clear_day, day=D(2026, 10, 7)))
    calendar = world.office.read(lambda reading: reading.calendar())
    assert calendar.is_workday(D(2026, 11, 20))
    assert not calendar.is_workday(D(2026, 10, 7))


def test_days_that_cannot_be_set(world: World) -> None:
    with world.unchanged():
        refusal(lambda: set_day(world, D(2026, 11, 20), "party"))
        refusal(lambda: set_day(world, D(2026, 11, 20), HOLIDAY, HEAD), NotAllowed)
        world.office.run(world.who(CLERK), partial(work_calendar.clear_day, day=D(2026, 11, 20)))


def test_the_end_of_the_calendars_data_is_announced(world: World) -> None:
    world.clock.set(D(2026, 8, 1))
    assert world.office.read(work_calendar.calendar_notice) == ""
    world.clock.set(D(2026, 11, 22))
    assert "2026-12-31" in world.office.read(work_calendar.calendar_notice)
    assert "2027" in world.office.read(work_calendar.calendar_notice)


def test_next_years_days_come_in_from_a_workbook(world: World, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "2027.xlsx",
        ("日期", "类型", "说明"),
        ("2027-01-01至2027-01-03", "休", "元旦"),
        ("2027-02-05至2027-02-11", "休", "春节"),
        ("2027-02-14", "班", "春节补班"),
        ("2027-04-05", "休", "清明"),
        ("2027-13-01", "休", "错"),
    )
    done = world.office.run(world.who(CLERK), partial(calendar_files.import_calendar, path=path))
    assert (done.value.days, len(done.value.refused)) == (12, 1)
    assert done.changes.touches("calendar_day")
    calendar = world.office.read(lambda reading: reading.calendar())
    assert calendar.is_workday(D(2027, 2, 14))
    assert not calendar.is_workday(D(2027, 2, 8))
    assert calendar.known_until == D(2027, 12, 31)
    out = tmp_path / "out.xlsx"
    world.office.read(lambda reading: calendar_files.export_calendar(reading, out, 2027))
    with world.unchanged():
        assert world.office.run(world.who(CLERK), partial(calendar_files.import_calendar, path=out)).value.days == 12


def test_a_calendar_is_not_imported_by_just_anybody(world: World, tmp_path: Path) -> None:
    path = workbook(tmp_path / "2027.xlsx", ("日期", "类型"), ("2027-01-01", "休"))
    with pytest.raises(Refusal):
        world.office.run(world.who(HEAD), partial(calendar_files.import_calendar, path=path))
