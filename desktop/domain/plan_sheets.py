"""The detail sheets of a change as tables that nobody types in, and the figures above them (CHG-2…4).

What they compare are the lines in force, from the facts, with the lines of the content's registers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from desktop.domain.calendar import calendar_of
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField
from desktop.domain.field import Content, Facts, Field
from desktop.domain.fields import (
    ComputedField,
    DateField,
    MoneyField,
    MonthField,
    PeriodField,
    QuantityField,
    TextField,
)
from desktop.domain.form import Form, Grid, Line, LineTable, OnPaper, lines_of
from desktop.domain.plan import REGISTERS, YES_NO, Register, register_table
from desktop.domain.plan_changes import (
    Lines,
    Sums,
    budget_rows,
    counted,
    other_rows,
    procurement_rows,
    schedule_rows,
    sums_of,
)


def before(facts: Facts) -> Lines:
    """The plan in force."""
    found: dict[str, list[Line]] = {}
    for key, register in REGISTERS.items():
        lines = facts.get(register.fact)
        found[key] = [line for line in lines if isinstance(line, dict)] if isinstance(lines, list | tuple) else []
    return found


def after(content: Content) -> Lines:
    """The plan as the content's registers have it."""
    return {key: lines_of(content, key) for key in REGISTERS}


def _procurement(facts: Facts, content: Content) -> Iterable[Line]:
    return procurement_rows(before(facts)["procurement"], lines_of(content, "procurement"))


def _budget(facts: Facts, content: Content) -> Iterable[Line]:
    return budget_rows(before(facts)["budget"], lines_of(content, "budget"))


def _schedule(facts: Facts, content: Content) -> Iterable[Line]:
    return schedule_rows(before(facts)["schedule"], lines_of(content, "schedule"), calendar_of(facts))


def _others(facts: Facts, content: Content) -> Iterable[Line]:
    return other_rows(before(facts), after(content))


def _kind() -> Field:
    return TextField(key="kind", label="变更", share=0.6, longest=2)


def _money(key: str, label: str) -> Field:
    return MoneyField(key=key, label=label, share=1.3, signed=True)


_SUMS = ("before", "after", "difference")

PROCUREMENT_SHEET = LineTable(
    key="procurement_change",
    title="项目采购计划变更细目表",
    noun="项",
    total=_SUMS,
    on_paper=OnPaper.WHEN_FILLED,
    compute=_procurement,
    columns=(
        _kind(),
        TextField(key="name", label="设备（服务）及其他改动", lines=True, share=2.8),
        QuantityField(key="count", label="数量", share=0.9),
        QuantityField(key="price", label="单价（元）", share=1.2),
        _money("before", "变更前金额"),
        _money("after", "变更后金额"),
        _money("difference", "差额"),
    ),
)
BUDGET_SHEET = LineTable(
    key="budget_change",
    title="费用预算变更细目表",
    noun="项",
    total=_SUMS,
    on_paper=OnPaper.WHEN_FILLED,
    compute=_budget,
    columns=(
        _kind(),
        ChoiceField(key="subject", label="科目", options_from="subjects", share=1.4),
        MonthField(key="month", label="月份", share=0.9),
        _money("before", "变更前"),
        _money("after", "变更后"),
        _money("difference", "差额"),
        TextField(key="note", label="说明", lines=True, share=2),
    ),
)
SCHEDULE_SHEET = LineTable(
    key="schedule_change",
    title="进度计划变更表",
    note="移动天数按结束日期计，提前为负；工作日按本单位的工作日历计。",
    noun="项任务",
    on_paper=OnPaper.WHEN_FILLED,
    compute=_schedule,
    columns=(
        _kind(),
        TextField(key="name", label="任务及其他改动", lines=True, share=3),
        ChoiceField(key="milestone", label="里程碑", options=YES_NO, share=0.7),
        PeriodField(key="before", label="变更前起止", share=1.7),
        PeriodField(key="after", label="变更后起止", share=1.7),
        QuantityField(key="days", label="移动天数", share=0.7),
        QuantityField(key="workdays", label="移动工作日", share=0.7),
    ),
)
OTHERS_SHEET = LineTable(
    key="plan_change",
    title="实施计划变更细目表",
    noun="项",
    on_paper=OnPaper.WHEN_FILLED,
    compute=_others,
    columns=(
        _kind(),
        TextField(key="part", label="部分", share=1.2),
        TextField(key="name", label="名称", share=1.6),
        TextField(key="before", label="变更前", lines=True, share=2.4),
        TextField(key="after", label="变更后", lines=True, share=2.4),
    ),
)
DETAIL_SHEETS = (PROCUREMENT_SHEET, BUDGET_SHEET, SCHEDULE_SHEET, OTHERS_SHEET)
"""The detail sheets, in the order in which they are printed."""


