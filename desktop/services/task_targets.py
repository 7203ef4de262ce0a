"""Departments' task targets (任务指标, PROG-4): reckoned from a contract's module prices, or set by a filing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.filing import FilingState
from desktop.domain.form import lines_of
from desktop.domain.forms.task_targets import by_department
from desktop.services.filing_content import current_revision
from desktop.services.office import Reading
from desktop.store.tables import Filing, Project


@dataclass(frozen=True)
class Target:
    """What a department has to earn of a contract, in fen, and what it follows from."""

    department: str
    amount: int
    basis: str


@dataclass(frozen=True)
class Targets:
    """The task targets of a contract; ``filing_id`` is the filing that set them, where no module prices do."""

    lines: tuple[Target, ...]
    filing_id: UUID | None = None


def targets_of(reading: Reading, contract_id: UUID, modules: list[dict[str, Json]]) -> Targets:
    """The targets of a contract with these modules; without any, what was approved last for one of its projects."""
    if modules:
        return Targets(tuple(_target(line) for line in by_department(modules)))
    query = (
        select(Filing)
        .join(Project, Filing.project_id == Project.id)
        .where(
            Project.contract_id == contract_id,
            Filing.form_key == "task_targets",
            Filing.state == FilingState.APPROVED.value,
        )
        .order_by(Filing.decided_at.desc(), Filing.id.desc())
    )
    filing = reading.session.scalars(query).first()
    if filing is None:
        return Targets(())
    content = current_revision(reading.session, filing).content
    return Targets(tuple(_target(dict(line)) for line in lines_of(content, "targets")), filing.id)


def _target(line: dict[str, Json]) -> Target:
    amount = line.get("amount")
    return Target(str(line["department"]), amount if isinstance(amount, int) else 0, str(line.get("basis") or ""))
