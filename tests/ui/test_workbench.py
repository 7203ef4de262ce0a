"""工作台: what is due stands there, and leads to the place where it is done."""

import datetime as dt
import functools
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.domain.clocks import Urgency
from desktop.services.drafting import list_drafts, start_draft
from desktop.services.people import assign_role, list_departments, list_people
from desktop.services.projects import ProjectQuery, project_ids
from desktop.services.todos import Todo
from desktop.ui.desk import Desk
from desktop.ui.import_dialog import ImportDialog
from desktop.ui.operations import Operations
from desktop.ui.pages.workbench import COLUMNS, WorkbenchPage, key_of
from tests.ui.conftest import Settle
from tests.ui.hands import answer, shown
from tests.ui.offices import NOW, Seat


def page_of(qtbot: QtBot, seat: Seat, operations: Operations, tmp_path: Path) -> WorkbenchPage:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    page = WorkbenchPage(Desk(seat.office, seat.actor, operations, memory))
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    return page


@pytest.fixture
def page(qtbot: QtBot, seat: Seat, operations: Operations, tmp_path: Path, settle: Settle) -> WorkbenchPage:
    made = page_of(qtbot, seat, operations, tmp_path)
    settle()
    return made


def rows(page: WorkbenchPage) -> list[Todo]:
    model = page.table.model
    return [row for number in range(model.rowCount()) if (row := model.row_at(number))]


def paused(seat: Seat) -> UUID:
    query = ProjectQuery(states=("paused",), sort="paused_on")
    return seat.office.read(lambda reading: project_ids(reading, seat.actor, query))[0]


def test_figures_are_real(page: WorkbenchPage) -> None:
    assert page.tiles["waiting"].accessibleName() == "待我办理 2"
    assert page.tiles["running"].accessibleName() == "在管项目 38"


def test_waiting_filing_opens(qtbot: QtBot, page: WorkbenchPage) -> None:
    waiting = next(row for row in rows(page) if row.filing_id)
    with qtbot.waitSignal(page.desk.wanted) as wanted:
        page.open(waiting)
    assert wanted.args == ["filing", waiting.filing_id]


def test_things_that_one_paper_brings_are_told_apart() -> None:
    """Minutes sent to somebody, and the decision in them that the same person follows."""
    problem, copy = (
        Todo(Urgency.LATER, None, "", text, None, "", rule, "", "查看", filing_id=UUID(int=1))
        for text, rule in (("问题 HY-2026-0001-1：补发到货通知", "INFO-3 问题跟踪"), ("会议纪要 HY-2026-0001", "抄送"))
    )
    assert key_of(problem) != key_of(copy)


def test_PAUSE_5_overdue_pause_is_listed_and_starts_the_opinion(
    qtbot: QtBot, page: WorkbenchPage, seat: Seat, settle: Settle
) -> None:
    seat.clock.now = NOW + dt.timedelta(days=100)
    page.reload()
    settle()
    late = next(row for row in rows(page) if row.urgency is Urgency.LATE and row.opens == "overdue_opinion")
    assert "PAUSE-5" in COLUMNS[4].text(late)
    assert "原则上" in COLUMNS[4].text(late)
    with qtbot.waitSignal(page.desk.wanted) as wanted:
        page.open(late)
    [draft] = list_drafts(seat.office, seat.actor)
    assert wanted.args == ["draft", draft.id]
    assert (draft.form_key, draft.project_id) == ("overdue_opinion", late.project_id)


def spot(page: WorkbenchPage, item: Todo, title: str) -> QPoint:
    """Where a row's cell of that column is."""
    place = next(n for n in range(page.table.model.rowCount()) if page.table.model.row_at(n) == item)
    column = [column.title for column in COLUMNS].index(title)
    return page.table.view.visualRect(page.table.model.index(place, column)).center()


def double_click(page: WorkbenchPage, at: QPoint) -> None:
    """As the hand does it: down, up, down again within the double click's time, up."""
    ground, left = page.table.view.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseClick(ground, left, pos=at)
    QTest.mouseDClick(ground, left, pos=at)
    QTest.mouseRelease(ground, left, pos=at)


