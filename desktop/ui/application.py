"""The program on the screen: from start-up to an open office, the person who sits down, and the window."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QObject, QSettings, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QDialog

from desktop.domain.errors import Refusal
from desktop.services.diagnosis_log import watch_errors
from desktop.services.due import counts
from desktop.services.home import Home
from desktop.services.office import Office, Reading
from desktop.services.opening import data_notice, local_clock
from desktop.services.people import people_refs, person_ref, role_line
from desktop.services.work_calendar import calendar_notice
from desktop.ui import theme
from desktop.ui.alarm import Alarm
from desktop.ui.desk import Desk
from desktop.ui.diagnostics import Diagnostics
from desktop.ui.error_dialog import show_error
from desktop.ui.finders import finders_for
from desktop.ui.identity import introduce
from desktop.ui.instance import Claims, Elsewhere, Silent, bring_forward
from desktop.ui.operations import Operations
from desktop.ui.page import Tab
from desktop.ui.pages.approvals import ApprovalsPage
from desktop.ui.pages.changes import ChangesPage
from desktop.ui.pages.draft import DraftView
from desktop.ui.pages.projects import ProjectsPage
from desktop.ui.pages.settings import SettingsPage
from desktop.ui.pages.weekly import WeeklyPage
from desktop.ui.pages.workbench import WorkbenchPage
from desktop.ui.readiness import Readiness, tell
from desktop.ui.start import Clock, Example, Opener, StartDialog
from desktop.ui.who import Lock, WhoDialog
from desktop.ui.window import Window

TABS = (
    Tab("workbench", "工作台", WorkbenchPage),
    Tab("projects", "项目", ProjectsPage, frozenset({"project"})),
    Tab("weekly", "周报", WeeklyPage),
    Tab("changes", "变更", ChangesPage),
    Tab("approvals", "审批", ApprovalsPage, frozenset({"filing"})),
    Tab("settings", "设置", SettingsPage, frozenset({"settings"})),
    Tab("draft", "", DraftView, frozenset({"draft"})),
)
"""The pages of the window; the last has no tab of its own."""

_HINT_MS = 8_000

log = logging.getLogger(__name__)


class Application(QObject):
    """Owns what lives as long as the program: the background, the open office, its window."""

    def __init__(self, home: Home, *, example: Example | None = None, clock: Clock = local_clock) -> None:
        super().__init__()
        self.home = home
        self.operations = Operations(self)
        self.claims = Claims(home, self)
        self.claims.called.connect(bring_forward)
        self.window: Window | None = None
        self.desk: Desk | None = None
        self.lock: Lock | None = None
        self.start: StartDialog | None = None
        self.diagnostics = Diagnostics(home, self.operations, self._subject, self)
        self._wanted = ""
        self._example, self._clock = example, clock
        self._memory = QSettings(str(home.folder / "window.ini"), QSettings.Format.IniFormat)

    def begin(self, target: str = "") -> None:
        """Open the office that was named, or the one remembered, or lead through the first start.

        Where another copy is at it already, that one comes forward and this one ends.
        """
        wanted = target or self.home.remembered().target
        self._wanted = wanted
        if not wanted:
            self._begin_with_nothing()
            return
        self._opener = Opener(self.home, self.operations, self.claims, QDialog(), self._clock)
        self._opener.opened.connect(self.enter)
        self._opener.refused.connect(self._open_failed)
        self._opener.declined.connect(self._begin_with_nothing)
        self._opener.open(wanted)

    def show_start(self, trouble: Refusal | None = None) -> None:
        """Show the first-start pages; closing them without an office ends the program."""
        self.start = StartDialog(
            *(self.home, self.operations, self.claims),
            example=self._example,
            trouble=trouble,
            clock=self._clock,
            parent=self.window,
        )
        self.start.accepted.connect(self._started)
        self.start.rejected.connect(self.claims.back)
        self.start.about_wanted.connect(partial(self.diagnostics.show_about, self.start))
        Readiness(self.start)
        self.start.open()

    def enter(self, office: Office) -> None:
        """Seat the person who sat here last, or ask who it is, and show the office's window."""
        remembered = self.home.remembered().person_id
        known = {str(person.id): person.id for person in office.read(people_refs)}
        if remembered in known:
            self._show(office, known[remembered])
        elif len(known) == 1:
            self._show(office, next(iter(known.values())))
        else:
            self._ask_who(office)

    def close(self) -> None:
        """Close the window and let go of the office, also for other copies."""
        self._leave()
        self.claims.release()

    def hint(self, text: str) -> None:
        """Say something in passing, where there is a window."""
        if self.window is not None:
            self.window.statusBar().showMessage(text, _HINT_MS)

    def _subject(self) -> Office | str:
        """What a report is about: the open office, or the data that should have been opened."""
        return self.desk.office if self.desk is not None else self._wanted or self.home.remembered().target

    def _leave(self) -> None:
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None
        if self.desk is not None:
            self.operations.finish()
            self.desk.office.close()
            self.desk = None

    def _begin_with_nothing(self, trouble: Refusal | None = None) -> None:
        """Show the start pages, once for each home; ``trouble`` is told in any case."""

        def then(_nothing: None) -> None:
            self.claims.settle()
            self.show_start(trouble)

        self.operations.start(
            self, lambda _ticket: self.claims.seize(""), then, failed=lambda error: self._end(trouble or error)
        )

    def _open_failed(self, error: Exception) -> None:
        if isinstance(error, Elsewhere | Silent):
            self._end(error)
            return
        if not isinstance(error, Refusal):
            show_error(None, error)
        self.claims.back()
        self._begin_with_nothing(error if isinstance(error, Refusal) else None)

    def _end(self, error: Exception) -> None:
        """End before there was a window: another copy has come forward, or the person is told why not."""
        if isinstance(error, Elsewhere):
            QApplication.exit(0)
            return
        log.warning("not started: %s", error)
        show_error(None, error).finished.connect(lambda: QApplication.exit(1))

    def _started(self) -> None:
        if self.start is not None and self.start.office is not None:
            self.enter(self.start.office)

    def _ask_who(self, office: Office) -> None:
        dialog = WhoDialog(office, self.operations)

        def answered(result: int) -> None:
            if result == QDialog.DialogCode.Accepted and dialog.person_id is not None:
                self._show(office, dialog.person_id)
            else:
                office.close()
                self.claims.back()
            dialog.deleteLater()

        dialog.finished.connect(answered)
        dialog.open()

    def _show(self, office: Office, actor: UUID) -> None:
        self._leave()
        self.claims.settle()
        self.home.remember(person_id=str(actor))
        desk = Desk(office, actor, self.operations, self._memory)
        window = Window(desk, TABS, finders_for(desk, TABS), badges, sitter)
        self.desk, self.window = desk, window
        self.lock = Lock(desk, window)
        window.switch_wanted.connect(self.lock.switch)
        window.lock_wanted.connect(self.lock.lock)
        window.other_wanted.connect(self.show_start)
        window.about_wanted.connect(partial(self.diagnostics.show_about, window))
        window.go_to("workbench")
        desk.read(window, lambda reading: notices(reading, office), window.set_notice)
        Readiness(window)
        self.operations.settled.connect(lambda: tell("filled"), Qt.ConnectionType.SingleShotConnection)
        window.show()
        crashed = self.diagnostics.notice_of_crash()
        if crashed is not None:
            window.show_bar(crashed)
        if self.home.remembered().locked:
            self.lock.lock()


