"""连接共享办公室: the dialog, its trial of the connection, and what it says of everything that may go wrong."""

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from keyring.backends import fail
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from desktop.domain.server_place import Trust, invitation_text, server_place
from desktop.services import passwords
from desktop.services.connecting import Mark
from desktop.services.home import Home
from desktop.services.logins import close_login
from desktop.services.office import Office
from desktop.services.server_office import prepare_server
from desktop.ui.instance import Claims
from desktop.ui.opener import Opener
from desktop.ui.operations import Operations
from desktop.ui.server_connect import ServerConnectDialog
from desktop.ui.start import StartDialog
from tests.servers import OfficeServer
from tests.ui.conftest import Settle
from tests.ui.hands import shown, shown_text
from tests.ui.keyrings import MemoryKeyring
from tests.ui.offices import Clock
from tests.ui.shared_office import PASSWORD, Now, founded, invited, keyring, office, target

__all__ = ["founded", "keyring", "office", "target"]


@pytest.fixture
def dialog(qtbot: QtBot, operations: Operations) -> Callable[[str], ServerConnectDialog]:
    def make(target: str, password: str = PASSWORD, clock: Clock | None = None) -> ServerConnectDialog:
        made = ServerConnectDialog(operations, target, clock=clock or Now())
        qtbot.addWidget(made)
        made.show()
        made.form.password.setText(password)
        return made

    return make


def tried(dialog: ServerConnectDialog, settle: Settle) -> list[tuple[str, Mark, str]]:
    """What a trial tells, step by step."""
    dialog.try_button.click()
    settle()
    return [(step.key, step.mark, step.text) for step in dialog.steps.steps]


def last(dialog: ServerConnectDialog, settle: Settle) -> tuple[str, Mark, str]:
    return tried(dialog, settle)[-1]


def test_trial_passes_step_by_step(dialog: Callable[..., ServerConnectDialog], target: str, settle: Settle) -> None:
    made = dialog(target)
    steps = tried(made, settle)
    assert [key for key, _mark, _text in steps] == [
        *("name", "port", "tls", "login"),
        *("version", "database", "person", "clock"),
    ]
    assert {mark for _key, mark, _text in steps} == {Mark.GOOD}
    assert steps[5][2] == "滨海信息技术有限公司"
    assert steps[6][2] == "𠮷镕堃"
    assert made.steps.passed


@pytest.mark.parametrize(
    ("changes", "step", "words"),
    [
        ({"password": "wrong"}, "login", "登录名或密码不对"),
        ({"login": "nobody_of_that_name"}, "login", "登录名或密码不对"),
        ({"database": "no_such_office"}, "database", "没有这个数据库"),
        ({"host": "no-such-host.invalid"}, "name", "找不到这个服务器地址"),
        ({"trust": Trust.SYSTEM}, "tls", "没有启用加密连接"),
        ({"trust": Trust.UNCHECKED}, "tls", "没有启用加密连接"),
    ],
)
def test_what_was_typed_wrong_is_told_where_it_fails(
    dialog: Callable[..., ServerConnectDialog],
    target: str,
    settle: Settle,
    changes: dict[str, Any],
    step: str,
    words: str,
) -> None:
    made = dialog(target, changes.get("password", PASSWORD))
    for name in ("login", "database", "host"):
        if name in changes:
            getattr(made.form, name).setText(changes[name])
    if "host" in changes:
        made.form.trust.setCurrentIndex(made.form.trust.findData(Trust.SYSTEM))
    if "trust" in changes:
        made.form.trust.setCurrentIndex(made.form.trust.findData(changes["trust"]))
    key, mark, text = last(made, settle)
    assert (key, mark) == (step, Mark.BAD)
    assert words in text
    assert not made.steps.passed