def edited_register(register: Register) -> LineTable:
    """A register as a copy of the plan in force to edit; on paper its detail sheet stands for it (CHG-1)."""
    table = register_table(register, copied=True)
    return replace(table, title=f"变更后的{register.title}", on_paper=OnPaper.NEVER)


def _figure(key: str, label: str, shows: Field) -> ComputedField:
    """A figure of the summary, by the name it has there."""
    return ComputedField(
        key=key, label=label, shows=shows, compute=lambda facts, content: _figures(facts, content)[key]
    )


def _figures(facts: Facts, content: Content) -> dict[str, Json]:
    old, new = sums_of(before(facts)), sums_of(after(content))
    counts = counted(before(facts), after(content))
    return {
        "what": "、".join(f"{REGISTERS[key].title} {count} {REGISTERS[key].noun}" for key, count in counts.items())
        or None,
        "procurement_before": old.procurement,
        "procurement_after": new.procurement,
        "procurement_difference": new.procurement - old.procurement,
        "budget_before": old.budget,
        "budget_after": new.budget,
        "budget_difference": new.budget - old.budget,
        "last_before": old.last.isoformat() if old.last else None,
        "last_after": new.last.isoformat() if new.last else None,
        "moved": _moved(old, new, facts),
    }


def _moved(old: Sums, new: Sums, facts: Facts) -> str | None:
    if old.last is None or new.last is None:
        return None
    days = (new.last - old.last).days
    if not days:
        return "不变"
    calendar = calendar_of(facts)
    work = calendar.workdays_until(old.last, new.last)
    guess = "" if calendar.covers(max(old.last, new.last)) else "，超出工作日历的部分按周一至周五估算"
    return f"{'推迟' if days > 0 else '提前'} {abs(days)} 天（{abs(work)} 个工作日{guess}）"


def _sum_field(key: str, label: str) -> ComputedField:
    return _figure(key, label, MoneyField(key=key, label=label, signed=True))


FIGURES = Grid(
    key="figures",
    title="变更汇总",
    fields=(
        _figure("what", "变更内容", TextField(key="what", label="变更内容")),
        _figure("moved", "里程碑移动", TextField(key="moved", label="里程碑移动")),
        _figure("last_before", "原最后里程碑", DateField(key="last_before", label="原最后里程碑")),
        _figure("last_after", "新最后里程碑", DateField(key="last_after", label="新最后里程碑")),
        _sum_field("budget_before", "原费用预算"),
        _sum_field("budget_after", "新费用预算"),
        _sum_field("procurement_before", "原采购计划"),
        _sum_field("procurement_after", "新采购计划"),
        _sum_field("budget_difference", "费用预算差额"),
        _sum_field("procurement_difference", "采购计划差额"),
    ),
)

COMPARISON = Form(
    key="baseline_comparison",
    title="项目计划基线对照表",
    subject="project",
    posts="",
    sections=(*(edited_register(register) for register in REGISTERS.values()), FIGURES, *DETAIL_SHEETS),
)
"""Two baselines of a plan side by side; nobody files it."""
