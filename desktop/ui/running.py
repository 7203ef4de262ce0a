"""The program's one run: Qt in the house's looks, the application, and nothing left once its last window is closed."""

from __future__ import annotations

import errno
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop.services.diagnosis_log import watch_errors
from desktop.services.home import Home
from desktop.ui import theme
from desktop.ui.alarm import Alarm
from desktop.ui.application import Application
from desktop.ui.identity import introduce
from desktop.ui.loading import TURN_SECONDS, Rest
from desktop.ui.operations import leave_behind

if TYPE_CHECKING:
    from desktop.ui.start import Example


def run(target: str, home: Home, *, example: Example | None = None) -> int:
    """Run the program until its last window is closed; returns the exit code. ``target`` may be empty.

    Raises:
        ImportError, OSError: a part of the program is missing or damaged.
    """
    sys.setswitchinterval(TURN_SECONDS)
    app = make_application()
    alarm = Alarm(app)
    watch_errors(alarm.sound)
    application = Application(home, example=example)
    alarm.repeated.connect(application.hint)
    alarm.shut_out.connect(application.operations.shut_out)
    rest = Rest(application.operations)
    rest.broken.connect(application.lack)
    application.ready.connect(rest.begin)
    application.begin(target)
    code = app.exec()
    ended = rest.stop()
    if not (application.close() and ended):
        leave_behind(code, application, rest)
    if application.broken is not None:
        raise application.broken
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
    app = QApplication([*sys.argv[:1], *theme.STYLE])
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
