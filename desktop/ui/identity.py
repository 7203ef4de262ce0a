"""Who the program is to the system: its name, version and icon, so that a desktop shows it as one program."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from desktop import NAME, TITLE, __version__

if sys.platform == "win32":
    import ctypes

TASKBAR_ID = "EpmDesk.EpmDesk"
"""Windows groups windows on the taskbar under this name; without one it would be that of Python."""


def introduce(app: QApplication) -> None:
    """Tell Qt and the system name and version; before the first window is shown."""
    app.setApplicationName(NAME)
    app.setApplicationDisplayName(TITLE)
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(NAME)
    if sys.platform == "win32":
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(TASKBAR_ID)


def wear_icon(app: QApplication) -> None:
    """Give all windows the program's icon, also those that stand: the first need not wait until it is drawn."""
    from desktop.ui.emblem import app_icon

    app.setWindowIcon(app_icon())
