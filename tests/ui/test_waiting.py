"""The window that stands before its office is open."""

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.errors import Refusal
from desktop.services import opening
from desktop.services.claims import data_claim
from desktop.services.home import Home
from desktop.ui import instance, readiness
from desktop.ui.application import Application
from desktop.ui.error_dialog import ErrorDialog, show_error
from desktop.ui.instance import Claims
from desktop.ui.loading import Rest
from desktop.ui.waiting import name_of
from desktop.ui.window import Window
from tests.ui.hands import shown
from tests.ui.offices import Clock, new_office

Begin = Callable[[], Application]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins with an office of one person, who therefore sits down without being asked."""
    new_office(tmp_path).office.close()
    made = []

    def start() -> Application:
        made.append(Application(Home(tmp_path / "home"), clock=Clock()))
        made[-1].begin(str(tmp_path / "office.epm"))
        return made[-1]

    yield start
    for application in made:
        application.close()


def waiting(qtbot: QtBot, application: Application) -> Window:
    qtbot.waitUntil(lambda: application.waiting is not None, timeout=5_000)
    assert application.waiting is not None
    return application.waiting


def give_up(qtbot: QtBot, window: Window) -> None:
    buttons: list[QPushButton] = list(window.findChildren(QPushButton))
    (stop,) = (button for button in buttons if button.text() == "不等了")
    qtbot.waitUntil(stop.isVisible, timeout=5_000)
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)


def told(window: Window) -> str:
    return " ".join(label.text() for label in shown(window, QLabel))


def test_it_says_what_is_opened_and_becomes_the_offices_window_at_the_tab_chosen_meanwhile(
    qtbot: QtBot, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, look = Event(), opening.inspect_target
    monkeypatch.setattr(opening, "inspect_target", lambda target: look(target) if seen.wait(10) else None)
    application = begin()
    window = waiting(qtbot, application)
    assert window.isVisible()
    assert told(window) == "正在打开“office.epm”……"
    changes = [window.tabs.tabText(place) for place in range(window.tabs.count())].index("变更")
    QTest.mouseClick(window.tabs, Qt.MouseButton.LeftButton, pos=window.tabs.tabRect(changes).center())
    seen.set()
    qtbot.waitUntil(lambda: application.window is not None and application.operations.idle, timeout=10_000)
    assert application.window is window
    assert application.waiting is None
    assert window.current == "changes"
    assert "数据：office.epm" in told(window)


def test_whoever_waits_long_may_give_up_and_choose_another_office(
    qtbot: QtBot, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.ui.waiting._PATIENCE_MS", 1)
    freed = Event()

    def slow(*_arguments: object) -> None:
        freed.wait(10)
        raise Refusal("太晚了。")

    monkeypatch.setattr(opening, "inspect_target", slow)
    application = begin()
    window = waiting(qtbot, application)
    give_up(qtbot, window)
    qtbot.waitUntil(lambda: application.start is not None and application.start.isVisible(), timeout=5_000)
    freed.set()
    qtbot.waitUntil(lambda: application.operations.idle, timeout=5_000)
    assert application.start is not None
    assert "正在打开" not in told(window)
    application.start.reject()
    assert not window.isVisible()


@pytest.mark.parametrize("found", [True, False])
def test_who_gives_up_while_the_claim_is_awaited_hears_no_more_of_it(
    qtbot: QtBot, begin: Begin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, found: bool
) -> None:
    monkeypatch.setattr("desktop.ui.waiting._PATIENCE_MS", 1)
    freed = Event()

    def slow(target: str, home: Home) -> str:
        freed.wait(10)
        if not found:
            raise Refusal("太晚了。")
        return data_claim(target, home)

    monkeypatch.setattr(instance, "data_claim", slow)
    application = begin()
    give_up(qtbot, waiting(qtbot, application))
    qtbot.waitUntil(lambda: application.start is not None and application.start.isVisible(), timeout=5_000)
    start = application.start
    assert start is not None
    freed.set()
    qtbot.waitUntil(lambda: application.operations.idle, timeout=5_000)
    qtbot.wait(500)  # what is begun late would begin now
    qtbot.waitUntil(lambda: application.operations.idle, timeout=5_000)
    assert application.start is start
    assert start.isVisible()
    assert application.window is None
    assert not shown(start, ErrorDialog)
    monkeypatch.setattr(instance, "data_claim", data_claim)
    other = Claims(Home(tmp_path / "other"))
    other.seize(str(tmp_path / "office.epm"))
    other.release()
    start.reject()


def test_an_office_that_is_open_goes_on_without_a_page_that_cannot_be_loaded(
    qtbot: QtBot, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = begin()
    qtbot.waitUntil(lambda: application.window is not None and application.operations.idle, timeout=10_000)
    window = application.window
    assert window is not None
    monkeypatch.setitem(sys.modules, "desktop.ui.pages.settings", None)
    rest = Rest(application.operations, ("desktop.ui.pages.settings",))
    rest.broken.connect(application.lack)
    with qtbot.waitSignal(rest.broken):
        monkeypatch.delitem(sys.modules, "desktop.ui.pages.settings")
        monkeypatch.setattr("desktop.ui.loading.import_module", missing)
        rest.begin()
    rest.stop()
    assert application.broken is None
    monkeypatch.setitem(sys.modules, "desktop.ui.pages.settings", None)
    settings = [window.tabs.tabText(place) for place in range(window.tabs.count())].index("设置")
    with qtbot.captureExceptions() as raised:
        QTest.mouseClick(window.tabs, Qt.MouseButton.LeftButton, pos=window.tabs.tabRect(settings).center())
    assert raised
    assert isinstance(raised[0][1], ImportError)
    dialog = show_error(window, raised[0][1])
    told = " ".join(label.text() for label in shown(dialog, QLabel))
    assert "程序文件不完整，缺少“desktop.ui.pages.settings”，这个功能现在不能用。" in told
    assert "重新安装" in told
    dialog.accept()
    assert window.current == "workbench"
    assert window.tabs.tabText(window.tabs.currentIndex()).startswith("工作台")


def missing(name: str) -> None:
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_a_window_that_nobody_sees_answers_too_and_only_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readiness, "_UNSEEN_MS", 1)
    caplog.set_level(logging.INFO)
    widget = QWidget()
    qtbot.addWidget(widget)
    watch = readiness.Readiness(widget)
    answers: list[None] = []
    watch.answered.connect(lambda: answers.append(None))
    qtbot.waitUntil(lambda: bool(answers), timeout=5_000)
    assert "ready after" not in caplog.text
    widget.show()
    qtbot.waitUntil(lambda: "ready after" in caplog.text, timeout=5_000)
    assert len(answers) == 1


def test_data_that_does_not_open_is_told_on_the_start_pages_over_it(
    qtbot: QtBot, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise Refusal("读不了。")

    monkeypatch.setattr(opening, "inspect_target", broken)
    application = begin()
    qtbot.waitUntil(lambda: application.start is not None and application.start.isVisible(), timeout=5_000)
    start = application.start
    assert start is not None
    assert start.parentWidget() is application.waiting
    assert any("读不了。" in label.text() for label in shown(start, QLabel))
    start.reject()
    assert application.waiting is not None
    assert not application.waiting.isVisible()


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (r"D:\项目 资料\滨海.epm", "滨海.epm"),
        ("/srv/office.epm/", "office.epm"),
        ("postgresql://clerk:secret@db/epm?sslmode=require", "epm"),
    ],
)
def test_a_target_is_named_without_the_way_there(target: str, name: str) -> None:
    assert name_of(target) == name
