"""Postings of weekly reports (WEEK)."""

from __future__ import annotations

import datetime as dt

from desktop.domain.field import Content
from desktop.domain.form import lines_of, value_of
from desktop.domain.outcome import Outcome, Posting, WeekReport


def _report_week(content: Content, _on: dt.date) -> Outcome:
    week, person = str(value_of(content, "week", "week")), value_of(content, "week", "person")
    return Outcome(report=WeekReport(week, person, lines_of(content, "lines")))


POSTINGS: dict[str, Posting] = {"report_week": _report_week}

MOVES: dict[str, str] = {}
