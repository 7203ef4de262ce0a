"""What a page shows by itself, and what a list keeps in sight, before anybody presses anything."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QSplitter, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.filing import FilingState
from desktop.services.filings import FilingQuery, filing_ids, open_filing
from desktop.services.ledger_import import preview_ledger
from desktop.ui.desk import Desk
from desktop.ui.operations import Operations
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.projects import ProjectsPage
from desktop.ui.paper_dialog import PaperDialog
from tests.ui.conftest import Settle
from tests.ui.hands import shown
from tests.ui.offices import Seat


@pytest.fixture
def desk(seat: Seat, operations: Operations, tmp_path: Path) -> Desk:
    memory = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    return Desk(seat.office, seat.actor, operations, memory)


def test_projects_open_with_the_first_one_shown(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ProjectsPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    first = page.table.model.row_at(0)
    assert first is not None
    assert page.view.page is not None
    assert page.view.page.project.id == first.id


def test_a_project_asked_for_is_shown_whatever_row_was_current(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ProjectsPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    wanted = page.table.model.ids[5]
    page.table.search.setText("没有这样的项目")
    qtbot.waitUntil(lambda: page.table.model.rowCount() == 0)
    settle()
    page.show_item("project", wanted)
    page.table.search.clear()
    qtbot.waitUntil(lambda: page.table.model.rowCount() > 0)
    settle()
    assert page.view.page is not None
    assert page.view.page.project.id == wanted
    current = page.table.current()
    assert current is not None
    assert current.id == wanted


def test_a_narrow_list_of_projects_cuts_no_column(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ProjectsPage(desk)
    qtbot.addWidget(page)
    page.resize(1024, 640)
    page.show()
    settle()
    view, header = page.table.view, page.table.view.horizontalHeader()
    assert not view.horizontalScrollBar().isVisible()
    seen = [place for place in range(header.count()) if not header.isSectionHidden(place)]
    assert 0 < len(seen) < header.count()
    assert sum(header.sectionSize(place) for place in seen) <= view.viewport().width()
    page.resize(4000, 640)
    shown(page, QSplitter)[0].setSizes([2500, 1500])
    qtbot.waitUntil(lambda: not any(header.isSectionHidden(place) for place in range(header.count())))


def test_the_ledger_goes_out_of_the_projects_page_and_comes_in_again(
    qtbot: QtBot, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    page = ProjectsPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    assert page.ledger.take_in.isVisible()
    page.ledger.export_to(tmp_path / "台账.xlsx")
    settle()
    preview = desk.office.read(lambda reading: preview_ledger(reading, tmp_path / "台账.xlsx"))
    assert len(preview.rows) == page.table.model.rowCount()
    assert {row.verdict.value for row in preview.rows} == {"same"}


def test_who_may_not_bring_in_a_ledger_may_still_take_one_out(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ProjectsPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    row = page.table.model.row_at(0)
    assert row is not None
    assert row.manager is not None
    desk.seat(row.manager.id)
    page.reseat()
    settle()
    assert not page.ledger.take_in.isVisible()
    assert page.ledger.give_out.isVisible()


def test_approvals_open_with_the_first_that_waits(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ApprovalsPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    assert page.view.page is not None
    assert page.view.page.row.id == page.table.model.ids[0]
    assert page.approve.isVisible()


def test_a_filing_asked_for_stands_in_the_list_beside_it(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    approved = desk.office.read(
        lambda reading: filing_ids(reading, desk.actor, FilingQuery(states=(FilingState.APPROVED,)))
    )[0]
    page = ApprovalsPage(desk)
    qtbot.addWidget(page)
    page.show()
    settle()
    page.show_item("filing", approved)
    settle()
    assert page.scope.current == "all"
    current = page.table.current()
    assert current is not None
    assert current.id == approved
    assert page.view.page is not None
    assert page.view.page.row.id == approved


def test_an_approver_without_work_is_told_so(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = ApprovalsPage(desk)
    qtbot.addWidget(page)
    waiting = desk.office.read(lambda reading: filing_ids(reading, desk.actor, FilingQuery(waiting_for=desk.actor)))
    author = desk.office.read(lambda reading: open_filing(reading, desk.actor, waiting[0])).project
    assert author is not None
    assert author.manager is not None
    desk.seat(author.manager.id)
    page.show()
    settle()
    assert page.table.view.empty == "没有等您签字的表单"


def test_each_step_on_a_sheet_offers_its_own_signers(qtbot: QtBot, desk: Desk) -> None:
    waiting = desk.office.read(lambda reading: filing_ids(reading, desk.actor, FilingQuery(waiting_for=desk.actor)))
    page = desk.office.read(lambda reading: open_filing(reading, desk.actor, waiting[0]))
    assert len(page.signers_by_step) > 1
    assert page.signers_by_step[page.may_decide] == page.signers
    window = QWidget()
    qtbot.addWidget(window)
    dialog = PaperDialog(page, (), desk.office.today(), lambda _signed, _scan: None, window)
    for row in dialog.rows:
        only = page.signers_by_step[row.step.key]
        assert row.who.text() == (only[0].full if len(only) == 1 else "")
