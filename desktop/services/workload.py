"""The workload of an office by months, from what approved weekly reports put down (WEEK-7, CTRL-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.canonical import read_canonical
from desktop.domain.ledger import PersonRef
from desktop.domain.weeks import shifted, week_of
from desktop.domain.workload import Doubt, WeekHours, Workload, workload
from desktop.services.office import Reading
from desktop.services.projects import visible
from desktop.services.standing import people_by_id
from desktop.store.tables import PlanLine, Project, ReportLine

_HUNDRED = 100
_WEEKS = 26


@dataclass(frozen=True)
class LoadRow:
    """A member on a project: person-days by month (``2026-03``), all of them, and those planned (or ``None``)."""

    person: PersonRef | None
    project_id: UUID
    project: str
    department: str
    by_month: Mapping[str, Decimal]
    spent: Decimal
    planned: Decimal | None

    @property
    def over(self) -> bool:
        """Whether more was spent than the plan has."""
        return self.planned is not None and self.spent > self.planned


@dataclass(frozen=True)
class WorkloadPage:
    """The rows, their months in order, the overloaded months by person, and what does not look right."""

    rows: tuple[LoadRow, ...]
    months: tuple[str, ...]
    table: Workload
    people: Mapping[str, PersonRef]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Totals that do not look right."""
        return self.table.doubts

    def name(self, person: str) -> str:
        """A person's name by the id in the table."""
        return self.people[person].shown if person in self.people else "（未知）"


def open_workload(
    reading: Reading, actor: UUID, *, weeks: int = _WEEKS, project_id: UUID | None = None
) -> WorkloadPage:
    """The workload of the last weeks on the projects that the actor may see, or on one of them."""
    since = shifted(week_of(reading.today), -weeks)
    query = (
        select(
            ReportLine.person_id,
            ReportLine.project_id,
            ReportLine.week,
            func.coalesce(func.sum(ReportLine.hours), 0),
            Project.number,
            Project.provisional,
            Project.short_name,
            Project.name,
        )
        .join(Project, ReportLine.project_id == Project.id)
        .where(ReportLine.week >= since, visible(reading, actor))
        .group_by(
            ReportLine.person_id,
            ReportLine.project_id,
            ReportLine.week,
            *(Project.number, Project.provisional, Project.short_name, Project.name),
        )
    )
    if project_id is not None:
        query = query.where(ReportLine.project_id == project_id)
    titles: dict[str, str] = {}
    hours = []
    for person, project, week, total, number, provisional, short, name in reading.session.execute(query):
        titles[str(project)] = f"{number or provisional or ''} {short or name}".strip()
        hours.append(WeekHours(str(person or ""), str(project), week, Decimal(total or 0) / _HUNDRED))
    table = workload(hours, reading.calendar(), reading.policy.monitoring, _planned(reading, titles))
    people = people_by_id(reading.session, {UUID(one.person) for one in hours if one.person})
    named = {str(key): person for key, person in people.items()}
    rows = tuple(_rows(table, titles, named))
    return WorkloadPage(rows, tuple(sorted({one.month for one in table.loads})), table, named)


def _rows(table: Workload, titles: Mapping[str, str], people: Mapping[str, PersonRef]) -> list[LoadRow]:
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    for one in table.loads:
        found.setdefault((one.person, one.project), {})[one.month] = one.days
    rows = []
    for (person, project), by_month in found.items():
        ref = people.get(person)
        rows.append(
            LoadRow(
                ref,
                UUID(project),
                titles[project],
                ref.department if ref else "",
                by_month,
                sum(by_month.values(), Decimal(0)),
                table.planned.get((person, project)),
            )
        )
    return sorted(rows, key=lambda row: (row.person.name if row.person else "", row.project))


def _planned(reading: Reading, projects: Mapping[str, str]) -> dict[tuple[str, str], Decimal]:
    """The person-days of the organisation plans in force, by person and project."""
    query = select(PlanLine.project_id, PlanLine.person_id, PlanLine.content).where(
        PlanLine.register == "organization", PlanLine.to_baseline.is_(None), PlanLine.person_id.is_not(None)
    )
    found: dict[tuple[str, str], Decimal] = {}
    for project, person, text in reading.session.execute(query):
        content: Any = read_canonical(text)
        if str(project) in projects and content.get("days"):
            key = (str(person), str(project))
            found[key] = found.get(key, Decimal(0)) + Decimal(content["days"])
    return found
