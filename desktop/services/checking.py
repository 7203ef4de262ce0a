"""Verification of a whole office: file, schema, journal, state, filings, archive, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from desktop.domain.filing import FilingState
from desktop.services.approving import chain_progress
from desktop.services.filing_content import current_revision
from desktop.services.office import Office, Reading
from desktop.services.turns import asked_now
from desktop.store.tables import Filing, Turn
from desktop.store.verify import Finding, verify

__all__ = ["Finding", "verify_office"]


def verify_office(office: Office) -> list[Finding]:
    """Check everything and change nothing; an empty list means that all agrees.

    Whose turn it is follows from policies and sign-offs, so it is looked at only where these agree.

    Raises:
        Refusal: the data cannot be read at all.
    """
    found = verify(office.database, root=office.keys.pin_of(office.id).key)
    return found or office.read(lambda reading: list(_check_turns(reading)))


def _check_turns(reading: Reading) -> Iterator[Finding]:
    """A filing waits for just the steps that its chain asks for.

    Of steps that everyone must sign who is waited for may lag behind people that come and go: it is no finding.
    """
    turns: dict[object, set[tuple[str, str, object]]] = {}
    for row in reading.session.scalars(select(Turn)):
        turns.setdefault(row.filing_id, set()).add(_told(row.step_key, row.role, row.person_id))
    query = select(Filing).where(Filing.state == FilingState.IN_APPROVAL.value).order_by(Filing.created_at, Filing.id)
    for filing in reading.session.scalars(query):
        kept = turns.pop(filing.id, set())
        stored = current_revision(reading.session, filing)
        chain = chain_progress(reading, filing, stored)
        asked = {_told(one.step_key, one.role, one.person_id) for one in asked_now(chain, stored.content)}
        if asked != kept and not (chain.complete and kept):
            yield _finding(filing.number or "", str(filing.id))
    for filing_id in turns:
        yield _finding("", str(filing_id))


def _told(step_key: str, role: str, person_id: object) -> tuple[str, str, object]:
    return step_key, role, None if role else person_id


def _finding(number: str, filing_id: str) -> Finding:
    what = "等谁签字与审批流和已有的签字不符：它是绕过程序改动的。"
    return Finding(f"待签 {number}".strip(), what, "turn", filing_id)
