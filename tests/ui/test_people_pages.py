"""People, roles and departments through the settings, and a project's organisation through its page."""

from functools import partial
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.book_import import Verdict
from desktop.services.people import PersonRow, add_department, list_departments, list_people
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.roles import role_history
from desktop.ui.desk import Desk
from desktop.ui.history_dialog import HistoryDialog
from desktop.ui.import_dialog import ImportDialog
from desktop.ui.merge_dialog import MergeDialog
from desktop.ui.organization_view import OrganizationView
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_departments import DepartmentsPanel
from desktop.ui.pages.settings_people import PeoplePanel
from desktop.ui.role_days import DaysDialog
from desktop.ui.staff_dialog import StaffDialog
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown
from tests.ui.settings_hands import show_settings


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, settle: Settle) -> SettingsPage:
    return show_settings(qtbot, desk, settle)


@pytest.fixture
def panel(page: SettingsPage) -> PeoplePanel:
    found = page.panels[0]
    assert isinstance(found, PeoplePanel)
    return found


def numbered(desk: Desk, staff_no: str) -> PersonRow:
    rows = desk.office.read(partial(list_people, everyone=True))
    return next(item for item in rows if item.staff_no == staff_no)


def test_ROLE_11_two_records_become_one_after_their_preview(panel: PeoplePanel, desk: Desk, settle: Settle) -> None:
    gone, counts = numbered(desk, "0003"), numbered(desk, "0004")
    panel.table.choose(gone.id)
    settle()
    panel.editor.merge.click()
    settle()
    [dialog] = shown(panel.window(), MergeDialog)
    assert not dialog.go.isEnabled()
    dialog.table.choose(counts.id)
    settle()
    assert "财务部" in dialog.told.toPlainText()
    dialog.go.click()
    settle()
    assert numbered(desk, "0003").merged_into
    assert [role.title for role in numbered(desk, "0004").roles] == ["财务部"]
    panel.editor.history_wanted.emit(numbered(desk, "0004"))
    settle()
    [history] = shown(panel.window(), HistoryDialog)
    assert history.table.model.rowCount() > 2
    history.reject()


def test_a_merger_that_cannot_be_says_why(panel: PeoplePanel, desk: Desk, settle: Settle) -> None:
    panel.editor.merge_wanted.emit(numbered(desk, "0001"))
    settle()
    [dialog] = shown(panel.window(), MergeDialog)
    dialog.table.choose(numbered(desk, "0004").id)
    settle()
    dialog.go.click()
    settle()
    assert numbered(desk, "0001").active  # who sits here cannot retire the own record
    dialog.reject()


def test_ROLE_11_roles_are_given_with_days_and_corrected(panel: PeoplePanel, desk: Desk, settle: Settle) -> None:
    zhang = numbered(desk, "0004")
    panel.table.choose(zhang.id)
    settle()
    editor = panel.editor
    editor.role.setCurrentIndex(editor.role.findData("business"))
    editor.days_line.until.setText("2026.12.32")
    editor.assign.click()
    settle()
    assert numbered(desk, "0004").roles == ()
    editor.days_line.until.setText("2026-12-31")
    editor.assign.click()
    settle()
    [held] = numbered(desk, "0004").roles
    assert str(held.until) == "2026-12-31"
    editor.redated.emit(held)
    [dialog] = shown(panel.window(), DaysDialog)
    dialog.days.since.setText("2026-12-01")
    dialog.days.until.setText("2026-11-30")
    dialog.save.click()
    assert "早于" in dialog.problem.text()
    dialog.days.until.setText("")
    dialog.save.click()
    settle()
    [held] = desk.office.read(partial(role_history, person_id=zhang.id))
    assert (str(held.since), held.until) == ("2026-12-01", None)


def test_ROLE_11_holes_are_seen_at_a_glance(panel: PeoplePanel, settle: Settle) -> None:
    panel.views.choose("roles")
    settle()
    everything = panel.overview.table.model.rowCount()
    panel.overview.only_holes.setChecked(True)
    settle()
    holes = panel.overview.table.model.rowCount()
    assert 0 < holes < everything
    assert f"{holes} 处" in panel.overview.sum.text()
    panel.overview.only_holes.setChecked(False)
    panel.overview.table.search.setText("xmgly")  # 项目管理员
    panel.overview.table.model.reload(text="xmgly")
    settle()
    panel.overview.table.view.selectRow(0)
    panel.overview.table.view.entered_row.emit(0)
    settle()
    assert panel.stack.currentIndex() == 0
    assert panel.editor.staff_no.text() == "0001"


