"""Real copies of the program, started as a person starts them, and watched through their logs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 60
READY = "ready after"
"""A window stands, with its office or without."""
OPEN = "filled after"
"""The office is open, and its first page is filled."""


class Copy:
    """One process of the program with its home; ``words`` follow on the command line, ``by`` is what starts it."""

    def __init__(self, home: Path, *words: str | Path, cwd: Path = ROOT, by: Sequence[str] = ()) -> None:
        self.log = home / "log" / "epm-desk.log"
        self._before = len(self.said())
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [*by, sys.executable, "-m", "desktop", "--home", str(home), *map(str, words)],
            cwd=cwd,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def said(self) -> str:
        """What the log of this home says, whichever copy wrote it."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def since(self) -> str:
        """What was logged since this copy was started."""
        return self.said()[self._before :]

    def wait_for(self, words: str) -> None:
        """Wait until the log says so."""
        wait_until(lambda: words in self.since(), lambda: f"“{words}” in the log, which says: {self.since()}")

    def ended(self) -> int:
        """Wait for the end; the exit code."""
        wait_until(
            lambda: self.process.poll() is not None, lambda: f"the end of it, of which the log says: {self.since()}"
        )
        return self.process.returncode

    def end(self) -> None:
        """Kill it, wherever it is."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def wait_until(true: Callable[[], bool], what: Callable[[], str]) -> None:
    """Wait for something that comes sooner or later; else tell ``what`` it was."""
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            raise AssertionError(f"waited in vain for {what()}")
        time.sleep(0.05)
