"""The log of this installation, and the ways by which errors that nobody caught come into it."""

from __future__ import annotations

import copy
import logging
import sys
import threading
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from desktop.services.diagnosis_keeper import ErrorKeeper

BYTES, OLDER = 1_000_000, 3
_IN_FULL = 3

log = logging.getLogger(__name__)


class Log(RotatingFileHandler):
    """The rotating log. An error over and over is written in full three times, then told ever more rarely.

    A second program that holds the file keeps it from being rotated on Windows: it then grows on until that ends.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(file, maxBytes=BYTES, backupCount=OLDER, encoding="utf-8", delay=True)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        self._counts: dict[str, int] = {}
        self._told = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry, or only count it."""
        if not record.exc_info or record.levelno < logging.ERROR:
            super().emit(record)
            return
        try:
            from desktop.services.diagnosis_errors import incident_of
        except ImportError:  # of a damaged program all is written
            super().emit(record)
            return
        key = incident_of(record).signature
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if count <= _IN_FULL:
            super().emit(record)
        elif not count & (count - 1):
            brief = copy.copy(record)
            brief.msg, brief.args = f"{record.getMessage()} (the same error, now {count} times)", None
            brief.exc_info = brief.exc_text = None
            super().emit(brief)

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def doRollover(self) -> None:  # noqa: N802 (the library's name)
        """Begin a new file, or go on in the old one where it cannot be renamed."""
        try:
            super().doRollover()
        except OSError:
            if self.stream is None:
                self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the library's name)
        """Tell once that the log cannot be written; the work goes on without."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._told:
            self._told = True
            if sys.stderr is not None:
                print(f"日志“{self.baseFilename}”无法写入：{error.strerror}", file=sys.stderr)  # noqa: T201


def keep_log(file: Path) -> None:
    """Keep a log in this file and the last errors beside it, without what was being worked on."""
    logging.basicConfig(level=logging.INFO, handlers=[Log(file), ErrorKeeper(file.parent)])


def watch_errors(tell: Callable[[Exception], None]) -> None:
    """From now on log what nobody caught, in whichever thread, and ``tell`` a person of it.

    ``tell`` is called in the thread where it happened.
    """

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception):  # an interruption is no fault
            sys.__excepthook__(kind, error, trace)
            return
        log.error("unexpected", exc_info=(kind, error, trace))
        tell(error)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            log.error("cannot be raised", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, in_thread, unraisable
