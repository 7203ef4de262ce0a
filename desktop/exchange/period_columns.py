"""Periods that a spreadsheet writes in two columns, 开始 and 结束, where a form asks for both days in one."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.exchange.headings import fold
from desktop.exchange.table_finding import FoundColumn

_STARTS = ("开始", "起始", "开工", "start")
_ENDS = ("结束", "完成", "截止", "完工", "终止", "finish", "end")


def two_columns(columns: Iterable[FoundColumn]) -> tuple[int, int] | None:
    """The places of the columns with the first and the last day, among those that mean nothing else."""
    spare = [(column.index, fold(column.heading)) for column in columns if column.field_key is None]
    starts = [place for place, heading in spare if _says(heading, _STARTS)]
    ends = [place for place, heading in spare if _says(heading, _ENDS) and not _says(heading, _STARTS)]
    return (starts[0], ends[0]) if starts and ends else None


def _says(heading: str, words: tuple[str, ...]) -> bool:
    return any(word in heading for word in words)
