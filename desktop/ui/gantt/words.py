"""What a Gantt chart says in words: tool tips, what a pull would make, what the bubble tells."""

from __future__ import annotations

from html import escape

from desktop.domain.schedule.gantt import GanttChart, Row
from desktop.domain.schedule.timescale import Days
from desktop.ui.gantt.columns import days_text


def told_days(days: Days, length: int, *, moment: bool = False) -> str:
    """Days and how many of them are worked."""
    if moment:
        return days[0].isoformat()
    return f"{days[0]} 至 {days[1]}　{length} 个工作日"


def bubble(chart: GanttChart, row: Row, days: Days) -> str:
    """What a bar that is being pulled would become, and what it was."""
    length = chart.workdays.between(*days)
    told = told_days(days, length, moment=row.moment)
    if days == row.days or row.moment or length == row.length:
        return told
    return f"{told}（原 {row.length} 个）"


def tip(row: Row, base_name: str, *, editable: bool) -> str:
    """Everything about a row."""
    lines = [f"<b>{escape(row.name or '（未命名）')}</b>"]
    if row.days is None:
        lines.append("起止日期还没有填写")
    else:
        lines.append(told_days(row.days, row.length, moment=row.moment))
    if row.owner:
        lines.append(f"责任人：{escape(row.owner)}")
    if row.leaf and row.slack is not None:
        lines.append("关键任务：推迟就推迟整个项目" if row.critical else f"可推迟 {row.slack} 个工作日而不影响完工")
    if row.progress is not None:
        light = f"　{row.light.label}" if row.leaf else ""
        lines.append(f"进度 {row.progress:.0f}%{light}")
    if row.forecast and row.leaf:
        word = "实际完成" if row.finished else "预计完成"
        lines.append(f"{word} {row.forecast}，推迟 {row.deviation} 个工作日")
    if row.base:
        lines.append(f"{base_name}：{row.base[0]} 至 {row.base[1]}")
    if editable and row.days:
        lines.append("拖动改日期" if row.leaf else "汇总任务的起止由下级任务决定，请拖动下级任务")
    return "<br>".join(lines)


def spoken(row: Row) -> str:
    """A row for screen readers."""
    parts = [row.name, days_text(row), row.owner, "关键" if row.critical else "", row.told]
    return "，".join(part for part in parts if part)
