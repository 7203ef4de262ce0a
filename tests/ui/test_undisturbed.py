"""What others save does not disturb whoever reads or writes at this moment."""

from functools import partial

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.people import DepartmentRow, change_department, list_departments
from desktop.services.watching import everything
from desktop.services.work_calendar import SeenDay, set_day
from desktop.ui.desk import Desk
from desktop.ui.page import Page
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_calendar import CalendarPanel
from desktop.ui.pages.settings_departments import DepartmentsPanel
from desktop.ui.pages.settings_mail import MailPanel
from desktop.ui.pages.settings_office import OfficePanel
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown, write


def looked_at(page: Page, desk: Desk, qtbot: QtBot, settle: Settle) -> None:
    desk.operations.changed.connect(page.on_changed)
    qtbot.addWidget(page)
    page.resize(1300, 700)
    page.show()
    settle()


def others_save(desk: Desk, settle: Settle) -> None:
    desk.operations.changed.emit(everything())
    settle()


def test_a_form_that_is_being_read_stays_where_it_was_scrolled_to(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ApprovalsPage(desk)
    looked_at(page, desk, qtbot, settle)
    assert page.view.page is not None
    reader, filing = page.view.reader, page.view.page.row.id
    page.bar.opinion.setText("写到一半")
    others_save(desk, settle)
    assert page.view.reader is reader
    assert page.view.page.row.id == filing
    assert page.bar.opinion.text() == "写到一半"


@pytest.fixture
def settings(qtbot: QtBot, desk: Desk, settle: Settle) -> SettingsPage:
    page = SettingsPage(desk)
    looked_at(page, desk, qtbot, settle)
    return page


def test_a_department_that_is_being_renamed(settings: SettingsPage, desk: Desk, settle: Settle) -> None:
    settings.show_item("settings", "departments")
    settle()
    panel = settings.current
    assert isinstance(panel, DepartmentsPanel)
    first: DepartmentRow = desk.office.read(list_departments)[0]
    panel.table.choose(first.id)
    settle()
    panel.name.setText("我写的")
    change = partial(change_department, department_id=first.id, version=first.version, name="别人写的", active=True)
    desk.office.run(desk.actor, change)
    others_save(desk, settle)
    assert panel.name.text() == "我写的"
    assert "刚被" in panel.hint.text()
    panel.add.click()
    answer(shown(panel, QMessageBox)[-1], "放弃修改")
    panel.name.setText("新部门写到一半")
    others_save(desk, settle)
    assert panel.name.text() == "新部门写到一半"


def test_a_day_of_the_calendar_that_is_being_written(settings: SettingsPage, desk: Desk, settle: Settle) -> None:
    settings.show_item("settings", "calendar")
    settle()
    panel = settings.current
    assert isinstance(panel, CalendarPanel)
    row = panel.table.model.row_at(0)
    assert row is not None
    panel.table.view.selectRow(0)
    settle()
    panel.note.setText("我写的")
    desk.office.run(desk.actor, partial(set_day, day=row.day, kind="workday", note="别人写的", seen=SeenDay()))
    others_save(desk, settle)
    assert panel.note.text() == "我写的"
    assert panel.day.text() == row.day.isoformat()


def test_the_office_and_its_mail_server_while_they_are_being_written(
    settings: SettingsPage, desk: Desk, settle: Settle
) -> None:
    for key, kind in (("office", OfficePanel), ("mail", MailPanel)):
        settings.show_item("settings", key)
        settle()
        panel = settings.current
        assert isinstance(panel, kind)
        line = panel.name if isinstance(panel, OfficePanel) else panel.host
        write(line, "我写的")
        others_save(desk, settle)
        assert line.text() == "我写的"
