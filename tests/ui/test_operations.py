"""Work behind the screen."""

import logging
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.errors import Refusal
from desktop.services.changes import Changes, Done
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.operations import Operations, Ticket

ROOT = Path(__file__).parents[2]
Settle = Callable[[], None]
WORKING = "_run"
"""What a thread of the pool does."""


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def never(_answer: Any) -> None:
    raise AssertionError


def test_the_answer_comes_back_to_the_screen_and_its_changes_are_told(
    operations: Operations, owner: QWidget, settle: Settle
) -> None:
    told: list[object] = []
    operations.changed.connect(told.append)
    threads = []

    def work(_ticket: Ticket) -> Done[str]:
        threads.append(QThread.currentThread())
        return Done("answer", Changes(frozenset({"project"})))

    answers: list[str] = []

    def then(value: str) -> None:
        answers.append(value)
        threads.append(QThread.currentThread())

    operations.start(owner, work, then)
    settle()
    assert answers == ["answer"]
    assert told == [Changes(frozenset({"project"}))]
    assert threads[0] != threads[1] == QApplication.instance().thread()  # type: ignore[union-attr]


class Witness(QWidget):
    """Notes in which thread it dies."""

    def __init__(self, died_in: list[QThread]) -> None:
        super().__init__()
        self._died_in = died_in

    def __del__(self) -> None:
        self._died_in.append(QThread.currentThread())


@pytest.mark.parametrize("fails", [False, True])
def test_what_belongs_to_the_screen_dies_there_though_a_thread_of_the_pool_is_the_last_to_end(
    qtbot: QtBot, operations: Operations, owner: QWidget, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    """Else Qt takes a ticket apart in that thread while the screen lets go of the box that followed it."""
    died_in: list[QThread] = []
    landed, ended = threading.Event(), threading.Event()
    run = getattr(Operations, WORKING)

    def slow(self: Operations, *arguments: Any) -> None:
        run(self, *arguments)
        landed.wait(10)
        del arguments
        ended.set()

    monkeypatch.setattr(Operations, WORKING, slow)

    def begin() -> None:
        widget = Witness(died_in)

        def work(_ticket: Ticket) -> str:
            if fails:
                raise Refusal("没有办成。")
            return widget.objectName()

        ticket = operations.start(owner, work, lambda _nothing: None, failed=lambda _error: None)
        weakref.finalize(ticket, lambda: died_in.append(QThread.currentThread()))

    begin()
    qtbot.waitUntil(lambda: operations.idle)
    landed.set()
    assert ended.wait(10)
    assert operations.finish()
    assert died_in == [QThread.currentThread()] * 2


def test_a_newer_question_takes_the_place_of_an_older(operations: Operations, owner: QWidget, settle: Settle) -> None:
    gate = threading.Event()
    answers: list[int] = []
    operations.start(owner, lambda _ticket: gate.wait(10) and 1, answers.append, key="list")
    operations.start(owner, lambda _ticket: 2, answers.append, key="list")
    gate.set()
    settle()
    assert answers == [2]


def test_work_goes_on_to_its_end_for_a_view_that_is_gone(operations: Operations, settle: Settle) -> None:
    owner, gate = QWidget(), threading.Event()
    told: list[object] = []
    operations.changed.connect(told.append)

    def work(_ticket: Ticket) -> Done[int]:
        gate.wait(10)
        return Done(1, Changes(frozenset({"filing"})))

    operations.start(owner, work, never)
    shiboken6.delete(owner)
    gate.set()
    settle()
    assert told == [Changes(frozenset({"filing"}))]


def test_what_is_given_up_stops_at_its_next_word(operations: Operations, owner: QWidget, settle: Settle) -> None:
    started, steps = threading.Event(), []

    def work(ticket: Ticket) -> None:
        for number in range(1_000_000):
            ticket(number, 1_000_000)
            steps.append(number)
            started.set()

    ticket = operations.start(owner, work, never, waiting="正在导入")
    assert started.wait(10)
    ticket.cancel()
    settle()
    assert len(steps) < 1_000_000


def test_what_nobody_wants_any_more_is_handed_to_whoever_lets_go_of_it(
    operations: Operations, owner: QWidget, settle: Settle
) -> None:
    gate, done = threading.Event(), threading.Event()
    dropped: list[str | None] = []
    gone = QWidget()

    def answer(_ticket: Ticket) -> str:
        gate.wait(10)
        done.set()
        return "office"

    def stop(ticket: Ticket) -> str:
        done.wait(10)
        ticket.check()
        return "never"

    operations.start(gone, answer, never, dropped=dropped.append)
    for work in (answer, stop):
        operations.start(owner, work, never, dropped=dropped.append).cancel()
    shiboken6.delete(gone)
    ticket = operations.start(owner, answer, never, dropped=dropped.append)
    gate.set()
    assert done.wait(10)
    ticket.cancel()  # too late for the work
    settle()
    assert sorted(dropped, key=str).count(None) == len(dropped) - dropped.count("office")
    assert len(dropped) == 4
    assert dropped.count("office") >= 1


def test_work_that_hangs_does_not_keep_the_process() -> None:
    code = (
        "import sys, threading\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from desktop.ui import loading, operations\n"
        "operations._SECONDS_TO_FINISH = loading._MS_TO_STOP = 0\n"
        "app = QCoreApplication([])\n"
        "made = operations.Operations()\n"
        "rest = loading.Rest(made, ['hanging'])\n"
        "begun = threading.Event()\n"
        "made.start(made, lambda _ticket: (begun.set(), threading.Event().wait()), print)\n"
        "rest._pool.start(lambda: threading.Event().wait())\n"
        "begun.wait()\n"
        "assert not rest.stop()\n"
        "assert not made.finish()\n"
        "operations.leave_behind(7, made, rest)\n"
        "del rest, made"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, timeout=30)
    assert done.returncode == 7, done.stderr


def test_a_refusal_is_told_in_its_own_words(operations: Operations, owner: QWidget, settle: Settle) -> None:
    errors: list[Exception] = []

    def work(_ticket: Ticket) -> None:
        raise Refusal("磁盘已满。", kept="草稿仍在。", todo="请清理后再试。")

    operations.start(owner, work, never, failed=errors.append)
    settle()
    assert str(errors[0]) == "磁盘已满。草稿仍在。请清理后再试。"


def test_the_unexpected_is_told_plainly_and_logged_whole(
    operations: Operations, owner: QWidget, settle: Settle, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_ticket: Ticket) -> None:
        raise KeyError("secret key")

    operations.start(owner, work, never)
    with caplog.at_level(logging.ERROR):
        settle()
    dialog = next(item for item in QApplication.topLevelWidgets() if isinstance(item, ErrorDialog))
    shown = " ".join(part.text() for part in dialog.children() if isinstance(part, QLabel))
    assert "没有预料到" in shown
    assert "secret" not in shown
    assert caplog.records[0].exc_info is not None
    dialog.close()
