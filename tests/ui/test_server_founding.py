"""The first start on a server: step by step to a shared office, and what an interrupted founding left."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.home import Home
from desktop.services.server_office import prepare_server
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.instance import Claims
from desktop.ui.operations import Operations
from desktop.ui.server_form import ServerForm
from desktop.ui.start import StartDialog
from tests.servers import OfficeServer
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown
from tests.ui.shared_office import PASSWORD, Now, keyring

__all__ = ["keyring"]


@pytest.fixture
def dialog(qtbot: QtBot, operations: Operations, tmp_path: Path) -> StartDialog:
    home = Home(tmp_path / "home")
    made = StartDialog(home, operations, Claims(home), clock=Now())
    qtbot.addWidget(made)
    made.show()
    return made


def fill_server(dialog: StartDialog, office_server: OfficeServer) -> None:
    """Choose the server and write in who administers it."""
    dialog.welcome.make_button.click()
    dialog.place.to_server.click()
    form: ServerForm = dialog.server.form
    form.host.setText("127.0.0.1")
    form.port.setText(str(office_server.url.port))
    form.login.setText(str(office_server.url.username))
    form.password.setText(str(office_server.url.password))
    form.trust.setCurrentIndex(form.trust.count() - 1)
    form.database.setText(office_server.database)


def fill_rest(dialog: StartDialog, login: str) -> None:
    """Walk through the steps about the office and its first person."""
    dialog.company.company.setText("滨海信息技术有限公司")
    for _step in ("company", "policy", "departments"):
        dialog.forward.click()
    assert dialog.page.title == dialog.person.title
    dialog.person.person.setText("李秀英")
    dialog.person.staff_no.setText("0001")
    dialog.forward.click()
    assert dialog.page.title == dialog.login.title
    assert dialog.login.login.text() == "lixiuying0001"
    assert dialog.forward.text() == "建立办公室"
    dialog.login.login.setText(login)
    dialog.login.password.setText(PASSWORD)
    assert not dialog.forward.isEnabled()
    dialog.login.again.setText(PASSWORD)


def test_shared_office_is_made_step_by_step_and_opened_by_its_first_person(
    dialog: StartDialog, office_server: OfficeServer, settle: Settle, tmp_path: Path
) -> None:
    fill_server(dialog, office_server)
    dialog.forward.click()
    settle()
    fill_rest(dialog, office_server.login("first"))
    dialog.forward.click()
    settle()
    office = dialog.office
    assert office is not None
    assert office.login is not None
    assert (office.name, office.login.person, office.login.administrator) == ("滨海信息技术有限公司", "李秀英", True)
    office.close()
    written = [file.read_bytes() for file in (tmp_path / "home").rglob("*") if file.is_file()]
    for secret in (PASSWORD, str(office_server.url.password)):
        assert all(secret.encode() not in content for content in written)
    assert f"{office_server.url.username}@" not in Home(tmp_path / "home").remembered().target


def test_wrong_administrator_is_told_before_anything_else_is_asked(
    dialog: StartDialog, office_server: OfficeServer, settle: Settle
) -> None:
    fill_server(dialog, office_server)
    dialog.server.form.password.setText("wrong")
    dialog.forward.click()
    settle()
    [told] = shown(dialog, ErrorDialog)
    assert "登录名或密码不对" in str(told.key)
    assert dialog.page is dialog.server


def test_what_an_interrupted_founding_left_is_cleared_when_that_is_agreed_to(
    dialog: StartDialog, office_server: OfficeServer, settle: Settle
) -> None:
    prepare_server(office_server.superuser, office_server.database, Now()())  # and the machine dies
    fill_server(dialog, office_server)
    dialog.forward.click()
    settle()
    [box] = shown(dialog, QMessageBox)
    assert "上一次没有建完" in box.text()
    answer(box, "清除后重新建立")
    fill_rest(dialog, office_server.login("first"))
    dialog.forward.click()
    settle()
    assert dialog.office is not None
    dialog.office.close()


def test_way_back_to_a_data_file_is_open(dialog: StartDialog, office_server: OfficeServer) -> None:
    fill_server(dialog, office_server)
    dialog.server.file_wanted.emit()
    assert dialog.page.title == dialog.place.title
    dialog.back.click()
    assert dialog.page.title == dialog.welcome.title
