"""Offices for the screens, and a way to wait for what runs behind them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.services.home import Home
from desktop.services.opening import open_office
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from tests.ui.offices import Clock, Seat, fill, new_office

Settle = Callable[[], None]


@pytest.fixture
def operations(qapp: QApplication) -> Iterator[Operations]:
    made = Operations(qapp)
    yield made
    assert made.finish()
    QApplication.processEvents()


@pytest.fixture
def settle(qtbot: QtBot, operations: Operations) -> Settle:
    """Wait until nothing is under way any more."""

    def wait() -> None:
        qtbot.waitUntil(lambda: operations.idle, timeout=20_000)

    return wait


@pytest.fixture(scope="session")
def _populated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Seat]:
    folder = tmp_path_factory.mktemp("office")
    seat = new_office(folder)
    fill(seat)
    seat.office.close()
    return folder, seat


@pytest.fixture
def seat(_populated: tuple[Path, Seat], tmp_path: Path) -> Iterator[Seat]:
    """A populated office of this test's own, and its clerk."""
    made = _copy_of(_populated, tmp_path / "office")
    yield made
    made.office.close()


@pytest.fixture
def desk(seat: Seat, operations: Operations, tmp_path: Path) -> Desk:
    """Where the populated office's clerk sits."""
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    return Desk(seat.office, seat.actor, operations, memory)


@pytest.fixture(scope="session")
def _founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Seat]:
    folder = tmp_path_factory.mktemp("founded")
    seat = new_office(folder)
    seat.office.close()
    return folder, seat


@pytest.fixture
def empty_seat(_founded: tuple[Path, Seat], tmp_path: Path) -> Iterator[Seat]:
    """An office with one person and nothing else."""
    made = _copy_of(_founded, tmp_path / "office")
    yield made
    made.office.close()


def _copy_of(made: tuple[Path, Seat], folder: Path) -> Seat:
    shutil.copytree(made[0], folder)
    clock = Clock()
    return Seat(open_office(folder / "office.epm", Home(folder / "home"), clock), made[1].actor, clock)
