"""A login is closed, or its person leaves, while their window is open: told once, and the server is asked no more."""

import functools
import logging
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.errors import NotAdmitted, ShutOut
from desktop.services.drafting import start_draft
from desktop.services.home import Home
from desktop.services.logins import change_own_password, close_login
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.people import add_person, assign_role, change_person, list_people
from desktop.services.watching import everything
from desktop.ui.alarm import Alarm
from desktop.ui.application import Application
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_people import PeoplePanel
from desktop.ui.who import Cover
from tests.servers import OfficeServer
from tests.ui.hands import shown_text, write
from tests.ui.shared_office import PASSWORD, Begin, Now, begin, founded, invited, keyring, office, target

__all__ = ["begin", "founded", "keyring", "office", "target"]


@dataclass
class Colleague:
    """A second clerk of the office, whose window is open."""

    application: Application
    person: UUID
    login: str


@pytest.fixture
def colleague(office: Office, office_server: OfficeServer, begin: Begin, tmp_path: Path) -> Colleague:
    login = office_server.login("zhangwei")
    invitation = invited(office, login)
    assert office.login is not None
    assert office.login.person_id is not None
    [person] = [row.id for row in office.read(list_people) if row.staff_no == "0003"]
    office.run(office.login.person_id, lambda work: assign_role(work, person_id=person, role_key="clerk"))
    theirs = open_office(invitation.place.target(invitation.password), Home(tmp_path / "first"), Now())
    change_own_password(theirs, PASSWORD)
    theirs.close()
    return Colleague(begin(invitation.place.target(PASSWORD)), person, login)


def boxes() -> list[ErrorDialog]:
    return [item for item in QApplication.topLevelWidgets() if isinstance(item, ErrorDialog) and item.isVisible()]


def has_let_go(application: Application) -> bool:
    return application.window is None and application.watcher is None and application.desk is None


def sessions_of(server: OfficeServer, login: str) -> int:
    with server.connection() as connection:
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", (login,)).fetchone()
    assert row is not None
    return int(row[0])


def test_a_closed_login_is_told_once_however_much_fails_and_nothing_is_asked_any_more(
    qtbot: QtBot,
    colleague: Colleague,
    office: Office,
    office_server: OfficeServer,
    caplog: pytest.LogCaptureFixture,
    qapp: QApplication,
) -> None:
    application, desk = colleague.application, colleague.application.desk
    assert desk is not None
    assert application.window is not None
    draft = start_draft(desk.office, desk.actor, "contract", None)
    desk.wanted.emit("draft", draft.id)
    page = application.window.go_to("draft")
    assert isinstance(page, DraftView)
    qtbot.waitUntil(lambda: page.editor is not None and application.operations.idle, timeout=20_000)
    assert page.editor is not None
    alarm = Alarm(qapp)
    alarm.shut_out.connect(application.operations.shut_out)
    close_login(office, colleague.login)
    with caplog.at_level(logging.WARNING, "desktop.ui.application"):
        page.editor.set_content({**page.editor.content(), "contract": {"name": "没写完的合同"}})
        desk.operations.changed.emit(everything())  # every view on the screen reads anew
        for loud in (True, False, True):
            desk.read(application.window, list_people, print, loud=loud)
        desk.run(application.window, functools.partial(add_person, name="某人", staff_no="7"), print, waiting="保存")
        with pytest.raises(NotAdmitted) as caught:
            desk.office.read(list_people)
        alarm.sound(caught.value)  # a slot that asked in the thread of the screen
        qtbot.waitUntil(lambda: application.desk is None and bool(boxes()), timeout=20_000)
        qtbot.waitUntil(lambda: application.operations.idle, timeout=20_000)
        QApplication.processEvents()
    [box] = boxes()
    told = shown_text(box)
    assert "登录名已被关闭" in told
    assert "草稿" in told
    assert [record.getMessage().count("登录名已被关闭") for record in caplog.records] == [1]
    assert has_let_go(application)
    assert sessions_of(office_server, colleague.login) == 0
    kept = application.home.drafts.list(office.id, colleague.person)
    assert "没写完的合同" in str(kept)
    box.accept()
    qtbot.waitUntil(lambda: application.start is not None and application.start.isVisible(), timeout=20_000)
    QApplication.processEvents()
    assert not boxes()
    alarm.deleteLater()


def test_who_left_learns_it_without_a_click_and_what_was_not_saved_is_named(
    qtbot: QtBot, colleague: Colleague, office: Office
) -> None:
    application, desk = colleague.application, colleague.application.desk
    assert application.window is not None
    assert application.watcher is not None
    assert desk is not None
    page = application.window.go_to("settings")
    assert isinstance(page, SettingsPage)
    panel = page.panels[0]
    assert isinstance(panel, PeoplePanel)
    qtbot.waitUntil(lambda: application.operations.idle, timeout=20_000)
    panel.begin_new()
    write(panel.editor.name, "正在写")
    [row] = [row for row in office.read(list_people) if row.id == colleague.person]
    gone = functools.partial(
        change_person,
        person_id=row.id,
        version=row.version,
        name=row.name,
        staff_no=row.staff_no,
        department_id=row.department_id,
        phone="",
        active=False,
    )
    assert office.login is not None
    assert office.login.person_id is not None
    office.run(office.login.person_id, gone)
    application.watcher.watching.attend_now()
    qtbot.waitUntil(lambda: bool(boxes()), timeout=20_000)
    [box] = boxes()
    assert "登记为离职" in shown_text(box)
    assert "人员“正在写”的修改没有保存" in shown_text(box)
    assert has_let_go(application)
    box.accept()


def test_a_locked_screen_gives_way_to_what_is_told(qtbot: QtBot, colleague: Colleague) -> None:
    application = colleague.application
    assert application.lock is not None
    application.lock.lock()
    application.operations.shut_out.emit(ShutOut("您现在不能查看“office”。"))
    qtbot.waitUntil(lambda: bool(boxes()), timeout=20_000)
    assert not [item for item in QApplication.topLevelWidgets() if isinstance(item, Cover) and item.isVisible()]
    assert application.home.remembered().locked, "the next office is covered at once"
    [box] = boxes()
    box.accept()
