"""When the first window answers: one line in the log, which people who help and the measure of start-up read."""

from __future__ import annotations

import logging
import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop import STARTED

log = logging.getLogger(__name__)
_UNSEEN_MS = 3_000
_QUESTION = QEvent.Type(QEvent.registerEventType())


class Readiness(QObject):
    """Watches a window until it has painted itself, and then has answered an event posted to it.

    The log then says “ready after N ms”, and ``answered`` follows. A window that is
    never painted, as it is minimised or on another desktop, answers after a while without a word in the log.
    """

    answered = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._asked = self._answered = False
        QTimer.singleShot(_UNSEEN_MS, self, self._answer)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._asked:
            self._asked = True
            QCoreApplication.postEvent(watched, QEvent(_QUESTION))
        elif event.type() == _QUESTION:
            watched.removeEventFilter(self)
            tell("ready")
            self._answer()
        return False

    def _answer(self) -> None:
        if not self._answered:
            self._answered = True
            self.answered.emit()


class FirstSight(QObject):
    """Tells when the first window answers, by ``answered``; of later ones nothing is told."""

    answered = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._watching = False

    def watch(self, window: QWidget) -> None:
        """Watch a window that is about to be shown, if it is the first."""
        if not self._watching:
            self._watching = True
            Readiness(window).answered.connect(self.answered)


def tell(what: str) -> None:
    """Say in the log how long after the start something was reached.

    The time counts from where Python begins with this program: of what comes before, no program can tell. Therefore
    the moment stands there, too, in seconds since 1970, for whoever started the program and knows when that was.
    """
    log.info("%s after %.0f ms (at %.3f)", what, (time.perf_counter() - STARTED) * 1000, time.time())