def test_ROLE_11_people_come_in_through_the_ledgers_dialog(
    panel: PeoplePanel, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for row in (("员工姓名", "工号", "角色"), ("䶮𠮷", "0100", "财务部"), ("张伟", "", ""), ("张伟", "0004", "")):
        book.worksheets[0].append(row)
    book.save(tmp_path / "名册.xlsx")
    dialog = panel.books.open_import()
    assert isinstance(dialog, ImportDialog)
    dialog.read_file(tmp_path / "名册.xlsx")
    settle()
    assert dialog.preview is not None
    assert [row.verdict for row in dialog.preview.rows] == [Verdict.NEW, Verdict.REFUSED, Verdict.SAME]
    assert dialog.take_in.text() == "导入 1 人"
    dialog.bring_in()
    settle()
    assert numbered(desk, "0100").roles[0].title == "财务部"
    out = tmp_path / "out.xlsx"
    panel.books.export_to(out)
    settle()
    answer(shown(panel, QMessageBox)[0], "关闭")
    assert out.exists()
    dialog.reject()


def test_departments_are_moved_and_merged(page: SettingsPage, desk: Desk, settle: Settle) -> None:
    places = {name: desk.office.run(desk.actor, partial(add_department, name=name)).value for name in ("甲部", "乙部")}
    page.show_item("settings", "departments")
    settle()
    panel = page.current
    assert isinstance(panel, DepartmentsPanel)
    panel.table.choose(places["甲部"])
    settle()
    panel.parent_box.setCurrentIndex(panel.parent_box.findText("乙部"))
    panel.save.click()
    settle()
    rows = {item.name: item for item in desk.office.read(list_departments)}
    assert rows["甲部"].parent == "乙部"
    panel.parent_box.setCurrentIndex(0)
    panel.save.click()
    settle()
    panel.merge.click()
    settle()
    [dialog] = shown(panel.window(), MergeDialog)
    dialog.table.choose(places["乙部"])
    settle()
    dialog.go.click()
    settle()
    assert "甲部" not in {item.name for item in desk.office.read(list_departments)}


@pytest.fixture
def organization(qtbot: QtBot, desk: Desk, settle: Settle) -> OrganizationView:
    made = OrganizationView(desk)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    made.show_project(project(desk))
    settle()
    return made


def project(desk: Desk) -> UUID:
    query = ProjectQuery(states=("implementing",))
    rows = desk.office.read(lambda reading: project_rows(reading, project_ids(reading, desk.actor, query)))
    return next(row.id for row in rows if row.manager and row.client_manager)


def test_ROLE_12_organisation_as_list_and_picture(organization: OrganizationView, desk: Desk, settle: Settle) -> None:
    before = organization.table.model.rowCount()
    dialog = organization.open_staff()
    assert isinstance(dialog, StaffDialog)
    dialog.person.setText("张伟")
    dialog.save.click()
    assert "同名" in dialog.problem.text()
    dialog.person.setText("张伟（0004）")
    dialog.save.click()
    settle()
    assert organization.table.model.rowCount() == before + 1
    organization.views.choose("picture")
    assert organization.picture.image().width() > 400
    assert organization.picture.pdf().startswith(b"%PDF")
    organization.copy_picture()
    assert not QGuiApplication.clipboard().image().isNull()
    organization.views.choose("list")
    organization.table.choose(str(numbered(desk, "0004").id))
    settle()
    organization.end.click()
    answer(shown(organization, QMessageBox)[0], "结束")
    settle()
    assert organization.table.model.rowCount() == before


def test_ROLE_12_who_may_not_is_told_who_may(organization: OrganizationView, desk: Desk, settle: Settle) -> None:
    desk.seat(numbered(desk, "0002").id)  # 总裁室 sees, and staffs nothing
    organization.show_project(project(desk))
    settle()
    assert not organization.give.isEnabled()
    assert "项目经理" in organization.give.toolTip()
