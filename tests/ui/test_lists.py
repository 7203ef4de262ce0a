"""变更 and 项目: real lists from real queries."""

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.filing import FilingState
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from desktop.ui.pages.changes import ChangesPage
from desktop.ui.pages.projects import ProjectsPage
from tests.ui.conftest import Settle
from tests.ui.hands import shown
from tests.ui.offices import Seat


def test_changes_list_what_changes_a_projects_course(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ChangesPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    rows = [row for number in range(page.table.model.rowCount()) if (row := page.table.model.row_at(number))]
    assert [row.form_key for row in rows] == ["suspension"] * 3  # the opening of the ledger is not among them
    assert {row.state for row in rows} == {FilingState.APPROVED, FilingState.IN_APPROVAL}
    assert page.table.foot.text() == "共 3 份"
    texts = [page.table.model.columns[4].text(row) for row in rows]
    assert "自 2026-11-22 起生效" in texts
    assert any(text.startswith("等待：技术部门负责人") for text in texts)
    with qtbot.waitSignal(desk.wanted) as wanted:
        page.table.view.entered_row.emit(0)
    assert wanted.args == ["filing", rows[0].id]


def test_changes_are_narrowed_by_state(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ChangesPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    page.table.model.reload(filters={"state": frozenset({FilingState.APPROVED.value})})
    settle()
    assert page.table.model.rowCount() == 1


def test_an_empty_list_does_not_ask_to_choose_from_it(
    qtbot: QtBot, empty_seat: Seat, operations: Operations, settle: Settle, tmp_path: Path
) -> None:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    page = ProjectsPage(Desk(empty_seat.office, empty_seat.actor, operations, memory))
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    settle()
    assert "还没有项目" in [label.text() for label in shown(page, QLabel)]
    assert not [label for label in shown(page, QLabel) if "请从左边选" in label.text()]


def test_a_list_narrowed_to_nothing_says_so_on_both_sides(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ProjectsPage(desk)
    page.table.wants_first = lambda: False
    qtbot.addWidget(page)
    page.show()
    settle()
    assert "请从左边选一个项目" in [label.text() for label in shown(page, QLabel)]
    page.table.model.reload(text="没有这样的项目")
    settle()
    assert "没有符合条件的记录" in [label.text() for label in shown(page, QLabel)]
