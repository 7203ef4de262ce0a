"""The facts that forms copy and conditions ask for, gathered from whoever keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.calendar import calendar_facts
from desktop.domain.canonical import Json
from desktop.domain.case import Case
from desktop.domain.clocks import deadline
from desktop.domain.field import Content, Facts
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.ledger import project_facts
from desktop.domain.policy import Policy
from desktop.services.contracts import contract_facts
from desktop.services.entry_facts import FORM_SOURCES
from desktop.services.filed import delivery_facts, filed_facts
from desktop.services.handovers import handover_facts
from desktop.services.initiation import feasibility_facts, implementation_plan_facts
from desktop.services.office import Reading
from desktop.services.opinions import opinion_facts
from desktop.services.plans import plan_facts
from desktop.services.spending import money_facts
from desktop.services.standing import people_by_id
from desktop.store.tables import Waiver

FactSource = Callable[[Reading, Policy, LedgerProject], Mapping[str, Json]]
"""What one room knows of a project, by dotted name."""


def form_facts(
    reading: Reading,
    policy: Policy,
    project: LedgerProject | None,
    form_key: str = "",
    author: UUID | None = None,
) -> Facts:
    """The facts that a form about this project (or about the office) copies today, its deadlines included.

    What only one form asks for is gathered for that ``form_key`` alone; ``author`` is who fills it in.
    """
    facts: dict[str, Any] = {"today": reading.today.isoformat()}
    if author is not None:
        facts["author"] = {"id": str(author), "name": people_by_id(reading.session, {author})[author].name}
    if project is not None:
        for source in SOURCES:
            facts |= source(reading, policy, project)
    if form_key in FORM_SOURCES:
        facts |= FORM_SOURCES[form_key](reading, policy, project)
    if project is not None and author is not None and form_key == policy.tracking.raise_with:
        facts |= opinion_facts(reading, policy, project, author)
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


def _of_the_calendar(reading: Reading, _policy: Policy, _project: LedgerProject) -> Mapping[str, Json]:
    return calendar_facts(reading.calendar())


def _waived(reading: Reading, _policy: Policy, project: LedgerProject) -> Mapping[str, Json]:
    query = select(Waiver.gate, Waiver.condition).where(Waiver.project_id == project.id).order_by(Waiver.at)
    return {"waivers": [f"{gate}/{condition}" for gate, condition in reading.session.execute(query)]}


SOURCES: tuple[FactSource, ...] = (
    _of_the_record,
    _of_the_clocks,
    _of_the_calendar,
    plan_facts,
    contract_facts,
    money_facts,
    implementation_plan_facts,
    feasibility_facts,
    filed_facts,
    delivery_facts,
    handover_facts,
    _waived,
)
"""Everyone who knows something of a project; a room that keeps more of it adds its own."""
