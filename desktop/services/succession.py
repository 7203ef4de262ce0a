"""Who goes on with the papers of a project manager who is it no longer (CHG-5)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from desktop.domain.filing import FilingState
from desktop.domain.policy_terms import Action
from desktop.domain.rights import may
from desktop.services.office import Reading
from desktop.services.projects import get_project, subject_of
from desktop.services.standing import standing_of
from desktop.store.tables import Filing, Project


def acts_as_author(reading: Reading, actor: UUID, filing: Filing) -> bool:
    """Whether the actor may recall, rework and submit a filing: its author, or the project's manager after them.

    The manager takes a paper over once its author may not file such papers on the project any more.
    """
    return filing.author_id == actor or _inherits(reading, actor, filing)


def returned_to(reading: Reading, actor: UUID) -> list[UUID]:
    """The returned filings that are the actor's to mend, by number: their own while they may file, and inherited."""
    query = (
        select(Filing)
        .outerjoin(Project, Filing.project_id == Project.id)
        .where(Filing.state == FilingState.RETURNED.value, or_(Filing.author_id == actor, Project.manager_id == actor))
        .order_by(Filing.number)
    )
    return [
        item.id
        for item in reading.session.scalars(query)
        if (_files(reading, actor, item) if item.author_id == actor else _inherits(reading, actor, item))
    ]


def _inherits(reading: Reading, actor: UUID, filing: Filing) -> bool:
    if filing.project_id is None or filing.author_id is None:
        return False
    manager = get_project(reading, filing.project_id).manager
    if manager is None or manager.id != actor:
        return False
    return _files(reading, actor, filing) and not _files(reading, filing.author_id, filing)


def _files(reading: Reading, person_id: UUID, filing: Filing) -> bool:
    subject = subject_of(get_project(reading, filing.project_id) if filing.project_id else None)
    standing = standing_of(reading.session, person_id, reading.today)
    return may(reading.policy, standing, Action.FILE, subject, filing.form_key)
