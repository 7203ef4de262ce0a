"""What initiation rests on: the implementation plan in force, the feasibility study, the documents archived (INIT)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.filing import FilingState
from desktop.domain.form import lines_of, value_of
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.plan import REGISTERS
from desktop.domain.policy import Policy
from desktop.services.filing_content import Stored, current_revision
from desktop.services.office import Reading
from desktop.store.tables import Filing


def implementation_plan_facts(reading: Reading, _policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    """The 项目实施计划 in force, the latest approved: its number, its day and its lines by register (INIT-3)."""
    found = _latest_approved(reading, project, "implementation_plan")
    if found is None:
        return {}
    filing, stored = found
    lines = {f"implementation_plan.{key}": list(lines_of(stored.content, key)) for key in REGISTERS}
    return {**_identity("implementation_plan", filing), **lines}


def feasibility_facts(reading: Reading, _policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    """What the latest approved 可行性评估 concluded (INIT-5)."""
    found = _latest_approved(reading, project, "feasibility")
    if found is None:
        return {}
    filing, stored = found
    verdict = value_of(stored.content, "conclusion", "verdict")
    return {**_identity("feasibility", filing), "feasibility.conclusion": verdict}


def _identity(name: str, filing: Filing) -> dict[str, Json]:
    day = filing.effective_on
    return {f"{name}.number": filing.number, f"{name}.effective_on": day.isoformat() if day else None}


def _latest_approved(reading: Reading, project: LedgerProject, form_key: str) -> tuple[Filing, Stored] | None:
    query = (
        select(Filing)
        .where(
            Filing.project_id == project.id,
            Filing.form_key == form_key,
            Filing.state == FilingState.APPROVED.value,
        )
        .order_by(Filing.decided_at.desc(), Filing.id.desc())
        .limit(1)
    )
    filing = reading.session.scalars(query).first()
    return (filing, current_revision(reading.session, filing)) if filing else None
