"""Hard crashes: what Python wrote of a run that died, found at the next start.

Each run of the window holds a file of its own in the log's folder, which it removes at its end. Python's fault handler
writes into it when the process dies of a fault (a packaged program with windows has no error stream). A file that
nobody holds any more belongs to a run that did not end well: with a fault in it, it crashed; else it was ended from
outside (a power cut, the task manager).
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from desktop.services.diagnosis_errors import Frame
from desktop.services.diagnosis_paths import OTHER, code_place
from desktop.services.diagnosis_watch import left_behind
from desktop.store.writable import write_whole

FILE = "crashes.json"
_KEPT = 10
_FRAMES = 40
_FAULT = re.compile(r"^(?:Fatal Python error|Windows fatal exception): (.+)$", re.MULTILINE)
_FAULT_WORDS = re.compile(r"[A-Za-z0-9 :_()-]{1,60}", re.ASCII)
_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (\S+)$')

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Crash:
    """A run that did not end well. ``fault`` is what it died of, empty where it was ended from outside."""

    at: str
    version: str
    fault: str
    frames: tuple[Frame, ...]
    told: bool = False


def look_back(folder: Path) -> None:
    """Look after what earlier runs left, as far as the folder can be written."""
    try:
        collect(folder)
    except OSError:
        log.warning("cannot collect crashes in %s", folder, exc_info=True)


def collect(folder: Path) -> None:
    """Turn the files of runs that did not end well into entries of the list of crashes.

    Raises:
        OSError: the folder cannot be written.
    """
    left = left_behind(folder)
    if not left:
        return
    found = []
    for file in left:
        text = file.read_text(encoding="utf-8", errors="replace")
        at = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC).isoformat(timespec="seconds")
        crash = crash_of(text, at)
        if crash.fault:
            log.warning("an earlier run crashed at %s:\n%s", at, text)
        found.append(crash)
    _write(folder, [*read_crashes(folder), *found])
    for file in left:
        file.unlink(missing_ok=True)


def crash_of(text: str, at: str) -> Crash:
    """What the file of a run says; of several threads the one that died stands first."""
    version, _, rest = text.partition("\n")
    faults = _FAULT.findall(rest)
    fault = (faults[-1] if _FAULT_WORDS.fullmatch(faults[-1]) else OTHER) if faults else ""
    dump = rest[list(_FAULT.finditer(rest))[-1].end() :] if faults else ""
    shown = version if re.fullmatch(r"[\w.+-]{1,30}", version, re.ASCII) else OTHER
    return Crash(at, shown, fault, tuple(_frames(dump))[:_FRAMES])


def _frames(dump: str) -> Iterator[Frame]:
    threads = re.split(r"\n(?=Current thread|Thread )", dump)
    own = next((part for part in threads if part.lstrip().startswith("Current thread")), dump)
    for line in own.splitlines():
        match = _FRAME.match(line)
        if match:
            place = code_place(match[1])
            known = place != OTHER and re.fullmatch(r"[\w<>.]+", match[3], re.ASCII)
            yield Frame(place, int(match[2]), match[3] if known else OTHER)


def read_crashes(folder: Path) -> list[Crash]:
    """The runs that did not end well, oldest first."""
    try:
        rows = json.loads((folder / FILE).read_text(encoding="utf-8"))["crashes"]
        return [_crash(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _crash(row: dict[str, object]) -> Crash:
    frames = row["frames"]
    if not isinstance(frames, list):
        raise TypeError
    steps = tuple(Frame(str(item["file"]), int(item["line"]), str(item["function"])) for item in frames)
    return Crash(str(row["at"]), str(row["version"]), str(row["fault"]), steps, bool(row["told"]))


def take_untold_crash(folder: Path) -> Crash | None:
    """The newest crash that nobody was told of yet; from now on it counts as told, and the older ones with it."""
    crashes = read_crashes(folder)
    untold = [crash for crash in crashes if crash.fault and not crash.told]
    if not untold:
        return None
    try:
        _write(folder, [replace(crash, told=True) for crash in crashes])
    except OSError:
        log.warning("cannot write %s", folder / FILE, exc_info=True)
    return untold[-1]


def _write(folder: Path, crashes: list[Crash]) -> None:
    kept = [asdict(crash) for crash in crashes[-_KEPT:]]
    write_whole(folder / FILE, json.dumps({"crashes": kept}, ensure_ascii=False))
