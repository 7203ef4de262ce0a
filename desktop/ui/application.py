"""The program on the screen: from start-up to an open office, the person who sits down, and the window."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from desktop.domain.errors import NotAdmitted, Refusal
from desktop.services.clock import Clock, local_clock
from desktop.services.home import Home
from desktop.ui import theme
from desktop.ui.desk import Desk, Pause
from desktop.ui.diagnostics import Diagnostics
from desktop.ui.identity import wear_icon
from desktop.ui.instance import Claims, Elsewhere, Silent, bring_forward
from desktop.ui.opener import Opener
from desktop.ui.operations import Operations, Ticket
from desktop.ui.readiness import FirstSight, tell

if TYPE_CHECKING:
    from uuid import UUID

    from desktop.services.office import Office
    from desktop.ui.error_dialog import ErrorDialog
    from desktop.ui.start import Example, StartDialog
    from desktop.ui.watcher import Watcher
    from desktop.ui.who import Lock
    from desktop.ui.window import Window

_HINT_MS = 8_000
_PATIENCE_MS = 250
"""How long the window is kept back until it is known that no other copy has the data."""

log = logging.getLogger(__name__)


class Application(QObject):
    """Owns what lives as long as the program: the background, the open office, its window.

    ``ready`` follows when a window, or the start page, stands and answers.
    """

    ready = Signal()

    def __init__(self, home: Home, *, example: Example | None = None, clock: Clock = local_clock) -> None:
        super().__init__()
        self.home = home
        self.operations = Operations(self)
        self.claims = Claims(home, self, deaf=True)
        self.ready.connect(self._listen)
        self.ready.connect(self._finish)
        self.claims.called.connect(bring_forward)
        self.operations.shut_out.connect(self._turn_away)
        self.waiting: Window | None = None
        """The window before its office is open …"""
        self.window: Window | None = None
        """… and from then on."""
        self.desk: Desk | None = None
        self.lock: Lock | None = None
        self.watcher: Watcher | None = None
        self.start: StartDialog | None = None
        self.diagnostics = Diagnostics(home, self.operations, self._subject, self)
        self._wanted = ""
        self._unshown: Window | None = None
        self._sight = FirstSight(self)
        self._sight.answered.connect(self.ready)
        self._opening: Ticket | None = None
        self.broken: Exception | None = None
        """The part of the program that could not be loaded, if it ended for that."""
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._stand)
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
        self._patience.start()
        self._opening = self.operations.start(
            *(self, lambda ticket: self.claims.seize(wanted, ticket), lambda _nothing: self._claimed()),
            failed=self._open_failed,
        )
        self._unshown = self._make_window()  # meanwhile

    def show_start(self, trouble: Refusal | None = None) -> None:
        """Show the first-start pages; closing them without an office ends the program."""
        from desktop.ui.start import StartDialog

        self.start = StartDialog(
            *(self.home, self.operations, self.claims, self._example),
            trouble=trouble,
            open_now=self.home.remembered().target if self.desk is not None else "",
            clock=self._clock,
            parent=self.window or self.waiting,
        )
        self.start.accepted.connect(self._started)
        self.start.rejected.connect(self._not_started)
        self.start.about_wanted.connect(partial(self.diagnostics.show_about, self.start))
        self._sight.watch(self.start)
        self.start.open()

    def enter(self, office: Office) -> None:
        """Seat the person who sat here last, or ask who it is, and show the office's window.

        Where the server holds everybody to a login of their own, that login's person is the one.
        """
        if office.login is not None:
            from desktop.ui.seating import seat_login

            seat_login(
                *(office, office.login, self.operations, self.window or self.waiting),
                seated=partial(self._show, office),
                left=partial(self._leave_unseated, office),
            )
            return
        from desktop.ui.who import seat_person

        seat_person(
            *(office, self.home, self.operations, self.waiting),
            seated=partial(self._show, office),
            left=partial(self._leave_unchosen, office),
        )

    def close(self) -> bool:
        """Close the windows and let go of the office, also for other copies; whether nothing is under way any more."""
        if self.start is not None and shiboken6.isValid(self.start):
            self.start.close()
        if self.waiting is not None:
            self.waiting.close()
        ended = self.operations.finish()
        ended = self._leave() and ended
        self.claims.release()
        return ended

    def break_off(self, error: Exception) -> None:
        """A part of the program is missing or damaged: end; whoever runs the program is told by the error."""
        self.broken = error
        QApplication.exit(1)

    def lack(self, error: Exception) -> None:
        """A part of the program cannot be loaded: end, unless an office is open, which goes on without that part."""
        if self.window is None:
            self.break_off(error)

    def _filled(self) -> None:
        self.operations.settled.disconnect(self._filled)
        tell("filled")

    def _finish(self) -> None:
        """Do what the first window need not wait for."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            wear_icon(app)
            theme.finish(app)

    def _listen(self) -> None:
        try:
            self.claims.listen()
        except ImportError as error:
            self.lack(error)

    def hint(self, text: str) -> None:
        """Say something in passing, where there is a window."""
        window = self.window or self.waiting
        if window is not None:
            window.statusBar().showMessage(text, _HINT_MS)

    def _subject(self) -> Office | str:
        """What a report is about: the open office, or the data that should have been opened."""
        return self.desk.office if self.desk is not None else self._wanted or self.home.remembered().target

    def _stand(self) -> None:
        """Show the window that waits for its office."""
        self._patience.stop()
        if self.waiting is not None:
            return
        window, self._unshown = self._unshown or self._make_window(), None
        window.wait_for(self._wanted)
        window.given_up.connect(self._give_up)
        self.waiting = window
        self._sight.watch(window)
        window.show()

    def _claimed(self) -> None:
        """No other copy has the data: show the window, and open its office when it answers."""
        self._stand()
        window = self.waiting
        if window is None:
            return
        opener = self._opener(window)
        claimed = self._opening

        def open_now() -> None:
            if self._opening is claimed:  # not opened yet, and not given up
                self._opening = opener.open(self._wanted, waiting="")

        self.ready.connect(open_now)
        QTimer.singleShot(_PATIENCE_MS, window, open_now)  # it answered before, or is minimised and never painted

    def _pause(self, pause: Pause) -> None:
        """Close the office for a job that needs its data alone, then open it, or where it is from now on."""
        self._wanted = pause.target
        self._stand()  # first: the program ends with its last window
        self._leave()

        def back(say: Callable[[QWidget], object]) -> None:
            window = self.waiting
            if window is not None:
                say(window)
                self._opening = self._opener(window).open(self._wanted, waiting="")

        def then(words: str) -> None:
            from desktop.ui.question import tell as tell_person

            back(lambda window: tell_person(window, words))

        self._opening = self.operations.start(
            *(self, pause.work, then), failed=lambda error: back(lambda _window: self._tell(error))
        )

    def _turn_away(self, error: NotAdmitted) -> None:
        """The office lets whoever sits here in no more: let go of it, say so once, and show the start pages."""
        desk = self.desk

        def leave() -> None:
            if desk is None or self.desk is not desk:  # told already
                return
            told = told_of(error, self.window.unsaved if self.window is not None else "")
            log.warning("shut out: %s %s", told, told.details)
            self._wanted = ""
            self._stand()  # first: the program ends with its last window
            if self.lock is not None:
                self.lock.drop()
            self._leave()
            self._tell(told).finished.connect(lambda _result: self._begin_with_nothing())

        from desktop.ui.shut_out import told_of

        QTimer.singleShot(0, self, leave)

    def _opener(self, window: Window) -> Opener:
        opener = Opener(self.home, self.operations, self.claims, window, self._clock)
        opener.opened.connect(self.enter)
        opener.refused.connect(self._open_failed)
        opener.declined.connect(self._begin_with_nothing)
        return opener

    def _make_window(self) -> Window:
        from desktop.ui.tabs import TABS
        from desktop.ui.window import Window

        window = Window(TABS, self._memory)
        window.other_wanted.connect(self.show_start)
        window.login_wanted.connect(self._connect_as_other)
        window.password_wanted.connect(self._change_password)
        window.about_wanted.connect(partial(self.diagnostics.show_about, window))
        return window

    def _give_up(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
        self.claims.back()
        self._begin_with_nothing()

    def _leave(self) -> bool:
        ended = True
        if self.watcher is not None:
            ended = self.watcher.end()
            self.watcher = None
        if self.window is not None:
            self.window.shut()
            self.window.deleteLater()
            self.window = None
        if self.desk is not None:
            self.operations.finish()
            self.desk.office.close()
            self.desk = None
        return ended

    def _begin_with_nothing(self, trouble: Refusal | None = None) -> None:
        """Show the start pages, once for each home; ``trouble`` is told in any case."""
        if self.waiting is not None:
            self.waiting.wait_for("")

        def then(_nothing: None) -> None:
            self.claims.settle()
            self.show_start(trouble)

        self._opening = self.operations.start(
            *(self, lambda ticket: self.claims.seize("", ticket), then),
            failed=lambda error: self._end(trouble or error),
        )
        import_module("desktop.ui.start")  # meanwhile

    def _open_failed(self, error: Exception) -> None:
        self._patience.stop()
        if isinstance(error, ImportError):
            self.break_off(error)
            return
        if isinstance(error, Elsewhere | Silent):
            self._end(error)
            return
        if not isinstance(error, Refusal):
            self._tell(error)
        self.claims.back()
        self._begin_with_nothing(error if isinstance(error, Refusal) else None)

    def _end(self, error: Exception) -> None:
        """End before there was a window: another copy has come forward, or the person is told why not."""
        if isinstance(error, Elsewhere):
            QApplication.exit(0)
            return
        if isinstance(error, ImportError):
            self.break_off(error)
            return
        log.warning("not started: %s", error)
        self._tell(error).finished.connect(lambda: QApplication.exit(1))

    def _tell(self, error: Exception) -> ErrorDialog:
        from desktop.ui.error_dialog import show_error

        return show_error(self.window or self.waiting, error)

    def _not_started(self) -> None:
        self.claims.back()
        if self.waiting is not None:
            self.waiting.close()

    def _started(self) -> None:
        if self.start is not None and self.start.office is not None:
            self.enter(self.start.office)

    def _leave_unchosen(self, office: Office) -> None:
        """Nobody said who sits here: let go of what was opened, and end where no other window stands."""
        office.close()
        self._not_started()

    def _change_password(self) -> None:
        from desktop.ui.server_password import PasswordDialog

        if self.desk is not None:
            PasswordDialog(self.desk.office, self.operations, parent=self.window).open()

    def _leave_unseated(self, office: Office, trouble: Refusal | None) -> None:
        """Nobody sits down at what was opened: let go of it; the window that stands goes on, else begin anew."""
        office.close()
        self.claims.back()
        if self.window is None:
            self._begin_with_nothing(trouble)
        elif trouble is not None:
            self._tell(trouble)

    def _connect_as_other(self) -> None:
        """Another person sits down at the same guarded office: by their own login."""
        from desktop.ui.seating import same_office

        if self.window is None or self.desk is None:
            return
        opener = Opener(self.home, self.operations, self.claims, self.window, self._clock)
        opener.opened.connect(self.enter)
        opener.refused.connect(self._tell)
        opener.connect_to(same_office(self.desk.office))

    def _show(self, office: Office, actor: UUID) -> None:
        from desktop.ui.furnishing import furnish
        from desktop.ui.watcher import Watcher

        waiting, self.waiting = self.waiting, None
        self._leave()
        window = waiting or self._make_window()
        self.claims.settle()
        self.home.remember(person_id=str(actor))
        desk = Desk(office, actor, self.operations, self._memory)
        self.desk, self.window = desk, window
        desk.pause_wanted.connect(lambda pause: QTimer.singleShot(0, self, lambda: self._pause(pause)))
        self.lock = furnish(window, desk)
        window.go_to(window.chosen)
        self.operations.settled.connect(self._filled)
        window.show()
        self.watcher = Watcher(window, desk)
        self.watcher.begin()
        crashed = self.diagnostics.notice_of_crash()
        if crashed is not None:
            window.show_bar(crashed)
        if self.home.remembered().locked:
            self.lock.lock()
