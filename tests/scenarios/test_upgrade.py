"""A person opens the office of an older program: asked, backed up, upgraded, and at work, on both engines."""

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import address
from desktop.services.people import people_refs
from desktop.store.engine import open_database
from desktop.ui.application import Application
from tests.databases import Prepare
from tests.old_offices import CLERK, OFFICE, place_old_office, rows_of, schema_of, steps_of
from tests.services.world import Clock

NOW = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
PATIENCE_MS = 20_000


@pytest.fixture
def old_url(office_template: Callable[[Prepare], str]) -> str:
    """URL of an office of schema 0001, on both engines."""
    return office_template(place_old_office)


def clerk() -> str:
    with closing(sqlite3.connect(OFFICE)) as lite:
        (key,) = lite.execute("SELECT id FROM person WHERE name = ?", (CLERK,)).fetchone()
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


class Seat:
    """A person before the program, who was at this data yesterday."""

    def __init__(self, home: Home, target: str, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        home.remember(target=address(open_database(target)), person_id=clerk())
        self.application = Application(home, clock=Clock(NOW))
        self.application.begin(target)

    def wait(self, until: Callable[[], bool]) -> None:
        def quiet() -> bool:
            return until() and self.application.operations.idle

        self._qtbot.waitUntil(quiet, timeout=PATIENCE_MS)

    def box(self) -> QMessageBox:
        self.wait(lambda: bool(boxes()))
        (found,) = boxes()
        return found

    def answer(self, text: str) -> None:
        box = self.box()
        next(button for button in box.buttons() if button.text() == text).click()
        self._qtbot.waitUntil(lambda: box not in boxes())

    @property
    def office(self) -> Office | None:
        desk = self.application.desk
        return None if desk is None else desk.office


def boxes() -> list[QMessageBox]:
    return [item for item in QApplication.topLevelWidgets() if isinstance(item, QMessageBox) and item.isVisible()]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def seat(old_url: str, home: Home, qtbot: QtBot) -> Iterator[Seat]:
    made = Seat(home, old_url, qtbot)
    yield made
    made.application.close()


def test_old_data_is_upgraded_when_agreed_to_and_the_window_opens(seat: Seat, old_url: str, home: Home) -> None:
    before, on_server = rows_of(old_url), old_url.startswith("postgresql")
    question = seat.box()
    assert "旧版本" in question.text()
    assert ("请先让服务器管理员做好备份" in question.informativeText()) == on_server
    seat.answer("升级" if on_server else "备份并升级")
    seat.wait(lambda: any("已经升级" in box.text() for box in boxes()))
    told = seat.box().informativeText()
    if on_server:
        assert (told, home.backups.exists()) == ("", False)
    else:
        (backup,) = home.backups.iterdir()
        assert backup.name.endswith("-升级前备份-2026-11-22-0001.sqlite")
        assert told == f"升级前的备份在：\n{backup}"
        assert (schema_of(backup), rows_of(backup)) == ("0001", before)
    assert not seat.office
    seat.answer("知道了")
    seat.wait(lambda: seat.office is not None)
    office = seat.office
    assert office is not None
    assert home.remembered().person_id == clerk()
    assert len(office.read(people_refs)) > 10
    assert verify_office(office) == []
    assert [step.upgraded_from for step in steps_of(old_url)] == [None, 1]
    after = rows_of(old_url)
    assert set(after.pop("device")) >= set(before.pop("device"))  # who sits at a server's office is noted there
    assert after == before


def test_whoever_declines_finds_the_start_pages_and_the_old_data(seat: Seat, old_url: str, home: Home) -> None:
    seat.answer("取消")
    seat.wait(lambda: seat.application.start is not None and seat.application.start.isVisible())
    assert schema_of(old_url) == "0001"
    assert not home.backups.exists()


def test_an_upgrade_that_fails_is_told_on_the_start_pages(home: Home, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "office.epm"
    place_old_office(f"sqlite:///{file}")
    home.backups.write_text("a file where the folder should be", encoding="utf-8")
    seat = Seat(home, str(file), qtbot)
    seat.answer("备份并升级")
    seat.wait(lambda: seat.application.start is not None and seat.application.start.isVisible())
    assert seat.application.start is not None
    trouble = seat.application.start.findChild(object, "trouble")
    assert "写备份，没有升级。数据未作改动。" in trouble.text()  # type: ignore[attr-defined] # it is a label
    assert file.read_bytes() == OFFICE.read_bytes()
    seat.application.close()
