"""设置: what its panels have in common; departments, office, policy and this machine, each through the page."""

from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.domain.errors import Refusal
from desktop.services.lock import code_fits, has_code, set_code
from desktop.services.people import add_person, list_departments
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
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
from tests.ui.offices import Seat
from tests.ui.settings_hands import calendar_panel, office_panel, people_panel, policy_panel, show_settings


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, settle: Settle) -> SettingsPage:
    return show_settings(qtbot, desk, settle)


def test_panels_are_reached_by_their_key(page: SettingsPage) -> None:
    for panel in page.panels:
        page.show_item("settings", panel.key)
        assert page.current is panel
    with pytest.raises(LookupError):
        page.show_item("settings", "nowhere")
    page.show_item("settings", None)  # the page as such
    assert page.current is page.panels[-1]


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


def test_a_department_that_is_being_written_does_not_give_way_in_silence(
    page: SettingsPage, desk: Desk, settle: Settle
) -> None:
    page.show_item("settings", "departments")
    settle()
    panel = page.current
    assert isinstance(panel, DepartmentsPanel)
    first, second, *_more = desk.office.read(list_departments)
    panel.table.choose(first.id)
    settle()
    panel.name.setText("写到一半")
    panel.table.choose(second.id)
    answer(shown(page, QMessageBox)[-1], "回去")
    settle()
    assert panel.name.text() == "写到一半"
    assert page.unsaved == "部门“写到一半”"
    panel.add.click()
    answer(shown(page, QMessageBox)[-1], "回去")
    assert panel.name.text() == "写到一半"
    panel.add.click()
    answer(shown(page, QMessageBox)[-1], "放弃修改")
    assert panel.name.text() == ""
    assert page.unsaved == ""
    panel.name.setText("新部门")
    panel.table.choose(second.id)
    answer(shown(page, QMessageBox)[-1], "放弃修改")
    settle()
    assert panel.name.text() == second.name
    assert page.unsaved == ""


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
