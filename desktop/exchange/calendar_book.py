"""The office's table of holidays and 补班 days: read from a workbook, written to one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from desktop.domain import values
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Field
from desktop.domain.fields import DateField, TextField
from desktop.domain.values import Read, Unreadable
from desktop.exchange.cells import place
from desktop.exchange.reading import CellFault, RowVerdict, read_lines
from desktop.exchange.sheet_writing import Written
from desktop.exchange.table_finding import Choice, FoundTable, find_table
from desktop.exchange.table_writing import write_table
from desktop.exchange.workbook import Workbook

HOLIDAY, WORKDAY = "holiday", "workday"
_LONGEST = 120
_DAY = dt.timedelta(days=1)
_BETWEEN = re.compile(r"\s*(?:至|到|~|—+|–|――|－－|--)\s*")
_SHORT_END = re.compile(r"(?:(?:(\d{1,2})\s*[-./月]\s*)?(\d{1,2})\s*[日号]?)")


@dataclass(frozen=True)
class CalendarDay:
    """A day that is not what its weekday says: off work, or worked (补班)."""

    on: dt.date
    works: bool
    note: str = ""


@dataclass(frozen=True)
class CalendarReading:
    """What a calendar workbook says: its days in order, and the verdict on each row (refused rows give no days)."""

    table: FoundTable
    days: tuple[CalendarDay, ...]
    verdicts: tuple[RowVerdict, ...]


@dataclass(frozen=True, kw_only=True)
class _DaysField(Field):
    """One day or a span of days (``2027-02-05至2027-02-11``, ``2027年2月5日至11日``), as first and last day."""

    kind: ClassVar[str] = "period"

    def read(self, raw: object, *, unit: int = 1) -> Read:  # noqa: ARG002  every field is asked so
        if not isinstance(raw, str):
            return _span(values.read_date(raw), values.read_date(raw))
        parts = _BETWEEN.split(values.plain(raw).strip("。；; "))
        first = values.read_date(parts[0])
        if len(parts) == 1 or not isinstance(first.value, str):
            return _span(first, first)
        if len(parts) > 2:  # noqa: PLR2004
            raise Unreadable(f"“{raw}”不是起止日期，请写成 2027-02-05至2027-02-11 的样子")
        short = _SHORT_END.fullmatch(parts[1])
        end = f"{first.value[:4]}-{short[1] or first.value[5:7]}-{short[2]}" if short else parts[1]
        span = _span(first, values.read_date(end))
        return replace(span, note=f"“{raw}”读作 {self.text(span.value)}")

    def text(self, value: Json) -> str:
        return f"{value['start']} 至 {value['end']}" if isinstance(value, Mapping) else ""


_COLUMNS: tuple[Field, ...] = (
    _DaysField(
        key="days",
        label="日期",
        required=True,
        synonyms=(
            "日子",
            "时间",
            "起止日期",
            "日期范围",
            "放假日期",
            "放假时间",
            "开始日期",
            "起始日期",
            "date",
            "day",
        ),
    ),
    DateField(key="until", label="结束日期", synonyms=("截止日期", "终止日期", "至", "结束", "enddate", "to")),
    ChoiceField(
        key="kind",
        label="类型",
        required=True,
        synonyms=("类别", "休班", "性质", "安排", "是否上班", "状态", "type", "kind"),
        options=(
            Option(
                HOLIDAY,
                "休",
                (
                    "节假日",
                    "假日",
                    "假",
                    "放假",
                    "休息",
                    "休假",
                    "法定节假日",
                    "节日",
                    "公休",
                    "调休",
                    "否",
                    "holiday",
                    "off",
                ),
            ),
            Option(
                WORKDAY,
                "班",
                ("补班", "上班", "工作日", "调休上班", "调休补班", "补班日", "加班", "工作", "是", "workday", "work"),
            ),
        ),
    ),
    TextField(
        key="note", label="说明", synonyms=("备注", "名称", "节日名称", "节日", "假期", "事由", "name", "remark")
    ),
)
_EXPORTED: tuple[Field, ...] = (DateField(key="days", label="日期", required=True), *_COLUMNS[2:])


def read_calendar(workbook: Workbook, choice: Choice | None = None) -> CalendarReading:
    """Read the holidays and 补班 days of an office.

    Raises:
        Refusal: no table with 日期 and 类型 was found.
    """
    table = find_table(workbook, _COLUMNS, choice)
    verdicts = list(read_lines(table, _COLUMNS, line_faults=_span_faults))
    seen: dict[dt.date, tuple[int, bool]] = {}
    days: list[CalendarDay] = []
    for index, verdict in enumerate(verdicts):
        if not verdict.accepted:
            continue
        works = verdict.line["kind"] == WORKDAY
        clash = _clash(verdict, works, seen)
        if clash:
            verdicts[index] = replace(verdict, faults=(_fault(table, verdict.row, clash),))
            continue
        note = str(verdict.line["note"] or "")
        for day in _days(verdict.line):
            if day not in seen:
                days.append(CalendarDay(day, works, note))
            seen.setdefault(day, (verdict.row, works))
    return CalendarReading(table, tuple(sorted(days, key=lambda day: day.on)), tuple(verdicts))


def write_calendar(path: Path, days: Iterable[CalendarDay], *, title: str = "节假日与补班") -> Written:
    """Write the days, one in each row, as a workbook that ``read_calendar`` reads back.

    Raises:
        Refusal: the file cannot be written.
    """
    lines: Sequence[Mapping[str, Json]] = [
        {"days": day.on.isoformat(), "kind": WORKDAY if day.works else HOLIDAY, "note": day.note or None}
        for day in sorted(days, key=lambda day: day.on)
    ]
    return write_table(path, title, _EXPORTED, lines)


def _span(first: Read, last: Read) -> Read:
    if not isinstance(first.value, str) or not isinstance(last.value, str):
        return Read(None, first.note)
    if last.value < first.value:
        raise Unreadable(f"结束日期 {last.value} 早于开始日期 {first.value}")
    return Read({"start": first.value, "end": last.value}, first.note)


def _days(line: Mapping[str, Json]) -> list[dt.date]:
    span = line["days"]
    if not isinstance(span, Mapping):
        return []
    first = dt.date.fromisoformat(str(span["start"]))
    last = dt.date.fromisoformat(str(line.get("until") or span["end"]))
    return [first + _DAY * step for step in range((last - first).days + 1)]


def _span_faults(line: Mapping[str, Json]) -> list[tuple[str, str]]:
    span, until = line["days"], line.get("until")
    if not isinstance(span, Mapping):
        return []
    if isinstance(until, str) and until < str(span["start"]):
        return [("until", f"结束日期 {until} 早于开始日期 {span['start']}")]
    if len(_days(line)) > _LONGEST:
        return [("days", f"一次跨了 {len(_days(line))} 天，超过 {_LONGEST} 天，请核对")]
    return []


def _clash(verdict: RowVerdict, works: bool, seen: Mapping[dt.date, tuple[int, bool]]) -> str:  # noqa: FBT001
    """What an earlier row says otherwise of one of these days."""
    for day in _days(verdict.line):
        row, before = seen.get(day, (0, works))
        if before != works:
            return f"{day.isoformat()} 在第 {row} 行是“{'班' if before else '休'}”，前后不一"
    return ""


def _fault(table: FoundTable, row: int, reason: str) -> CellFault:
    column = next(column.index for column in table.columns if column.field_key == "days")
    return CellFault(place(row, column), column, "days", "日期", reason)
