"""项目进度计划监控表 (WEEK-6) as a paper: every task against the baseline, with lights and earned value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import DateField, PercentField, QuantityField, TextField
from desktop.domain.ledger import Project
from desktop.domain.monitor import Light, Monitor, TaskState
from desktop.domain.policy_deadlines import Monitoring
from desktop.domain.policy_terms import Tone
from desktop.domain.report import Fact, Report, Row, Table, single
from desktop.domain.reports.common import label_of
from desktop.domain.values import decimal_text

KEY, TITLE = "monitor_table", "项目进度计划监控表"
TONES = {Light.GREEN: Tone.GOOD, Light.YELLOW: Tone.WARNING, Light.RED: Tone.BAD, Light.NONE: Tone.NEUTRAL}
"""The tone of each light."""

_COLUMNS: tuple[Field, ...] = (
    TextField(key="task", label="任务", share=2.6),
    TextField(key="owner", label="责任人", share=0.9),
    DateField(key="start", label="计划开始", share=1),
    DateField(key="end", label="计划完成", share=1),
    DateField(key="started", label="实际开始", share=1),
    DateField(key="finished", label="实际完成", share=1),
    DateField(key="forecast", label="预计完成", share=1),
    PercentField(key="planned", label="计划进度", share=0.7),
    PercentField(key="done", label="实际进度", share=0.7),
    QuantityField(key="deviation", label="偏差（工作日）", share=0.8),
    TextField(key="light", label="灯号", share=0.7, longest=3),
    QuantityField(key="hours", label="工时", share=0.7),
)


def monitor_report(
    project: Project, table: Monitor, owners: Mapping[str, str], rule: Monitoring, baseline: str, now: dt.datetime
) -> Report:
    """The monitor table of a project; ``owners`` by task, ``baseline`` in words, ``now`` in local time."""
    return Report(
        key=KEY,
        title=TITLE,
        subtitle=f"{label_of(project)}　{baseline}",
        dated=f"统计时间：{now:%Y-%m-%d %H:%M}",
        facts=tuple(_facts(project, table)),
        parts=(
            Table(
                key="tasks",
                title="各项任务",
                columns=_COLUMNS,
                groups=single(*(_row(one, owners) for one in table.tasks)),
                numbered=True,
                empty="还没有进度计划基线",
            ),
        ),
        notes=tuple(notes_of(table, rule)),
    )


def notes_of(table: Monitor, rule: Monitoring) -> Iterator[str]:
    """How the table is to be read."""
    yield f"偏差按工作日计，晚为正；{rule.yellow} 天起预警，{rule.red} 天起滞后。"
    yield "实际开始取首次填报的那一周；没有周报的任务逾期后按统计当天推算。"
    if table.strays:
        yield f"有 {table.strays} 行周报的任务名称不在进度计划中，没有计入。"
    if table.estimated:
        yield "计划超出节假日数据，之后按周一至周五推算。"
    if table.tasks and not table.by_work:
        yield "计划没有填写人日，挣值按工期加权，不与投入工时比较。"


def _facts(project: Project, table: Monitor) -> Iterator[Fact]:
    yield Fact("项目经理", project.manager.shown if project.manager else "—")
    yield Fact("总体", table.light.label, TONES[table.light])
    late = sum(one.is_late for one in table.tasks if not one.summary)
    yield Fact("偏离的任务", f"{late} 项", Tone.WARNING if late else None)
    value = table.value
    if value is None:
        return
    yield Fact("PV", f"{value.planned:.1f}")
    yield Fact("EV", f"{value.earned:.1f}")
    if value.spi is not None:
        yield Fact("SPI", f"{value.spi:.2f}", Tone.WARNING if value.spi < 1 else None)
    if table.by_work:
        yield Fact("AC", f"{value.spent:.1f}")
        if value.cpi is not None:
            yield Fact("CPI", f"{value.cpi:.2f}", Tone.WARNING if value.cpi < 1 else None)


def _row(one: TaskState, owners: Mapping[str, str]) -> Row:
    mark = "◆ " if one.task.milestone else "▾ " if one.summary else ""
    shown = one.light is not Light.NONE
    values: dict[str, Json] = {
        "task": f"{mark}{one.task.name}{'（关键）' if one.critical and not one.summary else ''}",
        "owner": owners.get(one.task.id) or None,
        "start": one.task.start.isoformat(),
        "end": one.task.end.isoformat(),
        "started": one.started.isoformat() if one.started else None,
        "finished": one.finished.isoformat() if one.finished else None,
        "forecast": None if one.finished else one.finish.isoformat(),
        "planned": f"{one.planned_done:.0f}",
        "done": f"{one.done:.0f}",
        "deviation": str(one.deviation) if shown else None,
        "light": one.light.label,
        "hours": decimal_text(one.hours) if one.hours else None,
    }
    return Row(values, {"light": TONES[one.light]})
