import gc
from threading import Thread

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.garbage import Collector, collect_here, spare_what_stays


class Witness(QWidget):
    """Notes in which thread it dies."""

    died_in: list[QThread] = []  # noqa: RUF012 - the list is what the test reads

    def __del__(self) -> None:
        Witness.died_in.append(QThread.currentThread())


@pytest.mark.usefixtures("operations")
def test_a_widget_in_a_cycle_dies_in_the_thread_of_the_screen_whoever_makes_garbage() -> None:
    Witness.died_in.clear()
    widget = Witness()
    widget.itself = widget  # type: ignore[attr-defined]
    del widget

    def make_garbage() -> None:
        for _ in range(200_000):
            cycle: list[object] = []
            cycle.append(cycle)

    elsewhere = Thread(target=make_garbage)
    elsewhere.start()
    elsewhere.join()
    assert Witness.died_in == []
    gc.collect()
    assert Witness.died_in == [QThread.currentThread()]


@pytest.mark.usefixtures("operations")
def test_collection_goes_on_from_the_event_loop(qtbot: QtBot) -> None:
    collect_here()
    made: list[list[object]] = [[] for _ in range(5_000)]
    for item in made:
        item.append(item)
    del made, item
    assert gc.get_count()[0] > gc.get_threshold()[0]
    qtbot.waitUntil(lambda: gc.get_count()[0] <= gc.get_threshold()[0], timeout=5_000)


@pytest.mark.usefixtures("operations")
def test_there_is_one_collector(qapp: QApplication) -> None:
    collect_here()
    collect_here()
    assert len(list(qapp.findChildren(Collector))) == 1


def test_what_a_start_has_made_is_not_looked_at_again() -> None:
    before = gc.get_freeze_count()
    try:
        spare_what_stays()
        assert gc.get_freeze_count() > before
        assert gc.get_count()[0] < gc.get_threshold()[0]
    finally:
        gc.unfreeze()
