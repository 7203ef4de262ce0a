"""The checklist of a closing on the project's page: what is missing, and the buttons that bring it about."""

import datetime as dt
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.approval import Decision
from desktop.services.approving import decide
from desktop.services.archive import store_attachment
from desktop.services.drafting import Draft, save_draft, start_draft
from desktop.services.filings import open_filing
from desktop.services.gate_view import Checklist, FiledPaper, GateLine
from desktop.services.office import Reading
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.submitting import submit_draft
from desktop.ui.checklist_view import ChecklistView, Deeds
from desktop.ui.desk import Desk
from desktop.ui.kind_dialog import KindDialog
from desktop.ui.operations import Operations
from desktop.ui.pages.changes import ChangesPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.project_page import read_project
from desktop.ui.project_view import ProjectView
from desktop.ui.reason_dialog import ReasonDialog
from desktop.ui.watch_lists import WatchList
from tests.ui.conftest import Settle
from tests.ui.hands import shown
from tests.ui.offices import Seat


def start_closing(seat: Seat, scan: Path) -> UUID:
    """Start the closing of an integration project, as its manager with the clerk's seal."""

    def going(reading: Reading) -> tuple[UUID, UUID]:
        rows = project_rows(reading, project_ids(reading, seat.actor, ProjectQuery(kinds=("integration",))))
        row = next(row for row in rows if row.state == "implementing" and row.manager)
        assert row.manager is not None
        return row.id, row.manager.id

    project, manager = seat.office.read(going)
    scan.write_bytes(b"%PDF-1.4 report")
    file = seat.office.run(manager, lambda work: store_attachment(work, scan)).value
    draft = start_draft(seat.office, manager, "closing_start", project)
    acceptance = {"stage": "preliminary", "accepted_on": "2026-11-20", "confirmed_by": "陈主任", "report": [file]}
    filled = save_draft(
        seat.office,
        manager,
        Draft(
            draft.id,
            manager,
            "closing_start",
            project,
            None,
            None,
            {**draft.content, "acceptance": acceptance},
            draft.saved_at,
        ),
    )
    filing = seat.office.run(manager, lambda work: submit_draft(work, filled)).value
    page = seat.office.read(lambda reading: open_filing(reading, seat.actor, filing))
    sign = partial(decide, filing_id=filing, step_key="clerk", decision=Decision.APPROVE, seen_sha256=page.sha256)
    seat.office.run(seat.actor, sign)
    return project


@pytest.fixture
def view(qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle, tmp_path: Path) -> ProjectView:
    project = start_closing(seat, tmp_path / "初验报告.pdf")
    desk = Desk(
        seat.office, seat.actor, operations, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    )
    made = ProjectView(desk)
    qtbot.addWidget(made)
    made.resize(878, 700)

    def look() -> None:
        desk.read(made, lambda reading: read_project(reading, seat.actor, project), made.show_project)
        settle()

    operations.changed.connect(lambda _changes: look())
    look()
    made.show()
    return made


def told(view: ProjectView) -> dict[str, str]:
    assert view.page is not None
    (closing,) = [item for item in view.page.checklists if item.form_key == "closing"]
    return {item.condition: item.text for item in closing.unmet if item.stops}


def pressing(view: ProjectView, text: str) -> list[QPushButton]:
    return [item for item in shown(view, QPushButton) if item.text() == text]


def test_CLOSE_3_the_page_shows_what_is_missing_and_leads_there(view: ProjectView) -> None:
    missing = told(view)
    assert {"conformity_approved", "summary_approved", "transfer_approved"} <= missing.keys()
    assert missing["document:as_built"] == "还没有归档“竣工图纸”"
    (turn,) = pressing(view, "逐项办理")
    turn.click()
    assert view.tabs.tabText(view.tabs.currentIndex()) == f"检查清单 {len(missing)}"
    begun: list[str] = []
    view.desk.wanted.connect(lambda kind, _item: begun.append(kind))
    assert pressing(view, "填写《项目总结报告》")
    assert pressing(view, "存入…")


