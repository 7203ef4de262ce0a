"""周报: a week written and sent, reports decided together, and who has reported, in the real window's page."""

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from desktop.domain.weekly_clock import Timing
from desktop.services.book_import import Verdict
from desktop.services.my_week import kept_lines, send_week
from desktop.services.people import add_person
from desktop.services.projects import find_project
from desktop.services.roles import assign_role
from desktop.services.stand_ins import set_stand_in
from desktop.services.watching import everything
from desktop.services.week_queue import waiting_reports
from desktop.store.ids import new_id
from desktop.ui.absence_dialog import AbsenceDialog
from desktop.ui.desk import Desk
from desktop.ui.pages.weekly import MINE, QUEUE, STATUS, WeeklyPage
from desktop.ui.reason_dialog import ReasonDialog
from desktop.ui.report_import import open_report_import
from tests.ui import hands
from tests.ui.conftest import Settle
from tests.ui.hands import answer
from tests.ui.offices import Seat

BOOKS = Path(__file__).parent.parent / "data" / "周报"
NUMBER, WEEK = "JC-2026-001", "2026-W47"


def member(seat: Seat, name: str) -> UUID:
    """A new colleague who is a member of the project."""
    office = seat.office
    person = office.run(seat.actor, partial(add_person, name=name, staff_no=f"9{len(name)}{ord(name[0]) % 97}")).value
    project = office.read(partial(find_project, number=NUMBER)).id
    office.run(seat.actor, partial(assign_role, person_id=person, role_key="member", project_id=project))
    return person


def line(seat: Seat, task: str = "布线") -> dict[str, Any]:
    project = seat.office.read(partial(find_project, number=NUMBER)).id
    usual = {"status": "doing", "done": "40", "forecast": "2026-12-01", "work": "完成三层", "next": "四层"}
    return {
        "id": str(new_id()),
        "project": str(project),
        "task": task,
        "effort": [{"name": "", "hours": "24"}],
        **usual,
    }


def shown(qtbot: QtBot, desk: Desk, settle: Settle) -> WeeklyPage:
    page = WeeklyPage(desk)
    qtbot.addWidget(page)
    page.resize(1180, 640)
    page.show()
    settle()
    return page


def test_WEEK_1_a_week_is_written_kept_and_sent(qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle) -> None:
    me = member(seat, "周小明")
    desk.seat(me)
    page = shown(qtbot, desk, settle)
    view = page.mine
    assert page.bar.week == WEEK
    assert view.editor is not None
    view.editor.set_value([line(seat)])
    view.editor.changed.emit()
    qtbot.waitUntil(lambda: kept_lines(seat.office, me, WEEK) is not None, timeout=5_000)
    settle()
    assert view.send.text() == "提交"
    view.ask_send()
    (box,) = hands.shown(page, QMessageBox)
    answer(box, "提交")
    settle()
    assert view.page is not None
    assert [item.state.label for item in view.page.sent] == ["审批中"]
    assert kept_lines(seat.office, me, WEEK) is None
    told = hands.shown_text(page)
    assert "工时 24 / 40 小时" in told, "what was sent counts"
    assert "这一周该交的周报都已提交" in told


def test_whoever_owes_no_report_begins_with_those_of_others(
    qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle
) -> None:
    me = member(seat, "周小明")
    idle = seat.office.run(seat.actor, partial(add_person, name="吴闲", staff_no="9001")).value
    desk.seat(idle)
    page = shown(qtbot, desk, settle)
    assert (page.parts.current, page.bar.isVisible()) == (STATUS, True), "a member of nothing"
    page.parts.choose(MINE)
    page.reload()
    settle()
    assert page.parts.current == MINE, "they chose it"
    desk.seat(me)
    page.reseat()
    settle()
    assert page.parts.current == MINE, "a member writes"
    manager = seat.office.read(partial(find_project, number=NUMBER)).manager
    assert manager is not None
    seat.office.run(me, partial(send_week, week=WEEK, lines=[line(seat)]))
    today = seat.office.today()
    replace = partial(set_stand_in, person_id=manager.id, stand_in_id=idle, since=today, until=today)
    seat.office.run(manager.id, replace)
    desk.seat(idle)
    page.reseat()
    settle()
    assert (page.parts.current, page.bar.isVisible()) == (QUEUE, False), "a stand-in decides"


def test_a_window_that_stood_open_for_a_week_may_go_on_to_the_next(
    qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle
) -> None:
    page = shown(qtbot, desk, settle)
    assert (page.bar.week, page.bar.after.isEnabled(), page.bar.now.isEnabled()) == (WEEK, False, False)
    seat.clock.now += dt.timedelta(days=7)
    page.reload()
    settle()
    assert (page.bar.week, page.bar.after.isEnabled(), page.bar.now.isEnabled()) == (WEEK, True, True)


def test_a_long_week_on_a_low_screen_scrolls_under_its_buttons(
    qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle
) -> None:
    desk.seat(member(seat, "周小明"))
    view = shown(qtbot, desk, settle).mine
    assert view.editor is not None
    view.editor.set_value([line(seat, f"第 {number} 项") for number in range(30)])
    settle()
    grid = view.editor.view
    tools: list[QToolButton] = list(view.editor.findChildren(QToolButton))
    add = next(item for item in tools if item.text().startswith("加一"))
    qtbot.waitUntil(lambda: add.geometry().top() > grid.geometry().bottom())
    assert view.minimumSizeHint().height() < grid.height(), "the page asks for no more than it is given"
    grid.go_to(17, 0)
    settle()
    cell = grid.viewport().mapTo(view, grid.visualRect(grid.currentIndex()).center())
    assert view.send.geometry().bottom() < cell.y() < view.listed.geometry().top(), "the current cell is in sight"


