"""What a start loads, and what it leaves for later: facts about a real process, and no timing."""

import ast
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.services.home import Home
from desktop.services.opening import address
from desktop.ui.loading import OFFICE, REST, Rest
from desktop.ui.operations import Operations, Ticket
from tests.ui.offices import new_office

ROOT = Path(__file__).parents[2]
HEAVY = {
    *("alembic", "mako", "openpyxl", "defusedxml", "icalendar", "dateutil"),
    *("PIL", "psycopg", "pypdfium2", "pypinyin", "reportlab", "cryptography"),
    *("sqlalchemy.dialects.postgresql", "desktop.sample", "desktop.commands", "desktop.tour"),
}
"""What neither the window nor the workbench needs."""
OF_THE_OFFICE = {"sqlalchemy", "chinese_calendar", "tomllib", "desktop.domain.policy", "desktop.services.office"}
"""What the window need not have to stand."""
ENUMS = {"QtCore.Qt", "QtWidgets.QStyle"}
"""Qt's classes that bring so many enums that no window may wait for them."""
AFTER_THE_FIRST_SIGHT = {"logging.handlers", "socket", "pickle", "desktop.ui.emblem", "desktop.ui.error_dialog"}
WATCHED = """
import logging, sys
from PySide6 import QtCore, QtWidgets
from PySide6.QtWidgets import QApplication
from desktop.ui import loading

loading.Rest.begin = lambda _self: None
found = {}

class Watch(logging.Handler):
    def emit(self, record):
        what = record.getMessage().split()[0]
        if record.name == "desktop.ui.readiness":
            classes = [f"QtCore.{name}" for name in vars(QtCore)] + [f"QtWidgets.{name}" for name in vars(QtWidgets)]
            found[what] = [*sys.modules, *classes]
            if what == sys.argv[1]:
                QtCore.QTimer.singleShot(0, QApplication.quit)

logging.getLogger("desktop.ui.readiness").addHandler(Watch())
from desktop.__main__ import main
code = main(sys.argv[2:])
print(found)
sys.exit(code)
"""


def loaded(until: str, *words: str) -> dict[str, set[str]]:
    """The modules, and of Qt the classes, that a start has loaded when it says so in its log."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, until, *words],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return {what: set(names) for what, names in ast.literal_eval(done.stdout).items()}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that remembers an office and its one person."""
    seat = new_office(tmp_path)
    home = Home(tmp_path / "remembering")
    home.remember(target=address(seat.office.database), person_id=str(seat.actor))
    seat.office.close()
    return home


def test_the_window_stands_without_its_office_and_the_office_without_what_it_may_need_later(home: Home) -> None:
    found = loaded("filled", "--home", str(home.folder))
    assert found["ready"] & (HEAVY | OF_THE_OFFICE | AFTER_THE_FIRST_SIGHT | ENUMS) == set()
    assert found["filled"] & HEAVY == set()
    assert found["filled"] >= OF_THE_OFFICE


def test_the_start_page_stands_without_what_opens_an_office(tmp_path: Path) -> None:
    found = loaded("ready", "--home", str(tmp_path / "home"))
    assert found["ready"] & (HEAVY | OF_THE_OFFICE | AFTER_THE_FIRST_SIGHT | ENUMS | {"json"}) == set()
    assert {"desktop.ui.start", "QtWidgets.QDialog"} <= found["ready"]


def test_the_style_is_the_programs_own_whatever_the_system_asks_for() -> None:
    code = (
        "from desktop.ui.running import make_application as make; app = make(); app.setStyleSheet(''); "
        "print(app.style().objectName())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_STYLE_OVERRIDE": "Windows"},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "fusion"


def test_all_that_is_loaded_later_is_there() -> None:
    assert [name for name in (*OFFICE, *REST) if find_spec(name) is None] == []


def test_the_rest_waits_until_nothing_is_under_way_and_tells_what_is_broken(
    qtbot: QtBot, operations: Operations
) -> None:
    rest = Rest(operations, ("json", "desktop.nothing"))
    broken: list[Exception] = []
    rest.broken.connect(broken.append)
    held: list[Ticket] = []
    answers: list[None] = []

    def work(ticket: Ticket) -> None:
        held.append(ticket)
        while not ticket.cancelled:
            time.sleep(0.01)

    operations.start(operations, work, answers.append)
    rest.begin()
    qtbot.wait(200)
    assert broken == []
    held[0].cancel()
    qtbot.waitUntil(lambda: bool(broken), timeout=5_000)
    assert isinstance(broken[0], ModuleNotFoundError)
    rest.stop()


def test_what_imports_late_says_so_in_one_place() -> None:
    """An import inside a function stands where pyproject.toml allows it, and nowhere behind a noqa in the screen."""
    hidden = [
        path.name for path in (ROOT / "desktop" / "ui").rglob("*.py") if "noqa: PLC0415" in path.read_text("utf-8")
    ]
    assert hidden == []
