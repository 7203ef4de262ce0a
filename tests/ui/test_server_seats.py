"""Who sits at a shared office: whoever's login is connected, with a password of their own, and nobody else."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.server_place import server_place
from desktop.services import passwords
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.people import list_people
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from desktop.ui.server_connect import ServerConnectDialog
from desktop.ui.server_password import PasswordDialog
from desktop.ui.who import Lock
from tests.servers import OfficeServer
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown
from tests.ui.shared_office import PASSWORD, Begin, Now, begin, founded, invited, keyring, office, target

__all__ = ["begin", "founded", "keyring", "office", "target"]


def test_remembered_office_seats_the_logins_person_without_a_question(target: str, begin: Begin) -> None:
    passwords.keep(target, PASSWORD)
    application = begin(target)
    assert application.window is not None
    assert application.desk is not None
    login = application.desk.office.login
    assert login is not None
    assert application.desk.actor == login.person_id
    assert PASSWORD not in application.window.windowTitle()


def test_without_a_kept_password_the_person_is_asked_over_the_waiting_window(
    qtbot: QtBot, target: str, begin: Begin
) -> None:
    application = begin(target)
    assert application.window is None
    assert application.waiting is not None
    [dialog] = shown(application.waiting, ServerConnectDialog)
    dialog.form.password.setText(PASSWORD)
    dialog.connect_button.click()
    qtbot.waitUntil(lambda: application.window is not None, timeout=20_000)
    qtbot.waitUntil(lambda: application.operations.idle, timeout=20_000)


def test_one_time_password_must_be_changed_before_work(
    qtbot: QtBot, office: Office, office_server: OfficeServer, begin: Begin, tmp_path: Path
) -> None:
    invitation = invited(office, office_server.login("zhangwei"))
    application = begin(invitation.place.target(invitation.password))
    assert application.window is None
    assert application.waiting is not None
    [dialog] = shown(application.waiting, PasswordDialog)
    dialog.new.setText("short")
    assert not dialog.save_button.isEnabled()
    dialog.new.setText("我自己的密码 2026")
    dialog.again.setText("我自己的密码 2027")
    assert "不一样" in dialog.problem
    dialog.again.setText("我自己的密码 2026")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: application.window is not None, timeout=20_000)
    qtbot.waitUntil(lambda: application.operations.idle, timeout=20_000)
    assert application.desk is not None
    assert [person.name for person in application.desk.office.read(list_people) if person.staff_no == "0003"]
    again = open_office(invitation.place.target("我自己的密码 2026"), Home(tmp_path / "another"), Now())
    assert again.login is not None
    assert not again.login.one_time
    again.close()


def test_whoever_keeps_the_one_time_password_does_not_get_in(
    qtbot: QtBot, office: Office, office_server: OfficeServer, begin: Begin
) -> None:
    invitation = invited(office, office_server.login("zhangwei"))
    application = begin(invitation.place.target(invitation.password))
    assert application.waiting is not None
    [dialog] = shown(application.waiting, PasswordDialog)
    dialog.reject()
    qtbot.waitUntil(lambda: application.start is not None, timeout=20_000)
    assert application.window is None


@pytest.fixture
def desk(office: Office, operations: Operations, tmp_path: Path) -> Desk:
    assert office.login is not None
    assert office.login.person_id is not None
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    return Desk(office, office.login.person_id, operations, memory)


def test_switching_asks_for_another_login(target: str, begin: Begin) -> None:
    passwords.keep(target, PASSWORD)
    application = begin(target)
    assert application.window is not None
    assert application.lock is not None
    application.lock.switch()
    [box] = shown(application.window, QMessageBox)
    assert "服务器凭登录名认人" in box.informativeText()
    answer(box, "用另一个登录名连接…")
    [dialog] = shown(application.window, ServerConnectDialog)
    assert dialog.form.login.text() == ""
    place = server_place(target)
    assert place is not None
    assert dialog.form.database.text() == place.database
    dialog.reject()
    assert application.window.isVisible(), "whoever sat there goes on"


def test_another_login_seats_its_person_in_a_window_of_their_own(
    qtbot: QtBot, office: Office, office_server: OfficeServer, target: str, begin: Begin
) -> None:
    invitation = invited(office, office_server.login("zhangwei"))
    passwords.keep(target, PASSWORD)
    application = begin(target)
    first, desk = application.window, application.desk
    assert first is not None
    assert desk is not None
    first.login_wanted.emit()
    [dialog] = shown(first, ServerConnectDialog)
    dialog.form.login.setText(invitation.place.login)
    dialog.form.password.setText(invitation.password)
    dialog.connect_button.click()
    qtbot.waitUntil(lambda: bool(shown(first, PasswordDialog)), timeout=20_000)
    [own] = shown(first, PasswordDialog)
    for line in (own.new, own.again):
        line.setText("我自己的密码 2026")
    own.save_button.click()
    qtbot.waitUntil(lambda: application.desk is not None and application.desk is not desk, timeout=20_000)
    qtbot.waitUntil(lambda: application.operations.idle, timeout=20_000)
    assert application.desk is not None
    assert application.desk.office.login is not None
    assert application.desk.office.login.name == invitation.place.login
    assert application.desk.actor != desk.actor


def test_locked_screen_offers_the_logins_person_alone(
    qtbot: QtBot, desk: Desk, office: Office, office_server: OfficeServer, settle: Settle
) -> None:
    invited(office, office_server.login("zhangwei"))
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    lock = Lock(desk, window)
    lock.lock()
    settle()
    assert lock.cover is not None
    qtbot.addWidget(lock.cover)
    model = lock.cover.people.table.model
    assert [row.id for place in range(model.rowCount()) if (row := model.row_at(place))] == [desk.actor]
