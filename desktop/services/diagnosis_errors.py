"""The last unexpected errors, kept for a report: what kind, where in the code, when; never what was being worked on.

An error's message may hold names, projects, paths: it goes into the log on this machine alone. What is kept here may
leave the machine: types, codes of the system and the database, and places in the code.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any

from desktop import __version__
from desktop.services.diagnosis_paths import OTHER, code_place

KEPT = 30
_DEEPEST, _FIRST, _LAST = 6, 6, 24
_NAME = re.compile(r"[A-Za-z_<][\w.<>]*", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_]{1,40}", re.ASCII)
_CODES = ("errno", "winerror", "sqlite_errorname", "sqlstate")


@dataclass(frozen=True)
class Frame:
    """One step of a traceback."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}"


@dataclass(frozen=True)
class Link:
    """One error of a chain: its type, what the system or the database calls it, and its traceback, outermost first."""

    kind: str
    codes: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Incident:
    """An unexpected error: the error first, then what it came from. ``at`` and ``last`` are UTC, ISO 8601."""

    at: str
    last: str
    count: int
    version: str
    background: bool
    links: tuple[Link, ...]

    @property
    def signature(self) -> str:
        """The same for the same error at the same place."""
        return signature(self.links)


def signature(links: tuple[Link, ...]) -> str:
    """Tells errors apart by type and place."""
    return "|".join(f"{link.kind}@{link.frames[-1] if link.frames else ''}" for link in links)


def links_of(error: BaseException | None) -> tuple[Link, ...]:
    """An error and what it came from, without any message."""
    found: list[Link] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(found) < _DEEPEST:
        seen.add(id(error))
        found.append(Link(_kind(type(error)), _codes(error), _frames(error.__traceback__)))
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        else:
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return tuple(found)


def _kind(kind: type) -> str:
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return name if _NAME.fullmatch(name) else OTHER


def _codes(error: BaseException) -> str:
    told = []
    for source in (error, getattr(error, "orig", None)):
        for name in _CODES:
            value = getattr(source, name, None)
            if isinstance(value, int | str) and _CODE.fullmatch(str(value)):
                told.append(f"{name} {value}")
    return "，".join(dict.fromkeys(told))


def _frames(trace: TracebackType | None) -> tuple[Frame, ...]:
    """The outermost and the innermost steps; a recursion's thousands are not kept."""
    frames = []
    for frame, line in islice(walk_tb(trace), 2000):
        file, name = code_place(frame.f_code.co_filename), frame.f_code.co_qualname
        frames.append(Frame(file, line, name if file != OTHER and _NAME.fullmatch(name) else OTHER))
    return tuple(frames if len(frames) <= _FIRST + _LAST else frames[:_FIRST] + frames[-_LAST:])


def incident_of(record: logging.LogRecord) -> Incident:
    """What is kept of an entry of the log: its error, or where in the code it was written."""
    error = record.exc_info[1] if record.exc_info else None
    links = links_of(error)
    if not links:
        place = code_place(record.pathname)
        function = record.funcName if record.funcName and _NAME.fullmatch(record.funcName) else OTHER
        level = logging.getLevelName(record.levelno)
        links = (Link(f"log {level}", "", (Frame(place, record.lineno, function if place != OTHER else OTHER),)),)
    at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="seconds")
    background = record.thread != threading.main_thread().ident
    return Incident(at, at, 1, __version__, background, links)


def joined(errors: list[Incident], newer: Incident) -> list[Incident]:
    """The errors with one more, newest last; the same one again counts up."""
    same = next((item for item in errors if item.signature == newer.signature), None)
    if same is None:
        return [*errors, newer][-KEPT:]
    merged = replace(newer, at=same.at, count=same.count + newer.count)
    return [*(item for item in errors if item is not same), merged]


def read_errors(file: Path) -> list[Incident]:
    """The errors that were kept, oldest first; what cannot be read is passed over."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["errors"]
        return list(_incidents(rows))[-KEPT:]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _incidents(rows: Any) -> Iterator[Incident]:  # noqa: ANN401 – whatever a file holds
    for row in rows:
        try:
            links = tuple(
                Link(str(link["kind"]), str(link["codes"]), tuple(_frame(frame) for frame in link["frames"]))
                for link in row["links"]
            )
            words = (str(row["at"]), str(row["last"]), int(row["count"]), str(row["version"]))
            yield Incident(*words, bool(row["background"]), links)
        except (KeyError, TypeError, ValueError):
            continue


def _frame(row: dict[str, Any]) -> Frame:
    return Frame(str(row["file"]), int(row["line"]), str(row["function"]))
