"""Schedules as Gantt charts (CTRL-6): a project's by baseline with its weekly reports, a draft's as it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.calendar import calendar_of
from desktop.domain.errors import Refusal
from desktop.domain.field import Facts
from desktop.domain.monitor import TaskState, monitor
from desktop.domain.plan import SCHEDULE, Line
from desktop.domain.schedule.gantt import GanttChart, gantt_chart
from desktop.domain.schedule.network import EndlessSchedule
from desktop.domain.schedule.reading import PlanSchedule, read_schedule
from desktop.paper.gantt_page import GanttHead
from desktop.paper.gantt_sheet import PaperSize, render_gantt
from desktop.paper.sheet import Printed
from desktop.services.monitoring import reported
from desktop.services.office import Reading
from desktop.services.plans import BaselineRow, baselines, plan_lines
from desktop.services.projects import open_project

__all__ = ["GanttHead", "GanttPage", "PaperSize", "draft_chart", "open_gantt", "print_gantt", "render_gantt"]


@dataclass(frozen=True)
class GanttPage:
    """A project's schedule under the baseline ``shown``, with an older one ``against`` which it is held."""

    project: str
    baselines: tuple[BaselineRow, ...]
    shown: BaselineRow | None
    against: BaselineRow | None
    chart: GanttChart

    @property
    def base_name(self) -> str:
        """What the thin bars are."""
        return base_name(self.against.no) if self.against else "基线"


def base_name(no: int) -> str:
    """A baseline by its number."""
    return f"第 {no} 版基线"


def open_gantt(
    reading: Reading, actor: UUID, project_id: UUID, no: int | None = None, against: int | None = None
) -> GanttPage:
    """The schedule in force, or as it was under baseline ``no``, with what weekly reports tell of it.

    It is held against the baseline ``against``; by default the one before, with 0 none.

    Raises:
        NotAllowed: the actor may not see the project.
    """
    project = open_project(reading, actor, project_id)
    known = tuple(baselines(reading, project_id))
    shown = next((row for row in reversed(known) if no in {None, row.no}), None)
    before = shown.no - 1 if shown and against is None else against
    other = next((row for row in known if row.no == before and row != shown), None)
    schedule = read_schedule(plan_lines(reading, project_id, shown.no)[SCHEDULE.key] if shown else [])
    chart = gantt_chart(
        schedule,
        reading.calendar(),
        reading.today,
        states=_states(reading, project_id, schedule),
        older=plan_lines(reading, project_id, other.no)[SCHEDULE.key] if other else None,
    )
    return GanttPage(f"{project.called} {project.name}".strip(), known, shown, other, chart)


def _states(reading: Reading, project_id: UUID, schedule: PlanSchedule) -> Sequence[TaskState]:
    """What weekly reports tell of the tasks; nothing before the first one, or where the dates run out."""
    lines = reported(reading, project_id)
    if not lines:
        return ()
    try:
        return monitor(schedule, lines, reading.calendar(), reading.today, reading.policy.monitoring).tasks
    except EndlessSchedule:  # the chart says so itself
        return ()


def print_gantt(
    reading: Reading,
    actor: UUID,
    project_id: UUID,
    shown: tuple[int | None, int | None],
    size: PaperSize,
    *,
    whole: bool = False,
) -> Printed:
    """That chart on paper; ``shown`` are the baseline and the one it is held against, as for `open_gantt`.

    Raises:
        NotAllowed: the actor may not see the project.
        Refusal: it has no schedule.
    """
    page = open_gantt(reading, actor, project_id, *shown)
    if page.shown is None or not page.chart.rows:
        raise Refusal("此项目还没有进度计划。", todo="立项批准、有了计划基线以后再打印。")
    head = GanttHead(
        company=reading.office.name,
        project=page.project,
        plan=f"{base_name(page.shown.no)}，自 {page.shown.effective_on} 起执行",
        dated=f"打印日期：{reading.today}",
        logo=reading.office.logo,
        base_name=page.base_name,
    )
    return render_gantt(page.chart, head, size, whole=whole)


def draft_chart(lines: Sequence[Line], facts: Facts, *, compared: bool) -> GanttChart:
    """The schedule of a draft as it stands, ``compared`` with the plan in force."""
    today, standing = facts.get("today"), facts.get(SCHEDULE.fact)
    older = [line for line in standing if isinstance(line, dict)] if isinstance(standing, list | tuple) else []
    return gantt_chart(
        read_schedule(lines),
        calendar_of(facts),
        dt.date.fromisoformat(today) if isinstance(today, str) else dt.date.min,
        older=older if compared and older else None,
    )
