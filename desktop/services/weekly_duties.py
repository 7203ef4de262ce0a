"""Which projects owe a weekly report today and which are excused, by the policy's gate (WEEK-8, PAUSE-3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from desktop.domain.case import Case
from desktop.domain.gates import Unmet, unmet
from desktop.domain.ledger import Project as LedgerProject
from desktop.services.office import Reading
from desktop.services.projects import projects_where, visible
from desktop.store.tables import Project

GATE = "weekly_report"
"""The gate that every weekly report passes."""


@dataclass(frozen=True)
class WeeklyDuty:
    """A running project, and what keeps weekly reports from it; nothing does where one is owed."""

    project: LedgerProject
    unmet: tuple[Unmet, ...]

    @property
    def owed(self) -> bool:
        """Whether a weekly report is asked for."""
        return not self.unmet


def weekly_duties(reading: Reading, actor: UUID) -> list[WeeklyDuty]:
    """Every project under way that the actor may see, by number, with its duty today.

    A policy without the gate knows no weekly reports: nobody owes any.
    """
    policy, today = reading.policy, reading.today
    gate = next((item for item in policy.gates if item.key == GATE), None)
    if gate is None:
        return []
    going = [state.key for state in policy.states if not state.ends]
    projects = projects_where(reading, visible(reading, actor) & Project.state.in_(going))
    return [WeeklyDuty(project, tuple(unmet(gate, Case(policy, today, project)))) for project in projects]