def test_one_click_on_the_next_step_begins_it_and_a_second_does_not_begin_it_twice(
    page: WorkbenchPage, seat: Seat, settle: Settle
) -> None:
    seat.clock.now = NOW + dt.timedelta(days=100)
    page.reload()
    settle()
    wanted: list[tuple[str, object]] = []
    page.desk.wanted.connect(lambda kind, item: wanted.append((kind, item)))
    late = next(row for row in rows(page) if row.opens == "overdue_opinion")
    ground, left = page.table.view.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseClick(ground, left, pos=spot(page, late, "事项"))
    settle()
    assert wanted == [], "elsewhere a click only chooses the row"
    QTest.mouseClick(ground, left, Qt.KeyboardModifier.ControlModifier, spot(page, late, "下一步"))
    settle()
    assert wanted == [], "rows are being gathered to be copied"
    double_click(page, spot(page, late, "下一步"))
    QTest.mouseClick(ground, left, pos=spot(page, late, "下一步"))
    settle()
    [draft] = list_drafts(seat.office, seat.actor)
    assert wanted == [("draft", draft.id)]
    double_click(page, spot(page, late, "事项"))
    settle()
    assert wanted == [("draft", draft.id)] * 2


def test_late_tile_narrows_and_releases(page: WorkbenchPage, seat: Seat, settle: Settle) -> None:
    seat.clock.now = NOW + dt.timedelta(days=100)
    page.reload()
    settle()
    everything = len(rows(page))
    page.tiles["late"].click()
    settle()
    assert rows(page)
    assert all(row.urgency is Urgency.LATE for row in rows(page))
    page.tiles["late"].click()
    settle()
    assert len(rows(page)) == everything


def test_running_tile_leads_to_the_projects(qtbot: QtBot, page: WorkbenchPage) -> None:
    with qtbot.waitSignal(page.desk.wanted) as wanted:
        page.tiles["running"].click()
    assert wanted.args[0] == "projects"


def test_whole_office_shows_more(page: WorkbenchPage, settle: Settle) -> None:
    mine = len(rows(page))
    page.whose.choose("office")
    settle()
    assert len(rows(page)) > mine


def test_draft_is_offered_back_and_can_be_dropped(
    qtbot: QtBot, page: WorkbenchPage, seat: Seat, settle: Settle
) -> None:
    assert not page.offer.isVisible()
    draft = start_draft(seat.office, seat.actor, "overdue_opinion", paused(seat))
    page.reload()
    settle()
    assert page.offer.isVisible()
    with qtbot.waitSignal(page.desk.wanted) as wanted:
        page.take_up.click()
    assert wanted.args == ["draft", draft.id]
    row = next(row for row in rows(page) if row.draft_id == draft.id)
    drop = next(action for action in page.table.menu_for(row) if action.text().startswith("删除草稿"))
    drop.trigger()
    answer(shown(page, QMessageBox)[0], "删除草稿")
    settle()
    assert list_drafts(seat.office, seat.actor) == []
    assert not page.offer.isVisible()


def test_new_office_is_told_what_to_do_first(
    qtbot: QtBot, empty_seat: Seat, operations: Operations, tmp_path: Path, settle: Settle
) -> None:
    page = page_of(qtbot, empty_seat, operations, tmp_path)
    settle()
    assert page.first_steps.isVisible()
    page.first_steps.buttons["import"].click()
    assert page.findChildren(ImportDialog)
    with qtbot.waitSignal(page.desk.wanted) as wanted:
        page.first_steps.buttons["people"].click()
    assert wanted.args == ["settings", "people/new"]
    with qtbot.waitSignal(page.desk.wanted) as wanted:
        page.first_steps.buttons["contract"].click()
    kind, draft = wanted.args
    assert (kind, draft.form_key) == ("draft", "contract")


def test_populated_office_shows_its_list(page: WorkbenchPage) -> None:
    assert not page.first_steps.isVisible()
    assert page.table.isVisible()


def test_a_role_that_signs_and_has_nobody_is_named_until_it_has(
    page: WorkbenchPage, seat: Seat, settle: Settle
) -> None:
    assert page.vacancy.isVisible()
    assert any("还没有人担任：" in label.text() for label in shown(page, QLabel))
    person = next(row.id for row in seat.office.read(list_people) if row.name == "㛃喆")
    department = seat.office.read(list_departments)[0].id
    seat.office.run(seat.actor, lambda work: assign_role(work, person, "quality", department_id=department))
    for role in ("business", "expert"):
        seat.office.run(seat.actor, functools.partial(assign_role, person_id=person, role_key=role))
    page.reload()
    settle()
    assert not page.vacancy.isVisible()
