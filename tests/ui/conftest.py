"""Offices for the screens, and a way to wait for what runs behind them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.services.home import Home
from desktop.services.opening import open_office
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
    folder, first = _populated
    shutil.copytree(folder, tmp_path / "office")
    clock = Clock()
    office = open_office(tmp_path / "office" / "office.epm", Home(tmp_path / "office" / "home"), clock)
    yield Seat(office, first.actor, clock)
    office.close()


@pytest.fixture
def empty_seat(tmp_path: Path) -> Iterator[Seat]:
    """An office with one person and nothing else."""
    made = new_office(tmp_path / "office")
    yield made
    made.office.close()
