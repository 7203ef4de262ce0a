"""Who saves a diagnostic report, known to every dialog that may offer one."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakMethod

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget

Saver = Callable[[QWidget], None]
_PLACE = "helpline"


class Helpline(QObject):
    """Knows who saves a diagnostic report, for dialogs that open wherever something fails; one per program."""

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self._saver: WeakMethod[Saver] | None = None

    @property
    def saver(self) -> Saver | None:
        """Who saves a report now; nobody where there is none, or not any more."""
        return self._saver() if self._saver is not None else None

    def offer(self, saver: Saver) -> None:
        """Let this method save reports from now on, as long as its object lives."""
        self._saver = WeakMethod(saver)


def helpline() -> Helpline | None:
    """The program's helpline; none where there is no program on the screen."""
    application = QCoreApplication.instance()
    if application is None:
        return None
    found = application.property(_PLACE)  # to look among its children would make a Python object of each of them
    if not isinstance(found, Helpline):
        found = Helpline(application)
        application.setProperty(_PLACE, found)
    return found
