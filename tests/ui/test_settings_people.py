"""设置, the panel of people: who is written down there, corrected, and given a role."""

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.people import list_people
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_people import PeoplePanel
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown, shown_text, write
from tests.ui.offices import CLERK
from tests.ui.settings_hands import people_panel, person, show_settings


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, settle: Settle) -> SettingsPage:
    return show_settings(qtbot, desk, settle)


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


def test_a_second_click_saves_nothing_again(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    panel = page.panels[0]
    assert isinstance(panel, PeoplePanel)
    panel.begin_new()
    write(panel.editor.name, "钱多多")
    panel.editor.save.click()
    panel.editor.save.click()
    settle()
    assert not shown(page, ErrorDialog)
    assert [item.name for item in desk.office.read(list_people)].count("钱多多") == 1
    write(panel.editor.phone, "010-1")
    assert panel.editor.save.isEnabled()
    panel.editor.save.click()
    panel.editor.save.click()
    settle()
    assert not shown(page, QDialog)
    assert not panel.editor.save.isEnabled()


def test_what_was_refused_can_be_saved_again(page: SettingsPage, settle: Settle) -> None:
    panel = page.panels[0]
    assert isinstance(panel, PeoplePanel)
    for name, number in (("钱一", "0999"), ("钱二", "0999")):
        panel.begin_new()
        write(panel.editor.name, name)
        write(panel.editor.staff_no, number)
        panel.editor.save.click()
        settle()
    (told,) = shown(page, ErrorDialog)
    told.accept()
    assert panel.editor.save.isEnabled()


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
    panel.add.click()
    answer(shown(page, QMessageBox)[-1], "回去")
    assert (editor.person_id, editor.phone.text()) == (desk.actor, "1")
    panel.add.click()
    answer(shown(page, QMessageBox)[-1], "放弃修改")
    assert editor.person_id is None
    assert page.unsaved == ""
