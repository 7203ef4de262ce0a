"""Monthly windows (BUD-1): the projects whose form for the next month is due, and is not there yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.budget import MonthWindow, next_month
from desktop.domain.canonical import read_canonical
from desktop.domain.clocks import Urgency
from desktop.domain.filing import FilingState
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_deadlines import MonthlyRule
from desktop.domain.rights import plays
from desktop.services.office import Reading
from desktop.services.projects import projects_where, subject_of, visible
from desktop.services.standing import standing_of
from desktop.store.tables import Filing, MonthBudget, Project, Section


@dataclass(frozen=True)
class OpenWindow:
    """A project that a monthly window waits for: until ``end`` it is in time."""

    rule: MonthlyRule
    project: LedgerProject
    month: str
    start: dt.date
    end: dt.date
    urgency: Urgency


def open_windows(reading: Reading, actor: UUID, *, everyone: bool = False) -> list[OpenWindow]:
    """What monthly windows wait for: the actor's own, or (``everyone``) all that the actor sees; nothing before time.

    A project in the month in which it was initiated works by the budget that its 立项 brought (BUD-2).
    """
    policy, today = reading.policy, reading.today
    standing = standing_of(reading.session, actor, today)
    found = []
    for rule in policy.windows:
        start, end = MonthWindow(rule.first, rule.last).days(today)
        if today < start - dt.timedelta(days=rule.remind):
            continue
        month = next_month(today)
        done = _done(reading, rule, month)
        for project in projects_where(reading, visible(reading, actor) & Project.state.in_(rule.states)):
            told = everyone or any(plays(policy, standing, role, subject_of(project)) for role in rule.tells)
            if told and project.id not in done:
                found.append(OpenWindow(rule, project, month, start, end, _urgency(today, end)))
    return found


def _urgency(today: dt.date, end: dt.date) -> Urgency:
    if today > end:
        return Urgency.LATE
    return Urgency.TODAY if today == end else Urgency.SOON


def _done(reading: Reading, rule: MonthlyRule, month: str) -> set[UUID]:
    """The projects that have their budget of the month, or have asked for it."""
    kept = set(reading.session.scalars(select(MonthBudget.project_id).where(MonthBudget.month == month)))
    query = (
        select(Filing.project_id, Section.text)
        .join(Section, Section.revision_id == Filing.revision_id)
        .where(
            Filing.form_key == rule.form,
            Filing.state == FilingState.IN_APPROVAL.value,
            Section.key == "month",
        )
    )
    asked = {project_id for project_id, text in reading.session.execute(query) if _month(text) == month}
    return kept | {project_id for project_id in asked if project_id is not None}


def _month(text: str) -> str:
    found: Any = read_canonical(text)
    return str(found.get("month") or "")
