"""What a page shows by itself, and what a list keeps in sight, before anybody presses anything."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.filing import FilingState
from desktop.services.drafting import start_draft
from desktop.services.filings import FilingPage, FilingQuery, filing_ids, open_filing
from desktop.services.ledger_import import preview_ledger
from desktop.services.office import Reading
from desktop.services.printing import print_draft
from desktop.services.projects import ProjectQuery, project_ids, project_rows
from desktop.services.submitting import recall_filing
from desktop.ui.archive_files import show_printed
from desktop.ui.desk import Desk
from desktop.ui.filing_view import FilingView
from desktop.ui.import_dialog import ImportDialog
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.projects import ProjectsPage
from desktop.ui.pages.workbench import WorkbenchPage
from desktop.ui.paper_dialog import PaperDialog
from desktop.ui.pdf_dialog import PdfDialog
from desktop.ui.plan_view import PlanView
from tests.ui.conftest import Settle
from tests.ui.hands import shown

LEAST_WORDS = 10


def filed_by_another(desk: Desk) -> tuple[FilingPage, UUID]:
    """A filing that waits for the clerk and is somebody else's, and its author."""

    def find(reading: Reading) -> FilingPage:
        ids = filing_ids(reading, desk.actor, FilingQuery(waiting_for=desk.actor))
        pages = (open_filing(reading, desk.actor, key) for key in ids)
        return next(page for page in pages if page.project and _manager(page) != desk.actor)

    page = desk.office.read(find)
    return page, _manager(page)


def _manager(page: FilingPage) -> UUID:
    assert page.project is not None
    assert page.project.manager is not None
    return page.project.manager.id


def test_on_a_low_screen_a_project_moves_and_nothing_of_it_is_squeezed(
    qtbot: QtBot, desk: Desk, settle: Settle
) -> None:
    page = ProjectsPage(desk)
    qtbot.addWidget(page)
    page.resize(1280, 560)
    page.show()
    page.reload()
    settle()
    view = page.view
    paused = desk.office.read(lambda reading: project_ids(reading, desk.actor, ProjectQuery(states=("paused",))))
    page.show_item("project", paused[0])
    settle()
    view.tabs.setCurrentIndex([view.tabs.tabText(at) for at in range(view.tabs.count())].index("计划"))
    settle()
    labels: list[QLabel] = list(view.findChildren(QLabel))
    facts = [label for label in labels if label.wordWrap() and label.isVisible()]
    assert len(facts) >= 12
    assert [label.text() for label in facts if label.height() < label.heightForWidth(label.width())] == []
    plans: list[PlanView] = list(view.findChildren(PlanView))
    plan = plans[0]
    assert plan.isVisible()
    assert plan.height() >= 15 * view.fontMetrics().height() - 1


def test_a_dialog_is_no_larger_than_the_screen(qtbot: QtBot, desk: Desk) -> None:
    room = QGuiApplication.primaryScreen().availableSize()
    dialog = ImportDialog(desk)
    qtbot.addWidget(dialog)
    assert dialog.width() < room.width()
    assert dialog.height() < room.height()


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
    _filing, author = filed_by_another(desk)
    desk.seat(author)
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


def test_a_filing_asked_for_on_a_page_never_shown_yet_stands_in_the_list(
    qtbot: QtBot, desk: Desk, settle: Settle
) -> None:
    filing, author = filed_by_another(desk)
    desk.seat(author)
    page = ApprovalsPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.show_item("filing", filing.row.id)
    settle()
    assert page.scope.current == "own"
    current = page.table.current()
    assert current is not None
    assert current.id == filing.row.id


def test_a_recalled_filing_misses_nobody(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    filing, author = filed_by_another(desk)
    desk.office.run(author, lambda work: recall_filing(work, filing.row.id, filing.sha256))
    view = FilingView(desk)
    qtbot.addWidget(view)
    view.show_filing(desk.office.read(lambda reading: open_filing(reading, author, filing.row.id)))
    settle()
    assert not [node for node in view.chain.nodes if "尚无人任此角色" in "".join(node.lines)]


def test_the_workbench_of_a_small_laptop_says_what_is_to_be_done(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    page = WorkbenchPage(desk)
    qtbot.addWidget(page)
    page.resize(1024, 560)
    page.show()
    settle()
    header, unit = page.table.view.horizontalHeader(), page.fontMetrics().height()
    assert header.sectionSize(2) >= LEAST_WORDS * unit
    assert not page.table.view.horizontalScrollBar().isVisible()


def test_a_character_without_a_shape_is_told_before_printing(qtbot: QtBot, desk: Desk, settle: Settle) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    started = desk.office.read(lambda reading: project_rows(reading, project_ids(reading, desk.actor, ProjectQuery())))
    project = next(row for row in started if row.state == "implementing" and row.manager)
    assert project.manager is not None
    author = project.manager.id
    draft = start_draft(desk.office, author, "handover", project.id)
    people = dict(draft.content["people"]) | {"duty": "项目经理😀"}
    shown_draft = replace(draft, content={**draft.content, "people": people})
    printed = desk.office.read(lambda reading: print_draft(reading, author, shown_draft))
    show_printed(owner, printed, "交接单.pdf")
    settle()
    told = [label.text() for label in shown(shown(owner, PdfDialog)[0], QLabel)]
    assert [text for text in told if "😀" in text and "U+1F600" in text and "手工补写" in text]
