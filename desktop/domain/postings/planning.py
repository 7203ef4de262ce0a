"""Postings of initiation and the first baseline (INIT)."""

from __future__ import annotations

import datetime as dt

from desktop.domain.canonical import Json
from desktop.domain.field import Content
from desktop.domain.form import day_of, lines_of, value_of
from desktop.domain.outcome import Outcome, PlanChange, Posting
from desktop.domain.plan import REGISTERS, total


def _put_plan_in_force(_content: Content, _on: dt.date) -> Outcome:
    """INIT-2: the approved lines become facts for the package; the baseline comes with the package."""
    return Outcome("put_plan_in_force")


def _initiate(content: Content, on: dt.date) -> Outcome:
    """INIT-3: the package in force is the first baseline."""
    return _begin("initiate", content, on, "application", "立项")


def _issue_plan(content: Content, on: dt.date) -> Outcome:
    """INIT-5: the reviewed 项目计划书 is the first baseline; the notice has told the day of initiation."""
    begun = _begin("issue_plan", content, on, "goals", "项目计划书")
    return Outcome(
        "issue_plan", {k: d for k, d in begun.dates.items() if k != "initiated_on"}, begun.sets, plan=begun.plan
    )


def _begin(transition: str, content: Content, on: dt.date, section: str, note: str) -> Outcome:
    registers = {key: lines_of(content, key) for key in REGISTERS}
    return Outcome(
        transition,
        dates={
            "initiated_on": on,
            "planned_preliminary_on": day_of(content, section, "planned_preliminary_on"),
            "planned_final_on": day_of(content, section, "planned_final_on"),
        },
        sets={"budget": total(registers["budget"])},
        plan=PlanChange(registers, base=0, note=note),
    )


def _open_proposed(content: Content, on: dt.date) -> Outcome:
    """INIT-5: an approved proposal opens its project in the policy's first state."""
    line: dict[str, Json] = {
        "name": value_of(content, "basics", "name"),
        "kind": value_of(content, "basics", "kind"),
        "customer": value_of(content, "basics", "customer"),
        "department": value_of(content, "basics", "department"),
        "manager": value_of(content, "basics", "manager"),
        "budget": value_of(content, "budget", "amount"),
        "planned_final_on": value_of(content, "plan", "ends_on"),
        "registered_on": on.isoformat(),
        "unnumbered": True,
    }
    return Outcome(opens=[line])


def _issue_notice(content: Content, on: dt.date) -> Outcome:
    """INIT-5: the notice says what the project is for, what it may cost and who leads it; it gets its number."""
    return Outcome(
        "issue_notice",
        dates={"initiated_on": on, "planned_final_on": day_of(content, "scope", "planned_final_on")},
        sets={
            "budget": value_of(content, "resources", "budget"),
            "manager": value_of(content, "resources", "manager"),
        },
        numbers=True,
    )


POSTINGS: dict[str, Posting] = {
    "put_plan_in_force": _put_plan_in_force,
    "initiate": _initiate,
    "open_proposed": _open_proposed,
    "issue_notice": _issue_notice,
    "issue_plan": _issue_plan,
}

MOVES: dict[str, str] = {key: key for key in ("put_plan_in_force", "initiate", "issue_notice", "issue_plan")}
