"""Projects that may be paused in fact (PAUSE-2): the list that the PMO goes through with the heads of departments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.ledger import Project as LedgerProject
from desktop.services.office import Reading
from desktop.services.projects import projects_where, visible
from desktop.store.tables import Change, Changeset, Document, Filing, Project


@dataclass(frozen=True)
class PauseCandidate:
    """A project under way of which nothing was heard; ``since`` is the day of the last record, ``why`` says so."""

    project: LedgerProject
    since: dt.date
    why: str


CandidateSource = Callable[[Reading, Sequence[LedgerProject]], Iterable[PauseCandidate]]
"""Finds, among projects that could be paused, those that seem to be so in fact."""


def pause_candidates(reading: Reading, actor: UUID) -> list[PauseCandidate]:
    """The candidates among the projects that the actor may see, the longest silent first; each once.

    Nothing is done to them: that takes an 办公室调整 which the head of the department confirms.
    """
    sources = {key for item in reading.policy.transitions if item.key == "pause" for key in item.sources}
    projects = projects_where(reading, visible(reading, actor) & Project.state.in_(sources))
    found: dict[UUID, PauseCandidate] = {}
    for source in CANDIDATE_SOURCES:
        for item in source(reading, projects):
            found.setdefault(item.project.id, item)
    return sorted(found.values(), key=lambda item: (item.since, item.project.called))


def _nothing_recorded(reading: Reading, projects: Sequence[LedgerProject]) -> Iterable[PauseCandidate]:
    """No filing, no archived document and no change of the ledger for as many weeks as the policy says."""
    weeks = reading.policy.pausing.quiet_weeks
    limit = reading.today - dt.timedelta(weeks=weeks)
    last = _last_records(reading)
    for project in projects:
        at = last.get(project.id)
        day = at.astimezone().date() if at else None
        if day is not None and day <= limit:
            quiet = (reading.today - day).days // 7
            why = f"自 {day} 起 {quiet} 周没有表单、存档或台账变动（满 {weeks} 周列入）；是否停工须向部门核实"
            yield PauseCandidate(project, day, why)


def _last_records(reading: Reading) -> dict[UUID, dt.datetime]:
    """The last moment at which anything was recorded about each project."""
    filed = select(Filing.project_id, func.max(func.coalesce(Filing.decided_at, Filing.submitted_at)))
    archived = select(Document.project_id, func.max(Document.at))
    changed = (
        select(Change.entity_id, func.max(Changeset.at))
        .join(Changeset, Changeset.id == Change.changeset_id)
        .where(Change.entity == "project")
        .group_by(Change.entity_id)
    )
    rows = [
        *reading.session.execute(filed.where(Filing.project_id.is_not(None)).group_by(Filing.project_id)),
        *reading.session.execute(archived.where(Document.project_id.is_not(None)).group_by(Document.project_id)),
        *((UUID(str(key)), at) for key, at in reading.session.execute(changed)),
    ]
    found: dict[UUID, dt.datetime] = {}
    for key, at in rows:
        if at is not None and (key not in found or at > found[key]):
            found[key] = at
    return found


CANDIDATE_SOURCES: tuple[CandidateSource, ...] = (_nothing_recorded,)
"""Everyone who can tell that a project stands still; weekly reports that stopped come first once they are kept."""
