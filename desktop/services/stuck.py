"""Filings that stand still because nobody can sign them: found for who appoints people, so that none is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.rights import OFFICE, Subject
from desktop.services.approving import chain_progress
from desktop.services.filing_content import current_revision
from desktop.services.office import Reading
from desktop.services.projects import projects_by_id, subject_of
from desktop.services.standing import holders
from desktop.services.waiting import Vacancy, vacancies
from desktop.store.tables import Filing, Person, Turn


@dataclass(frozen=True)
class StuckFiling:
    """A filing that stands still, and why."""

    filing_id: UUID
    why: Vacancy


def stuck_filings(reading: Reading) -> list[StuckFiling]:
    """The filings in approval whose turn is nobody's, in the order of their turns."""
    found = []
    for filing in _doubtful(reading):
        stored = current_revision(reading.session, filing)
        chain = chain_progress(reading, filing, stored)
        why = next((item for item in vacancies(reading, filing, stored.content, chain) if item.due), None)
        if why is not None:
            found.append(StuckFiling(filing.id, why))
    return found


def _doubtful(reading: Reading) -> list[Filing]:
    """The filings of which a signature is asked that perhaps nobody can give."""
    query = (
        select(Turn, Filing, Person.active)
        .join(Filing, Turn.filing_id == Filing.id)
        .outerjoin(Person, Turn.person_id == Person.id)
        .order_by(Turn.since, Turn.id)
    )
    rows = reading.session.execute(query).all()
    projects = projects_by_id(reading, {filing.project_id for _turn, filing, _active in rows})
    subjects = {key: subject_of(item) for key, item in projects.items()}
    held: dict[tuple[UUID | None, str, Subject], bool] = {}
    found: dict[UUID, Filing] = {}
    for turn, filing, active in rows:
        subject = subjects.get(filing.project_id, OFFICE)
        key = (filing.policy_id, turn.role, subject)
        if turn.role and key not in held:
            policy = reading.policy_version(filing.policy_id)
            held[key] = bool(holders(reading.session, policy, turn.role, subject, reading.today))
        everyones = turn.role and turn.person_id
        if everyones or (turn.person_id and not active) or (turn.role and not held[key]):
            found[filing.id] = filing
    return list(found.values())
