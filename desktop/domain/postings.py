"""Postings: what an approved filing changes in the ledger. Nothing else changes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.fields import Content
from desktop.domain.form import day_of, lines_of, value_of
from desktop.domain.ledger import Project
from desktop.domain.policy import Policy


@dataclass(frozen=True)
class Outcome:
    """What a posting does: the transition it makes (or none), dates it sets, projects it opens."""

    transition: str = ""
    dates: Mapping[str, dt.date | None] = field(default_factory=dict)
    opens: Sequence[Mapping[str, Json]] = ()


Posting = Callable[[Content, dt.date], Outcome]
"""Takes an approved content and the day of its approval."""


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
"""The closed list of postings that forms and transitions may name."""


MOVES = {
    "pause": "pause",
    "resume": "resume",
    "settle_overdue": "resume",
    "start_closing": "start_closing",
    "close": "close",
}
"""The transition that a posting may make; the policy says from where to where it leads."""


def next_state(outcome: Outcome, project: Project, policy: Policy) -> str:
    """The project's state after a posting.

    Raises:
        Refusal: the project is no longer in a state from which the policy lets it move so.
    """
    if not outcome.transition:
        return project.state
    transition = policy.transition(outcome.transition)
    if project.state not in transition.sources:
        now, target = policy.state_title(project.state), policy.state(transition.target).title
        raise Refusal(
            f"项目 {project.number} 现为“{now}”，按制度不能转为“{target}”。",
            kept="审批记录与项目状态都没有改动。",
            todo="请先核对项目的最新状态。",
        )
    return transition.target
