"""A person at the real window: sits down, fills in forms, presses buttons, reads what stands there."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.todos import Todo
from desktop.ui.application import Application
from desktop.ui.desk import Desk
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.projects import ProjectsPage
from desktop.ui.pages.workbench import WorkbenchPage
from desktop.ui.paper_dialog import PaperDialog
from desktop.ui.window import Window
from tests.services.world import FILLED, World, merge

W = TypeVar("W", bound=QWidget)
PATIENCE_MS = 30_000


@dataclass
class Screen:
    """The program's window over a world."""

    world: World
    application: Application
    qtbot: QtBot

    @property
    def window(self) -> Window:
        assert self.application.window is not None
        return self.application.window

    @property
    def desk(self) -> Desk:
        assert self.application.desk is not None
        return self.application.desk

    def wait(self, until: Callable[[], bool] = lambda: True) -> None:
        def quiet() -> bool:
            return self.application.operations.idle and until()

        self.qtbot.waitUntil(quiet, timeout=PATIENCE_MS)

    def press(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def answer(self, text: str) -> None:
        """Press a button of the question that stands over the window."""
        self.wait(lambda: self.shown(QMessageBox) is not None)
        box = self.shown(QMessageBox)
        assert box is not None
        self.press(next(item for item in box.buttons() if item.text() == text))
        self.wait()

    def shown(self, kind: type[W]) -> W | None:
        """The window of that kind that stands open."""
        found = [item for item in QApplication.topLevelWidgets() if isinstance(item, kind) and item.isVisible()]
        return found[-1] if found else None

    def sit(self, name: str) -> None:
        self.desk.seat(self.world.who(name))
        self.wait()

    def page(self, key: str, kind: type[W]) -> W:
        page = self.window.go_to(key)
        assert isinstance(page, kind)
        self.wait()
        return page

    def project(self, number: str) -> ProjectsPage:
        page = self.page("projects", ProjectsPage)
        page.show_item("project", self.world.project(number).id)
        self.wait(lambda: page.view.page is not None and page.view.page.project.number == number)
        return page

    def project_called(self, number: str) -> ProjectsPage:
        """The page of a project that has no official number yet."""
        page = self.page("projects", ProjectsPage)
        page.show_item("project", self.world.project(number).id)
        self.wait(lambda: page.view.page is not None and page.view.page.project.called == number)
        return page

    def file(self, form: str, number: str, **more: dict[str, object]) -> UUID:
        """Start a form from the project's page, fill it in, submit it."""
        self.project(number).view.begin_form(form)
        self.wait(lambda: self.window.current == "draft")
        view = self.page("draft", DraftView)
        self.wait(lambda: view.editor is not None)
        editor = view.editor
        assert editor is not None
        editor.set_content(merge(merge(editor.content(), FILLED[form]), more))
        editor.judge()
        self.press(view.submit)
        self.answer("提交")
        approvals = self.page("approvals", ApprovalsPage)
        self.wait(lambda: approvals.view.page is not None)
        assert approvals.view.page is not None
        return approvals.view.page.row.id

    def open(self, filing: UUID) -> ApprovalsPage:
        page = self.page("approvals", ApprovalsPage)
        page.show_item("filing", filing)
        self.wait(lambda: page.view.page is not None and page.view.page.row.id == filing)
        return page

    def approve(self, filing: UUID, by: str) -> None:
        self.world.clock.pass_minutes()
        self.sit(by)
        self.press(self.open(filing).approve)
        self.wait()

    def record_paper(self, filing: UUID, clerk: str, on: dt.date, scan: Path) -> PaperDialog:
        """代录 the one signature that is due."""
        self.sit(clerk)
        self.press(self.open(filing).paper)
        self.wait(lambda: self.shown(PaperDialog) is not None)
        dialog = self.shown(PaperDialog)
        assert dialog is not None
        dialog.rows[0].on.setText(on.isoformat())
        dialog.scan.setText(str(scan))
        self.press(dialog.record)
        self.wait()
        return dialog

    def due(self, name: str) -> list[Todo]:
        """What the workbench lists for a person."""
        self.sit(name)
        page = self.page("workbench", WorkbenchPage)
        page.reload()
        self.wait()
        model = page.table.model
        self.wait(lambda: all(model.row_at(number) is not None for number in range(model.rowCount())))
        return [row for number in range(model.rowCount()) if (row := model.row_at(number)) is not None]
