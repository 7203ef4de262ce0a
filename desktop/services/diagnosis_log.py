"""The log of this installation, and the ways by which errors that nobody caught come into it."""

from __future__ import annotations

import copy
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import TextIO

from desktop.services.diagnosis_keeper import ErrorKeeper

BYTES, OLDER = 1_000_000, 3
_IN_FULL = 3

log = logging.getLogger(__name__)


class Log(logging.FileHandler):
    """The rotating log. An error over and over is written in full three times, then told ever more rarely.

    A second program that holds the file keeps it from being rotated on Windows: it then grows on until that ends.
    (The library's own rotating handler brings sockets and pickles with it: every start would wait for them.)
    """

    def __init__(self, file: Path) -> None:
        super().__init__(file, encoding="utf-8", delay=True)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        self._counts: dict[str, int] = {}
        self._told = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry, or only count it."""
        if not record.exc_info or record.levelno < logging.ERROR:
            self._write(record)
            return
        try:
            from desktop.services.diagnosis_errors import incident_of
        except ImportError:  # of a damaged program all is written
            self._write(record)
            return
        key = incident_of(record).signature
        count = self._counts[key] = self._counts.get(key, 0) + 1
        if count <= _IN_FULL:
            self._write(record)
        elif not count & (count - 1):
            brief = copy.copy(record)
            brief.msg, brief.args = f"{record.getMessage()} (the same error, now {count} times)", None
            brief.exc_info = brief.exc_text = None
            self._write(brief)

    def _write(self, record: logging.LogRecord) -> None:
        """Write an entry, into a new file where it would fill this one."""
        try:
            if self.stream is None:
                self.stream = self._open()
            if self._is_full(self.stream, record):
                self._begin_anew(self.stream)
            super().emit(record)
        except Exception:  # noqa: BLE001 – as every handler: what it fails at must not fail the work
            self.handleError(record)

    def _is_full(self, stream: TextIO, record: logging.LogRecord) -> bool:
        stream.seek(0, os.SEEK_END)  # a second program may write into it, too
        return stream.tell() + len(self.format(record)) + 1 >= BYTES

    def _begin_anew(self, stream: TextIO) -> None:
        """The next entry goes into a new file, the older ones move on by one; where they cannot, into the old one."""
        stream.close()
        self.stream = None
        file = Path(self.baseFilename)
        files = [file, *(file.with_name(f"{file.name}.{number}") for number in range(1, OLDER + 1))]
        with suppress(OSError):  # another program has it open, or the stick is read-only by now
            for newer, older in reversed([*pairwise(files)]):
                if newer.exists():
                    newer.replace(older)

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

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
