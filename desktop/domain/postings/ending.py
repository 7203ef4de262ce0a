"""Postings of withdrawal, acceptance and the office's own adjustments (PAUSE-2, WDR, CLOSE, FAT)."""

from __future__ import annotations

import datetime as dt

from desktop.domain.canonical import Json
from desktop.domain.field import Content
from desktop.domain.fields import DateField
from desktop.domain.form import day_of, lines_of, value_of
from desktop.domain.forms.acceptance import PASSED
from desktop.domain.forms.office_adjustment import CORRECT, CORRECTABLE, PAUSE, corrected
from desktop.domain.outcome import Outcome, Posting


def _adjust(content: Content, on: dt.date) -> Outcome:
    """PAUSE-2: a pause in fact, or what stood wrong in the ledger."""
    kind = value_of(content, "adjustment", "kind")
    if kind == PAUSE:
        resume_by = day_of(content, "pause", "resume_by")
        return Outcome("pause", {"paused_on": on, "resume_by": resume_by, "pause_until": None, "resumed_on": None})
    return _corrections(content) if kind == CORRECT else Outcome()


def _corrections(content: Content) -> Outcome:
    dates: dict[str, dt.date | None] = {}
    sets: dict[str, Json] = {}
    if named := value_of(content, "people", "client_manager"):
        sets["client_manager"] = named
    for line in lines_of(content, "corrections"):
        key, value = corrected(line)
        if isinstance(CORRECTABLE[key], DateField):
            dates[key] = dt.date.fromisoformat(value) if isinstance(value, str) else None
        else:
            sets[key] = value if value is not None or key == "amount" else ""
    return Outcome(dates=dates, sets=sets)


def _notify(content: Content, _on: dt.date) -> Outcome:
    """WDR-1: the client manager knows; a notice that is taken back leaves the project as it was."""
    cancelled = value_of(content, "notice", "step") == "cancel"
    return Outcome(dates={"withdrawing_on": None if cancelled else day_of(content, "notice", "on")})


def _withdraw(content: Content, on: dt.date) -> Outcome:
    """WDR-3: the project is withdrawn, or its closing starts instead."""
    if value_of(content, "reason", "way") == "close":
        return Outcome("close_instead", {"closing_started_on": on, "withdrawing_on": None})
    return Outcome("withdraw", {"withdrawn_on": on})


def _accept_preliminary(content: Content, _on: dt.date) -> Outcome:
    if value_of(content, "acceptance", "conclusion") not in PASSED:
        return Outcome()
    return Outcome(dates={"preliminary_on": day_of(content, "acceptance", "accepted_on")})


def _accept_final(content: Content, _on: dt.date) -> Outcome:
    """FAT-2: a closed project is complete; one that is not closed yet (software) may then start its closing."""
    if value_of(content, "acceptance", "conclusion") not in PASSED:
        return Outcome()
    accepted = day_of(content, "acceptance", "accepted_on")
    return Outcome("complete", {"final_on": accepted}, may_stay=True)


def _transfer(content: Content, on: dt.date) -> Outcome:
    """CLOSE-3: maintenance takes over, where it is asked for as a project of its own."""
    if value_of(content, "successor", "opens") != "yes":
        return Outcome()
    given = content.get("successor") or {}
    keys = ("name", "short_name", "kind", "department", "manager", "amount", "planned_final_on", "contract_no")
    line: dict[str, Json] = {key: given.get(key) for key in keys}
    project = content.get("project") or {}
    line |= {
        "id": "successor",
        "unnumbered": True,
        "registered_on": on.isoformat(),
        "customer": project.get("customer"),
        "client_manager": project.get("client_manager"),
        "note": f"由 {project.get('number') or project.get('name') or '原项目'} 转维护",
    }
    return Outcome(opens=[line])


POSTINGS: dict[str, Posting] = {
    "adjust_ledger": _adjust,
    "notify_withdrawal": _notify,
    "withdraw": _withdraw,
    "accept_preliminary": _accept_preliminary,
    "accept_final": _accept_final,
    "transfer": _transfer,
}

MOVES: dict[str, str] = {"adjust_ledger": "pause", "accept_final": "complete"}
SEVERAL_MOVES: dict[str, tuple[str, ...]] = {"withdraw": ("withdraw", "close_instead")}
"""Postings that lead to one of several states."""
