"""The office's calendar of holidays and 补班 days: shown, edited, imported and exported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.calendar import HOLIDAY, WORKDAY
from desktop.domain.errors import Refusal
from desktop.domain.policy_terms import Action
from desktop.services.office import Reading, Work
from desktop.services.statutory import statutory_days
from desktop.store.locks import take_turn
from desktop.store.tables import CalendarDay

DEED = "维护工作日历"


@dataclass(frozen=True)
class DayRow:
    """A day that is not what its weekday says. ``own`` tells the office's days from the library's.

    ``id`` and ``version`` are those of the office's own record, which the library's days have none of.
    """

    day: dt.date
    kind: str
    note: str
    own: bool
    id: UUID | None = None
    version: int = 0

    @property
    def label(self) -> str:
        """The word for its kind."""
        return {HOLIDAY: "休", WORKDAY: "班"}[self.kind]


@dataclass(frozen=True)
class SeenDay:
    """The office's own record of a day as somebody saw it: its id and version, or that there was none."""

    id: UUID | None = None
    version: int = 0


def calendar_days(reading: Reading, year: int) -> list[DayRow]:
    """Every special day of a year, the office's own over the statutory ones."""
    days = {
        day: DayRow(day, kind, note, own=False) for day, (kind, note) in statutory_days().items() if day.year == year
    }
    query = select(CalendarDay).where(CalendarDay.day.between(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    for row in reading.session.scalars(query):
        days[row.day] = DayRow(row.day, row.kind, row.note, own=True, id=row.id, version=row.version)
    return [days[day] for day in sorted(days)]


def calendar_notice(reading: Reading) -> str:
    """A word about where the calendar's data ends, once that is near; nothing while there is time."""
    end = reading.calendar().known_until
    if end - reading.today > dt.timedelta(days=120):
        return ""
    return (
        f"节假日数据到 {end.isoformat()} 为止，之后的期限暂按周一至周五推算。"
        f"国务院公布 {end.year + 1} 年放假安排后，请在“设置—工作日历”中录入或导入。"
    )


def set_day(work: Work, day: dt.date, kind: str, note: str = "", *, seen: SeenDay | None = None) -> None:
    """Say that a day is off work (``holiday``) or worked (``workday``), whatever the statutory calendar says.

    ``seen`` is the office's own record of that day as the caller saw it; left out, whatever it is by now.

    Raises:
        NotAllowed: the actor may not keep the office's calendar.
        Stale: somebody else said something about that day since.
    """
    work.need(Action.MANAGE_OFFICE, what=DEED)
    if kind not in {HOLIDAY, WORKDAY}:
        raise Refusal(f"日期类型“{kind}”不认识。", kept="没有作任何改动。", todo="请选择“休”或“班”。")
    row = _as_seen(work, day, seen, {"kind": kind, "note": note.strip()})
    if row is None:
        work.session.add(CalendarDay(day=day, kind=kind, note=note.strip()))
    else:
        row.kind = kind
        row.note = note.strip()


def clear_day(work: Work, day: dt.date, *, seen: SeenDay | None = None) -> None:
    """Take back the office's own word about a day; the statutory calendar holds again.

    Raises:
        NotAllowed: the actor may not keep the office's calendar.
        Stale: somebody else said something else about that day since it was ``seen``.
    """
    work.need(Action.MANAGE_OFFICE, what=DEED)
    row = _as_seen(work, day, seen, {})
    if row is not None:
        work.session.delete(row)


def _as_seen(work: Work, day: dt.date, seen: SeenDay | None, mine: Mapping[str, object]) -> CalendarDay | None:
    take_turn(work.session, f"day:{day}")
    row = work.session.scalar(select(CalendarDay).where(CalendarDay.day == day))
    if seen is not None:
        key = row.id if row is not None else seen.id
        if key is not None:
            version = seen.version if seen.id in {None, key} else 0
            work.session.need_version(CalendarDay, key, row, version, mine)
    return row
