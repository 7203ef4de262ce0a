"""The data file goes away while the window is open, as a stick that is pulled out."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.errors import Refusal, Unreachable
from desktop.services.filings import open_filing
from desktop.services.home import Home
from desktop.services.office import Reading
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.instance import Claims
from desktop.ui.operations import Operations
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.start import StartDialog
from tests.ui.conftest import Settle
from tests.ui.hands import shown
from tests.ui.offices import Seat


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file where it is")
def test_a_data_file_moved_away_is_told_and_once_back_the_signature_goes_on(
    qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle, tmp_path: Path
) -> None:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    page = ApprovalsPage(Desk(seat.office, seat.actor, operations, memory))
    qtbot.addWidget(page)
    page.show()
    settle()
    assert page.view.page is not None
    filing = page.view.page.row.id
    place = Path(seat.office.target)
    place.rename(tmp_path / "away.epm")
    page.approve.click()
    settle()
    told = shown(page, ErrorDialog)[0]
    assert "不在原处" in " ".join(label.text() for label in shown(told, QLabel))
    told.accept()
    assert not place.exists()
    (tmp_path / "away.epm").rename(place)
    page.approve.click()
    settle()
    signed = seat.office.read(lambda reading: open_filing(reading, seat.actor, filing))
    assert len(signed.sign_offs) == 1


def test_who_pressed_a_button_is_answered_also_while_a_bar_says_that_the_data_is_away(
    qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle, tmp_path: Path
) -> None:
    desk = Desk(seat.office, seat.actor, operations, QSettings(str(tmp_path / "m.ini"), QSettings.Format.IniFormat))
    window = QWidget()
    qtbot.addWidget(window)
    window.show()

    def away(_reading: Reading) -> None:
        raise Unreachable("服务器没有回应。")

    operations.watched = True  # the window's bar says it once for all
    for loud in (False, True):
        desk.read(window, away, lambda _none: None, loud=loud)
        settle()
        assert bool(shown(window, ErrorDialog)) is loud


def test_after_data_that_did_not_open_the_keyboard_is_on_opening_not_on_making(
    qtbot: QtBot, operations: Operations, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    dialog = StartDialog(home, operations, Claims(home), trouble=Refusal("找不到数据文件。"))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.focusWidget() is dialog.welcome.open_button)


def test_whoever_knows_a_shared_office_finds_the_keyboard_on_connecting_to_it(
    qtbot: QtBot, operations: Operations, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    home.remember(target="postgresql://clerk@db.example.com:5432/office")
    dialog = StartDialog(home, operations, Claims(home))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.focusWidget() is dialog.welcome.join_button)
