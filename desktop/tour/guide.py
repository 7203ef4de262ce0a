"""Whoever leads through the program: waits for it, presses its buttons, and takes its pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton, QWidget

from desktop.tour.sameness import Moment
from desktop.tour.words import placeless, words_of
from desktop.ui.application import Application
from desktop.ui.desk import Desk
from desktop.ui.window import Window

W = TypeVar("W", bound=QWidget)

SIZE = (1366, 820)
_PATIENCE = 60.0
_ROUNDS = 12
"""So often in a row nothing was under way after the events were dealt with: then the program has come to rest."""


class Lost(Exception):
    """The tour waited in vain for something that should have happened on the screen."""


class Guide:
    """Leads through the program: waits for it, presses its buttons, takes its pictures, in order.

    ``places`` are folders whose paths the words tell under another name.
    """

    def __init__(
        self, folder: Path, moment: Moment, tell: Callable[[str], None], places: Mapping[PurePath, str]
    ) -> None:
        self.folder = folder
        self.moment = moment
        self.files: list[Path] = []
        self._tell = tell
        self._places = places
        self._count = 0

    def wait(self, application: Application, until: Callable[[], bool] = lambda: True, *, what: str = "") -> None:
        """Let the program work until nothing is under way and ``until`` holds; then a moment has passed.

        Raises:
            Lost: that did not come about within a minute; ``what`` names it.
        """
        begun, rounds = time.monotonic(), 0
        while rounds < _ROUNDS:  # rounds and not a time: what one round brought is laid out in the next, on any machine
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.01)
            rounds = rounds + 1 if application.operations.idle and until() else 0
            if time.monotonic() - begun > _PATIENCE:
                raise Lost(what or "the program did not come to rest")
        self.moment.pass_on()  # now, as nothing is reading the clock

    def picture(self, widget: QWidget, name: str) -> None:
        """Keep a picture of a window as it stands, and beside it what it says."""
        self._count += 1
        path = self.folder / f"{self._count:02d}-{name}.png"
        widget.grab().save(str(path))
        said = path.with_suffix(".txt")
        lines = placeless(words_of(widget), self._places)
        said.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
        self.files += (path, said)
        self._tell(path.name)

    def keep(self, name: str, content: bytes) -> Path:
        """Keep a print."""
        path = self.folder / name
        path.write_bytes(content)
        self.files.append(path)
        self._tell(path.name)
        return path


def open_window(guide: Guide, application: Application) -> Window:
    """The program's window, once it is open, in the pictures' size."""
    guide.wait(application, lambda: application.window is not None, what="the window")
    window = application.window
    if window is None:
        raise Lost("the window")
    window.resize(*SIZE)
    guide.wait(application)
    return window


def desk_of(application: Application) -> Desk:
    """The desk at which somebody sits."""
    if application.desk is None:
        raise Lost("the open office")
    return application.desk


def page_of(window: Window, key: str, kind: type[W]) -> W:
    """The page of that key, shown."""
    page = window.go_to(key)
    if not isinstance(page, kind):
        raise Lost(key)
    return page


def top_dialog() -> QWidget | None:
    """The dialog that stands over everything, if any."""
    shown = [item for item in QApplication.topLevelWidgets() if isinstance(item, QDialog) and item.isVisible()]
    return shown[-1] if shown else None


def top_of(kind: type[W]) -> W:
    """The dialog on top, which must be of that kind."""
    dialog = top_dialog()
    if not isinstance(dialog, kind):
        raise Lost(kind.__name__)
    return dialog


def answer(guide: Guide, application: Application, text: str, *, picture: str) -> None:
    """Answer the question that stands over the window."""
    guide.wait(application, lambda: isinstance(top_dialog(), QMessageBox), what="the question")
    box = top_of(QMessageBox)
    guide.picture(box, picture)
    found = [item for item in box.buttons() if isinstance(item, QPushButton) and item.text() == text]
    if not found:
        raise Lost(text)
    found[0].click()
    guide.wait(application)
