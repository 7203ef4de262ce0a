"""What weekly reports put down in the ledger, and what forms copy of them (WEEK-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.fields import effort_hours
from desktop.domain.filing import FilingState
from desktop.domain.forms.weekly_report import DONE, is_said
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.outcome import Line, WeekReport
from desktop.domain.policy import Policy
from desktop.domain.weeks import shifted, week_of, week_text
from desktop.services.naming import People
from desktop.services.office import Reading, Work
from desktop.services.plans import plan_lines
from desktop.store.tables import Filing, ReportLine, Section

MEMBER_REPORT, PROJECT_REPORT = "weekly_report", "project_report"
STANDING = (FilingState.IN_APPROVAL.value, FilingState.APPROVED.value)
"""The states in which a report counts as submitted."""

_LOOKS_BACK = 8
_HUNDRED = 100
_FIRST_DAYS = 2
"""On Monday and Tuesday people still write about the week before."""


def keep_report(work: Work, filing: Filing, report: WeekReport, people: People) -> None:
    """Put an approved report's lines in the ledger; a line names the plan's task by the task's name."""
    project_id = filing.project_id
    if project_id is None:
        return
    tasks = {str(line.get("name")): str(line["id"]) for line in plan_lines(work, project_id)["schedule"]}
    person = people.find(report.person, None)
    for place, line in enumerate(report.lines, 1):
        forecast = line.get("forecast")
        task = str(line.get("task") or "")
        work.session.add(
            ReportLine(
                filing_id=filing.id,
                project_id=project_id,
                person_id=person,
                week=report.week,
                place=place,
                line=str(line["id"]),
                task=task,
                plan_line=tasks.get(task, ""),
                status=str(line.get("status") or ""),
                done=_hundredths(line.get("done")),
                forecast_on=dt.date.fromisoformat(forecast) if isinstance(forecast, str) else None,
                needed=_hundredths(line.get("needed")),
                hours=int(effort_hours(line.get("effort")) * _HUNDRED) if line.get("effort") else None,
                content=canonical_text({key: value for key, value in line.items() if key != "id"}),
            )
        )


def _hundredths(value: Json) -> int | None:
    return int(Decimal(value) * _HUNDRED) if isinstance(value, str) else None


@dataclass(frozen=True)
class LastReport:
    """What the last approved report says of a task: ``done`` in points as text, or ``None`` where it says nothing."""

    week: str
    done: str | None
    finished: bool
    words: str


def last_reports(reading: Reading, project_id: UUID) -> dict[str, LastReport]:
    """By the stable id of the plan's task, what was reported of it last."""
    query = (
        select(ReportLine)
        .where(ReportLine.project_id == project_id, ReportLine.plan_line != "")
        .order_by(ReportLine.week, ReportLine.place, ReportLine.id)
    )
    found: dict[str, LastReport] = {}
    for row in reading.session.scalars(query):
        line: Any = read_canonical(row.content)
        finished = row.status == DONE or row.done == _HUNDRED * _HUNDRED
        said = [f"{week_text(row.week)}周报"]
        said += [f"下周：{line['next']}"] if is_said(line.get("next")) else []
        said += [f"预计 {row.forecast_on} 完成"] if row.forecast_on else []
        found[row.plan_line] = LastReport(row.week, line.get("done"), finished, "，".join(said))
    return found


def current_week(today: dt.date) -> str:
    """The week that is being reported: on Monday and Tuesday still the one before."""
    week = week_of(today)
    return shifted(week, -1) if today.isoweekday() <= _FIRST_DAYS else week


def submitted_lines(reading: Reading, project_id: UUID, weeks: Sequence[str]) -> list[dict[str, Json]]:
    """The members' lines of some weeks as they were submitted, approved or not, each with ``week`` and ``person``."""
    query = (
        select(Filing.id, Filing.period, Section.key, Section.text)
        .join(Section, Section.revision_id == Filing.revision_id)
        .where(
            Filing.project_id == project_id,
            Filing.form_key == MEMBER_REPORT,
            Filing.period.in_(weeks),
            Filing.state.in_(STANDING),
            Section.key.in_(("week", "lines")),
        )
        .order_by(Filing.period, Filing.created_at, Filing.id)
    )
    parts: dict[UUID, dict[str, Any]] = {}
    for filing_id, period, key, text in reading.session.execute(query):
        parts.setdefault(filing_id, {"period": period})[key] = read_canonical(text)
    return [
        {**line, "id": f"{filing_id}:{line['id']}", "week": part["period"], "person": part["week"]["person"]}
        for filing_id, part in parts.items()
        for line in part["lines"]
    ]


def report_facts(reading: Reading, _policy: Policy, project: LedgerProject | None) -> Mapping[str, Json]:
    """What weekly reports copy: the week, the plan's tasks, the project's lines of the last weeks."""
    week = current_week(reading.today)
    if project is None:
        return {"week.this": week}
    lines = submitted_lines(reading, project.id, [shifted(week, -back) for back in range(-1, _LOOKS_BACK)])
    return {
        "week.this": week,
        "plan.tasks": [str(line["name"]) for line in plan_lines(reading, project.id)["schedule"]],
        "report.lines": lines,
        **_summary([line for line in lines if line["week"] == week]),
    }


def _summary(lines: Sequence[Line]) -> dict[str, Json]:
    """A first wording of the project's report from its members' lines of the week."""
    return {
        "report.work": _told(lines, "work"),
        "report.next": _told(lines, "next"),
        "report.problems": _told(lines, "problems"),
    }


def _told(lines: Iterable[Line], column: str) -> str | None:
    said = (f"{line['task']}：{line[column]}" for line in lines if is_said(line.get(column)))
    return "\n".join(dict.fromkeys(said)) or None
