"""Postings of pausing and closing a project."""

from __future__ import annotations

import datetime as dt

from desktop.domain.field import Content
from desktop.domain.form import day_of, lines_of, value_of
from desktop.domain.outcome import Outcome, Posting


def _pause(content: Content, on: dt.date) -> Outcome:
    resume_by = day_of(content, "reason", "resume_by")
    return Outcome("pause", {"paused_on": on, "resume_by": resume_by, "pause_until": None, "resumed_on": None})


def _resume(_content: Content, on: dt.date) -> Outcome:
    return Outcome("resume", {"resumed_on": on, "paused_on": None, "resume_by": None, "pause_until": None})


def _settle_overdue(content: Content, on: dt.date) -> Outcome:
    """PAUSE-5: what 总裁室 approved decides; withdrawal and closing then start with their own papers."""
    if value_of(content, "opinion", "verdict") == "resume":
        return _resume(content, on)
    until = day_of(content, "opinion", "until")
    return Outcome("", {"pause_until": until, "resume_by": until})


def _start_closing(content: Content, on: dt.date) -> Outcome:
    stage = value_of(content, "acceptance", "stage")
    accepted = day_of(content, "acceptance", "accepted_on")
    return Outcome(
        "start_closing",
        {"closing_started_on": on, "preliminary_on" if stage == "preliminary" else "final_on": accepted},
    )


def _close(_content: Content, on: dt.date) -> Outcome:
    return Outcome("close", {"closed_on": on})


def _keep(_content: Content, _on: dt.date) -> Outcome:
    return Outcome()


def _open_projects(content: Content, _on: dt.date) -> Outcome:
    return Outcome(opens=lines_of(content, "projects"))


POSTINGS: dict[str, Posting] = {
    "pause": _pause,
    "resume": _resume,
    "settle_overdue": _settle_overdue,
    "start_closing": _start_closing,
    "close": _close,
    "keep": _keep,
    "open_projects": _open_projects,
}

MOVES = {
    "pause": "pause",
    "resume": "resume",
    "settle_overdue": "resume",
    "start_closing": "start_closing",
    "close": "close",
}
