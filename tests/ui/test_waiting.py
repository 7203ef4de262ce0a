"""The window that stands before its office is open."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.errors import Refusal
from desktop.services import opening
from desktop.services.home import Home
from desktop.ui.application import Application
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
    buttons: list[QPushButton] = list(window.findChildren(QPushButton))
    (stop,) = (button for button in buttons if button.text() == "不等了")
    qtbot.waitUntil(stop.isVisible, timeout=5_000)
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: application.start is not None and application.start.isVisible(), timeout=5_000)
    freed.set()
    qtbot.waitUntil(lambda: application.operations.idle, timeout=5_000)
    assert application.start is not None
    assert "正在打开" not in told(window)
    application.start.reject()
    assert not window.isVisible()


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
