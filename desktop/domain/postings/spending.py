"""Postings of monthly budgets and claims (BUD)."""

from __future__ import annotations

import datetime as dt

from desktop.domain.field import Content
from desktop.domain.form import lines_of, value_of
from desktop.domain.outcome import MonthPlan, Outcome, Posting


def _set_month(content: Content, _on: dt.date) -> Outcome:
    month = str(value_of(content, "month", "month"))
    return Outcome(month=MonthPlan(month, lines_of(content, "lines")))


def _spend(content: Content, _on: dt.date) -> Outcome:
    return Outcome(spends=lines_of(content, "lines"))


POSTINGS: dict[str, Posting] = {"set_month": _set_month, "spend": _spend}

MOVES: dict[str, str] = {}
