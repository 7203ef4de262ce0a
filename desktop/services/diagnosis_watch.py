"""The watch for hard crashes: light, since it stands from the first moment of the window's run.

What earlier runs left behind is read by `desktop.services.diagnosis_crash`, which tells how the whole works.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import time
from pathlib import Path
from typing import IO

from desktop import __version__

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_RUNS = "run-*.txt"
_HELD_AT = 1 << 30
"""The byte by which a run holds its file: far behind all text, since Windows lets nobody read what is locked."""

log = logging.getLogger(__name__)


class CrashWatch:
    """Holds the file of this run, from the start of the window to its end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # systems give a process's number out again: what a crashed run left must not be written over
        self._file = folder / f"run-{os.getpid()}-{time.time_ns()}.txt"
        self._stream: IO[str] | None = None

    def begin(self) -> None:
        """From now on write down what this run may die of; where the folder cannot be written there is no watch."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            stream = self._begun()
        except OSError:
            log.warning("no watch for crashes in %s", self._folder, exc_info=True)
            return
        _hold(stream)
        faulthandler.enable(stream)
        self._stream = stream

    def _begun(self) -> IO[str]:
        """This run's file, the version in it; none is left where it does not fit on the disk."""
        stream = self._file.open("w+", encoding="utf-8", errors="replace")
        try:
            os.write(stream.fileno(), f"{__version__}\n".encode())
        except OSError:
            stream.close()
            self._file.unlink(missing_ok=True)
            raise
        return stream

    def end(self) -> None:
        """This run has ended well."""
        if self._stream is None:
            return
        faulthandler.disable()
        self._stream.close()
        self._stream = None
        try:
            self._file.unlink(missing_ok=True)
        except OSError:
            log.warning("cannot remove %s", self._file, exc_info=True)


def left_behind(folder: Path) -> list[Path]:
    """The files of runs that did not end well."""
    return [file for file in sorted(folder.glob(_RUNS)) if not _held(file)]


if sys.platform == "win32":

    def _lock(stream: IO[str]) -> None:
        place = stream.fileno()
        os.lseek(place, _HELD_AT, os.SEEK_SET)
        try:
            msvcrt.locking(place, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(place, 0, os.SEEK_END)

else:

    def _lock(stream: IO[str]) -> None:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _hold(stream: IO[str]) -> None:
    """Show others that this run goes on; where the file system knows no locks, its file is left alone for ever."""
    try:
        _lock(stream)
    except OSError:
        log.warning("no lock on %s", stream.name, exc_info=True)


def _held(file: Path) -> bool:
    """Whether the run that this file belongs to still goes on."""
    try:
        with file.open("r+", encoding="utf-8", errors="replace") as stream:
            _lock(stream)
    except OSError:
        return True
    return False
