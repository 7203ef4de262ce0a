"""What projects do again and again and have missed: the 例会 of every two weeks (MON-2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from desktop.domain.calendar import WorkCalendar
from desktop.domain.canonical import canonical_text
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_deadlines import RhythmRule
from desktop.services.office import Reading
from desktop.services.projects import projects_where
from desktop.services.reported import STANDING
from desktop.store.tables import Filing, Project, Section


@dataclass(frozen=True)
class Missed:
    """A project whose last filing of a rhythm is too old: the next one was due on ``due``.

    ``last`` is the day of the last one, or ``None``; ``days`` are working days since the next one was due.
    """

    rule: RhythmRule
    project: LedgerProject
    last: dt.date | None
    due: dt.date
    days: int
    estimated: bool

    @property
    def why(self) -> str:
        """What is missing, in words."""
        often = "每周" if self.rule.weeks == 1 else f"每 {self.rule.weeks} 周"
        last = f"最近一次是 {self.last}" if self.last else "还没有记录"
        return f"{often}至少一次，{last}"


def missed_rhythms(reading: Reading, within: ColumnElement[bool]) -> list[Missed]:
    """What the projects ``within`` a condition have missed, or must do today; the longest missed first.

    Counted from the last filing, or from the beginning of the project as far as it is kept here.
    """
    found = [item for rule in reading.policy.rhythms for item in _missed(reading, rule, within)]
    return sorted(found, key=lambda item: (item.due, item.project.called, item.rule.key))


def _missed(reading: Reading, rule: RhythmRule, within: ColumnElement[bool]) -> list[Missed]:
    condition = within & Project.state.in_(rule.states)
    last, kept = _last(reading, rule, condition), _kept_since(reading, condition)
    calendar, found = reading.calendar(), []
    for project in projects_where(reading, condition):
        begun = last.get(project.id) or _beginning(project, kept.get(project.id))
        if begun is None:
            continue
        due = _next(begun, rule.weeks, calendar)
        if due <= reading.today:
            days = -calendar.workdays_until(reading.today, due)
            found.append(Missed(rule, project, last.get(project.id), due, days, not calendar.covers(due)))
    return found


def _next(begun: dt.date, weeks: int, calendar: WorkCalendar) -> dt.date:
    """So many weeks later; where nobody works on that day, the next working day."""
    day = begun + dt.timedelta(weeks=weeks)
    return day if calendar.is_workday(day) else calendar.add_workdays(day, 1)


def _beginning(project: LedgerProject, kept: dt.date | None) -> dt.date | None:
    days = (project.initiated_on or project.appointed_on, project.resumed_on, kept)
    return max((day for day in days if day is not None), default=None)


def _kept_since(reading: Reading, condition: ColumnElement[bool]) -> dict[UUID, dt.date | None]:
    """Since when each project is in this ledger: before that nobody could file anything."""
    query = select(Project.id, Filing.effective_on).join(Filing, Project.origin_filing_id == Filing.id)
    return {row[0]: row[1] for row in reading.session.execute(query.where(condition))}


def _last(reading: Reading, rule: RhythmRule, condition: ColumnElement[bool]) -> dict[UUID, dt.date]:
    """The day of each project's last filing that counts, submitted or approved."""
    query = (
        select(Filing.project_id, func.max(Filing.period))
        .join(Project, Filing.project_id == Project.id)
        .where(condition, Filing.form_key == rule.form, Filing.state.in_(STANDING), Filing.period.is_not(None))
        .group_by(Filing.project_id)
    )
    wanted: dict[str, list[str]] = {}
    for text in rule.where:
        place, _, value = text.partition("=")
        section, _, field = place.partition(".")
        wanted.setdefault(section, []).append(canonical_text({field: value})[1:-1])
    for section, probes in wanted.items():
        bears = [Section.text.contains(probe, autoescape=True) for probe in probes]
        revisions = select(Section.revision_id).where(Section.key == section, *bears)
        query = query.where(Filing.revision_id.in_(revisions))
    return {
        project_id: dt.date.fromisoformat(period)
        for project_id, period in reading.session.execute(query)
        if project_id is not None and period is not None
    }
