"""设置·登录名: inviting with an invitation that is shown once, another password, closing; and who left is told."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.domain.server_place import Invitation, ServerPlace, Trust, read_invitation
from desktop.services.home import Home
from desktop.services.logins import list_logins
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.people import add_person, list_people
from desktop.ui.desk import Desk
from desktop.ui.invitation_dialog import InvitationDialog, InviteDialog
from desktop.ui.operations import Operations
from desktop.ui.pages.person_editor import PersonEntry
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_logins import LoginsPanel
from desktop.ui.pages.settings_people import PeoplePanel
from tests.servers import OfficeServer
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown, shown_text
from tests.ui.shared_office import Now, founded, invited, keyring, office, target

__all__ = ["founded", "keyring", "office", "target"]


@pytest.fixture
def desk(office: Office, operations: Operations, tmp_path: Path) -> Desk:
    assert office.login is not None
    assert office.login.person_id is not None
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    return Desk(office, office.login.person_id, operations, memory)


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk, settle: Settle) -> LoginsPanel:
    made = LoginsPanel(desk)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    made.reload()
    settle()
    return made


def test_person_is_invited_and_the_invitation_lets_them_in(
    panel: LoginsPanel, desk: Desk, office_server: OfficeServer, settle: Settle, tmp_path: Path
) -> None:
    person = desk.office.run(desk.actor, lambda work: add_person(work, name="张伟", staff_no="0003")).value
    panel.begin_new()
    settle()
    [dialog] = shown(panel, InviteDialog)
    assert "请先选一个人" in dialog.problem
    dialog.people.table.choose(person)
    assert dialog.login.text() == "zhangwei0003"
    assert "已有登录名" not in shown_text(dialog)
    dialog.people.table.choose(desk.actor)
    assert f"已有登录名“{office_server.clerk}”" in shown_text(dialog), "nobody is invited twice by mistake"
    dialog.people.table.choose(person)
    dialog.login.setText("张伟")
    assert "小写英文字母" in dialog.problem
    dialog.login.setText(office_server.login("zhangwei"))
    dialog.invite_button.click()
    settle()
    [shown_once] = shown(panel, InvitationDialog)
    shown_once.copy()
    invitation = read_invitation(QGuiApplication.clipboard().text())
    assert invitation is not None
    assert invitation.office == "滨海信息技术有限公司"
    theirs = open_office(invitation.place.target(invitation.password), Home(tmp_path / "theirs"), Now())
    assert theirs.login is not None
    assert theirs.login.person_id == person
    theirs.close()


def test_login_is_closed_and_opened_again_with_another_password(
    panel: LoginsPanel, desk: Desk, office_server: OfficeServer, settle: Settle
) -> None:
    login = office_server.login("zhangwei")
    invited(desk.office, login)
    panel.reload()
    settle()
    panel.table.choose(office_server.clerk)
    assert not panel.close_it.isEnabled(), "nobody closes their own login"
    panel.table.choose(login)
    panel.close_it.click()
    answer(shown(panel, QMessageBox)[-1], "关闭")
    settle()
    assert [row.state for row in list_logins(desk.office) if row.name == login] == ["已关闭"]
    panel.table.choose(login)
    panel.reset.click()
    answer(shown(panel, QMessageBox)[-1], "重设")
    settle()
    [letter] = shown(panel, InvitationDialog)
    assert login in letter.text.toPlainText()
    assert [row.state for row in list_logins(desk.office) if row.name == login] == ["未改密码"]


def test_who_sets_somebody_gone_is_told_of_the_open_login(
    qtbot: QtBot, desk: Desk, office_server: OfficeServer, settle: Settle
) -> None:
    login = office_server.login("zhangwei")
    invited(desk.office, login)
    [person] = [row for row in desk.office.read(list_people) if row.staff_no == "0003"]
    people = PeoplePanel(desk)
    qtbot.addWidget(people)
    people.show()
    people.reload()
    settle()
    gone = PersonEntry(
        person.id, person.version, person.name, person.staff_no, person.department_id, person.phone, active=False
    )
    people.save(gone)
    settle()
    [box] = shown(people, QMessageBox)
    assert login in box.text()
    with qtbot.waitSignal(desk.wanted) as led:
        answer(box, "前往“登录名”")
    assert led.args == ["settings", f"logins/{login}"]
    page = SettingsPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.show_item(*led.args)
    settle()
    assert isinstance(page.current, LoginsPanel)
    chosen = page.current.table.current()
    assert chosen is not None
    assert chosen.name == login, "nobody else's login is closed by mistake"


def test_whoever_invites_is_told_which_certificate_goes_with_the_letter(qtbot: QtBot) -> None:
    place = ServerPlace("db.example.com", 5432, "office", "zhangwei", Trust.FILE, "/etc/ca.crt")
    made = InvitationDialog(Invitation(place, "once", "滨海信息技术有限公司", "张伟"))
    qtbot.addWidget(made)
    made.show()
    assert "CA 证书文件一起交给他" in shown_text(made)
    assert "/etc/ca.crt" in shown_text(made)
    assert "/etc/ca.crt" not in made.text.toPlainText(), "where it lies here is of no use to them"
