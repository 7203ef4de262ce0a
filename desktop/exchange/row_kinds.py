"""Telling the rows of a table from what stands between them: totals, signatures, notes, repeated headings."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from desktop.exchange.cells import CellValue, cell_text, is_blank
from desktop.exchange.headings import fold
from desktop.exchange.workbook import SheetRow

_TOTAL = re.compile(
    r".{0,16}?(?:总计|合计|小计|共计|累计|总和|汇总)(?:金额|数|元|万元)?\d*|(?:grand|sub)?total|sum",
)
_SIGNATURE = re.compile(
    r"\s*(?:制\s*表|制\s*单|编\s*制|填\s*报|填\s*表|审\s*核|复\s*核|审\s*批|批\s*准|校\s*对|统\s*计|经\s*办|"
    r"主\s*管|签\s*字|签\s*名|签\s*章|盖\s*章|打印|报送|领导|部门负责人|负责人签[字名])"
    r"\s*[人者员]?\s*(?:单位|部门|日期|时间|[(（][^)）]*[)）])?\s*[:：].*",
    re.DOTALL,
)
_NOTE = re.compile(r"\s*(?:[(（]?\s*(?:附?注|说明|填[表报]说明|备注)\s*\d*\s*[:：、.)）]|[※*＊]).*", re.DOTALL)
_COUNTERS = frozenset({"序号", "序", "行号", "no", "编次", "号", "id", "number", "index", "seq"})
_WIDE = 3


class RowKinds:
    """What the rows under one heading are; ``keys`` maps column → field key, ``headings`` column → its texts.

    ``required`` are the columns of words that a line cannot do without: a row that has them all is a line whatever
    it is called, a total has none but its name. ``wide`` are first cells of areas merged sideways.
    """

    def __init__(
        self,
        keys: Mapping[int, str],
        required: Collection[int],
        headings: Mapping[int, tuple[str, ...]],
        wide: Collection[tuple[int, int]],
    ) -> None:
        self._keys = keys
        self._required = frozenset(required)
        self._headings = {
            column: {fold(text) for text in texts} | {fold("".join(texts))} for column, texts in headings.items()
        }
        self._counters = {column for column, texts in headings.items() if fold("".join(texts)) in _COUNTERS} - set(keys)
        self._wide = frozenset(wide)

    def why_skipped(self, row: SheetRow) -> str | None:
        """Why this row is no line of the table; ``None`` if it is one, nothing for a blank row."""
        filled = {column: value for column, value in enumerate(row.cells, 1) if not is_blank(value)}
        if all(column in self._counters and _is_count(value) for column, value in filled.items()):
            return ""
        if self._repeats_heading(filled):
            return "重复的表头"
        marker = next(iter(filled))
        if not self._complete(filled, marker):
            reason = self._aside(row.number, filled)
            if reason is not None:
                return reason
        if not filled.keys() & self._keys.keys():
            return "可识别的列都是空的"
        return None

    def _repeats_heading(self, filled: Mapping[int, CellValue]) -> bool:
        same = sum(1 for column, value in filled.items() if fold(cell_text(value)) in self._headings.get(column, ()))
        return same > 1 and same * 5 >= len(filled) * 4

    def _complete(self, filled: Mapping[int, CellValue], marker: int) -> bool:
        """Whether everything required is there (the column with the word in question does not count)."""
        others = self._required - {marker}
        return bool(others) and others <= filled.keys()

    def _aside(self, number: int, filled: Mapping[int, CellValue]) -> str | None:
        texts = {column: value for column, value in filled.items() if isinstance(value, str)}
        first = next(iter(texts.values()), "")
        if _SIGNATURE.fullmatch(first):
            return "签字栏"
        if _NOTE.fullmatch(first) and len(filled) <= _WIDE:
            return "注释"
        if any(_TOTAL.fullmatch(fold(text)) for text in texts.values()) and self._mostly_figures(filled):
            return "小计或合计"
        if len(filled) == 1 and texts:
            column = next(iter(texts))
            if column not in self._required or (number, column) in self._wide:
                return "只有一格文字，当作说明"
        return None

    @staticmethod
    def _mostly_figures(filled: Mapping[int, CellValue]) -> bool:
        words = [
            value
            for value in filled.values()
            if isinstance(value, str) and not re.fullmatch(r"[\d.,，¥￥%\s元万亿个项-]+", value)
        ]
        return len(words) <= _WIDE


def _is_count(value: CellValue) -> bool:
    return not isinstance(value, str) or value.strip().isdigit()