def badges(reading: Reading, actor: UUID) -> Mapping[str, int]:
    """The figures on the tabs."""
    found = counts(reading, actor)
    return {"workbench": found.late, "approvals": found.waiting}


def sitter(reading: Reading, actor: UUID) -> str:
    """Who sits here, with their roles."""
    roles = role_line(reading, actor)
    name = person_ref(reading, actor).name
    return f"{name} · {roles}" if roles else name


def notices(reading: Reading, office: Office) -> str:
    """What the status line keeps saying: the data lies where it may be harmed, the calendar nears its end."""
    return "　".join(part for part in (data_notice(office), calendar_notice(reading)) if part)


def run(target: str, home: Home, *, example: Example | None = None) -> int:
    """Run the program until its last window is closed; returns the exit code. ``target`` may be empty."""
    app = make_application()
    alarm = Alarm(app)
    watch_errors(alarm.sound)
    application = Application(home, example=example)
    alarm.repeated.connect(application.hint)
    application.begin(target)
    code = app.exec()
    application.close()
    return code


def require_platform() -> None:
    """Look for Qt's part for this system's screen, without which Qt ends the process in words of its own.

    Raises:
        FileNotFoundError: it is missing.
    """
    part = {"win32": "qwindows.dll", "linux": "libqxcb.so"}.get(sys.platform)
    if part is None or "QT_QPA_PLATFORM" in os.environ:
        return
    file = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms" / part
    if not file.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file))


def make_application() -> QApplication:
    """The one QApplication, in the house's looks; what Qt has to say goes into the log."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    qInstallMessageHandler(_log_qt)
    app = QApplication(sys.argv[:1])
    theme.install(app)
    introduce(app)
    return app


_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    logging.getLogger("qt").log(_LEVELS[kind], "%s", message)
