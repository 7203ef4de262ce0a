"""A change made at the real window, its detail sheet read there, and the baselines compared (CHG-1, CHG-3)."""

from PySide6.QtWidgets import QMessageBox

from desktop.domain.filing import FilingState
from desktop.ui.form_sections import LinesCard
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.pdf_dialog import PdfDialog
from tests.scenarios.screen import Screen
from tests.services.plans import edited, lines, plan_in_force
from tests.services.world import FILLED, HEAD, MANAGER, RUNNING, TECHNICAL, World, merge


def begun(screen: Screen) -> DraftView:
    """The manager's draft of a change, open in the editor."""
    screen.sit(MANAGER)
    screen.project(RUNNING).view.begin_form("change")
    screen.wait(lambda: screen.window.current == "draft")
    view = screen.page("draft", DraftView)
    screen.wait(lambda: view.editor is not None)
    return view


def table(view: DraftView, key: str) -> LinesCard:
    assert view.editor is not None
    card = view.editor.cards[key]
    assert isinstance(card, LinesCard)
    return card


def write(view: DraftView, register: str, line: str, key: str, text: str) -> None:
    """Type into a cell of a register."""
    model = table(view, register).lines.model
    keys = [item.key for item in model.section.columns]
    model.write(model.place_of(line), keys.index(key), text)


def sheet(view: DraftView, key: str) -> list[list[str]]:
    """A detail sheet as it stands on the screen."""
    model = table(view, key).lines.model
    return [[model.text_at(row, at) for at in range(model.columnCount())] for row in range(model.rowCount())]


def test_CHG_3_a_change_is_made_on_the_screen_and_its_detail_sheet_writes_itself(world: World, screen: Screen) -> None:
    plan_in_force(world)
    view = begun(screen)
    assert sheet(view, "budget_change") == []
    write(view, "budget", "b1", "amount", "4.5万")
    assert view.editor is not None
    view.editor.judge()
    assert sheet(view, "budget_change") == [["改", "差旅费", "2026-11", "30,000.00", "45,000.00", "15,000.00", ""]]
    content = view.editor.content()
    assert content["figures"]["budget_difference"] == 15_000_00
    view.editor.set_content(merge(content, FILLED["change"]))
    view.editor.judge()
    screen.press(view.submit)
    screen.answer("提交")
    approvals = screen.page("approvals", ApprovalsPage)
    screen.wait(lambda: approvals.view.page is not None)
    assert approvals.view.page is not None
    filing = approvals.view.page.row.id
    for signer in (TECHNICAL, HEAD):
        screen.approve(filing, signer)
    assert world.page(filing).row.state is FilingState.APPROVED
    assert lines(world)["budget"][0]["amount"] == 45_000_00
    shown = screen.project(RUNNING).view
    shown.tabs.setCurrentIndex(shown.tabs.count() - 1)
    baselines = shown.baselines
    screen.wait(lambda: baselines.changes is not None and baselines.table.model.rowCount() == 1)
    row = baselines.table.model.row_at(0)
    assert row is not None
    assert (row.kind, row.name, row.moved) == ("改", "差旅费 2026-11", "+15,000.00")
    assert "费用预算 150,000.00 → 165,000.00 元（+15,000.00）" in baselines.figures.text()
    baselines.compare(2, 1)
    screen.wait(lambda: baselines.changes is not None and baselines.changes.older.no == 2)
    screen.press(baselines.print)
    screen.wait(lambda: screen.shown(PdfDialog) is not None)


def test_CHG_1_a_draft_on_an_older_plan_is_brought_onto_the_one_in_force(world: World, screen: Screen) -> None:
    plan_in_force(world)
    view = begun(screen)
    assert not view.help.isVisible()
    write(view, "budget", "b1", "amount", "45,000")
    view.leave()
    plan_in_force(world, base=1, budget=edited("budget", "b1", amount=40_000_00))
    screen.window.go_to("projects")
    begun(screen)
    screen.wait(view.help.isVisible)
    assert view.help.text() == "改按现行计划"
    screen.press(view.help)
    screen.wait(lambda: screen.shown(QMessageBox) is not None)
    box = screen.shown(QMessageBox)
    assert box is not None
    assert "差旅费 2026-11”的金额：您改为 45,000.00，现行计划为 40,000.00" in box.informativeText()
    screen.answer("知道了")
    assert not view.help.isVisible()
    assert sheet(view, "budget_change")[0][3:6] == ["40,000.00", "45,000.00", "5,000.00"]
