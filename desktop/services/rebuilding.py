"""Rebuilding an office from its journal, with whose turn it is worked out again, as a file among the backups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from desktop.domain.filing import FilingState
from desktop.services.approving import chain_progress
from desktop.services.backups import backup_folder
from desktop.services.checking import Finding, verify_office
from desktop.services.filing_content import current_revision
from desktop.services.office import Office, Work
from desktop.services.turns import asked_now, write_turns
from desktop.store.backups import REBUILT, making
from desktop.store.copying import Tell
from desktop.store.engine import open_database
from desktop.store.rebuild import Difference, Rebuilt, rebuild
from desktop.store.tables import Filing, Turn

__all__ = ["Difference", "RebuiltOffice", "rebuild_office"]


@dataclass(frozen=True)
class RebuiltOffice:
    """Where the rebuilt data lies, what came of it, and what a full check of it still finds."""

    file: Path
    rebuilt: Rebuilt
    findings: tuple[Finding, ...]


def rebuild_office(office: Office, actor: UUID, tell: Tell) -> RebuiltOffice:
    """Rebuild the open office's data from its journal into a new file in the folder of backups.

    The open data is only read. The new file takes its place as any backup does (`desktop.services.restoring`).

    Raises:
        Refusal: it cannot be read or written, or the journal makes no whole of it.
    """
    now = office.now()
    with making(office.database, backup_folder(office.home), now, REBUILT) as (partial, made):
        rebuilt = rebuild(office.database, partial, tell)
        database = open_database(partial)
        try:
            again = Office(database, office.home, office.now)
            again.run(actor, _write_turns)
            findings = tuple(verify_office(again))
        finally:
            database.close()
    return RebuiltOffice(made[0], rebuilt, findings)


def _write_turns(work: Work) -> None:
    """Let exactly those signatures be waited for that policies and sign-offs ask for."""
    under_way = set()
    query = select(Filing).where(Filing.state == FilingState.IN_APPROVAL.value).order_by(Filing.created_at, Filing.id)
    for filing in work.session.scalars(query).all():
        under_way.add(filing.id)
        stored = current_revision(work.session, filing)
        chain = chain_progress(work, filing, stored)
        asked = asked_now(chain, stored.content)
        kept = work.session.scalars(select(Turn).where(Turn.filing_id == filing.id)).all()
        if not (chain.complete and kept):
            write_turns(work, filing, asked)
    for turn in work.session.scalars(select(Turn)).all():
        if turn.filing_id not in under_way:
            work.session.delete(turn)
