"""Others save, the connection breaks and comes back: what the window makes of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from weakref import ref

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.services.home import Home
from desktop.services.office import Office
from desktop.services.opening import open_office
from desktop.services.people import add_person, change_person, list_people
from desktop.services.presence import Attendance
from desktop.services.watching import Watch
from desktop.store import watching
from desktop.ui import watcher
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.furnishing import furnish
from desktop.ui.operations import Operations
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_people import PeoplePanel
from desktop.ui.tabs import TABS
from desktop.ui.watcher import Watcher, Watching
from desktop.ui.window import Window
from tests.databases import Prepare
from tests.proxy import Cable
from tests.services.world import CLERK, HEAD, Clock, found_world
from tests.ui.conftest import Settle
from tests.ui.hands import shown, shown_text, write

PATIENCE = 20_000


@dataclass
class Seats:
    """A window at one desk and an office at another one; between the first and a server lies a cable."""

    window: Window
    desk: Desk
    watcher: Watcher
    other: Office
    cable: Cable | None

    @property
    def people(self) -> PeoplePanel:
        """The panel of people, which is shown."""
        page = self.window.go_to("settings")
        assert isinstance(page, SettingsPage)
        panel = page.panels[0]
        assert isinstance(panel, PeoplePanel)
        return panel

    @property
    def names(self) -> list[str]:
        """Whom the list shows."""
        model = self.people.table.model
        rows = [model.row_at(number) for number in range(model.rowCount())]
        return [row.name for row in rows if row is not None]

    def add(self, name: str) -> None:
        """Somebody is added at the other desk."""
        self.other.run(self.desk.actor, partial(add_person, name=name, staff_no=name))


def reloads(seats: Seats) -> list[object]:
    told: list[object] = []
    seats.desk.operations.changed.connect(told.append)
    return told


def _sit_down(url: str, cable: Cable | None, folder: Path, operations: Operations, qtbot: QtBot) -> Iterator[Seats]:
    clock = Clock()
    office = open_office(cable.url if cable else url, Home(folder / "here"), clock)
    other = open_office(url, Home(folder / "there"), clock)
    clerk = next(item.id for item in office.read(list_people) if item.name == CLERK)
    memory = QSettings(str(folder / "memory.ini"), QSettings.Format.IniFormat)
    window, desk = Window(TABS, memory), Desk(office, clerk, operations, memory)
    qtbot.addWidget(window)
    furnish(window, desk)
    seats = Seats(window, desk, Watcher(window, desk), other, cable)
    seats.watcher.watching.first_delay = 0.1
    window.resize(1366, 768)
    window.show()
    _ = seats.people
    seats.watcher.begin()
    qtbot.waitUntil(lambda: CLERK in seats.names and operations.idle, timeout=PATIENCE)
    if cable:
        qtbot.waitUntil(lambda: "1 人在用" in shown_text(window), timeout=PATIENCE)
    yield seats
    if cable:
        cable.mend()
    assert seats.watcher.end()
    assert operations.finish()
    office.close()
    other.close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SECONDS_BETWEEN_LOOKS", 0.05)


@pytest.fixture
def seats(
    office_template: Callable[[Prepare], str], tmp_path: Path, operations: Operations, qtbot: QtBot
) -> Iterator[Seats]:
    yield from _sit_down(office_template(found_world), None, tmp_path, operations, qtbot)


@pytest.fixture
def apart(
    office_template: Callable[[Prepare], str], tmp_path: Path, operations: Operations, qtbot: QtBot
) -> Iterator[Seats]:
    url = office_template(found_world)
    if url.startswith("sqlite"):
        pytest.skip("of a server")
    with Cable(url) as cable:
        yield from _sit_down(url, cable, tmp_path, operations, qtbot)


def test_a_list_shows_what_another_desk_saves_and_keeps_selection_and_place(seats: Seats, qtbot: QtBot) -> None:
    for number in range(60):
        seats.add(f"甲{number:02}")
    qtbot.waitUntil(lambda: "甲59" in seats.names, timeout=PATIENCE)
    view = seats.people.table.view
    view.selectRow(3)
    chosen = seats.people.table.current()
    view.scrollTo(view.model().index(50, 0), view.ScrollHint.PositionAtTop)
    top = seats.names[view.rowAt(0)]
    told = reloads(seats)
    seats.add("阿新")
    qtbot.waitUntil(lambda: "阿新" in seats.names and seats.desk.operations.idle, timeout=PATIENCE)
    assert len(told) == 1
    current = seats.people.table.current()
    assert chosen is not None
    assert current is not None
    assert current.id == chosen.id
    assert {index.row() for index in view.selectionModel().selectedRows()} == {seats.names.index(chosen.name)}
    assert seats.names[view.rowAt(0)] == top


def test_a_storm_is_one_reload(seats: Seats, qtbot: QtBot) -> None:
    told = reloads(seats)
    for number in range(25):
        seats.add(f"乙{number}")
    qtbot.waitUntil(lambda: "乙24" in seats.names, timeout=PATIENCE)
    assert len(told) <= 3


def test_an_editor_with_unsaved_input_is_left_alone_and_told_so(seats: Seats, qtbot: QtBot) -> None:
    panel = seats.people
    row = next(item for item in seats.desk.office.read(list_people) if item.name == HEAD)
    panel.table.choose(row.id)
    qtbot.waitUntil(lambda: panel.editor.person_id == row.id and seats.desk.operations.idle, timeout=PATIENCE)
    write(panel.editor.phone, "222")
    kept: dict[str, Any] = {
        "name": row.name,
        "staff_no": row.staff_no,
        "department_id": row.department_id,
        "active": True,
    }
    change = partial(change_person, person_id=row.id, version=row.version, phone="111", **kept)
    seats.other.run(seats.desk.actor, change)
    qtbot.waitUntil(lambda: "刚被" in panel.editor.hint.text(), timeout=PATIENCE)
    assert CLERK in panel.editor.hint.text()
    assert panel.editor.phone.text() == "222"
    panel.editor.revert.click()
    qtbot.waitUntil(lambda: panel.editor.phone.text() == "111", timeout=PATIENCE)
    assert panel.editor.hint.text() == ""


def test_who_edits_somebody_that_another_sets_gone_is_told_although_the_list_shows_them_no_more(
    seats: Seats, qtbot: QtBot
) -> None:
    panel = seats.people
    extra = seats.other.run(seats.desk.actor, partial(add_person, name="要走的人", staff_no="77")).value
    qtbot.waitUntil(lambda: "要走的人" in seats.names and seats.desk.operations.idle, timeout=PATIENCE)
    panel.table.choose(extra)
    qtbot.waitUntil(lambda: panel.editor.person_id == extra, timeout=PATIENCE)
    write(panel.editor.phone, "222")
    row = next(item for item in seats.other.read(list_people) if item.id == extra)
    kept: dict[str, Any] = {"name": row.name, "staff_no": row.staff_no, "department_id": None, "phone": ""}
    seats.other.run(
        seats.desk.actor, partial(change_person, person_id=extra, version=row.version, active=False, **kept)
    )
    qtbot.waitUntil(lambda: "刚被" in panel.editor.hint.text(), timeout=PATIENCE)
    assert "要走的人" not in seats.names
    assert panel.editor.phone.text() == "222"


def test_a_new_person_that_is_being_written_is_not_disturbed(seats: Seats, qtbot: QtBot) -> None:
    panel = seats.people
    panel.table.view.selectRow(1)
    panel.begin_new()
    write(panel.editor.name, "正在写")
    seats.add("丙")
    qtbot.waitUntil(lambda: "丙" in seats.names and seats.desk.operations.idle, timeout=PATIENCE)
    assert panel.editor.name.text() == "正在写"
    assert not shown(seats.window, ErrorDialog)


def test_nothing_is_asked_while_the_window_is_hidden_and_all_is_told_afterwards(seats: Seats, qtbot: QtBot) -> None:
    seats.window.hide()
    told = reloads(seats)
    seats.add("丁")
    qtbot.wait(400)
    assert told == []
    seats.window.show()
    qtbot.waitUntil(lambda: "丁" in seats.names, timeout=PATIENCE)


def test_a_cut_cable_is_told_in_one_bar_and_goes_when_it_is_mended(apart: Seats, qtbot: QtBot, settle: Settle) -> None:
    assert apart.cable is not None
    apart.cable.cut()
    apart.people.reload()
    qtbot.waitUntil(lambda: apart.watcher.bar is not None, timeout=PATIENCE)
    settle()
    assert apart.watcher.bar is not None
    assert "正在重新连接" in shown_text(apart.window)
    assert not shown(apart.window, ErrorDialog)  # lists that cannot be read say nothing besides
    assert "填写中的表单已在本机保存" in shown_text(apart.window)
    apart.people.begin_new()
    write(apart.people.editor.name, "断线时写的")
    qtbot.waitUntil(lambda: "人员“断线时写的”的修改还没有保存" in shown_text(apart.window), timeout=PATIENCE)
    apart.people.editor.save.click()
    settle()
    (dialog,) = shown(apart.window, ErrorDialog)  # a save is answered
    dialog.accept()
    assert apart.people.editor.name.text() == "断线时写的"
    apart.add("断线时别人存的")
    apart.cable.mend()
    qtbot.waitUntil(lambda: apart.watcher.bar is None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: "断线时别人存的" in apart.names, timeout=PATIENCE)
    assert apart.people.editor.name.text() == "断线时写的"
    apart.people.editor.save.click()
    qtbot.waitUntil(lambda: "断线时写的" in apart.names, timeout=PATIENCE)


def test_a_watch_that_hangs_does_not_die_in_its_own_thread(seats: Seats, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seats.watcher.end()
    hangs, mended, over = Event(), Event(), Event()

    def hang(_watch: Watch, _seconds: float) -> bool:
        hangs.set()
        mended.wait(20)
        return False

    monkeypatch.setattr(watcher, "SECONDS_TO_STOP", 0.05)
    monkeypatch.setattr(Watch, "hark", hang)
    monkeypatch.setattr(Watch, "close", lambda _watch: over.set())
    hung = Watching(seats.desk.office, seats.desk.actor)
    hung.begin()
    assert hangs.wait(20)
    assert not hung.end()
    kept = ref(hung)
    del hung
    mended.set()
    assert over.wait(20)
    assert kept() is not None


def bar_text(seats: Seats) -> str:
    return shown_text(seats.watcher.bar) if seats.watcher.bar is not None else ""


def test_a_save_in_doubt_is_answered_when_the_cable_is_mended(apart: Seats, qtbot: QtBot, settle: Settle) -> None:
    assert apart.cable is not None
    apart.desk.office.database.doubts.patience = 0.5
    apart.people.begin_new()
    write(apart.people.editor.name, "存上了")
    apart.cable.cut_after = b"COMMIT\0"
    apart.people.editor.save.click()
    settle()
    (dialog,) = shown(apart.window, ErrorDialog)
    dialog.accept()
    qtbot.waitUntil(lambda: "还不知道有没有存上：请不要关闭窗口，也不要重复保存" in bar_text(apart), timeout=PATIENCE)
    assert "恢复以后再保存" not in bar_text(apart)
    apart.cable.mend()
    qtbot.waitUntil(lambda: "那次保存：已保存" in shown_text(apart.window), timeout=PATIENCE)
    assert apart.other.read(lambda reading: len(list_people(reading, "存上了"))) == 1


def test_who_is_here_stands_in_the_status_line_of_a_server(apart: Seats, qtbot: QtBot) -> None:
    Attendance(apart.other).appear(apart.other.read(lambda reading: list_people(reading, HEAD))[0].id)
    apart.watcher.watching.attend_now()
    qtbot.waitUntil(lambda: "2 人在用" in shown_text(apart.window), timeout=PATIENCE)
    tip = next(label.toolTip() for label in shown(apart.window, QLabel) if "人在用" in label.text())
    assert HEAD in tip
    assert CLERK in tip