def test_WEEK_2_what_is_missing_is_told_and_nothing_is_sent(
    qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle
) -> None:
    desk.seat(member(seat, "周小明"))
    page = shown(qtbot, desk, settle)
    view = page.mine
    assert view.editor is not None
    view.editor.set_value([{**line(seat), "work": None, "done": "100"}])
    view.editor.changed.emit()
    qtbot.waitUntil(lambda: "还差" in view.send.text(), timeout=5_000)
    view.ask_send()
    settle()
    assert view.page is not None
    assert view.page.sent == ()


def test_WEEK_4_one_is_returned_with_a_reason_and_the_rest_approved(
    qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle
) -> None:
    for name in ("周小明", "钱大壮"):
        person = member(seat, name)
        seat.office.run(person, partial(send_week, week=WEEK, lines=[line(seat)]))
    manager = seat.office.read(partial(find_project, number=NUMBER)).manager
    assert manager is not None
    desk.seat(manager.id)
    page = shown(qtbot, desk, settle)
    page.parts.choose(QUEUE)
    settle()
    view = page.queue
    assert view.table.model.rowCount() == 2
    view.table.view.selectRow(0)
    view.ask_return()
    (dialog,) = hands.shown(view, ReasonDialog)
    dialog.reason.setPlainText("请写明楼层")
    dialog.try_to_send()
    settle()
    assert view.decide.text() == "同意 1 份，退回 1 份"
    view.carry_out(view.verdicts())
    settle()
    assert seat.office.read(partial(waiting_reports, actor=manager.id)) == []
    assert view.table.model.rowCount() == 0


def test_WEEK_4_a_report_that_comes_in_before_the_answer_is_not_decided_unseen(
    qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle
) -> None:
    first, second = member(seat, "周小明"), member(seat, "钱大壮")
    seat.office.run(first, partial(send_week, week=WEEK, lines=[line(seat)]))
    manager = seat.office.read(partial(find_project, number=NUMBER)).manager
    assert manager is not None
    desk.seat(manager.id)
    page = shown(qtbot, desk, settle)
    desk.operations.changed.connect(page.on_changed)
    page.parts.choose(QUEUE)
    settle()
    page.queue.ask_decide()
    seat.office.run(second, partial(send_week, week=WEEK, lines=[line(seat)]))
    desk.operations.changed.emit(everything())
    settle()
    assert page.queue.table.model.rowCount() == 2
    answer(hands.shown(page, QMessageBox)[0], "办理")
    settle()
    (left,) = seat.office.read(partial(waiting_reports, actor=manager.id))
    assert left.person is not None
    assert left.person.id == second


def test_WEEK_1_the_grid_stays_while_others_save(qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle) -> None:
    desk.seat(member(seat, "周小明"))
    page = shown(qtbot, desk, settle)
    desk.operations.changed.connect(page.on_changed)
    grid = page.mine.editor
    assert grid is not None
    desk.operations.changed.emit(everything())
    settle()
    assert page.mine.editor is grid


def test_WEEK_5_PAUSE_3_the_status_tells_who_is_missing_and_who_is_excused(
    qtbot: QtBot, desk: Desk, settle: Settle
) -> None:
    page = shown(qtbot, desk, settle)
    page.parts.choose(STATUS)
    settle()
    view = page.status
    assert view.status is not None
    whole = view.status.whole
    view.timing.choose(Timing.EXCUSED.value)
    settle()
    rows = [view.table.model.row_at(place) for place in range(view.table.model.rowCount())]
    assert len(rows) == whole.of(Timing.EXCUSED) > 0
    assert any("自 2026-11-22 起" in row.reason and "WEEK-8" in row.reason for row in rows if row)
    view.timing.choose(Timing.MISSING.value)
    settle()
    assert view.table.model.rowCount() == whole.of(Timing.MISSING) > 0
    missing = view.table.model.row_at(0)
    assert missing is not None
    assert missing.person is not None
    view.table.view.selectRow(0)
    view.away.click()
    settle()
    (dialog,) = hands.shown(view, AbsenceDialog)
    assert dialog.person.text() == missing.person.full, "the leave of whoever is missing"
    assert (dialog.since.text(), dialog.until.text()) == ("2026-11-16", "2026-11-20")
    dialog.reject()


def test_WEEK_3_a_colleagues_workbook_is_brought_in(qtbot: QtBot, seat: Seat, desk: Desk, settle: Settle) -> None:
    seat.office.run(seat.actor, partial(add_person, name="𠮷镕堃", staff_no="0999"))
    page = shown(qtbot, desk, settle)
    dialog = open_report_import(desk, page, page.reload)
    settle()
    book = BOOKS / "员工周报_𠮷镕堃_20261120.xlsx"
    dialog.read_file(book)
    settle()
    assert "有 2 位同名的“𠮷镕堃”" in dialog.trouble.text()
    dialog.who.setText("0999")
    dialog.read_file(book)
    qtbot.waitUntil(lambda: dialog.preview is not None, timeout=10_000)
    assert dialog.preview is not None
    assert [row.verdict for row in dialog.preview.rows].count(Verdict.NEW) == 2  # one project is paused
    dialog.bring_in()
    settle()
    assert dialog.outcome is not None
    assert (dialog.outcome.opened, dialog.outcome.refused) == (2, 1)
    dialog.accept()
