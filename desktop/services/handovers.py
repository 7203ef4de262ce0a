"""Handover sheets of a project as other papers ask for them (CHG-5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from desktop.domain.canonical import Json, read_canonical
from desktop.domain.filing import FilingState
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.services.office import Reading
from desktop.store.tables import Filing, Section

HANDOVER = "handover"


def handover_facts(reading: Reading, _policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    """Who handed the project over to whom, by sheets signed to the end, and the newest sheet with where it stands."""
    query = (
        select(Filing.number, Filing.state, Section.text)
        .join(Section, Section.revision_id == Filing.revision_id)
        .where(Filing.project_id == project.id, Filing.form_key == HANDOVER, Section.key == "people")
        .order_by(Filing.created_at, Filing.id)
    )
    rows = [(number, FilingState(state), _people(text)) for number, state, text in reading.session.execute(query)]
    return {
        "handovers": [
            {"number": number, "giver": people.get("giver"), "receiver": people.get("receiver")}
            for number, state, people in rows
            if state is FilingState.APPROVED
        ],
        "handover.newest": f"{rows[-1][0]}（{rows[-1][1].label}）" if rows else None,
    }


def _people(text: str) -> dict[str, Any]:
    found: Any = read_canonical(text)
    return dict(found)
