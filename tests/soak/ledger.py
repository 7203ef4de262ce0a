"""What a client was told: one line of JSON for each thing it meant to save, and one for each answer.

A line is in the file before the client goes on, so that it outlives a client that is killed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Answer = Literal["read", "meant", "saved", "recognised", "refused", "stale", "interrupted", "failed"]
"""``meant`` precedes every save; ``recognised`` is a save whose answer was lost and that was found to be there.

``refused`` and ``stale`` are the program's words to a person about other people's work; ``interrupted`` says that the
server could not be reached; ``failed`` is what must not be: a save that the program could not carry out.
"""
DETAILS = " ‖ "
"""Between what a person reads and what unfolds below it."""
SAVED = frozenset({"saved", "recognised"})


@dataclass(frozen=True)
class Fact:
    """Something that was saved, or was meant to be.

    ``kind`` is ``filing``, ``revision``, ``signature``, ``state``, ``value`` or ``document``; ``key`` names the
    record; ``what`` holds the values that tell it.
    """

    kind: str
    key: str
    what: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One line: what was answered to which act, after how many seconds, about which facts."""

    client: str
    act: str
    answer: Answer
    facts: tuple[Fact, ...] = ()
    seconds: float = 0.0
    text: str = ""
    at: float = field(default_factory=time.time)


class Ledger:
    """A client's own file; opened again after the client was killed, it goes on."""

    def __init__(self, file: Path, client: str) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._client = client

    def note(
        self, act: str, answer: Answer, facts: Sequence[Fact] = (), *, seconds: float = 0.0, text: str = ""
    ) -> None:
        """Write one line."""
        entry = Entry(self._client, act, answer, tuple(facts), round(seconds, 4), text)
        os.write(self._file, (json.dumps(asdict(entry), ensure_ascii=False) + "\n").encode())


def read_ledgers(folder: Path) -> Iterator[Entry]:
    """Every line of every client; the last one of a client that was killed may have remained unfinished."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line.endswith("}"):
                told = json.loads(line)
                told["facts"] = tuple(Fact(**fact) for fact in told["facts"])
                yield Entry(**told)
