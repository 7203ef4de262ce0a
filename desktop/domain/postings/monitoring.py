"""Postings of meetings, reviews and problem sheets: what is tracked from then on, and what is closed (CTRL-7)."""

from __future__ import annotations

import datetime as dt

from desktop.domain.field import Content
from desktop.domain.form import day_of, lines_of, value_of
from desktop.domain.outcome import ClosedProblem, Outcome, Posting, RaisedProblem
from desktop.domain.problems import raised


def _raise_decisions(content: Content, on: dt.date) -> Outcome:
    held = day_of(content, "meeting", "on") or on
    return Outcome(problems=raised(lines_of(content, "decisions"), held))


def _raise_findings(content: Content, on: dt.date) -> Outcome:
    return Outcome(problems=raised(lines_of(content, "problems"), on))


def _raise_problem(content: Content, on: dt.date) -> Outcome:
    sheet, handling = content.get("sheet") or {}, content.get("handling") or {}
    problem = RaisedProblem(
        line={"id": "sheet", **sheet, **handling},
        title=str(sheet.get("title") or ""),
        raised_on=day_of(content, "sheet", "on") or on,
        owner=handling.get("owner"),
        department=str(handling.get("department") or ""),
        due_on=day_of(content, "handling", "due"),
        severity=str(sheet.get("severity") or ""),
        level=str(handling.get("level") or ""),
        continues=str(handling.get("earlier") or ""),
    )
    return Outcome(problems=[problem])


def _close_problem(content: Content, on: dt.date) -> Outcome:
    files = value_of(content, "attachments", "files")
    names = [str(item["name"]) for item in files if isinstance(item, dict)] if isinstance(files, list) else []
    evidence = "；".join([str(value_of(content, "closing", "evidence") or ""), *names]).strip("；")
    closed = ClosedProblem(
        str(value_of(content, "closing", "number")), day_of(content, "closing", "on") or on, evidence
    )
    return Outcome(closes=[closed])


RAISING: dict[str, Posting] = {
    "raise_decisions": _raise_decisions,
    "raise_findings": _raise_findings,
    "raise_problem": _raise_problem,
}
"""The postings that open tracked problems."""

POSTINGS: dict[str, Posting] = {**RAISING, "close_problem": _close_problem}

MOVES: dict[str, str] = {}