def test_CLOSE_3_a_form_that_is_whole_is_not_said_to_be_ready_while_its_gate_is_shut(
    qtbot: QtBot, view: ProjectView, settle: Settle
) -> None:
    assert view.page is not None
    project = view.page.project
    assert project.manager is not None
    view.desk.seat(project.manager.id)
    made = DraftView(view.desk)
    qtbot.addWidget(made)
    made.show_item("draft", start_draft(view.desk.office, project.manager.id, "closing", project.id))
    settle()
    assert made.editor is not None
    guide = made.editor.guide
    assert "处要处理" in guide.count.text()
    guide.show_problems([])
    assert guide.count.text() == "已填全，条件还没满足"
    guide.barred = False
    guide.show_problems([])
    assert guide.count.text() == "可以提交"


def test_DOC_2_the_approved_paper_that_counts_is_named_and_opened(qtbot: QtBot) -> None:
    seen: list[UUID] = []
    made = ChecklistView(Deeds(print, print, print, seen.append))
    qtbot.addWidget(made)
    paper = FiledPaper("项目实施计划", "项目实施计划", "SS-2026-0001", dt.date(2026, 11, 3), uuid4())
    gate = GateLine("initiation_documents", "立项文档", (), (paper,))
    lists = [Checklist("initiation", "项目立项申请表", (gate,), pressing=True)]
    made.show_checklists(lists, (), may_store=True, may_waive=False)
    made.show()
    assert any("SS-2026-0001" in label.text() for label in shown(made, QLabel))
    (see,) = [item for item in shown(made, QPushButton) if item.text() == "查看"]
    see.click()
    assert seen == [paper.filing_id]


def test_CLOSE_3_what_holds_in_principle_is_waived_with_a_reason(view: ProjectView, settle: Settle) -> None:
    assert view.page is not None
    view.tabs.setCurrentIndex(3)
    assert "document:as_built" in told(view)
    pressing(view, "例外…")[0].click()
    (dialog,) = shown(view, ReasonDialog)
    dialog.yes.click()
    assert dialog.isVisible(), "nothing is waived without a reason"
    dialog.reason.setPlainText("甲方留存唯一一套，已拍照。")
    before = len(told(view))
    dialog.yes.click()
    settle()
    assert len(told(view)) == before - 1


def test_DOC_2_a_file_is_archived_as_what_the_directory_asks_for(
    view: ProjectView, settle: Settle, tmp_path: Path
) -> None:
    drawing = tmp_path / "竣工图.pdf"
    drawing.write_bytes(b"%PDF-1.4 drawing")
    dialog = view.ask_kind([drawing])
    assert isinstance(dialog, KindDialog)
    dialog.kinds.setCurrentIndex(dialog.kinds.findData("as_built"))
    dialog.agree.click()
    settle()
    assert "document:as_built" not in told(view)
    assert view.page is not None
    assert [item.kind for item in view.page.documents if item.name == "竣工图.pdf"] == ["as_built"]
    assert dt.date(2026, 11, 20) == view.page.project.preliminary_on


def test_PAUSE_2_FAT_1_the_office_watches_what_stands_still_and_what_is_to_be_accepted(
    qtbot: QtBot, seat: Seat, operations: Operations, settle: Settle, tmp_path: Path
) -> None:
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    seat.clock.now += dt.timedelta(weeks=9)
    page = ChangesPage(Desk(seat.office, seat.actor, operations, memory))
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    settle()
    begun: list[Draft] = []
    page.desk.wanted.connect(lambda _kind, item: begun.append(item))
    page.final_dates.click()
    settle()
    (dates,) = shown(page, WatchList)
    assert dates.table.model.rowCount() > 0
    dates.reject()
    page.candidates.click()
    settle()
    (still,) = [item for item in shown(page, WatchList) if item is not dates]
    assert still.table.model.rowCount() > 0
    still.table.view.selectRow(0)
    still.start.click()
    settle()
    assert [item.form_key for item in begun] == ["office_adjustment"]
