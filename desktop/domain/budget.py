"""Budgets: what a project has planned, spent and left, by 科目 and in all (BUD-3), and the monthly window (BUD-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.domain import money
from desktop.domain.field import Facts


@dataclass(frozen=True)
class Balance:
    """A budget against what was spent, in fen; ``waiting`` is what claims in approval ask for."""

    key: str
    title: str
    planned: int
    used: int
    waiting: int

    @property
    def left(self) -> int:
        """What may still be claimed."""
        return self.planned - self.used - self.waiting

    @classmethod
    def whole(cls, facts: Facts) -> Balance | None:
        """A project's whole budget, from the facts; ``None`` where it has none."""
        planned, used, waiting = (facts.get(f"money.{name}") for name in ("planned", "used", "waiting"))
        if not isinstance(planned, int):
            return None
        return cls(
            "", "费用预算", planned, used if isinstance(used, int) else 0, waiting if isinstance(waiting, int) else 0
        )

    def beyond(self, asked: int, noun: str) -> str:
        """Why so much cannot be had, by how much it is too much, and the way out."""
        over = money.yuan_text(asked - self.left)
        return (
            f"{noun}{self._of} {money.yuan_text(asked)} 元，超出可用余额 {money.yuan_text(self.left)} 元"
            f" {over} 元；请先办理费用预算变更（CHG-3），批准后再提交"
        )

    @property
    def _of(self) -> str:
        return f"“{self.title}”" if self.key else "合计"


def balances_of(facts: Facts) -> dict[str, Balance]:
    """The balances by 科目 from the facts; none where the budget is not planned by 科目."""
    rows = facts.get("money.lines")
    found: dict[str, Balance] = {}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping):
            key = str(row["id"])
            figures = (row["planned"], row["used"], row["waiting"])
            planned, used, waiting = (figure if isinstance(figure, int) else 0 for figure in figures)
            found[key] = Balance(key, str(row["title"]), planned, used, waiting)
    return found


def month_of(day: dt.date) -> str:
    """The month of a day as text (``2026-03``)."""
    return f"{day:%Y-%m}"


def next_month(day: dt.date) -> str:
    """The month after a day's own."""
    return month_of((day.replace(day=1) + dt.timedelta(days=32)).replace(day=1))


@dataclass(frozen=True)
class MonthWindow:
    """Days of each month, both included, in which something is usually done for the next one (BUD-1)."""

    first: int
    last: int

    def days(self, day: dt.date) -> tuple[dt.date, dt.date]:
        """The window of a day's month; the last day of a short month ends it."""
        start = day.replace(day=self.first)
        end_of_month = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
        return start, min(day.replace(day=1) + dt.timedelta(days=self.last - 1), end_of_month)

    def missed(self, day: dt.date) -> str:
        """Why a day lies outside the window; nothing where it lies within."""
        start, end = self.days(day)
        if start <= day <= end:
            return ""
        return f"一般在每月 {self.first} 日至 {self.last} 日编制下月预算，今天是 {day.month} 月 {day.day} 日"
