"""Milestones that were reached and that nobody has checked yet (MON-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from desktop.domain.canonical import canonical_text, read_canonical
from desktop.domain.forms.milestones import MILESTONE
from desktop.domain.forms.weekly_report import DONE
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.weeks import day_in
from desktop.services.office import Reading
from desktop.services.projects import projects_where
from desktop.services.reported import STANDING
from desktop.store.tables import Filing, PlanLine, Project, ReportLine, Section

_FRIDAY = 5
_WHOLE = 10_000
_IS_ONE = canonical_text({"milestone": "yes"})[1:-1]


@dataclass(frozen=True)
class ReachedMilestone:
    """A milestone of the plan in force that was reached on a day; its check is due on ``due``.

    ``reported`` says that a weekly report called it done, else its planned day has come.
    """

    project: LedgerProject
    line: str
    name: str
    planned: dt.date
    reached: dt.date
    due: dt.date
    reported: bool

    @property
    def why(self) -> str:
        """How it is known that it was reached."""
        return "周报已报完成" if self.reported else f"计划 {self.planned} 完成"


@dataclass(frozen=True)
class _Line:
    line: str
    names: set[str]
    name: str
    planned: dt.date


def unchecked_milestones(reading: Reading, within: ColumnElement[bool]) -> list[ReachedMilestone]:
    """The milestones reached and not checked, of the projects ``within`` a condition, the longest waiting first."""
    rule = reading.policy.milestones
    if not rule.forms:
        return []
    condition = within & Project.state.in_(rule.states)
    lines = _lines(reading, condition)
    if not lines:
        return []
    done, checked = _reported(reading, condition), _checked(reading, condition, rule.forms)
    projects = {item.id: item for item in projects_where(reading, condition)}
    calendar, found = reading.calendar(), []
    for project_id, items in lines.items():
        for item in items:
            reported = done.get((project_id, item.line))
            reached = min(reported, item.planned) if reported else item.planned
            if reached > reading.today or item.names & checked.get(project_id, set()):
                continue
            due = calendar.add_workdays(reached, rule.days)
            project = projects[project_id]
            found.append(
                ReachedMilestone(project, item.line, item.name, item.planned, reached, due, reported is not None)
            )
    return sorted(found, key=lambda item: (item.reached, item.project.called, item.name))


def _lines(reading: Reading, condition: ColumnElement[bool]) -> dict[UUID, list[_Line]]:
    """The milestones in force by project, each with every name that it has borne."""
    query = (
        select(PlanLine.project_id, PlanLine.line, PlanLine.to_baseline, PlanLine.ends_on, PlanLine.content)
        .join(Project, PlanLine.project_id == Project.id)
        .where(condition, PlanLine.register == "schedule", PlanLine.content.contains(_IS_ONE, autoescape=True))
        .order_by(PlanLine.place)
    )
    names: dict[tuple[UUID, str], set[str]] = {}
    found: dict[UUID, list[_Line]] = {}
    for project_id, line, gone, ends_on, text in reading.session.execute(query):
        content: Any = read_canonical(text)
        borne = names.setdefault((project_id, line), set())
        borne.add(str(content["name"]))
        if gone is None and ends_on is not None:
            found.setdefault(project_id, []).append(_Line(line, borne, str(content["name"]), ends_on))
    return found


def _reported(reading: Reading, condition: ColumnElement[bool]) -> dict[tuple[UUID, str], dt.date]:
    """On which day a report first called a task of the plan done: the Friday of its week."""
    query = (
        select(ReportLine.project_id, ReportLine.plan_line, func.min(ReportLine.week))
        .join(Project, ReportLine.project_id == Project.id)
        .where(condition, ReportLine.plan_line != "", or_(ReportLine.status == DONE, ReportLine.done == _WHOLE))
        .group_by(ReportLine.project_id, ReportLine.plan_line)
    )
    return {
        (project_id, line): min(day_in(week, _FRIDAY), reading.today)
        for project_id, line, week in reading.session.execute(query)
    }


def _checked(reading: Reading, condition: ColumnElement[bool], forms: Collection[str]) -> dict[UUID, set[str]]:
    """The names of the milestones for which a check is on record or in approval."""
    query = (
        select(Filing.project_id, Section.text)
        .join(Section, Section.revision_id == Filing.revision_id)
        .join(Project, Filing.project_id == Project.id)
        .where(condition, Filing.form_key.in_(forms), Filing.state.in_(STANDING), Section.key == MILESTONE[0])
    )
    found: dict[UUID, set[str]] = {}
    for project_id, text in reading.session.execute(query):
        content: Any = read_canonical(text)
        if project_id is not None:
            found.setdefault(project_id, set()).add(str(content.get(MILESTONE[1])))
    return found
