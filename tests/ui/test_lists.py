"""变更: a real list from real queries."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from desktop.domain.filing import FilingState
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from desktop.ui.pages.changes import ChangesPage
from tests.ui.conftest import Settle
from tests.ui.offices import Seat


@pytest.fixture
def desk(seat: Seat, operations: Operations, tmp_path: Path) -> Desk:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    return Desk(seat.office, seat.actor, operations, memory)


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
