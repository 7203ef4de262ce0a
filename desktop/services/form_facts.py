"""The facts that forms copy and conditions ask for, gathered from whoever keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.case import Case
from desktop.domain.clocks import deadline
from desktop.domain.fields import Content, Facts
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.ledger import project_facts
from desktop.domain.policy import Policy
from desktop.services.contracts import contract_facts
from desktop.services.filed import delivery_facts, filed_facts
from desktop.services.office import Reading
from desktop.services.plans import plan_facts
from desktop.store.tables import Waiver

FactSource = Callable[[Reading, Policy, LedgerProject], Mapping[str, Json]]
"""What one room knows of a project, by dotted name."""


def form_facts(reading: Reading, policy: Policy, project: LedgerProject | None) -> Facts:
    """The facts that a form about this project (or about the office) copies today, its deadlines included."""
    if project is None:
        return {"today": reading.today.isoformat()}
    facts: dict[str, Any] = {}
    for source in SOURCES:
        facts |= source(reading, policy, project)
    return facts


def case_of(
    reading: Reading, policy: Policy, project: LedgerProject | None, facts: Facts, content: Content | None = None
) -> Case:
    """What conditions are asked about: this project today, with a form's content where there is one."""
    return Case(policy, reading.today, project, content or {}, facts)


def _of_the_record(reading: Reading, policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    return project_facts(project, policy, reading.today)


def _of_the_clocks(reading: Reading, policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    calendar = reading.calendar()
    days = {clock.key: deadline(clock, project, calendar) for clock in policy.clocks}
    return {f"clock.{key}": day.isoformat() if day else None for key, day in days.items()}


def _waived(reading: Reading, _policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    query = select(Waiver.gate, Waiver.condition).where(Waiver.project_id == project.id).order_by(Waiver.at)
    return {"waivers": [f"{gate}/{condition}" for gate, condition in reading.session.execute(query)]}


SOURCES: tuple[FactSource, ...] = (
    *(_of_the_record, _of_the_clocks, plan_facts, contract_facts, _waived),
    *(filed_facts, delivery_facts),
)
"""Everyone who knows something of a project; a room that keeps more of it adds its own."""
