"""People come in from Excel and go out again; nobody is taken for another (ROLE-11)."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from desktop.domain.errors import NotAllowed
from desktop.services import people
from desktop.services.book_import import BookPreview, Verdict, preview_book, save_refused
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.opening import create_office
from desktop.services.people_import import PEOPLE, export_people, import_people
from tests.services.world import CLERK, HEAD, MANAGER, TECHNICAL, Clock, World, founding, refusal

D = dt.date
HEADING = ("姓名", "工号", "部门", "二级部门", "电话", "角色", "起", "止")
MESSY: tuple[Sequence[object], ...] = (
    ("滨海系统集成有限公司 员工名册", None, None, None, None, None, None),
    ("填报部门：人力资源部", None, None, None, None, None, None),
    ("序号", "员工姓名", "员工编号", "所属部门", "科室", "联系电话", "担任的角色"),
    (1, "𠮷 䶮", 901, "系统集成部", "一组", 13900000000, "项目助理"),
    (2, "阿卜杜拉·买买提", "902", "新设部", None, None, "技术部门负责人；财务部（全办公室）"),
    (3, "买买提", "903", "一组", None, None, "质量管理部门（系统集成部、软件开发部）"),
    (4, MANAGER, "904", None, None, None, "项目经理"),
    (5, TECHNICAL, "5", None, None, None, None),
    (6, "没有角色的", "905", None, None, None, "工程师"),
    (7, "甲", "901", "系统集成部", None, None, None),
    ("合计", 7, None, None, None, None, None),
    ("制表人：张三", None, None, None, None, None, None),
)


def book(path: Path, *rows: Sequence[object]) -> Path:
    made = Workbook()
    for row in rows:
        made.worksheets[0].append(list(row))
    made.save(path)
    return path


def look(world: World, path: Path) -> BookPreview:
    return world.office.read(lambda reading: preview_book(reading, PEOPLE, path))


def seen(world: World, *rows: Sequence[object]) -> BookPreview:
    return look(world, book(world.folder / "人员.xlsx", HEADING, *rows))


def bring_in(world: World, preview: BookPreview, by: str = CLERK) -> Any:
    return world.office.run(world.who(by), lambda work: import_people(work, preview)).value


def verdicts(preview: BookPreview) -> list[str]:
    return [row.verdict.value for row in preview.rows]


def reasons(preview: BookPreview) -> list[str]:
    return [fault.text for row in preview.rows for fault in row.read.faults]


def one(world: World, **wanted: Any) -> people.PersonRow:
    (found,) = (
        row
        for row in world.office.read(partial(people.list_people, everyone=True))
        if all(getattr(row, key) == value for key, value in wanted.items())
    )
    return found


def roles_of(row: people.PersonRow) -> set[str]:
    return {role.text for role in row.roles}


def test_a_messy_workbook_is_understood_row_by_row(world: World) -> None:
    preview = look(world, book(world.folder / "名册.xlsx", *MESSY))
    assert verdicts(preview) == ["new", "new", "new", "changed", "same", "refused", "refused", "refused"]
    told = " ".join(reasons(preview))
    for word in ("工程师", "项目管理员", "工号 901 是𠮷䶮的", "不像姓名"):
        assert word in told
    notes = " ".join(note.text for row in preview.rows for note in row.read.notes)
    for word in ("将新建部门“新设部”", "是“系统集成部”的下级部门", "由项目台账写明", "不分部门担任", "丢了前面的零"):
        assert word in notes
    result = bring_in(world, preview)
    assert (result.opened, result.changed, result.same, result.refused) == (3, 1, 1, 3)
    first = one(world, staff_no="901")
    assert (first.name, first.department, first.phone) == ("𠮷䶮", "一组", "13900000000")
    assert roles_of(first) == {"项目助理（一组）"}
    assert roles_of(one(world, staff_no="902")) == {"技术部门负责人（新设部）", "财务部"}
    assert roles_of(one(world, staff_no="903")) == {"质量管理部门（系统集成部）", "质量管理部门（软件开发部）"}
    assert one(world, name=MANAGER).staff_no == "904"
    assert verify_office(world.office) == []


def test_the_same_workbook_twice_changes_nothing(world: World) -> None:
    path = book(world.folder / "名册.xlsx", *MESSY)
    bring_in(world, look(world, path))
    with world.unchanged():
        again = look(world, path)
        assert verdicts(again) == ["same"] * 5 + ["refused"] * 3
        assert bring_in(world, again).opened == 0


def test_ROLE_11_two_of_one_name_are_told_apart_or_refused(world: World) -> None:
    preview = seen(
        world,
        ("张伟", "0101", "系统集成部", None, None, None, None, None),
        ("张伟", None, "软件开发部", None, None, None, None, None),
        ("张伟", None, None, None, None, "财务部", None, None),
        ("张伟", None, "软件开发部", None, None, "财务部", None, None),
        ("张伟", "0102", None, None, None, None, None, None),
    )
    assert verdicts(preview) == ["new", "new", "refused", "changed", "refused"]
    assert "请填写工号" in reasons(preview)[0]
    bring_in(world, preview)
    assert roles_of(one(world, name="张伟", department="软件开发部")) == {"财务部"}
    assert roles_of(one(world, staff_no="0101")) == set()


def test_roles_come_with_their_days(world: World) -> None:
    preview = seen(
        world,
        ("甲", "1", "系统集成部", None, None, "财务部", "2026-01-01", "2026-12-31"),
        ("甲", "1", "系统集成部", None, None, "商务部", "2027.1.1", None),
        ("甲", "1", None, None, None, "财务部", "2026-03-01", None),
        ("乙", "2", None, None, None, "财务部", "2026-03-01", "2026-02-01"),
        ("丙", "3", None, None, None, "技术部门负责人", None, None),
    )
    assert verdicts(preview) == ["new", "changed", "refused", "refused", "refused"]
    bring_in(world, preview)
    (held,) = one(world, staff_no="1").roles
    assert (held.title, held.since, held.until) == ("财务部", D(2026, 1, 1), D(2026, 12, 31))


def test_what_goes_out_comes_in_unchanged(world: World) -> None:
    give = partial(people.assign_role, person_id=world.who(MANAGER))
    clerk = world.who(CLERK)
    world.office.run(clerk, partial(give, role_key="finance", since=D(2026, 1, 1), until=D(2026, 12, 31)))
    world.office.run(clerk, partial(give, role_key="business", since=D(2027, 1, 1)))
    world.office.run(clerk, partial(give, role_key="member", project_id=world.project().id))
    out = world.folder / "人员.xlsx"
    written = world.office.read(lambda reading: export_people(reading, out))
    assert written.notes == ()
    with world.unchanged():
        again = look(world, out)
        assert set(verdicts(again)) == {"same"}
        bring_in(world, again)


def test_an_export_makes_the_same_people_in_an_empty_office(world: World, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    world.office.read(lambda reading: export_people(reading, out))
    office = create_office(tmp_path / "other.epm", founding(), Home(tmp_path / "other"), Clock())
    other = World(office, world.clock, tmp_path, "")
    bring_in(other, look(other, out))

    def told(where: World) -> set[tuple[Any, ...]]:
        rows = where.office.read(people.list_people)
        return {(row.name, row.staff_no, row.department, row.phone, frozenset(roles_of(row))) for row in rows}

    assert told(other) == told(world)
    office.close()


def test_refused_rows_come_back_and_are_mended(world: World) -> None:
    preview = seen(
        world,
        ("甲", "1", None, None, None, "财务", None, None),
        ("乙", "2", None, None, None, None, None, None),
    )
    back = world.folder / "未通过.xlsx"
    assert save_refused(preview, back).rows == 1
    mended = load_workbook(back)
    for row in mended.worksheets[0].iter_rows():
        for cell in row:
            if cell.value == "财务":
                cell.value = "财务部"
    mended.save(back)
    assert verdicts(look(world, back)) == ["new"]


def test_only_those_who_may_bring_people_in_and_only_what_was_shown(world: World) -> None:
    preview = seen(world, ("甲", "1", None, None, None, None, None, None))
    with world.unchanged():
        refusal(lambda: bring_in(world, preview, HEAD), NotAllowed)
    world.office.run(world.who(CLERK), partial(people.add_person, name="甲", staff_no="1"))
    with world.unchanged():
        assert "预览之后" in refusal(lambda: bring_in(world, preview)).what


def test_what_cannot_be_is_refused_with_its_reason(world: World) -> None:
    gone = world.office.run(world.who(CLERK), partial(people.add_person, name="走了", staff_no="77")).value
    row = one(world, staff_no="77")
    leave = partial(people.change_person, person_id=gone, version=row.version, name="走了", staff_no="77")
    world.office.run(world.who(CLERK), partial(leave, department_id=None, phone="", active=False))
    preview = seen(
        world,
        (None, "5", "系统集成部", None, None, None, None, None),
        ("走了", "77", None, None, None, None, None, None),
        ("走了", None, None, None, None, None, None, None),
        ("甲", "6", None, "一组", None, None, None, None),
        ("乙", "7", None, None, None, "项目助理（没有的部）", None, None),
        ("丙", "8", None, None, None, None, "2026-02-30", None),
    )
    assert set(verdicts(preview)) == {"refused"}
    told = reasons(preview)
    for reason, word in zip(told, ("没有填写", "已离职", "已离职", "二级部门", "没有的部", "2026-02-30"), strict=True):
        assert word in reason
    assert preview.count(Verdict.REFUSED) == 6
