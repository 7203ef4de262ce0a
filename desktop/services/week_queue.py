"""All weekly reports that wait for somebody, in one look, and deciding on them together (WEEK-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.approval import Decision
from desktop.domain.field import Content
from desktop.domain.ledger import PersonRef
from desktop.domain.ledger import Project as LedgerProject
from desktop.services.approving import chain_progress, decide
from desktop.services.filing_content import stored_revision
from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.office import Reading, Work
from desktop.services.projects import project_rows
from desktop.services.reported import MEMBER_REPORT, PROJECT_REPORT
from desktop.services.standing import people_by_id
from desktop.services.waiting import own_step
from desktop.store.tables import Filing


@dataclass(frozen=True)
class WaitingReport:
    """A report that waits for the reader: what it says, and what deciding on it needs."""

    filing_id: UUID
    number: str
    form_key: str
    project: LedgerProject
    person: PersonRef | None
    week: str
    sent: dt.datetime
    content: Content
    step_key: str
    sha256: str


REPORTS = (MEMBER_REPORT, PROJECT_REPORT)
"""The forms that are decided on together."""


def count_waiting(reading: Reading, actor: UUID) -> int:
    """How many weekly reports wait for the actor's decision."""
    return len(filing_ids(reading, actor, FilingQuery(waiting_for=actor, form_keys=REPORTS)))


def waiting_reports(reading: Reading, actor: UUID) -> list[WaitingReport]:
    """Every weekly report whose next signature is the actor's, by week, project and person."""
    ids = filing_ids(reading, actor, FilingQuery(waiting_for=actor, form_keys=REPORTS))
    query = select(Filing).where(Filing.id.in_(ids))
    rows = reading.session.scalars(query).all()
    projects = {item.id: item for item in project_rows(reading, [row.project_id for row in rows if row.project_id])}
    people = people_by_id(reading.session, {row.author_id for row in rows if row.author_id})
    found = [_waiting(reading, actor, row, projects, people) for row in rows]
    return sorted(
        (item for item in found if item is not None),
        key=lambda item: (item.week, item.project.marked, item.form_key, item.person.name if item.person else ""),
    )


def _waiting(
    reading: Reading,
    actor: UUID,
    row: Filing,
    projects: Mapping[UUID, LedgerProject],
    people: Mapping[UUID, PersonRef],
) -> WaitingReport | None:
    if row.project_id is None or row.revision_id is None or row.submitted_at is None:
        return None
    stored = stored_revision(reading.session, row.revision_id)
    step = own_step(reading, actor, row, stored.content, chain_progress(reading, row, stored))
    if step is None:
        return None
    return WaitingReport(
        row.id,
        row.number or "",
        row.form_key,
        projects[row.project_id],
        people.get(row.author_id) if row.author_id else None,
        row.period or "",
        row.submitted_at.astimezone().replace(tzinfo=None),
        stored.content,
        step.step.key,
        stored.sha256,
    )


@dataclass(frozen=True)
class Verdict:
    """What the approver decided on one report, as they saw it; a return says why."""

    report: WaitingReport
    decision: Decision
    opinion: str = ""


def decide_reports(work: Work, verdicts: Sequence[Verdict]) -> int:
    """Decide on several reports at once, all or none (WEEK-4). Returns how many.

    Raises:
        Stale: one was sent anew since it was read; nothing was decided.
        Refusal: one is no longer the actor's to decide, or a return says no reason.
    """
    for item in verdicts:
        report = item.report
        decide(work, report.filing_id, report.step_key, item.decision, opinion=item.opinion, seen_sha256=report.sha256)
    return len(verdicts)
