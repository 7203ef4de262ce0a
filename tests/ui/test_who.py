"""Who sits here: choosing, switching, locking, and the lock over a restart."""

from uuid import UUID

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.services.lock import set_code
from desktop.services.people import list_people
from desktop.ui.desk import Desk
from desktop.ui.who import Cover, Lock, WhoDialog
from tests.ui.conftest import Settle
from tests.ui.hands import shown


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


def other(desk: Desk) -> UUID:
    return next(item.id for item in desk.office.read(list_people) if item.staff_no == "0004")


def covered(qtbot: QtBot, lock: Lock, settle: Settle) -> Cover:
    lock.lock()
    settle()
    assert lock.cover is not None
    qtbot.addWidget(lock.cover)
    return lock.cover


def test_person_is_found_by_initials(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    dialog = WhoDialog(desk.office, desk.operations, desk.actor)
    qtbot.addWidget(dialog)
    dialog.show()
    settle()
    dialog.people.table.model.reload(text="zw")
    settle()
    names = {
        row.name for n in range(dialog.people.table.model.rowCount()) if (row := dialog.people.table.model.row_at(n))
    }
    assert names == {"张伟"}
    assert dialog.people.table.model.rowCount() == 3  # three of one name, told apart by number and department
    dialog.people.table.choose(other(desk))
    dialog.sit.click()
    assert dialog.person_id == other(desk)


def test_switching_is_remembered(qtbot: QtBot, desk: Desk, window: QWidget, settle: Settle) -> None:
    lock = Lock(desk, window)
    lock.switch()
    settle()
    [dialog] = shown(window, WhoDialog)
    dialog.people.table.choose(other(desk))
    with qtbot.waitSignal(desk.seat_changed):
        dialog.sit.click()
    assert desk.actor == other(desk)
    assert desk.office.home.remembered().person_id == str(other(desk))


def test_locked_screen_shows_nothing_of_the_office(qtbot: QtBot, desk: Desk, window: QWidget, settle: Settle) -> None:
    lock = Lock(desk, window)
    cover = covered(qtbot, lock, settle)
    assert not window.isVisible()
    assert cover.isVisible()
    assert desk.office.home.remembered().locked
    cover.people.table.choose(desk.actor)
    cover.try_to_open()
    settle()
    assert window.isVisible()
    assert not desk.office.home.remembered().locked


def test_locked_screen_asks_for_the_code(qtbot: QtBot, desk: Desk, window: QWidget, settle: Settle) -> None:
    set_code(desk.office.home, "2468")
    lock = Lock(desk, window)
    cover = covered(qtbot, lock, settle)
    assert cover.code.isVisible()
    cover.people.table.choose(other(desk))
    cover.code.setText("1357")
    cover.try_to_open()
    settle()
    assert "不对" in cover.trouble.text()
    assert not window.isVisible()
    cover.code.setText("2468")
    cover.try_to_open()
    settle()
    assert window.isVisible()
    assert desk.actor == other(desk)


def test_damaged_code_file_lets_nobody_in_and_says_so(
    qtbot: QtBot, desk: Desk, window: QWidget, settle: Settle
) -> None:
    (desk.office.home.folder / "lock.json").write_text("{", encoding="utf-8")
    lock = Lock(desk, window)
    cover = covered(qtbot, lock, settle)
    cover.people.table.choose(desk.actor)
    cover.try_to_open()
    settle()
    assert "lock.json" in cover.trouble.text()
    assert not window.isVisible()
