"""What this machine remembers of each chain's end, so that a tail that was cut off or replaced is found out.

An installation that has seen a head keeps it in its own folder, where whoever has the office's data in hand does not
reach it. Paper does the same: the weekly list bears the newest seal of all.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from desktop.domain.errors import Refusal
from desktop.services.home import Home
from desktop.store.heads import Head, Seen

_FOLDER = "anchors"
_MOST, _KEPT = 4000, 1000
_log = logging.getLogger(__name__)


class Anchors:
    """The heads that this machine has seen of one office at one place, in a file that only grows."""

    def __init__(self, home: Home, office: UUID, place: str) -> None:
        self._file = home.folder / _FOLDER / f"{office.hex}.jsonl"
        self._place = place
        self._last: dict[str, tuple[int, str]] = {}

    def note(self, heads: Sequence[Head], now: dt.datetime) -> None:
        """Remember these heads, seen at the aware moment ``now``; where nothing can be written nothing else fails."""
        new = [head for head in heads if head.seq and self._last.get(head.device) != (head.seq, head.hash)]
        if not new:
            return
        try:
            self._append([{**asdict(head), "seen": now.astimezone().isoformat()} for head in new])
        except OSError:
            _log.warning("cannot write %s", self._file, exc_info=True)
            return
        self._last |= {head.device: (head.seq, head.hash) for head in new}

    def accept(self, heads: Sequence[Head], now: dt.datetime) -> None:
        """Begin anew with these heads: somebody has found right what does not hold what was seen before.

        Raises:
            Refusal: it cannot be written.
        """
        try:
            self._append([{"accepted": now.astimezone().isoformat()}])
        except OSError as error:
            raise Refusal("不能在本机记下。", kept="没有作任何改动。", details=str(error)) from error
        self._last.clear()
        self.note(heads, now)

    def seen(self) -> tuple[Seen, ...]:
        """All heads that are remembered of this place since they were accepted; else those of the office elsewhere."""
        own: list[Seen] = []
        elsewhere: list[Seen] = []
        accepted = False
        for line in self._lines():
            here = line.get("place") == self._place
            if "accepted" in line:
                accepted |= here
                own = [] if here else own
                continue
            try:
                seen = _seen(line, "本机" if here else f"本机在“{line['place']}”")
            except (KeyError, TypeError, ValueError):
                continue  # a line that was cut short when the machine went off
            (own if here else elsewhere).append(seen)
        return tuple(own if own or accepted else elsewhere)

    def tidy(self) -> None:
        """Keep the newest lines of a file that has grown long."""
        lines = list(self._lines())
        if len(lines) > _MOST:
            text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines[-_KEPT:])
            aside = self._file.with_suffix(".new")
            aside.write_text(text, encoding="utf-8")
            aside.replace(self._file)

    def _append(self, lines: Iterable[Mapping[str, object]]) -> None:
        text = "".join(f"{json.dumps({**line, 'place': self._place}, ensure_ascii=False)}\n" for line in lines)
        try:
            self._write(text)
        except FileNotFoundError:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._write(text)

    def _write(self, text: str) -> None:
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(text)

    def _lines(self) -> Iterator[dict[str, object]]:
        try:
            text = self._file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        for line in text.splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if isinstance(told, dict):
                yield told


def _seen(line: Mapping[str, object], where: str) -> Seen:
    device, name, seq, sealed, seen = (line[key] for key in ("device", "name", "seq", "hash", "seen"))
    if not isinstance(seq, int):
        raise TypeError(seq)
    at = dt.datetime.fromisoformat(str(seen))
    return Seen(Head(str(device), str(name), seq, str(sealed)), f"{where}于 {at.date()} ", at)
