"""What one copy of the program holds, how it comes forward, and how it moves to another office."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from PySide6.QtCore import Qt
from PySide6.QtNetwork import QLocalServer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.errors import Refusal
from desktop.services.claims import data_claim, start_claim
from desktop.services.home import Home
from desktop.ui import instance
from desktop.ui.application import Application
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.instance import Claims, Elsewhere, bring_forward
from desktop.ui.operations import Cancelled, Ticket
from desktop.ui.question import ask
from desktop.ui.start import StartDialog
from tests.ui.hands import shown
from tests.ui.offices import Clock, new_office

Begin = Callable[..., Application]


@pytest.fixture
def begin(qtbot: QtBot, tmp_path: Path) -> Iterator[Begin]:
    """Starts a copy with a home of its own, at an office that is made if need be."""
    copies = []

    def start(office: str, home: str = "home") -> Application:
        if not (tmp_path / office).exists():
            new_office(tmp_path / office).office.close()
        application = Application(Home(tmp_path / home), clock=Clock())
        copies.append(application)
        application.begin(str(tmp_path / office / "office.epm"))
        qtbot.waitUntil(lambda: application.window is not None and application.operations.idle, timeout=20_000)
        return application

    yield start
    for application in copies:
        application.close()
        QApplication.processEvents()


def window_of(application: Application) -> QWidget:
    assert application.window is not None
    return application.window


def start_pages(application: Application) -> StartDialog:
    application.show_start()
    assert application.start is not None
    return application.start


def said(dialog: QWidget) -> str:
    return " ".join(label.text() for label in shown(dialog, QLabel))


def begin_to_seize(claims: Claims, target: str, ticket: Ticket | None = None) -> list[Exception | None]:
    """Claim as the program does, behind the screen; in the list stands the outcome, once there is one."""
    caught: list[Exception | None] = []

    def work() -> None:
        try:
            claims.seize(target, ticket)
        except (Refusal, Cancelled) as error:
            caught.append(error)
        else:
            caught.append(None)

    Thread(target=work).start()
    return caught


def seize(qtbot: QtBot, claims: Claims, target: str, ticket: Ticket | None = None) -> Exception | None:
    caught = begin_to_seize(claims, target, ticket)
    qtbot.waitUntil(lambda: bool(caught), timeout=15_000)
    QApplication.processEvents()
    return caught[0]


# ---- names


def test_a_file_goes_by_one_name_and_a_server_by_one_for_each_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Home(tmp_path / "一"), Home(tmp_path / "二")
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    ways = (
        "office.epm",
        tmp_path / "office.epm",
        tmp_path / "link" / "x" / ".." / "office.epm",
        "sqlite:///office.epm",
    )
    assert len({data_claim(str(way), home) for way in ways for home in (one, two)}) == 1
    server = "postgresql://clerk:secret@host/office"
    assert data_claim(server, one) == data_claim("postgresql+psycopg://clerk@host/office", one)
    assert data_claim(server, one) != data_claim(server, two)
    assert "secret" not in data_claim(server, one)
    assert start_claim(one) != start_claim(two)
    with pytest.raises(Refusal, match="不认识"):
        data_claim("mysql://host/x", one)


# ---- claims


def test_what_one_holds_another_does_not_get_and_is_heard(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = Claims(Home(tmp_path / "一")), Claims(Home(tmp_path / "二"))
    target = str(tmp_path / "office.epm")
    assert seize(qtbot, first, target) is None
    assert seize(qtbot, first, target) is None
    with qtbot.waitSignal(first.called):
        error = seize(qtbot, second, target)
    assert isinstance(error, Elsewhere)
    assert target in str(error)
    assert seize(qtbot, second, str(tmp_path / "other.epm")) is None
    first.release()
    assert seize(qtbot, second, target) is None
    second.release()


def test_a_trial_is_settled_or_taken_back(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = Claims(Home(tmp_path / "一")), Claims(Home(tmp_path / "二"))
    old, new = str(tmp_path / "old.epm"), str(tmp_path / "new.epm")
    seize(qtbot, first, old)
    first.settle()
    seize(qtbot, first, new)
    first.back()
    assert seize(qtbot, second, new) is None
    second.release()
    assert isinstance(seize(qtbot, second, old), Elsewhere)
    seize(qtbot, first, new)
    first.settle()
    assert seize(qtbot, second, old) is None
    assert isinstance(seize(qtbot, second, new), Elsewhere)
    first.release()
    second.release()


def test_the_pages_without_an_office_are_claimed_by_home(qtbot: QtBot, tmp_path: Path) -> None:
    first, same, other = (Claims(Home(tmp_path / name)) for name in ("一", "一", "二"))
    assert seize(qtbot, first, "") is None
    assert isinstance(seize(qtbot, same, ""), Elsewhere)
    assert seize(qtbot, other, "") is None
    first.release()
    other.release()


def test_where_nothing_can_be_locked_the_work_goes_on(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "file"))
    claims = Claims(Home(tmp_path / "home"))
    assert seize(qtbot, claims, str(tmp_path / "office.epm")) is None
    assert "cannot claim" in caplog.text


def test_where_the_new_data_cannot_be_locked_the_old_is_let_go_all_the_same(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    first, second = Claims(Home(tmp_path / "一")), Claims(Home(tmp_path / "二"))
    old, new = str(tmp_path / "old.epm"), str(tmp_path / "new.epm")
    seize(qtbot, first, old)
    first.settle()
    with monkeypatch.context() as patch:
        patch.setattr(first, "_folder", tmp_path / "file")
        assert seize(qtbot, first, new) is None
    first.settle()
    assert seize(qtbot, second, old) is None
    second.release()


def test_who_gives_up_need_not_wait_for_a_copy_that_is_deaf(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = Claims(Home(tmp_path / "一"), deaf=True), Claims(Home(tmp_path / "二"))
    target = str(tmp_path / "office.epm")
    seize(qtbot, first, target)
    ticket = Ticket()
    outcome = begin_to_seize(second, target, ticket)
    qtbot.wait(50)
    ticket.cancel()
    second.back()
    assert seize(qtbot, second, "") is None
    qtbot.waitUntil(lambda: bool(outcome))
    assert isinstance(outcome[0], Cancelled)
    first.release()
    second.release()


def test_what_is_claimed_after_it_was_given_up_is_held_by_nobody(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, freed = Event(), Event()
    first, second = Claims(Home(tmp_path / "一")), Claims(Home(tmp_path / "二"))
    target, ticket = str(tmp_path / "office.epm"), Ticket()

    def slow(target: str, home: Home) -> str:
        reached.set()
        freed.wait(10)
        return data_claim(target, home)

    with monkeypatch.context() as patch:
        patch.setattr(instance, "data_claim", slow)
        outcome = begin_to_seize(first, target, ticket)
        assert reached.wait(10)
        ticket.cancel()
        first.back()
        freed.set()
        qtbot.waitUntil(lambda: bool(outcome))
    assert isinstance(outcome[0], Cancelled)
    assert seize(qtbot, second, target) is None
    second.release()


def test_what_was_given_up_takes_nothing_from_what_was_claimed_since(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = Claims(Home(tmp_path / "一")), Claims(Home(tmp_path / "二"))
    target, older, newer = str(tmp_path / "office.epm"), Ticket(), Ticket()
    seize(qtbot, first, target, older)
    seize(qtbot, first, target, newer)
    first.back(older)
    assert isinstance(seize(qtbot, second, target), Elsewhere)
    first.back(newer)
    assert seize(qtbot, second, target) is None
    second.release()


def test_strangers_on_the_line_are_not_answered(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody listens where the copy should, and says something else: that is no answer."""
    monkeypatch.setattr(instance, "SECONDS_TO_ANSWER", 0.3)
    monkeypatch.setattr(instance, "SECONDS_TO_START", 0.3)
    first, second = Claims(Home(tmp_path / "一")), Claims(Home(tmp_path / "二"))
    target = str(tmp_path / "office.epm")
    seize(qtbot, first, target)
    servers: list[QLocalServer] = list(first.findChildren(QLocalServer))
    (server,) = servers
    address = server.fullServerName()
    server.close()
    stranger = QLocalServer()
    assert stranger.listen(address)
    stranger.newConnection.connect(lambda: stranger.nextPendingConnection().write(b"hello\n"))
    assert "已经在运行但没有回应" in str(seize(qtbot, second, target))
    stranger.close()
    first.release()


