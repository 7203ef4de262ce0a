"""Postings of changes of the plan and of the project manager (CHG)."""

from __future__ import annotations

import datetime as dt

from desktop.domain.canonical import Json
from desktop.domain.field import Content
from desktop.domain.form import day_of, lines_of, value_of
from desktop.domain.forms.change import DATES, base_of
from desktop.domain.outcome import Outcome, PlanChange, Posting
from desktop.domain.plan import REGISTERS, total


def _change_plan(content: Content, _on: dt.date) -> Outcome:
    """The edited copy becomes the plan in force; the project's own figures follow it (CHG-1)."""
    days = {key: day_of(content, "change", f"new_{key}") for key, _label in DATES}
    sets: dict[str, Json] = {}
    if lines_of(content, "budget_change"):
        sets["budget"] = total(lines_of(content, "budget"))
    return Outcome(
        dates={key: day for key, day in days.items() if day},
        sets=sets,
        plan=PlanChange(
            {key: lines_of(content, key) for key in REGISTERS},
            base=base_of(content) or 0,
            note=str(value_of(content, "change", "what") or ""),
        ),
    )


def _change_manager(content: Content, _on: dt.date) -> Outcome:
    return Outcome(sets={"manager": value_of(content, "appointment", "manager")})


POSTINGS: dict[str, Posting] = {"change_plan": _change_plan, "change_manager": _change_manager}

MOVES: dict[str, str] = {}
