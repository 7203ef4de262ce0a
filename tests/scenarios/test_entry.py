"""From a contract to a numbered project through the real window, on both engines (APPT, PROG)."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.opening import address
from desktop.ui.application import Application
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.projects import ProjectsPage
from tests.scenarios.screen import Screen
from tests.services.entry import CONTRACT, chosen, opened
from tests.services.world import CLERK, CLIENT_MANAGER, HEAD, MANAGER, RUNNING, TECHNICAL, World, merge
from tests.ui.hands import shown_text


@pytest.fixture
def screen(world: World, qtbot: QtBot, tmp_path: Path) -> Iterator[Screen]:
    home = Home(tmp_path / "desk")
    home.remember(target=address(world.office.database), person_id=str(world.who(CLERK)))
    application = Application(home, clock=world.clock)
    application.begin(world.url)
    made = Screen(world, application, qtbot)
    made.wait(lambda: application.window is not None)
    yield made
    application.close()


def register(screen: Screen, form: str, content: dict[str, object]) -> UUID:
    """Press the button over the list of projects, fill the form in, submit it."""
    page = screen.page("projects", ProjectsPage)
    screen.wait(page.register.buttons[form].isVisible)
    screen.press(page.register.buttons[form])
    return submit(screen, content)


def submit(screen: Screen, content: dict[str, object]) -> UUID:
    screen.wait(lambda: screen.window.current == "draft")
    view = screen.page("draft", DraftView)
    screen.wait(lambda: view.editor is not None)
    editor = view.editor
    assert editor is not None
    editor.set_content(merge(editor.content(), content))
    editor.judge()
    screen.press(view.submit)
    screen.answer("提交")
    approvals = screen.page("approvals", ApprovalsPage)
    screen.wait(lambda: approvals.view.page is not None)
    assert approvals.view.page is not None
    return approvals.view.page.row.id


def link(page: ProjectsPage, words: str) -> QToolButton:
    """What leads from a project to its contract or program."""
    found: list[QToolButton] = list(page.view.entry.findChildren(QToolButton))
    return next(item for item in found if words in item.text())


def test_APPT_1_to_3_from_a_contract_to_a_numbered_project(screen: Screen) -> None:
    world = screen.world
    screen.sit(CLERK)
    contract = merge(CONTRACT, {"contract": {"client_manager": chosen(world, CLIENT_MANAGER)}})
    filing = register(screen, "contract", contract)
    screen.approve(filing, HEAD)
    (project,) = opened(world, filing)

    screen.sit(TECHNICAL)
    page = screen.project_called(project.called)
    assert "暂-2026-001　滨海线信号改造工程" in page.view.title.text()
    told: list[QLabel] = list(page.view.entry.findChildren(QLabel))
    assert any("HT-2026-77" in label.toolTip() for label in told)
    page.view.begin_form("appointment")
    nomination = {"manager": chosen(world, MANAGER), "reason": "做过同类项目"}
    filing = submit(screen, {"nomination": nomination})
    screen.approve(filing, CLIENT_MANAGER)
    screen.approve(filing, HEAD)

    (due,) = (item for item in screen.due(CLERK) if item.project_id == project.id)
    assert due.opens == "numbering"
    screen.project_called(project.called).view.begin_form("numbering")
    screen.wait(lambda: "预计编号 JC-2026-001" in shown_text(screen.window))
    submit(screen, {"numbering": {"short_name": "信号改造"}})
    page = screen.project("JC-2026-001")
    assert page.view.page is not None
    assert page.view.page.project.short_name == "信号改造"
    assert page.view.page.project.state == "starting"

    screen.press(link(page, "查看合同"))
    screen.wait(lambda: page.contracts.view.page is not None)
    shown = page.contracts.view.page
    assert shown is not None
    assert [item.number for item in shown.projects] == ["JC-2026-001"]
    assert [(item.department, item.amount) for item in shown.targets.lines] == [
        ("系统集成部", 750_000_00),
        ("软件开发部", 250_000_00),
    ]
    assert verify_office(world.office) == []


def test_PROG_1_a_program_is_registered_and_seen_with_its_projects(screen: Screen) -> None:
    world = screen.world
    screen.sit(CLERK)
    program = {"name": "滨海一期", "manager": chosen(world, TECHNICAL), "across": "departments"}
    members = [{"id": "a", "project": "综合监控"}, {"id": "b", "project": "RJ-2026-902 票务清分软件"}]
    filing = register(screen, "program", {"program": program, "members": members})
    screen.approve(filing, TECHNICAL)
    screen.approve(filing, HEAD)
    screen.sit(TECHNICAL)
    page = screen.project(RUNNING)
    screen.press(link(page, "查看大项目"))
    screen.wait(lambda: page.programs.view.page is not None)
    shown = page.programs.view.page
    assert shown is not None
    assert {item.short_name or item.name for item in shown.projects} == {"综合监控", "票务清分软件"}
    assert page.part.current == "programs"
    assert not page.register.buttons["contract"].isVisible(), "the head of a department registers no contracts"
