"""How late something came, in the calendar's days, or in hours where no working day lies between (WEEK-5)."""

from __future__ import annotations

import datetime as dt

from desktop.domain.calendar import WorkCalendar

_HOUR = 3600


def late_text(due: dt.datetime, at: dt.datetime, calendar: WorkCalendar) -> str:
    """How long after ``due`` a moment lies, both in the office's local time; nothing where it does not."""
    if at <= due:
        return ""
    days = calendar.workdays_until(due.date(), at.date())
    if days:
        return f"{days} 个工作日"
    hours = -(-int((at - due).total_seconds()) // _HOUR)
    return f"{hours} 小时"
