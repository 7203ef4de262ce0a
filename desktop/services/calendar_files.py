"""The office's calendar as a workbook: days brought in from one, a year's days written as one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.domain.calendar import HOLIDAY, WORKDAY
from desktop.domain.policy_terms import Action
from desktop.exchange import calendar_book
from desktop.exchange.reading import RowVerdict
from desktop.exchange.sheet_writing import Written
from desktop.exchange.workbook import open_workbook
from desktop.services.office import Reading, Work
from desktop.services.work_calendar import DEED, calendar_days, set_day


@dataclass(frozen=True)
class CalendarImport:
    """What a calendar workbook brought: days set, and the rows that did not come in."""

    days: int
    refused: tuple[RowVerdict, ...]


def import_calendar(work: Work, path: Path) -> CalendarImport:
    """Take the days of a workbook over the office's own; rows that cannot be read are told, the rest comes in.

    Raises:
        NotAllowed: the actor may not keep the office's calendar.
        Refusal: it is no workbook, or holds no table of days.
    """
    work.need(Action.MANAGE_OFFICE, what=DEED)
    reading = calendar_book.read_calendar(open_workbook(path))
    for day in reading.days:
        set_day(work, day.on, WORKDAY if day.works else HOLIDAY, day.note)
        work.session.flush()
    refused = tuple(verdict for verdict in reading.verdicts if not verdict.accepted)
    return CalendarImport(len(reading.days), refused)


def export_calendar(reading: Reading, path: Path, year: int) -> Written:
    """Write a year's special days as a workbook that comes in again.

    Raises:
        Refusal: the file cannot be written.
    """
    days = [calendar_book.CalendarDay(row.day, row.kind == WORKDAY, row.note) for row in calendar_days(reading, year)]
    return calendar_book.write_calendar(path, days, title=f"{year} 年节假日与补班")