@pytest.fixture
def stranger() -> Iterator[int]:
    """The port of something that is no PostgreSQL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    stream, _address = server.accept()
                    with stream:
                        stream.recv(8)
                        stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            except OSError:
                return  # the test is over

        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_what_is_no_database_is_told(
    dialog: Callable[..., ServerConnectDialog], office_server: OfficeServer, stranger: int, settle: Settle
) -> None:
    made = dialog(office_server.target("somebody"))
    made.form.port.setText(str(stranger))
    key, mark, text = last(made, settle)
    assert (key, mark) == ("tls", Mark.BAD)
    assert "不是 PostgreSQL" in text


def test_closed_port_is_told(
    dialog: Callable[..., ServerConnectDialog], office_server: OfficeServer, settle: Settle
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    made = dialog(office_server.target("somebody"))
    made.form.port.setText(str(port))
    key, mark, text = last(made, settle)
    assert (key, mark) == ("port", Mark.BAD)
    assert "没有在这个端口上" in text


def test_database_without_an_office_and_one_half_made_are_told(
    dialog: Callable[..., ServerConnectDialog], office_server: OfficeServer, settle: Settle
) -> None:
    made = dialog(office_server.target("postgres", database="postgres"), str(office_server.url.password))
    assert "没有办公室" in last(made, settle)[2]
    prepare_server(office_server.superuser, office_server.database, Now()())  # and the machine dies
    made.form.database.setText(office_server.database)
    key, mark, text = last(made, settle)
    assert (key, mark) == ("database", Mark.BAD)
    assert "上一次没有建完" in text


def test_closed_login_and_one_of_nobody_are_told(
    dialog: Callable[..., ServerConnectDialog], office: Office, office_server: OfficeServer, settle: Settle
) -> None:
    login = office_server.login("zhangwei")
    text = invitation_text(invited(office, login), "工程项目管理台")
    made = dialog("")
    QGuiApplication.clipboard().setText(text)
    made.paste()
    assert last(made, settle)[:2] == ("clock", Mark.GOOD)
    assert "须改成自己的密码" in made.steps.steps[6].text
    close_login(office, login)
    assert last(made, settle)[:2] == ("login", Mark.BAD)
    assert "已被关闭" in made.steps.steps[-1].text
    with office_server.connection() as connection:
        connection.execute(f"ALTER ROLE {login} LOGIN".encode())
    assert last(made, settle)[:2] == ("person", Mark.BAD)
    assert "已被关闭" in made.steps.steps[-1].text
    with office_server.connection(office_server.database) as connection:
        connection.execute("DELETE FROM guard.login WHERE name = %s", (login,))
    assert "没有对应办公室里的任何人" in last(made, settle)[2]


def test_full_server_is_told(
    dialog: Callable[..., ServerConnectDialog], target: str, office_server: OfficeServer, settle: Settle
) -> None:
    with office_server.connection() as connection:
        connection.execute(f"ALTER DATABASE {office_server.database} CONNECTION LIMIT 0".encode())
    assert "连接数已满" in last(dialog(target), settle)[2]


def test_clock_that_goes_wrong_is_told(dialog: Callable[..., ServerConnectDialog], target: str, settle: Settle) -> None:
    key, mark, text = last(dialog(target, clock=Clock(dt.datetime(2001, 1, 1, tzinfo=dt.UTC))), settle)
    assert (key, mark) == ("clock", Mark.BAD)
    assert "天" in text


def test_invitation_fills_everything_and_checks_stay_strict(
    dialog: Callable[..., ServerConnectDialog], office: Office, office_server: OfficeServer
) -> None:
    text = invitation_text(invited(office, office_server.login("zhangwei")), "工程项目管理台")
    made = dialog("", "")
    QGuiApplication.clipboard().setText("请查收：\n" + text.replace("：", ": "))
    made.paste()
    assert made.form.database.text() == office_server.database
    assert made.form.login.text() == office_server.login("zhangwei")
    assert made.connect_button.isEnabled()
    elsewhere = text.replace("127.0.0.1", "db.example.com")
    QGuiApplication.clipboard().setText(elsewhere)
    made.paste()
    assert made.place.trust is Trust.SYSTEM, "nothing that is unchecked goes over a network"
    QGuiApplication.clipboard().setText("早上好")
    made.paste()
    assert made.form.host.text() == "db.example.com"
    made.form.host.clear()
    QGuiApplication.clipboard().setText(text)
    made.form.host.paste()  # as the line's own menu does
    assert (made.form.host.text(), made.form.login.text()) == ("127.0.0.1", office_server.login("zhangwei"))


def test_unchecked_connections_are_offered_for_this_machine_alone(
    dialog: Callable[..., ServerConnectDialog], office_server: OfficeServer
) -> None:
    made = dialog(office_server.target("somebody"))
    assert made.connect_button.isEnabled()
    made.form.host.setText("10.1.2.3")
    assert not made.connect_button.isEnabled()
    assert "只适用于本机" in made.form.problem
    made.form.trust.setCurrentIndex(made.form.trust.findData(Trust.SYSTEM))
    assert made.connect_button.isEnabled()


@pytest.fixture
def start(qtbot: QtBot, operations: Operations, tmp_path: Path) -> StartDialog:
    home = Home(tmp_path / "home")
    made = StartDialog(home, operations, Claims(home), clock=Now())
    qtbot.addWidget(made)
    made.show()
    return made


def asked(start: QDialog) -> ServerConnectDialog:
    [found] = shown(start, ServerConnectDialog)
    return found


def test_wrong_password_can_be_corrected_and_the_right_one_is_kept_in_the_keyring_alone(
    start: StartDialog, target: str, settle: Settle, keyring: MemoryKeyring, tmp_path: Path
) -> None:
    start.welcome.join_button.click()
    settle()
    made = asked(start)
    place = server_place(target)
    assert place is not None
    made.form.show_place(place)
    made.form.password.setText("wrong")
    made.connect_button.click()
    settle()
    assert made.isVisible()
    assert "登录名或密码不对" in made.trouble.text()
    made.form.password.setText(PASSWORD)
    made.keeps.setChecked(True)
    made.connect_button.click()
    settle()
    assert start.office is not None
    assert start.office.name == "滨海信息技术有限公司"
    start.office.close()
    assert not shown(start, ServerConnectDialog)
    assert list(keyring.held.values()) == [PASSWORD]
    home = tmp_path / "home"
    assert str(server_place(Home(home).remembered().target)) == str(place)
    written = [file.read_bytes() for file in home.rglob("*") if file.is_file()]
    assert all(PASSWORD.encode() not in content for content in written)


def test_remembered_office_is_opened_with_the_keyrings_password_and_asks_where_it_is_wrong(
    qtbot: QtBot, start: StartDialog, target: str, settle: Settle, operations: Operations, tmp_path: Path
) -> None:
    passwords.keep(target, PASSWORD)
    home = Home(tmp_path / "home")
    opener = Opener(home, operations, Claims(home), start, Now())
    with qtbot.waitSignal(opener.opened, timeout=20_000) as opened:
        opener.open(target, waiting="")
    assert opened.args
    opened.args[0].close()
    passwords.keep(target, "changed since")
    opener.open(target, waiting="")
    settle()
    made = asked(start)
    settle()
    assert "登录名或密码不对" in made.trouble.text()
    assert made.form.login.text() in target
    with qtbot.waitSignal(opener.declined):
        made.reject()


def test_who_has_no_keyring_is_asked_for_the_password_as_every_day_and_not_as_after_a_failure(
    qtbot: QtBot, start: StartDialog, target: str, settle: Settle, operations: Operations, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    opener = Opener(home, operations, Claims(home), start, Now())
    opener.open(target, waiting="")
    settle()
    made = asked(start)
    assert not made.trouble.isVisible()
    assert "请输入密码" in shown_text(made)
    assert made.form.login.text() in target
    made.form.password.setText(PASSWORD)
    with qtbot.waitSignal(opener.opened, timeout=20_000) as opened:
        made.connect_button.click()
    assert opened.args
    opened.args[0].close()


def test_without_a_keyring_it_says_so_and_keeps_nothing(
    dialog: Callable[..., ServerConnectDialog], settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyring.get_keyring", fail.Keyring)
    made = dialog("")
    settle()
    assert not made.keeps.isEnabled()
    assert "没有可用的系统密钥环" in made.about_keeping.text()
