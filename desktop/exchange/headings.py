"""Understanding column headings: which field a heading means, and in which unit its amounts stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.domain.field import Field
from desktop.domain.fields import AttachmentField, ComputedField, MoneyField, PercentField, QuantityField

PATH_MARK = " / "
"""Between a group's heading and those under it, when a heading is spelled in one line."""

EXACT, QUALIFIED, SYNONYM, PART = 40, 38, 30, 20
"""How surely a heading means a field: its label, label with its group, a synonym, one language of two."""

_UNIT_NAMES = {"元": 1, "千元": 1_000, "万元": 10_000, "万": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
_UNIT = r"(元|千元|百万元|万元|亿元|万)"
_UNIT_LINE = re.compile(rf"单位\s*[:：]?\s*(?:人民币)?\s*{_UNIT}(?![\u4e00-\u9fff])")
_UNIT_IN_BRACKETS = re.compile(rf"[(（\[【]\s*(?:单位\s*[:：]?)?\s*(?:人民币|RMB|¥)?\s*{_UNIT}\s*[)）\]】]")
_UNIT_AT_END = re.compile(rf"(?:(?<=[/,:、\-_ \n])\s*|(?=(?:百万|千|万|亿)元$)){_UNIT}$")
_BRACKETS = re.compile(r"[(（\[【〔{][^()（）\[\]【】〔〕{}]*[)）\]】〕}]")
_TRIMMINGS = re.compile(r"[\s*＊:：、,，。.\-—_#/\\|'\"“”]+")
_GROUP_TAIL = re.compile(r"(?:基本|相关)?(?:信息|情况|资料|要素|数据|内容|节点)$")
_LATIN = re.compile(r"[a-z0-9]+")
_TIME_WORD = re.compile(r"(?:日期|时间)$")


@dataclass(frozen=True)
class Match:
    """A field that a heading may mean, how surely, and by which word it was recognised."""

    key: str
    weight: int
    word: str


def fold(heading: str) -> str:
    """The heading without blanks, line breaks, brackets, width and letter case."""
    text = _UNIT_AT_END.sub("", unicodedata.normalize("NFKC", heading).strip().casefold())
    return _TRIMMINGS.sub("", _BRACKETS.sub("", text))


def unit_in(text: str) -> int | None:
    """The unit that a heading or a line above the table names, in yuan (10 000 for 万元)."""
    text = unicodedata.normalize("NFKC", text).strip()
    for pattern in (_UNIT_LINE, _UNIT_IN_BRACKETS, _UNIT_AT_END):
        match = pattern.search(text)
        if match:
            return _UNIT_NAMES[match[1]]
    return None


def unit_text(unit: int) -> str:
    """``10000`` is 万元."""
    return next((name for name, size in _UNIT_NAMES.items() if size == unit), f"{unit} 元")


class Vocabulary:
    """The words by which the columns of a table are known."""

    def __init__(self, columns: Sequence[Field]) -> None:
        self.fields = {item.key: item for item in columns}
        self._words: dict[str, tuple[str, int]] = {}
        self._cache: dict[tuple[str, ...], Match | None] = {}
        for item in columns:
            self._words.setdefault(fold(item.label), (item.key, EXACT))
        for item in columns:
            for word in item.synonyms:
                self._words.setdefault(fold(word), (item.key, SYNONYM))
            self._words.setdefault(fold(item.key), (item.key, SYNONYM))

    def readable(self, key: str) -> bool:
        """Whether a workbook may fill that field at all."""
        return not isinstance(self.fields[key], ComputedField | AttachmentField)

    def is_required_word(self, key: str) -> bool:
        """Whether every line has words (no figures, which totals have too) in that field."""
        item = self.fields[key]
        return item.required and not isinstance(item, MoneyField | QuantityField | PercentField)

    def is_money(self, key: str | None) -> bool:
        """Whether the field holds amounts, so that its column has a unit."""
        return key is not None and isinstance(self.fields[key], MoneyField)

    def recognise(self, path: tuple[str, ...]) -> Match | None:
        """The field that a heading means; ``path`` is the heading with its groups, outermost first."""
        if path not in self._cache:
            found = [match for match in self._candidates(path) if match is not None]
            self._cache[path] = max(found, key=lambda match: match.weight, default=None)
        return self._cache[path]

    def guess(self, path: tuple[str, ...]) -> str | None:
        """The field whose name at least stands inside the heading, for a dialog to propose."""
        text = fold("".join(path))
        inside = [(len(word), key) for word, (key, _) in self._words.items() if len(word) > 1 and word in text]
        return max(inside)[1] if inside else None

    def _candidates(self, path: tuple[str, ...]) -> Iterator[Match | None]:
        parts = [part for part in (fold(part) for part in path) if part]
        if not parts:
            return
        leaf = parts[-1]
        yield self._look_up(leaf)
        for group in parts[:-1]:
            short = _GROUP_TAIL.sub("", group)
            for joined in (short + leaf, leaf + short, short + _TIME_WORD.sub("", leaf)):
                match = self._look_up(joined)
                if match is not None and match.weight >= SYNONYM:
                    yield Match(match.key, max(match.weight - 1, QUALIFIED), match.word)
        if len(parts) > 1:
            yield self._look_up("".join(parts))

    def _look_up(self, word: str) -> Match | None:
        found = self._words.get(word)
        if found is not None:
            return Match(found[0], found[1], word)
        latin = "".join(_LATIN.findall(word))
        for half in (_LATIN.sub("", word), latin):
            if half and half != word:
                found = self._words.get(half)
                if found is not None:
                    return Match(found[0], PART, half)
        return None
