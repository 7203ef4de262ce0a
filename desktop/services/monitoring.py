"""The monitor table of a project from its baseline and its weekly reports (WEEK-6), and the change that it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.monitor import Monitor, Reported, TaskState, monitor
from desktop.domain.report import Report
from desktop.domain.reports.monitor_table import monitor_report
from desktop.domain.schedule.reading import PlanSchedule, read_schedule
from desktop.services.changing import start_change
from desktop.services.drafting import Draft
from desktop.services.office import Office, Reading
from desktop.services.plans import BaselineRow, baselines, plan_lines
from desktop.services.projects import open_project
from desktop.store.tables import ReportLine

_HUNDRED = 100


@dataclass(frozen=True)
class MonitorPage:
    """A project's monitor table, on paper, too; ``owners`` by task, ``shown`` the baseline that it is held against."""

    project: LedgerProject
    baselines: tuple[BaselineRow, ...]
    shown: BaselineRow | None
    schedule: PlanSchedule
    table: Monitor
    owners: dict[str, str]
    report: Report


def open_monitor(reading: Reading, actor: UUID, project_id: UUID, no: int | None = None) -> MonitorPage:
    """The monitor table of today against the plan in force, or against an older baseline ``no``.

    Raises:
        NotAllowed: the project is not the actor's to see.
        EndlessSchedule: the plan's dates run out.
    """
    project = open_project(reading, actor, project_id)
    known = tuple(baselines(reading, project_id))
    shown = next((row for row in reversed(known) if no in {None, row.no}), None)
    lines = plan_lines(reading, project_id, shown.no)["schedule"] if shown else []
    schedule = read_schedule(lines)
    table = monitor(
        schedule, reported(reading, project_id), reading.calendar(), reading.today, reading.policy.monitoring
    )
    owners = {str(line["id"]): _name(line.get("owner")) for line in lines}
    baseline = f"对照第 {shown.no} 版基线（自 {shown.effective_on} 起）" if shown else "还没有基线"
    now = reading.now.astimezone().replace(tzinfo=None)
    report = monitor_report(project, table, owners, reading.policy.monitoring, baseline, now)
    return MonitorPage(project, known, shown, schedule, table, owners, report)


def _name(owner: Json) -> str:
    return str(owner["name"]) if isinstance(owner, dict) else ""


def reported(reading: Reading, project_id: UUID) -> list[Reported]:
    """Every line that approved weekly reports put down for a project, in order of weeks."""
    query = (
        select(
            ReportLine.plan_line,
            ReportLine.task,
            ReportLine.week,
            ReportLine.person_id,
            ReportLine.status,
            ReportLine.done,
            ReportLine.forecast_on,
            ReportLine.hours,
        )
        .where(ReportLine.project_id == project_id)
        .order_by(ReportLine.week, ReportLine.filing_id, ReportLine.place)
    )
    return [
        Reported(
            plan_line or f"?{task}",
            week,
            str(person or ""),
            status,
            None if done is None else Decimal(done) / _HUNDRED,
            forecast,
            Decimal(hours or 0) / _HUNDRED,
        )
        for plan_line, task, week, person, status, done, forecast, hours in reading.session.execute(query)
    ]


def propose_change(office: Office, actor: UUID, project_id: UUID) -> Draft:
    """Begin the change of a schedule whose milestones deviate, already filled in (CHG-4); an open one is taken up.

    Raises:
        NotAllowed: the actor may not change this project's plan.
        Refusal: no unfinished task deviates, or the project's state allows no change.
    """
    page = office.read(lambda reading: open_monitor(reading, actor, project_id))
    late = [state for state in page.table.tasks if state.is_late and not state.summary and state.finished is None]
    if not late:
        raise Refusal("没有未完成的任务偏离基线，不需要变更进度计划。", kept="没有作任何改动。")
    lines: list[dict[str, Json]] = [{"id": state.task.id, "period": _moved(state)} for state in late]
    reason = _reason(page.table.deviating or late)
    return start_change(office, actor, project_id, {"schedule": lines}, what="进度计划变更", reason=reason)


def _moved(state: TaskState) -> dict[str, Json]:
    start = state.finish if state.task.is_moment else min(state.started or state.task.start, state.finish)
    return {"start": start.isoformat(), "end": state.finish.isoformat()}


def _reason(states: Sequence[TaskState]) -> str:
    told = (
        f"“{state.task.name}”计划 {state.task.end}，预计 {state.finish}，推迟 {state.deviation} 个工作日"
        for state in states
    )
    return "按周报，" + "；".join(told) + "。"
