"""Dependencies between tasks as people write them: ``方案设计 SS+2、到货验收 FS-1天`` (INIT-1, CTRL-6)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from desktop.domain.plan import Line, folded

LONGEST_LAG = 9_999
"""A lag of more working days than these is a slip of the pen."""
WORKING_WEEK = 5
"""A week of lag has so many working days."""


class Link(Enum):
    """How one task waits for another; the first letter is the predecessor's end, the second the successor's."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"

    @property
    def from_start(self) -> bool:
        """Whether the predecessor's start counts, not its finish."""
        return self.value[0] == "S"

    @property
    def to_finish(self) -> bool:
        """Whether the successor's finish waits, not its start."""
        return self.value[1] == "F"

    @property
    def label(self) -> str:
        """Its name in words."""
        words = {"F": "完成", "S": "开始"}
        return f"{words[self.value[0]]}-{words[self.value[1]]}"


@dataclass(frozen=True, slots=True)
class Dependency:
    """``after`` waits for ``before`` (ids of tasks), ``lag`` working days more or, negative, fewer."""

    before: str
    after: str
    kind: Link = Link.FS
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """One predecessor as it was written: which task is meant and how, or why it cannot be told (``fault``)."""

    words: str
    line: str = ""
    kind: Link = Link.FS
    lag: int = 0
    fault: str = ""


_SEPARATOR = re.compile(r"[、，,；;\n]+")
_MOST_PARTS = 6
"""A task's own name may hold so many separators."""
_SIGN = r"[+＋\-－−–]"
_LAG = rf"(?P<lag>{_SIGN}\s*\d+(?:[.．]\d+)?)\s*(?P<unit>个?工作日|个?星期|周|天|日|days?|d|weeks?|w)?"
_LETTERS = r"[FSＦＳｆｓfs]{2}"
_WORDS = r"(?:完成|开始)\s*[-－—–~～到至→]*\s*(?:完成|开始)"
_KIND = rf"(?P<kind>{_LETTERS}|{_WORDS})"
_WITH_LAG = re.compile(rf"(?P<name>.+?)[\s（(]*{_LAG}\s*[)）]?", re.IGNORECASE | re.DOTALL)
_WITH_KIND = re.compile(rf"(?P<name>.+?)[\s（(]*{_KIND}\s*(?:{_LAG})?\s*[)）]?", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"(?:第\s*)?(\d{1,6})\s*行?")
_WEEKS = frozenset({"周", "星期", "个星期", "w", "week", "weeks"})


class NameBook:
    """The tasks of a schedule by name and by number of line; names count without blanks and letter case."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._ids = [str(line["id"]) for line in lines]
        self._numbers = {key: number for number, key in enumerate(self._ids, 1)}
        self._names = {str(line["id"]): str(line.get("name") or "") for line in lines}
        self._by_name: dict[str, list[str]] = {}
        for line in lines:
            if name := folded(line.get("name")):
                self._by_name.setdefault(name, []).append(str(line["id"]))
        self._parted = any(_SEPARATOR.search(name) for name in self._by_name)

    def find(self, words: str) -> Written | None:
        """The task of that whole name, else of that number; nothing where there is none.

        A name that several tasks bear comes back with a fault.
        """
        known = self._by_name.get(folded(words))
        if known:
            fault = f"“{words}”有 {len(known)} 项任务同名，请改名或写行号" if len(known) > 1 else ""
            return Written(words, known[0], fault=fault)
        number = _NUMBER.fullmatch(words.strip())
        if number and 1 <= int(number[1]) <= len(self._ids):
            return Written(words, self._ids[int(number[1]) - 1])
        return None

    def read(self, text: str) -> list[Written]:
        """The predecessors that a 前置任务 names, in order; whole names are found before types and lags are read."""
        places, at = [], 0
        for mark in _SEPARATOR.finditer(text):
            places.append((at, mark.start()))
            at = mark.end()
        places.append((at, len(text)))
        found: list[Written] = []
        at = 0
        while at < len(places):
            taken = self._longest(text, places[at : at + _MOST_PARTS]) if self._parted else 0
            if words := text[places[at][0] : places[at + max(taken, 1) - 1][1]].strip():
                found.append(self._one(words))
            at += max(taken, 1)
        return found

    def call(self, line: str) -> str:
        """How a task is named so that it is found again: by its name, or by its number where that does not tell it."""
        name = self._names[line].strip()
        found = self.find(name) if name else None
        return name if found is not None and found.line == line and not found.fault else f"第{self._numbers[line]}行"

    def write(self, links: Iterable[Dependency]) -> str:
        """A task's dependencies as 前置任务 are written, so that they are read again as the same."""
        links = list(links)
        wanted = [(link.before, link.kind, link.lag) for link in links]
        parts = [f"{self.call(link.before)} {lag_text(link.kind, link.lag)}".rstrip() for link in links]
        for text in ("、".join(parts), "；".join(parts)):
            if _same(self.read(text), wanted):
                return text
        return "；".join(f"第{self._numbers[link.before]}行 {lag_text(link.kind, link.lag)}".rstrip() for link in links)

    def _longest(self, text: str, places: Sequence[tuple[int, int]]) -> int:
        """Of how many parts the longest name is that is known; 0 where it is one at most."""
        for count in range(len(places), 1, -1):
            words = text[places[0][0] : places[count - 1][1]].strip()
            if not self._one(words).fault:
                return count
        return 0

    def _one(self, words: str) -> Written:
        whole = self.find(words)
        if whole is not None:
            return whole
        named = words
        for pattern in (_WITH_LAG, _WITH_KIND):
            match = pattern.fullmatch(words)
            if match is None:
                continue
            named = match["name"].strip()
            task = self.find(named)
            if task is not None:
                return _with(words, task, match.groupdict())
        return Written(words, fault=f"“{named}”在进度计划中没有，请核对名称")


def _with(words: str, task: Written, parts: Mapping[str, str | None]) -> Written:
    kind = _kind(parts.get("kind"))
    lag = Decimal(_plain(parts.get("lag") or "0"))
    unit = _plain(parts.get("unit") or "").casefold()
    lag *= WORKING_WEEK if unit in _WEEKS else 1
    fault = task.fault
    if lag != lag.to_integral_value():
        fault = fault or f"“{words}”的间隔要写成整数个工作日"
    elif abs(lag) > LONGEST_LAG:
        fault = fault or f"“{words}”的间隔超过了 {LONGEST_LAG:,} 个工作日，请核对"
    return Written(words, task.line, kind, int(lag), fault)


def _kind(written: str | None) -> Link:
    if not written:
        return Link.FS
    text = "".join(char for char in _plain(written) if char.isalpha())
    letters = text.upper().replace("完成", "F").replace("开始", "S")
    return Link("".join(char for char in letters if char in "FS"))


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    return "".join(text.replace("−", "-").replace("–", "-").split())


def lag_text(kind: Link, lag: int) -> str:
    """How a type and its lag are written behind a name; nothing for 完成-开始 without lag."""
    if kind is Link.FS and not lag:
        return ""
    return f"{kind.value}{lag:+d}" if lag else kind.value


def _same(read: Sequence[Written], wanted: Sequence[tuple[str, Link, int]]) -> bool:
    return [(one.line, one.kind, one.lag) for one in read] == list(wanted) and not any(one.fault for one in read)
