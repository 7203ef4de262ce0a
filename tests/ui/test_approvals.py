"""审批 through the window: ten in a row by keyboard, returns, hand-ons, reminders, stand-ins, lines one by one."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.approval import Progress, StepState, StepStatus
from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.services.confirming import LineMark
from desktop.services.filings import FilingPage, FilingQuery, filing_ids, open_filing
from desktop.services.handing import hand_on
from desktop.services.line_checks import CheckedLine
from desktop.services.office import Reading
from desktop.services.people import add_person, assign_role, end_role, list_departments, list_people
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.stand_ins import list_stand_ins
from desktop.ui.confirm_dialog import ConfirmDialog
from desktop.ui.desk import Desk
from desktop.ui.filing_view import PRINT, TEXT
from desktop.ui.furnishing import furnish
from desktop.ui.operations import Operations
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.reason_dialog import HandDialog, ReasonDialog
from desktop.ui.stand_in_dialog import StandInDialog
from desktop.ui.tabs import TABS
from desktop.ui.window import Window
from tests.ui.hands import shown_text
from tests.ui.offices import Seat, pause

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
Settle = Callable[[], None]
COLLEAGUE = "欧阳明"


@pytest.fixture
def window(seat: Seat, operations: Operations, qtbot: QtBot, tmp_path: Path, settle: Settle) -> Iterator[Window]:
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    made = Window(TABS, memory)
    furnish(made, Desk(seat.office, seat.actor, operations, memory))
    made.resize(1366, 768)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    settle()


def approvals(window: Window, settle: Settle) -> ApprovalsPage:
    shown = window.go_to("approvals")
    settle()
    assert isinstance(shown, ApprovalsPage)
    return shown


def colleague(seat: Seat, role: str = "") -> UUID:
    add = functools.partial(add_person, name=COLLEAGUE, staff_no="0088")
    made = seat.office.run(seat.actor, add).value
    if role:
        seat.office.run(seat.actor, functools.partial(assign_role, person_id=made, role_key=role))
    return made


def fill_the_list(seat: Seat, count: int) -> None:
    """So many pauses wait for the clerk, who heads every department."""

    def query(reading: Reading) -> list[tuple[UUID, UUID, str]]:
        rows = project_rows(reading, project_ids(reading, seat.actor, ProjectQuery(states=("implementing",))))
        return [(row.id, row.manager.id, row.department) for row in rows if row.manager and row.department]

    going = seat.office.read(query)
    departments = {row.name: row.id for row in seat.office.read(list_departments)}
    held = {role.where for row in seat.office.read(list_people) if row.id == seat.actor for role in row.roles}
    for name in dict.fromkeys(department for _project, _manager, department in going):
        if name not in held:
            give = functools.partial(
                assign_role, person_id=seat.actor, role_key="technical_head", department_id=departments[name]
            )
            seat.office.run(seat.actor, give)
    filed = {page.row.project_id for page in pages(seat, FilingState.IN_APPROVAL)}
    wanted = [item for item in going if item[0] not in filed]
    for project_id, manager, _department in wanted[: count - len(filed)]:
        pause(seat, project_id, manager, approve=False)


def pages(seat: Seat, *states: FilingState) -> list[FilingPage]:
    def read(reading: Reading) -> list[FilingPage]:
        ids = filing_ids(reading, seat.actor, FilingQuery(states=states))
        return [open_filing(reading, seat.actor, key) for key in ids]

    return seat.office.read(read)


def dialog_of(kind: type[QWidget]) -> QWidget:
    return next(item for item in QApplication.topLevelWidgets() if isinstance(item, kind) and item.isVisible())


def activate(window: QWidget) -> None:
    window.activateWindow()
    for _turn in range(500):
        if window.isActiveWindow():
            return
        QTest.qWait(10)
    raise AssertionError("the window does not become active")


def press(page: ApprovalsPage, key: Qt.Key, settle: Settle) -> None:
    activate(page.window())  # off-screen nobody does so when a dialog has closed
    assert page.window().focusWidget() is page.table.view, "the list keeps the keyboard"
    QTest.keyClick(page.table.view, key)
    settle()
    settle()


def give_reason(text: str, settle: Settle) -> None:
    dialog = dialog_of(ReasonDialog)
    assert isinstance(dialog, ReasonDialog)
    dialog.reason.setPlainText(text)
    activate(dialog)
    QTest.keyClick(dialog.reason, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    settle()


def test_ten_are_decided_in_a_row_by_keyboard(window: Window, seat: Seat, settle: Settle) -> None:
    fill_the_list(seat, 10)
    page = approvals(window, settle)
    page.table.view.setFocus()
    ids = list(page.table.model.ids)
    assert len(ids) == 10
    seen = []
    for key in (Qt.Key.Key_A,) * 3 + (Qt.Key.Key_R, Qt.Key.Key_J) + (Qt.Key.Key_A,) * 5:
        assert page.view.page is not None
        seen.append(page.view.page.row.id)
        press(page, key, settle)
        if key != Qt.Key.Key_A:
            give_reason("材料不全", settle)
    assert [ids.index(key) for key in seen] == list(range(10)), "after each the next one comes up by itself"
    assert len(pages(seat, FilingState.RETURNED)) == 1
    assert len(pages(seat, FilingState.REJECTED)) == 1
    signed = [item for item in pages(seat, FilingState.IN_APPROVAL) if len(item.sign_offs) == 1]
    assert len(signed) == 8
    assert page.table.model.rowCount() == 8, "at the PMO's step they are the clerk's once more"


def test_a_print_is_given_the_room_of_the_chain_where_there_is_little(
    window: Window, seat: Seat, settle: Settle
) -> None:
    fill_the_list(seat, 1)
    shown = approvals(window, settle)
    shown.show_item("filing", pages(seat, FilingState.IN_APPROVAL)[0].row.id)
    settle()
    seen = []
    for height, tab in ((650, PRINT), (650, TEXT), (1400, PRINT), (650, PRINT)):
        window.resize(1280, height)
        shown.view.tabs.setCurrentIndex(tab)
        settle()
        seen.append(not shown.view.chain.isHidden())
    assert seen == [False, True, True, False]


def test_looking_on_without_deciding_goes_to_the_next(window: Window, seat: Seat, settle: Settle) -> None:
    page = approvals(window, settle)
    page.table.view.setFocus()
    first, second = page.table.model.ids
    press(page, Qt.Key.Key_N, settle)
    assert page.view.page is not None
    assert page.view.page.row.id == second
    press(page, Qt.Key.Key_Up, settle)
    assert page.view.page.row.id == first
    assert all(not item.sign_offs for item in pages(seat, FilingState.IN_APPROVAL))


def test_a_return_asks_to_whom_and_comes_straight_back(window: Window, settle: Settle) -> None:
    page = approvals(window, settle)
    page.table.view.setFocus()
    filing = page.table.model.ids[0]
    press(page, Qt.Key.Key_A, settle)
    page.show_item("filing", filing)
    settle()
    page.table.view.setFocus()
    press(page, Qt.Key.Key_R, settle)
    dialog = dialog_of(ReasonDialog)
    assert isinstance(dialog, ReasonDialog)
    assert [dialog.which.itemData(place) for place in range(dialog.which.count())] == ["", "technical"]
    dialog.which.setCurrentIndex(1)
    give_reason("看护费用再核一下", settle)
    page.show_item("filing", filing)
    settle()
    assert page.view.page is not None
    assert (page.view.page.may_decide, page.view.page.row.state) == ("technical", FilingState.IN_APPROVAL)
    assert "看护费用再核一下" in page.bar.last.toolTip()
    node = page.view.chain.nodes[1]
    assert (node.mark, "退回重看" in node.lines[1]) == ("now", True)


def test_a_step_is_handed_on_and_a_signer_added(window: Window, seat: Seat, settle: Settle) -> None:
    other = colleague(seat)
    page = approvals(window, settle)
    page.table.view.setFocus()
    for kind, title in ((1, f"加签：{COLLEAGUE}"), (0, "技术部门负责人 *")):
        filing = page.table.model.ids[0]
        press(page, Qt.Key.Key_Z, settle)
        dialog = dialog_of(HandDialog)
        assert isinstance(dialog, HandDialog)
        dialog.which.setCurrentIndex(kind)
        dialog.reason.setPlainText("他在现场")
        dialog.yes.click()
        assert dialog.isVisible()  # to whom?
        dialog.who.setText(COLLEAGUE)
        dialog.yes.click()
        settle()
        settle()
        assert filing not in page.table.model.ids
        assert isinstance(filing, UUID)
        read = functools.partial(open_filing, actor=seat.actor, filing_id=filing)
        page.view.show_filing(seat.office.read(read))
        assert page.view.chain.nodes[1].title == title
        assert "他在现场" in page.view.chain.nodes[1].tip
        page.reload()
        settle()
    waiting = seat.office.read(lambda reading: filing_ids(reading, other, FilingQuery(waiting_for=other)))
    assert len(waiting) == 2


def test_a_reminder_puts_its_words_on_the_clipboard(window: Window, seat: Seat, settle: Settle) -> None:
    page = approvals(window, settle)
    page.bar.remind.click()
    settle()
    assert "等您签字" in QApplication.clipboard().text()
    box = dialog_of(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert "项目暂停申请表" in box.informativeText()
    box.close()
    settle()
    row = page.table.model.row_at(0)
    assert row is not None
    assert row.urged_on == seat.office.today()


def test_ROLE_11_a_person_sets_who_stands_in_and_the_list_says_for_whom(
    window: Window, seat: Seat, settle: Settle
) -> None:
    other = colleague(seat)
    window.stand_ins_wanted.emit()
    settle()
    dialog = dialog_of(StandInDialog)
    assert isinstance(dialog, StandInDialog)
    assert not dialog.add.isEnabled()
    assert "请选择代理人" in shown_text(dialog)
    until = dialog.until.text()
    dialog.stand_in.setText(COLLEAGUE)
    dialog.until.setText("2020-01-01")
    assert not dialog.add.isEnabled()
    assert "早于" in shown_text(dialog)
    dialog.until.setText(until)
    dialog.add.click()
    settle()
    (row,) = seat.office.read(list_stand_ins)
    assert (row.person.id, row.stand_in.id, row.running) == (seat.actor, other, True)
    dialog.close()
    window.desk.seat(other)
    page = approvals(window, settle)
    shown = page.table.model.row_at(0)
    assert shown is not None
    assert shown.for_name == row.person.name
    assert page.approve.text() == f"同意（代 {row.person.name}）"


def test_ROLE_11_a_filing_that_nobody_can_sign_says_who_must_be_appointed(
    window: Window, seat: Seat, settle: Settle
) -> None:
    role = next(
        role.assignment_id for row in seat.office.read(list_people) for role in row.roles if role.role_key == "pmo_head"
    )
    seat.office.run(seat.actor, functools.partial(end_role, assignment_id=role))
    page = approvals(window, settle)
    assert page.view.stuck.isVisible()
    assert "无人担任“项目管理部负责人”" in page.view.stuck.text()


def test_a_decision_that_came_too_late_is_told(window: Window, seat: Seat, settle: Settle) -> None:
    other = colleague(seat)
    page = approvals(window, settle)
    shown = page.view.page
    assert shown is not None
    give = functools.partial(
        hand_on,
        filing_id=shown.row.id,
        step_key=shown.may_decide,
        person_id=other,
        reason="出差",
        seen_sha256=shown.sha256,
    )
    seat.office.run(seat.actor, give)  # past the window, as another seat would
    page.approve.click()
    settle()
    told = next(item for item in QApplication.topLevelWidgets() if type(item).__name__ == "ErrorDialog")
    assert told.isVisible()
    told.close()


def test_CHG_5_lines_are_confirmed_one_by_one(qtbot: QtBot, seat: Seat) -> None:
    page = next(item for item in pages(seat, FilingState.IN_APPROVAL) if item.may_decide)
    documents = [{"id": "a", "name": "施工图", "count": "2"}, {"id": "b", "name": "合同", "count": "1"}]
    step = replace(page.progress.status(page.may_decide).step, confirms=("documents",))
    shown = replace(
        page,
        form=FORMS["handover"],
        content={"documents": documents},
        progress=Progress((StepStatus(step, StepState.OPEN),)),
        lines=(CheckedLine("documents", "a", 1, "yes"), CheckedLine("documents", "b", 2)),
    )
    sent: list[LineMark] = []
    window = QWidget()
    qtbot.addWidget(window)
    dialog = ConfirmDialog(shown, sent.extend, window)
    dialog.verdicts[1].setCurrentIndex(dialog.verdicts[1].findData("no"))
    dialog.remarks[1].setText("只有复印件")
    dialog.save.click()
    assert sent == [LineMark("documents", "b", right=False, remark="只有复印件")], (
        "what was found before is not told twice"
    )
