"""The unexpected is told once, calmly, from whichever thread; the same trouble does not pile up."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.conflicts import Conflict, Difference, Fate, Stale
from desktop.domain.errors import Refusal
from desktop.ui.alarm import Alarm
from desktop.ui.error_dialog import ErrorDialog, refusal_of, show_error
from desktop.ui.helpline import helpline
from desktop.ui.operations import Operations
from tests.ui.conftest import Settle
from tests.ui.hands import shown


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def alarm(qapp: QApplication, watch: Watch) -> Iterator[Alarm]:
    made = Alarm(qapp, clock=watch)
    yield made
    for dialog in dialogs():
        dialog.close()
    made.deleteLater()


def dialogs() -> list[ErrorDialog]:
    found = [item for item in QApplication.topLevelWidgets() if isinstance(item, ErrorDialog) and item.isVisible()]
    return sorted(found, key=id)


def said(dialog: ErrorDialog) -> str:
    return " ".join(label.text() for label in shown(dialog, QLabel))


def fault(kind: type[Exception] = ValueError) -> Exception:
    def fail() -> None:
        raise kind("张三")

    try:
        fail()
    except kind as error:
        return error
    raise AssertionError


def test_a_hundred_of_the_same_open_one_dialog(qtbot: QtBot, alarm: Alarm) -> None:
    for _ in range(100):
        alarm.sound(fault())
    qtbot.waitUntil(lambda: bool(dialogs()))
    QApplication.processEvents()
    (dialog,) = dialogs()
    assert "此后又发生了 99 次" in said(dialog)
    assert "张三" not in said(dialog)


def test_others_meanwhile_are_counted_and_none_stands_over_the_first(qtbot: QtBot, alarm: Alarm) -> None:
    alarm.sound(fault())
    alarm.sound(fault(KeyError))
    alarm.sound(fault(LookupError))
    qtbot.waitUntil(lambda: bool(dialogs()))
    QApplication.processEvents()
    assert len(dialogs()) == 1


def sound(qtbot: QtBot, alarm: Alarm, error: Exception) -> None:
    with qtbot.waitSignal(alarm._raised):  # noqa: SLF001 – to know that it was looked at
        alarm.sound(error)
    QApplication.processEvents()


def test_after_it_was_closed_the_same_is_quiet_for_a_while_and_longer_each_time(
    qtbot: QtBot, alarm: Alarm, watch: Watch
) -> None:
    hints: list[str] = []
    alarm.repeated.connect(hints.append)
    sound(qtbot, alarm, fault())
    dialogs()[0].accept()
    sound(qtbot, alarm, fault())
    assert dialogs() == []
    assert hints == ["同一个错误又发生了（共 2 次），已记入诊断报告。"]
    watch.seconds += 6
    sound(qtbot, alarm, fault())
    dialogs()[0].accept()
    watch.seconds += 6
    sound(qtbot, alarm, fault())
    assert dialogs() == []
    watch.seconds += 20
    sound(qtbot, alarm, fault())
    assert len(dialogs()) == 1


def test_another_error_is_told_at_once(qtbot: QtBot, alarm: Alarm) -> None:
    sound(qtbot, alarm, fault())
    dialogs()[0].accept()
    sound(qtbot, alarm, fault(KeyError))
    assert len(dialogs()) == 1


def test_an_error_of_another_thread_is_told_in_the_thread_of_the_screen(qtbot: QtBot, alarm: Alarm) -> None:
    thread = threading.Thread(target=lambda: alarm.sound(fault()))
    thread.start()
    thread.join()
    assert dialogs() == []  # nothing was touched from over there
    qtbot.waitUntil(lambda: len(dialogs()) == 1)


def test_a_painting_that_fails_ever_again_leaves_the_program_usable(qtbot: QtBot, alarm: Alarm) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)

    class Painted(QWidget):
        times = 0

        def paintEvent(self, _event: object) -> None:  # noqa: N802
            Painted.times += 1
            alarm.sound(fault())

    painted = Painted()
    window.setCentralWidget(painted)
    with qtbot.waitExposed(window):
        window.show()
    for _ in range(100):
        painted.repaint()
    QApplication.processEvents()
    assert Painted.times >= 100
    assert len(dialogs()) == 1
    dialogs()[0].accept()
    painted.repaint()
    QApplication.processEvents()
    assert dialogs() == []


def test_an_alarm_that_is_gone_stays_silent(qapp: QApplication) -> None:
    import shiboken6  # noqa: PLC0415

    made = Alarm(qapp)
    shiboken6.delete(made)
    made.sound(fault())


def test_ten_lists_that_fail_alike_are_one_trouble(qtbot: QtBot, operations: Operations, settle: Settle) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()

    def refused(_ticket: object) -> None:
        raise Refusal("数据文件不在原处了。", todo="请插好 U 盘。")

    for _ in range(10):
        operations.start(owner, refused, print)
    settle()
    (dialog,) = dialogs()
    assert "此后" not in said(dialog)
    dialog.accept()
    operations.start(owner, refused, print)  # whoever tries again is told again
    settle()
    assert len(dialogs()) == 1
    dialogs()[0].close()


def test_two_conflicts_with_other_values_are_two(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()

    def stale(theirs: str) -> Stale:
        name = Difference("name", "名称", "旧", theirs, "乙", by_them=True, by_me=True)
        return Stale("已被修改。", conflict=Conflict("部门“旧”", Fate.CHANGED, 2, "张伟", None, (name,)))

    first = show_error(owner, stale("甲"))
    assert {"甲", "乙"} <= {label.text() for label in shown(first, QLabel)}
    assert show_error(owner, stale("甲")) is first
    second = show_error(owner, stale("丙"))
    assert second is not first
    first.close()
    second.close()


def test_details_name_the_place_in_the_program() -> None:
    details = refusal_of(fault()).details
    assert details.startswith("ValueError: 张三")
    assert "Traceback" not in details


class Helper(QObject):
    """Somebody who saves reports."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[QWidget] = []

    def save(self, over: QWidget) -> None:
        self.asked.append(over)


def press(dialog: ErrorDialog, text: str) -> None:
    next(button for button in shown(dialog, QPushButton) if button.text() == text).click()


def offer(saver: Callable[[QWidget], None]) -> None:
    line = helpline()
    assert line is not None
    line.offer(saver)


def test_the_report_is_offered_while_there_is_somebody_to_save_it(qtbot: QtBot) -> None:
    offer(Helper().save)  # who is gone at once
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    alone = show_error(owner, fault())
    assert "保存诊断报告…" not in {button.text() for button in shown(alone, QPushButton)}
    assert "右上角" in said(alone)
    alone.accept()
    helper = Helper()
    offer(helper.save)
    helped = show_error(owner, fault())
    press(helped, "保存诊断报告…")
    assert helper.asked == [helped]
    assert helped.isVisible()
    press(helped, "详细信息")
    assert "ValueError" in shown(helped, QPlainTextEdit)[0].toPlainText()
    helped.accept()
