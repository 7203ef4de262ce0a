"""The main job through the real window: look, fill in, submit, sign, record, print."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.filing import FilingState
from desktop.domain.ledger import Project
from desktop.services.drafting import list_drafts, start_draft
from desktop.services.filings import FilingQuery, FilingRow, filing_ids, filing_rows
from desktop.services.office import Reading
from desktop.services.projects import ProjectQuery, get_project, project_ids, project_rows
from desktop.services.submitting import submit_draft
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import ErrorDialog
from desktop.ui.form_sections import GridCard
from desktop.ui.furnishing import furnish
from desktop.ui.operations import Operations
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.control import ControlPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.projects import ProjectsPage
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.settings_people import PeoplePanel
from desktop.ui.paper_dialog import PaperDialog
from desktop.ui.reason_dialog import ReasonDialog
from desktop.ui.tabs import TABS
from desktop.ui.window import Window
from tests.ui.hands import shown
from tests.ui.offices import CLERK, Seat

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
Settle = Callable[[], None]


@pytest.fixture
def window(seat: Seat, operations: Operations, qtbot: QtBot, tmp_path: Path, settle: Settle) -> Iterator[Window]:
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    made = Window(TABS, memory)
    furnish(made, Desk(seat.office, seat.actor, operations, memory))
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    settle()


def test_closing_the_window_asks_before_an_unsaved_change_is_gone(window: Window, seat: Seat, settle: Settle) -> None:
    settings = page(window, "settings", settle)
    assert isinstance(settings, SettingsPage)
    panel = settings.panels[0]
    assert isinstance(panel, PeoplePanel)
    panel.table.choose(seat.actor)
    settle()
    panel.editor.phone.setText("1")
    panel.editor.phone.textEdited.emit("1")
    window.close()
    [box] = shown(window, QMessageBox)
    assert f"人员“{CLERK}”的修改还没有保存" in box.text()
    answer("回去")
    assert window.isVisible()
    window.close()
    answer("不保存，关闭")
    assert not window.isVisible()


def page(window: Window, key: str, settle: Settle) -> object:
    shown = window.go_to(key)
    settle()
    return shown


def approvals(window: Window, settle: Settle) -> ApprovalsPage:
    shown = page(window, "approvals", settle)
    assert isinstance(shown, ApprovalsPage)
    return shown


def draft_view(window: Window) -> DraftView:
    shown = window.go_to("draft")
    assert isinstance(shown, DraftView)
    return shown


def write(view: DraftView, section: str, key: str, text: str) -> None:
    assert view.editor is not None
    card = view.editor.cards[section]
    assert isinstance(card, GridCard)
    editor = card.editors[key]
    line = editor.focusProxy()
    assert isinstance(line, QLineEdit | QPlainTextEdit)
    written = QInputMethodEvent()
    written.setCommitString(text)
    line.selectAll()
    QApplication.sendEvent(line, written)


def answer(words: str) -> None:
    box = next(item for item in QApplication.topLevelWidgets() if isinstance(item, QMessageBox) and item.isVisible())
    next(item for item in box.buttons() if item.text() == words).click()


def filings(seat: Seat, *states: FilingState) -> list[FilingRow]:
    def read(reading: Reading) -> list[FilingRow]:
        return filing_rows(reading, filing_ids(reading, seat.actor, FilingQuery(states=states)))

    return seat.office.read(read)


def project_of(seat: Seat, row: FilingRow) -> Project:
    assert row.project_id is not None
    key: UUID = row.project_id
    return seat.office.read(lambda reading: get_project(reading, key))


def going(seat: Seat) -> Project:
    taken = {row.project_id for row in filings(seat)}

    def read(reading: Reading) -> list[Project]:
        return project_rows(reading, project_ids(reading, seat.actor, ProjectQuery(states=("implementing",))))

    return next(item for item in seat.office.read(read) if item.manager and item.id not in taken)


FILLED = {
    ("reason", "resume_by"): "2026年12月20日",
    ("reason", "reason"): "㛃喆到场后发现机房未移交。",
    ("progress", "done_share"): "40%",
    ("progress", "spent"): "12.5万",
    ("progress", "done"): "设备到货",
    ("progress", "open"): "安装调试",
    ("meanwhile", "people"): "留守一人",
    ("meanwhile", "equipment"): "入库封存",
    ("meanwhile", "claims"): "已清",
    ("meanwhile", "contact"): "𬴂𪟝",
    ("resumption", "conditions"): "机房移交",
}


def test_PAUSE_1_a_manager_files_a_pause_on_the_screen(window: Window, seat: Seat, settle: Settle) -> None:
    project = going(seat)
    assert project.manager is not None
    window.desk.seat(project.manager.id)
    projects = page(window, "projects", settle)
    assert isinstance(projects, ProjectsPage)
    projects.show_item("project", project.id)
    settle()
    projects.view.begin_form("suspension")
    settle()
    view = draft_view(window)
    settle()
    assert window.current == "draft"
    for (section, key), text in FILLED.items():
        write(view, section, key, text)
    view.submit.click()
    assert window.current == "draft"  # the kind of cause is missing
    assert view.editor is not None
    card = view.editor.cards["reason"]
    assert isinstance(card, GridCard)
    card.set_value({**card.value(), "cause": "site"})
    view.submit.click()
    settle()
    [box] = [item for item in QApplication.topLevelWidgets() if isinstance(item, QMessageBox) and item.isVisible()]
    assert f"技术部门负责人：{CLERK}" in box.informativeText()
    answer("提交")
    settle()
    assert window.current == "approvals"
    row = next(item for item in filings(seat, FilingState.IN_APPROVAL) if item.project_id == project.id)
    assert (row.title, row.revision_no) == ("项目暂停申请表", 1)
    assert list_drafts(seat.office, project.manager.id) == []
    assert project_of(seat, row).state == "implementing"


def test_a_draft_left_in_the_middle_is_there_again(window: Window, seat: Seat, settle: Settle) -> None:
    project = going(seat)
    assert project.manager is not None
    window.desk.seat(project.manager.id)
    projects = page(window, "projects", settle)
    assert isinstance(projects, ProjectsPage)
    projects.show_item("project", project.id)
    settle()
    projects.view.begin_form("suspension")
    settle()
    view = draft_view(window)
    settle()
    write(view, "progress", "done_share", "六成")
    write(view, "reason", "reason", "写到一半")
    window.go_to("projects")
    settle()
    draft = list_drafts(seat.office, project.manager.id)[0]
    window.desk.wanted.emit("draft", draft.id)
    settle()
    assert view.editor is not None
    assert view.editor.content()["reason"]["reason"] == "写到一半"
    assert view.editor.content()["unread"] == {"progress/done_share": "六成"}


def test_nothing_of_a_draft_stays_when_somebody_else_sits_down(window: Window, seat: Seat, settle: Settle) -> None:
    project = going(seat)
    assert project.manager is not None
    window.desk.seat(project.manager.id)
    projects = page(window, "projects", settle)
    assert isinstance(projects, ProjectsPage)
    projects.show_item("project", project.id)
    settle()
    projects.view.begin_form("suspension")
    settle()
    view = draft_view(window)
    settle()
    write(view, "reason", "reason", "不给别人看")
    window.desk.seat(seat.actor)
    settle()
    assert view.editor is None
    assert window.current != "draft"
    assert list_drafts(seat.office, project.manager.id)[0].content["reason"]["reason"] == "不给别人看"


def test_PAUSE_3_signing_by_keyboard_goes_from_one_to_the_next(window: Window, seat: Seat, settle: Settle) -> None:
    shown = approvals(window, settle)
    waiting = filings(seat, FilingState.IN_APPROVAL)
    assert shown.table.model.rowCount() == len(waiting) == 2
    shown.table.view.setFocus()
    shown.table.view.selectRow(0)
    settle()
    for _signature in range(4):  # two filings, two steps each, all of them the clerk's in this office
        QTest.keyClick(shown.table.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        settle()
        settle()
    assert filings(seat, FilingState.IN_APPROVAL) == []
    assert {
        project_of(seat, row).state for row in filings(seat, FilingState.APPROVED) if row.form_key == "suspension"
    } == {"paused"}
    assert shown.table.model.rowCount() == 0


def test_a_return_needs_its_reason(window: Window, seat: Seat, settle: Settle) -> None:
    shown = approvals(window, settle)
    shown.table.view.selectRow(0)
    settle()
    shown.give_back.click()
    dialog = next(
        item for item in QApplication.topLevelWidgets() if isinstance(item, ReasonDialog) and item.isVisible()
    )
    dialog.yes.click()
    assert dialog.isVisible()  # no reason yet
    dialog.reason.setPlainText("请补充恢复条件")
    dialog.yes.click()
    settle()
    assert [row.state for row in filings(seat, FilingState.RETURNED)] == [FilingState.RETURNED]


def test_signatures_on_paper_are_recorded_with_their_scan(
    window: Window, seat: Seat, settle: Settle, tmp_path: Path
) -> None:
    shown = approvals(window, settle)
    shown.table.view.selectRow(0)
    settle()
    assert shown.view.page is not None
    filing = shown.view.page.row
    scan = tmp_path / "签字扫描.pdf"
    scan.write_bytes(b"%PDF-1.4 scan")
    shown.paper.click()
    settle()
    dialog = next(item for item in QApplication.topLevelWidgets() if isinstance(item, PaperDialog) and item.isVisible())
    for line in dialog.rows:
        line.signed.setChecked(True)
        line.who.setText("𠮷镕堃")
    dialog.record.click()
    assert dialog.isVisible()  # no scan yet
    dialog.scan.setText(str(scan))
    dialog.rows[1].on.setText("2026-12-01")
    dialog.record.click()
    settle()
    assert dialog.isVisible()  # a date to come is refused, and nothing was recorded
    assert filing.id in [row.id for row in filings(seat, FilingState.IN_APPROVAL)]
    dialog.rows[1].on.setText("2026.11.22")
    dialog.record.click()
    settle()
    approved = next(row for row in filings(seat, FilingState.APPROVED) if row.id == filing.id)
    assert project_of(seat, approved).state == "paused"


def test_a_project_page_tells_why_a_form_cannot_be_started(window: Window, seat: Seat, settle: Settle) -> None:
    paused = next(row for row in filings(seat, FilingState.APPROVED) if row.form_key == "suspension")
    projects = page(window, "projects", settle)
    assert isinstance(projects, ProjectsPage)
    projects.show_item("project", paused.project_id)
    settle()
    assert projects.view.page is not None
    assert projects.view.state.text == "暂停"
    buttons = shown(projects.view, QPushButton)
    assert [item.text() for item in buttons if "填写" in item.text()] == ["填写《项目暂停恢复实施申请表》"]
    projects.view.begin_form("closing")
    box = next(item for item in QApplication.topLevelWidgets() if isinstance(item, QMessageBox) and item.isVisible())
    assert "只有“结项中”的项目才能填写此表" in box.informativeText()
    box.close()


def test_the_print_is_shown_beside_the_filing(window: Window, settle: Settle) -> None:
    shown = approvals(window, settle)
    shown.table.view.selectRow(0)
    settle()
    shown.view.show_print()
    settle()
    assert shown.view.print.view.pages >= 1
    assert not [item for item in QApplication.topLevelWidgets() if isinstance(item, ErrorDialog) and item.isVisible()]


def test_a_page_gone_to_has_the_keyboard_where_work_begins(window: Window, settle: Settle) -> None:
    for place, part in ((2, "search"), (5, "view")):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + place), Qt.KeyboardModifier.ControlModifier)
        settle()
        page = window.stack.currentWidget()
        assert isinstance(page, ProjectsPage | ApprovalsPage)
        assert window.focusWidget() is getattr(page.table, part)


def take_over(seat: Seat) -> None:
    """Two projects of one department come with budgets."""
    lines = [
        {
            "id": f"b{n}",
            "number": f"YS-{n}",
            "name": f"预算{n}",
            "state": "implementing",
            "department": "新部",
            "budget": n,
        }
        for n in (100_00, 200_00)
    ]
    begun = start_draft(seat.office, seat.actor, "opening", None)
    content = {**begun.content, "source": {"file": "账.xlsx", "on": "2026-11-01"}, "projects": lines}
    seat.office.run(seat.actor, lambda work: submit_draft(work, replace(begun, content=content)))


def test_BUD_4_the_review_gathers_projects_by_department_and_leads_to_them(
    window: Window, seat: Seat, settle: Settle
) -> None:
    take_over(seat)
    shown = page(window, "control", settle)
    assert isinstance(shown, ControlPage)
    shown.tabs.setCurrentIndex(1)
    settle()
    projects = shown.execution.table.model.rowCount()
    assert projects == 2
    assert "预算合计 300.00 元，已报销 0.00 元" in shown.execution.table.foot.text()
    shown.execution.by.choose("departments")
    settle()
    assert shown.execution.table.model.rowCount() == 1
    shown.execution.by.choose("projects")
    settle()
    shown.execution.table.view.setFocus()
    QTest.keyClick(shown.execution.table.view, Qt.Key.Key_Down)
    QTest.keyClick(shown.execution.table.view, Qt.Key.Key_Return)
    settle()
    assert window.current == "projects"
