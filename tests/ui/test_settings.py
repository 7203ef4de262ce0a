"""设置: people, departments, calendar, office, this machine, each through the page."""

import datetime as dt
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.domain.errors import Refusal
from desktop.services.lock import code_fits, has_code, set_code
from desktop.services.people import PersonRow, add_person, list_departments, list_people
from desktop.services.work_calendar import calendar_days
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.operations import Operations
from desktop.ui.pages.person_editor import PersonEditor
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_calendar import CalendarPanel
from desktop.ui.pages.settings_departments import DepartmentsPanel
from desktop.ui.pages.settings_machine import CodeDialog, MachinePanel
from desktop.ui.pages.settings_office import OfficePanel
from desktop.ui.pages.settings_people import PeoplePanel
from desktop.ui.pages.settings_policy import PolicyPanel
from desktop.ui.policy_difference_view import PolicyDialog
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown, shown_text, write
from tests.ui.offices import CLERK, Seat


@pytest.fixture
def desk(seat: Seat, operations: Operations, tmp_path: Path) -> Desk:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    return Desk(seat.office, seat.actor, operations, memory)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, settle: Settle) -> SettingsPage:
    made = SettingsPage(desk)
    desk.operations.changed.connect(made.on_changed)
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    settle()
    return made


def person(desk: Desk, person_id: UUID) -> PersonRow:
    return next(item for item in desk.office.read(lambda r: list_people(r, everyone=True)) if item.id == person_id)


def people_panel(page: SettingsPage, settle: Settle, shown: UUID) -> PersonEditor:
    panel = page.panels[0]
    assert isinstance(panel, PeoplePanel)
    panel.table.choose(shown)
    settle()
    return panel.editor


def test_panels_are_reached_by_their_key(page: SettingsPage) -> None:
    for panel in page.panels:
        page.show_item("settings", panel.key)
        assert page.current is panel
    with pytest.raises(LookupError):
        page.show_item("settings", "nowhere")
    page.show_item("settings", None)  # the page as such
    assert page.current is page.panels[-1]


