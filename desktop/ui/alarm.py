"""Errors that nobody caught, brought to a person once: a timer that fails a hundred times is one trouble."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from desktop.domain.errors import ShutOut

if TYPE_CHECKING:
    from desktop.ui.error_dialog import ErrorDialog

_QUIET_SECONDS, _LONGEST_SECONDS = 5.0, 600.0


class Alarm(QObject):
    """Shows one dialog at a time; the same error again is quiet for a while after it was closed, ever longer.

    ``repeated`` says in a few words what is not told by a dialog; ``shut_out`` brings what the owner of the office
    tells. ``clock`` counts seconds.
    """

    repeated = Signal(str)
    shut_out = Signal(object)
    _raised = Signal(object)

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._open: ErrorDialog | None = None
        self._counts: dict[str, int] = {}
        self._pauses: dict[str, float] = {}
        self._quiet_until: dict[str, float] = {}
        self._raised.connect(self._tell)

    def sound(self, error: Exception) -> None:
        """Tell a person of the error; may be called in any thread."""
        if not shiboken6.isValid(self):
            return
        if QThread.currentThread() == self.thread():  # not at once: what failed may be the painting of a window
            QTimer.singleShot(0, self, partial(self._raised.emit, error))
        else:
            self._raised.emit(error)

    @Slot(object)
    def _tell(self, error: Exception) -> None:
        from desktop.ui.error_dialog import key_of, show_error

        if isinstance(error, ShutOut):
            self.shut_out.emit(error)
            return
        key = key_of(error)
        self._counts[key] = self._counts.get(key, 0) + 1
        if self._open is not None and shiboken6.isValid(self._open):
            self._open.again()
        elif self._clock() < self._quiet_until.get(key, 0.0):
            self.repeated.emit(f"同一个错误又发生了（共 {self._counts[key]:,} 次），已记入诊断报告。")
        else:
            self._open = show_error(_window(), error)
            self._open.finished.connect(lambda _result: self._closed(key))

    def _closed(self, key: str) -> None:
        self._open = None
        pause = self._pauses[key] = min(self._pauses.get(key, _QUIET_SECONDS / 4) * 4, _LONGEST_SECONDS)
        self._quiet_until[key] = self._clock() + pause


def _window() -> QWidget | None:
    """The window that a person is at, and no dialog that will be gone in a moment."""
    from desktop.ui.error_dialog import ErrorDialog
    from desktop.ui.progress_box import ProgressBox

    found = QApplication.activeWindow()
    while isinstance(found, ErrorDialog | ProgressBox):
        found = found.parentWidget()
    return found
