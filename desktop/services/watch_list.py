"""What projects owe their monitoring: meetings missed and milestones unchecked, as one list (MON-2, MON-3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.ledger import Project as LedgerProject
from desktop.services.milestones import unchecked_milestones
from desktop.services.office import Reading
from desktop.services.projects import visible
from desktop.services.rhythms import missed_rhythms


@dataclass(frozen=True)
class Owed:
    """One thing that a project owes: ``days`` are working days to its day, negative when late; ``forms`` answer it."""

    key: str
    project: LedgerProject
    what: str
    why: str
    due: dt.date
    days: int
    forms: tuple[str, ...]
    rule: str
    strength: str
    late: bool

    @property
    def time_text(self) -> str:
        """How near its day is."""
        if self.late:
            return f"逾期 {-self.days} 个工作日" if self.days else "已过期限"
        return f"还有 {self.days} 个工作日" if self.days else "今天"


def owed_checks(reading: Reading, actor: UUID) -> list[Owed]:
    """Everything that the projects which the actor may see have missed, the longest missed first."""
    within, today = visible(reading, actor), reading.today
    calendar, milestones = reading.calendar(), reading.policy.milestones
    found = [
        Owed(
            f"{item.rule.key}:{item.project.id}",
            item.project,
            item.rule.title,
            item.why,
            item.due,
            -item.days,
            (item.rule.form,),
            item.rule.rule,
            item.rule.strength.label,
            item.due < today,
        )
        for item in missed_rhythms(reading, within)
    ]
    found += [
        Owed(
            f"{item.line}:{item.project.id}",
            item.project,
            f"里程碑“{item.name}”检查",
            item.why,
            item.due,
            calendar.workdays_until(today, item.due),
            milestones.forms,
            milestones.rule,
            milestones.strength.label,
            item.due < today,
        )
        for item in unchecked_milestones(reading, within)
    ]
    return sorted(found, key=lambda item: (item.due, item.project.called, item.what))


WATCHING = (
    "monitor_plan",
    "meeting",
    "milestone_review",
    "debrief",
    "special_report",
    "problem_sheet",
    "problem_closing",
)
"""The papers by which projects are watched, in the order of their lives (MON-1)."""
