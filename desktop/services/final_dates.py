"""The contracts' 终验 dates (FAT-1): the list that the 项目管理员 keeps, and who is told a month ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.clocks import Urgency, due_items
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_deadlines import ClockRule
from desktop.services.office import Reading
from desktop.services.projects import projects_where, visible
from desktop.store.tables import Project

DATE = "planned_final_on"
"""The date of a project that the contract sets for 终验."""


@dataclass(frozen=True)
class FinalDate:
    """A project whose 终验 is to come. ``told`` says that its notice has gone out: the month ahead has begun."""

    project: LedgerProject
    on: dt.date | None
    days: int | None
    urgency: Urgency

    @property
    def told(self) -> bool:
        """Whether PM and 客户经理 have it among what is due."""
        return self.on is not None and self.urgency is not Urgency.LATER


def final_dates(reading: Reading, actor: UUID) -> list[FinalDate]:
    """Closed integration projects and software projects before their 结项, by date; without one at the end.

    Which kinds in which states owe a 终验 is said by the policy's clocks that start on the contract's date.
    """
    clocks = [clock for clock in reading.policy.clocks if clock.starts == DATE]
    states = {state for clock in clocks for state in clock.states}
    projects = projects_where(reading, visible(reading, actor) & Project.state.in_(states))
    dated = due_items(projects, clocks, reading.calendar(), reading.today)
    found = [FinalDate(item.project, item.on, item.days, item.urgency) for item in dated]
    undated = [
        FinalDate(project, None, None, Urgency.LATER)
        for project in projects
        if project.planned_final_on is None and any(_owes(project, clock) for clock in clocks)
    ]
    return found + undated


def _owes(project: LedgerProject, clock: ClockRule) -> bool:
    done = clock.done and project.date(clock.done)
    return project.state in clock.states and (not clock.kinds or project.kind in clock.kinds) and not done
