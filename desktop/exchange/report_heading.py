"""What stands above the table of a weekly report that was kept in Excel: whose it is, and of which week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from desktop.domain.values import Unreadable, plain, read_name, read_week, trim
from desktop.exchange.cells import cell_text
from desktop.exchange.workbook import Sheet

_WRITER = ("姓名", "填报人", "报告人", "员工姓名", "汇报人", "填表人", "员工")
_WEEK = ("周期", "周次", "报告周期", "统计周期", "报告期间", "日期", "时间", "填报周期", "周报日期", "汇报周期")
_LABELLED = re.compile(r"\s*([^:：]{1,8}?)\s*[:：]\s*(.*)", re.DOTALL)
_IN_NAME = re.compile(r"(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})")
_ROWS_SEARCHED = 30


@dataclass(frozen=True)
class ReportHeading:
    """The writer's name and the week (``2026-W47``) as the sheet tells them, each empty where it does not."""

    writer: str
    week: str


def report_heading(sheet: Sheet, header_row: int, file_name: str = "") -> ReportHeading:
    """Read what stands above the heading row ``header_row``; a week that is not there may stand in the file's name."""
    writer = week = ""
    for label, value in _labelled(sheet, header_row):
        if not writer and label in _WRITER:
            writer = str(read_name(value).value or "")
        if not week and label in _WEEK:
            week = _week(value)
    if not week and (named := _IN_NAME.search(file_name)):
        week = _week("-".join(named.groups()))
    return ReportHeading(writer, week)


def _labelled(sheet: Sheet, header_row: int) -> Iterator[tuple[str, str]]:
    """Labels with what follows them: in the same cell after a colon, or in the next cell of the row that holds any."""
    for row in sheet.between(1, min(header_row - 1, _ROWS_SEARCHED)):
        texts = [text for text in (trim(cell_text(row.value(column))) for column in range(1, sheet.width + 1)) if text]
        for at, text in enumerate(texts):
            match = _LABELLED.fullmatch(text)
            label, value = (match[1], match[2]) if match else (text, "")
            if not value and at + 1 < len(texts):
                value = texts[at + 1]
            yield re.sub(r"\s", "", plain(label)), value


def _week(text: str) -> str:
    try:
        return str(read_week(text).value or "")
    except Unreadable:
        return ""