def test_person_is_shown_with_department_and_roles(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    editor = people_panel(page, settle, desk.actor)
    assert editor.name.text() == CLERK
    assert editor.department.currentText() == "项目管理部"
    assert not editor.save.isEnabled()


def test_person_is_changed(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    editor = people_panel(page, settle, desk.actor)
    write(editor.phone, "010-66558899")
    editor.department.setCurrentIndex(editor.department.findText("财务部"))
    editor.department.activated.emit(editor.department.currentIndex())
    editor.save.click()
    settle()
    saved = person(desk, desk.actor)
    assert (saved.phone, saved.department) == ("010-66558899", "财务部")
    assert not editor.dirty


def test_second_person_of_one_name_is_asked_about(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    panel = page.panels[0]
    assert isinstance(panel, PeoplePanel)
    before = len(desk.office.read(list_people))
    panel.begin_new()
    panel.editor.name.setText("张伟")
    panel.save(panel.editor.entry())
    [box] = shown(page, QMessageBox)
    assert "0003" in box.text()
    answer(box, "返回修改")
    settle()
    assert len(desk.office.read(list_people)) == before
    panel.editor.staff_no.setText("0099")
    panel.save(panel.editor.entry())
    settle()
    namesakes = [item for item in desk.office.read(list_people) if item.name == "张伟"]
    assert "0099" in {item.staff_no for item in namesakes}


def test_a_new_person_leads_on_to_a_role_and_to_the_next_person(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    panel = page.panels[0]
    assert isinstance(panel, PeoplePanel)
    editor = panel.editor
    panel.add.click()
    assert not editor.save.isEnabled()
    assert "请填写姓名" in shown_text(page)
    assert "分配角色" in shown_text(page), "where the roles of a new person come"
    for name in ("文远", "文广"):
        write(editor.name, name)
        editor.save.click()
        settle()
        [made] = [item for item in desk.office.read(list_people) if item.name == name]
        assert editor.person_id == made.id
        assert f"已登记{name}" in shown_text(page)
        editor.role.setCurrentIndex(editor.role.findData("business"))
        editor.assign.click()
        settle()
        assert [role.role_key for role in person(desk, made.id).roles] == ["business"]
        assert editor.next.isVisible()
        editor.next.click()
        assert editor.name.text() == ""
        assert editor.title.text() == "新的人员"
        assert not editor.next.isVisible()


def test_the_first_steps_lead_to_a_new_person_at_once(page: SettingsPage, settle: Settle) -> None:
    page.show_item("settings", "people/new")
    settle()
    panel = page.current
    assert isinstance(panel, PeoplePanel)
    assert panel.editor.title.text() == "新的人员"
    write(panel.editor.name, "张伟")
    assert panel.editor.save.isEnabled()
    with pytest.raises(LookupError):
        page.show_item("settings", "calendar/new")


def test_ROLE_2_the_department_of_a_role_says_whose_department_is_meant(
    page: SettingsPage, desk: Desk, settle: Settle
) -> None:
    editor = people_panel(page, settle, desk.actor)
    said = {}
    for role in ("quality", "technical_head", "finance"):
        editor.role.setCurrentIndex(editor.role.findData(role))
        said[role] = (editor.place.isVisible(), editor.place_label.text(), editor.place_help.text())
    assert said["quality"][:2] == (True, "所监督的部门")
    assert "不一定是本人所在的部门" in said["quality"][2]
    assert said["technical_head"][1] == "所负责的部门"
    clerk = person(desk, desk.actor)
    assert clerk.department in desk.office.policy.standing_departments
    assert editor.place.currentIndex() < 0, "a department that serves the others carries out no project"
    assert not said["finance"][0]


def test_what_cannot_be_saved_says_so_beside_the_button(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    editor = people_panel(page, settle, desk.actor)
    write(editor.name, " ")
    assert not editor.save.isEnabled()
    assert "请填写姓名。" in shown_text(page)
    editor.revert.click()
    page.show_item("settings", "departments")
    departments = page.current
    assert isinstance(departments, DepartmentsPanel)
    departments.add.click()
    assert not departments.save.isEnabled()
    assert "请填写部门名称。" in shown_text(page)
    departments.name.setText("网络部")
    assert departments.save.isEnabled()
    assert "请填写部门名称。" not in shown_text(page)
    page.show_item("settings", "office")
    settle()
    office = page.current
    assert isinstance(office, OfficePanel)
    write(office.name, "")
    assert not office.save.isEnabled()
    assert "请填写单位名称。" in shown_text(page)
    calendar = calendar_panel(page, settle)
    assert not calendar.set.isEnabled()
    assert "请先填写日期" in shown_text(page)
    calendar.day.setText("2026-12-31")
    assert calendar.set.isEnabled()


def test_ROLE_11_role_is_given_and_ended(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    zhang = next(item for item in desk.office.read(list_people) if item.staff_no == "0004")
    editor = people_panel(page, settle, zhang.id)
    editor.role.setCurrentIndex(editor.role.findData("technical_head"))
    assert not editor.assign.isEnabled()  # of which department?
    editor.place.setCurrentIndex(editor.place.findText("财务部"))
    editor.assign.click()
    settle()
    [held] = person(desk, zhang.id).roles
    assert (held.role_key, held.where) == ("technical_head", "财务部")
    editor.place.setCurrentIndex(editor.place.findText("财务部"))
    assert not editor.assign.isEnabled()  # held already
    editor.ended.emit(held)
    answer(shown(page, QMessageBox)[0], "结束")
    settle()
    assert person(desk, zhang.id).roles == ()


def test_last_keeper_of_people_cannot_go(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    editor = people_panel(page, settle, desk.actor)
    clerk = next(role for role in person(desk, desk.actor).roles if role.role_key == "clerk")
    editor.ended.emit(clerk)
    answer(shown(page, QMessageBox)[0], "结束")
    settle()
    assert shown(page, ErrorDialog)
    assert clerk.role_key in {role.role_key for role in person(desk, desk.actor).roles}


def test_unsaved_change_is_not_lost_in_silence(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    panel = page.panels[0]
    assert isinstance(panel, PeoplePanel)
    editor = people_panel(page, settle, desk.actor)
    write(editor.phone, "1")
    panel.table.view.selectRow(0)
    settle()
    answer(shown(page, QMessageBox)[0], "回去")
    settle()
    assert (editor.person_id, editor.phone.text()) == (desk.actor, "1")
    assert page.unsaved == f"人员“{editor.name.text()}”"


def test_only_what_was_written_counts_as_unsaved(page: SettingsPage, settle: Settle) -> None:
    for panel in page.panels:
        page.show_item("settings", panel.key)
        panel.reload()
        settle()
    assert page.unsaved == ""
    page.show_item("settings", "departments")
    panel = page.current
    assert isinstance(panel, DepartmentsPanel)
    panel.table.view.selectRow(0)
    settle()
    assert page.unsaved == ""
    panel.name.setText("另一个部")
    assert page.unsaved == "部门“另一个部”"


def test_who_may_not_manage_only_looks(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    stranger = desk.office.run(desk.actor, lambda work: add_person(work, "刘洋", staff_no="777")).value
    desk.seat(stranger)
    for panel in page.panels:
        page.show_item("settings", panel.key)
        panel.reload()
        settle()
    people, departments, calendar, policy, office = page.panels[:5]
    assert isinstance(people, PeoplePanel)
    assert isinstance(departments, DepartmentsPanel)
    assert isinstance(calendar, CalendarPanel)
    assert isinstance(policy, PolicyPanel)
    assert isinstance(office, OfficePanel)
    assert people.add.isHidden()
    assert departments.add.isHidden()
    assert not calendar.set.isEnabled()
    assert not policy.load.isEnabled()
    assert policy.print.isEnabled()
    assert not office.name.isEnabled()
    assert "项目管理员" in office.refusal.text()


def test_department_and_its_part_are_added_and_renamed(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    page.show_item("settings", "departments")
    panel = page.current
    assert isinstance(panel, DepartmentsPanel)
    panel.add.click()
    panel.name.setText("网络部")
    panel.save.click()
    settle()
    parent = next(item for item in desk.office.read(list_departments) if item.name == "网络部")
    panel.table.choose(parent.id)
    settle()
    panel.add_part.click()
    panel.name.setText("一组")
    panel.save.click()
    settle()
    part = next(item for item in desk.office.read(list_departments) if item.name == "一组")
    assert part.parent == "网络部"
    panel.table.choose(part.id)
    settle()
    panel.name.setText("布线组")
    panel.save.click()
    settle()
    assert "布线组" in {item.name for item in desk.office.read(list_departments)}


def calendar_panel(page: SettingsPage, settle: Settle) -> CalendarPanel:
    page.show_item("settings", "calendar")
    settle()
    panel = page.current
    assert isinstance(panel, CalendarPanel)
    return panel


def test_calendar_tells_where_its_data_ends(page: SettingsPage, settle: Settle) -> None:
    panel = calendar_panel(page, settle)
    assert "2026-12-31" in panel.notice.text()
    panel.show_year(2027)
    settle()
    assert "2027 年没有公布的放假安排" in panel.notice.text()


def test_own_day_is_set_over_the_statutory_and_given_back(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    panel = calendar_panel(page, settle)
    day = dt.date(2026, 10, 10)  # a statutory 补班 day
    panel.pick(day)
    assert panel.kind.current == "workday"
    panel.kind.choose("holiday")
    panel.note.setText("厂休")
    panel.set.click()
    settle()

    def known() -> tuple[str, str, bool]:
        row = next(item for item in desk.office.read(lambda r: calendar_days(r, 2026)) if item.day == day)
        return row.label, row.note, row.own

    assert known() == ("休", "厂休", True)
    panel.pick(day)
    panel.clear.click()
    settle()
    assert known()[0] == "班"
    assert not known()[2]


def test_calendar_comes_in_from_a_workbook(page: SettingsPage, desk: Desk, settle: Settle, tmp_path: Path) -> None:
    panel = calendar_panel(page, settle)
    made = openpyxl.Workbook()
    for row in (["日期", "类型", "说明"], ["2027-02-05至2027-02-11", "休", "春节"], ["2027-02-30", "休", "错"]):
        made.worksheets[0].append(row)
    made.save(tmp_path / "2027.xlsx")
    panel.import_file(tmp_path / "2027.xlsx")
    settle()
    [box] = shown(page, QMessageBox)
    assert box.text() == "已导入 7 天。"
    assert "2027-02-30" in box.informativeText()
    assert len(desk.office.read(lambda r: calendar_days(r, 2027))) == 7
    panel.show_year(2027)
    settle()
    panel.export_to(tmp_path / "out.xlsx")
    settle()
    assert (tmp_path / "out.xlsx").is_file()


def test_click_on_the_sheet_takes_the_day(qtbot: QtBot, page: SettingsPage, settle: Settle) -> None:
    panel = calendar_panel(page, settle)
    wide, high = panel.sheet.width() / 4, panel.sheet.height() / 3
    with qtbot.waitSignal(panel.sheet.picked) as picked:
        QTest.mouseClick(panel.sheet, Qt.MouseButton.LeftButton, pos=QPoint(round(wide / 2), round(high / 2)))
    assert picked.args[0].month == 1
    assert panel.day.text() == picked.args[0].isoformat()


def policy_panel(page: SettingsPage, settle: Settle) -> PolicyPanel:
    page.show_item("settings", "policy")
    settle()
    panel = page.current
    assert isinstance(panel, PolicyPanel)
    return panel


def office_panel(page: SettingsPage, settle: Settle) -> OfficePanel:
    page.show_item("settings", "office")
    settle()
    panel = page.current
    assert isinstance(panel, OfficePanel)
    return panel


def test_office_is_renamed(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    panel = office_panel(page, settle)
    assert not panel.save.isEnabled()
    write(panel.name, "滨海信息技术有限公司（集团）")
    panel.save.click()
    settle()
    assert desk.office.name == "滨海信息技术有限公司（集团）"


def test_data_that_agrees_is_told_so(page: SettingsPage, settle: Settle) -> None:
    panel = office_panel(page, settle)
    panel.check_data()
    settle()
    assert "全部相符" in panel.verdict.text()


def test_DOC_6_new_policy_is_put_in_force_only_when_agreed_to(
    page: SettingsPage, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    panel = policy_panel(page, settle)
    newer = desk.office.policy.text.replace('version = "1.0"', 'version = "1.1"', 1)
    (tmp_path / "新版.toml").write_text(newer, encoding="utf-8")
    for agreed in (False, True):
        panel.take_policy(tmp_path / "新版.toml")
        settle()
        dialog = shown(panel, PolicyDialog)[-1]
        (dialog.accept if agreed else dialog.reject)()
        settle()
        assert desk.office.policy.version == ("1.1" if agreed else "1.0")


def test_wrong_policy_is_told_and_the_old_stands(
    page: SettingsPage, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    panel = policy_panel(page, settle)
    (tmp_path / "错.toml").write_text("key = 1", encoding="utf-8")
    panel.take_policy(tmp_path / "错.toml")
    assert shown(page, ErrorDialog)
    assert desk.office.policy.version == "1.0"


def test_ledger_goes_out_as_a_workbook(page: SettingsPage, settle: Settle, tmp_path: Path) -> None:
    panel = office_panel(page, settle)
    panel.ledger.export_to(tmp_path / "台账.xlsx")
    settle()
    sheet = openpyxl.load_workbook(tmp_path / "台账.xlsx").worksheets[0]
    assert sheet.max_row > 38


def test_lock_code_is_set_changed_and_dropped(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    page.show_item("settings", "machine")
    panel, home = page.current, desk.office.home
    assert isinstance(panel, MachinePanel)
    dialog = CodeDialog(desk, page, new=True)
    dialog.first.setText("2468")
    dialog.again.setText("2469")
    dialog.save()
    assert "不一样" in dialog.trouble.text()
    dialog.again.setText("2468")
    dialog.save()
    settle()
    assert code_fits(home, "2468")
    assert not code_fits(home, "1357")
    assert "2468" not in (home.folder / "lock.json").read_text(encoding="utf-8")
    dialog = CodeDialog(desk, page, new=False)
    dialog.old.setText("1357")
    dialog.save()
    settle()
    assert has_code(home)
    dialog.old.setText("2468")
    dialog.save()
    settle()
    assert not has_code(home)


def test_short_code_is_refused(seat: Seat) -> None:
    with pytest.raises(Refusal, match="至少要 4 个字符"):
        set_code(seat.office.home, "123")