# ---- coming forward


def test_a_minimised_window_comes_back_as_it_was(begin: Begin, qtbot: QtBot) -> None:
    window = window_of(begin("office"))
    window.setWindowState(Qt.WindowState.WindowMaximized | Qt.WindowState.WindowMinimized)
    bring_forward()
    assert not window.isMinimized()
    assert window.isMaximized()
    qtbot.waitUntil(window.isActiveWindow)


def test_of_a_locked_program_the_cover_comes_forward_and_it_stays_locked(begin: Begin, qtbot: QtBot) -> None:
    application = begin("office")
    assert application.lock is not None
    application.lock.lock()
    cover = application.lock.cover
    assert cover is not None
    cover.showMinimized()
    bring_forward()
    assert not cover.isMinimized()
    assert not window_of(application).isVisible()
    qtbot.waitUntil(cover.isActiveWindow)


def test_with_a_question_open_the_keyboard_is_on_the_question(
    begin: Begin, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    window = window_of(begin("office"))
    box = ask(window, "要删除吗？", "不能恢复。", yes="删除", then=lambda: None)
    window.showMinimized()
    caplog.set_level(logging.INFO)
    bring_forward()
    assert not window.isMinimized()
    qtbot.waitUntil(box.isActiveWindow)
    assert "in front: QMessageBox" in caplog.text
    box.reject()


# ---- moving to another office


def test_another_copys_office_is_not_opened_and_that_copy_comes_forward(
    begin: Begin, qtbot: QtBot, tmp_path: Path
) -> None:
    here, there = begin("one", "home1"), begin("two", "home2")
    start = start_pages(here)
    with qtbot.waitSignal(there.claims.called):
        start.opener.open(str(tmp_path / "two" / "office.epm"))
    qtbot.waitUntil(lambda: bool(shown(start, ErrorDialog)))
    (told,) = shown(start, ErrorDialog)
    assert "已经在另一个窗口中打开，那个窗口已移到前面" in said(told)
    told.accept()
    start.reject()
    assert window_of(here).windowTitle() == window_of(there).windowTitle()
    assert Home(tmp_path / "home1").remembered().target == str(tmp_path / "one" / "office.epm")


def test_with_the_office_the_claim_moves(begin: Begin, qtbot: QtBot, tmp_path: Path) -> None:
    here = begin("one")
    new_office(tmp_path / "three").office.close()
    before = here.window
    start_pages(here).opener.open(str(tmp_path / "three" / "office.epm"))
    qtbot.waitUntil(lambda: here.window is not before and here.operations.idle, timeout=20_000)
    begin("one", "home2")  # is free again
    other = Claims(Home(tmp_path / "home3"))
    assert isinstance(seize(qtbot, other, str(tmp_path / "three" / "office.epm")), Elsewhere)


def test_data_that_did_not_open_holds_nobody_up(begin: Begin, qtbot: QtBot, tmp_path: Path) -> None:
    here = begin("one")
    start = start_pages(here)
    strange = tmp_path / "信件.epm"
    strange.write_text("尊敬的客户：" * 400, encoding="utf-8")
    start.opener.open(str(strange))
    qtbot.waitUntil(lambda: bool(shown(start, ErrorDialog)))
    shown(start, ErrorDialog)[0].accept()
    other = Claims(Home(tmp_path / "other"))
    assert seize(qtbot, other, str(strange)) is None
    other.release()


def test_a_named_file_that_is_missing_is_told_on_the_start_page(qtbot: QtBot, tmp_path: Path) -> None:
    application = Application(Home(tmp_path / "home"), clock=Clock())
    application.begin(str(tmp_path / "没有.epm"))
    qtbot.waitUntil(lambda: application.start is not None and application.start.isVisible(), timeout=20_000)
    assert application.start is not None
    assert "没有.epm" in said(application.start)
    assert "数据没有打开" in said(application.start)
    assert not shown(application.start, QMessageBox)
    application.start.reject()
    application.close()


@pytest.mark.usefixtures("qapp")
def test_a_lock_of_a_dead_copy_holds_nobody_whatever_program_has_its_number_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_office(tmp_path).office.close()
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    target = str(tmp_path / "office.epm")
    first = Claims(Home(tmp_path / "home"))
    first.seize(target)
    (lock,) = (tmp_path / "run").rglob("*.lock")
    told = lock.read_bytes()
    first.release()
    lock.write_bytes(told)  # as a power cut leaves it; it names this process, which runs
    again = Claims(Home(tmp_path / "home"))
    again.seize(target)
    again.release()
