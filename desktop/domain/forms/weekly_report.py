"""员工周报 (WEEK-1, WEEK-2): what one member did on one project in a week, and 项目周报, which they make together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts, Field
from desktop.domain.fields import (
    ComputedField,
    DateField,
    EffortField,
    PercentField,
    PersonField,
    QuantityField,
    TextField,
    WeekField,
    effort_hours,
    fact,
    long_text,
)
from desktop.domain.form import Form, Grid, Line, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import project_head
from desktop.domain.values import decimal_text

DONE, WHOLE = "done", Decimal(100)
STATUSES = (
    Option("open", "未开始", ("尚未开始", "待开始", "计划中")),
    Option("doing", "进行中", ("在做", "正在进行", "执行中", "延期", "滞后")),
    Option(DONE, "已完成", ("完成", "办结", "结束")),
    Option("held", "已搁置", ("暂停", "已暂停", "挂起", "中止", "取消")),
)
"""任务状态 of a line (WEEK-2)."""

COLUMNS: tuple[Field, ...] = (
    TextField(
        key="task", label="任务名称", required=True, share=1.6, offers="plan.tasks", synonyms=("任务", "工作内容")
    ),
    ChoiceField(key="status", label="任务状态", required=True, options=STATUSES, share=0.8, synonyms=("状态",)),
    PercentField(key="done", label="完成任务量", share=0.8, synonyms=("完成比例", "完成百分比", "进度", "完成率")),
    DateField(key="forecast", label="预计完成日期", share=1.1, synonyms=("预计完成时间", "预计完成")),
    QuantityField(key="needed", label="还需人日", share=0.7, synonyms=("剩余人日", "尚需人日")),
    TextField(
        key="work",
        label="本周工作完成情况",
        required=True,
        share=2.2,
        lines=True,
        longest=4_000,
        synonyms=("本周工作", "本周完成情况", "本周工作内容"),
    ),
    TextField(
        key="next", label="下周工作计划", share=1.8, lines=True, longest=4_000, synonyms=("下周计划", "下周工作")
    ),
    EffortField(key="effort", label="已投入人员及工时", share=1.4, synonyms=("投入人员及工时", "工时", "投入工时")),
    TextField(
        key="problems",
        label="存在问题与解决",
        share=1.8,
        lines=True,
        longest=4_000,
        synonyms=("存在问题", "问题与解决", "存在的问题"),
    ),
)
"""The columns of a member's line (WEEK-2), in the order of the policy's paper."""

_NOTHING = frozenset({"无", "没有", "暂无", "-", "/", "—"})


def is_said(value: Json) -> bool:
    """Whether a remark says something (``无`` does not)."""
    return isinstance(value, str) and value.strip("。. ") not in {"", *_NOTHING}


def _hours(_facts: Facts, content: Content) -> Json:
    return decimal_text(sum((effort_hours(line.get("effort")) for line in lines_of(content, "lines")), Decimal(0)))


def _points(line: Line) -> Decimal | None:
    value = line.get("done")
    return Decimal(value) if isinstance(value, str) else None


def check_progress(content: Content, _facts: Facts) -> Iterable[Problem]:
    """A finished task is at 100 %, one at 100 % is finished and needs nothing more (WEEK-2)."""
    for line in lines_of(content, "lines"):
        key, points, status = str(line["id"]), _points(line), line.get("status")
        if status == DONE and points is not None and points != WHOLE:
            yield Problem("lines", "done", f"任务已完成，完成任务量却是 {points}%", line=key, rule="WEEK-2")
        if status not in {None, DONE} and points == WHOLE:
            yield Problem("lines", "status", "完成任务量已是 100%，任务状态应为“已完成”", line=key, rule="WEEK-2")
        if status == DONE and isinstance(line.get("needed"), str) and Decimal(str(line["needed"])) > 0:
            text = f"任务已完成，却还需 {line['needed']} 人日，请核对"
            yield Problem("lines", "needed", text, line=key, blocks=False, rule="WEEK-2")
        if status == "doing" and not line.get("forecast"):
            yield Problem("lines", "forecast", "没有预计完成日期", line=key, blocks=False, rule="WEEK-6")


def check_against_last(content: Content, facts: Facts) -> Iterable[Problem]:
    """Progress does not go backwards without a word in 存在问题与解决 (WEEK-2)."""
    week, person = value_of(content, "week", "week"), _id(value_of(content, "week", "person"))
    for line in lines_of(content, "lines"):
        last = last_line(facts, str(week or ""), person, str(line.get("task") or ""))
        before, points = _points(last) if last else None, _points(line)
        if last and before is not None and points is not None and points < before and not is_said(line.get("problems")):
            text = f"上次（{last['week']}）已完成 {before}%，这次是 {points}%；请在“存在问题与解决”中说明"
            yield Problem("lines", "done", text, line=str(line["id"]), rule="WEEK-2")


def check_against_plan(content: Content, facts: Facts) -> Iterable[Problem]:
    """A forecast after the plan's date is told, so that it is seen before it is sent (WEEK-6, CHG-4)."""
    planned = {str(task["name"]): task for task in _lines(facts.get("plan.schedule"))}
    for line in lines_of(content, "lines"):
        period = planned.get(str(line.get("task") or ""), {}).get("period")
        end = str(period["end"]) if isinstance(period, Mapping) else ""
        forecast = line.get("forecast")
        if end and isinstance(forecast, str) and forecast > end and line.get("status") != DONE:
            text = f"预计 {forecast} 完成，晚于计划的 {end}"
            yield Problem("lines", "forecast", text, line=str(line["id"]), blocks=False, rule="WEEK-6")


def last_line(facts: Facts, week: str, person: str, task: str) -> Line | None:
    """What a person last reported of a task before a week, from the project's recent lines (``report.lines``)."""
    earlier = [
        line
        for line in _lines(facts.get("report.lines"))
        if line.get("task") == task and _id(line.get("person")) == person and str(line.get("week") or "") < week
    ]
    return max(earlier, key=lambda line: str(line["week"]), default=None)


def _lines(value: Json) -> Iterator[Mapping[str, Json]]:
    yield from (line for line in value or () if isinstance(line, Mapping)) if isinstance(value, list | tuple) else ()


def _id(person: Json) -> str:
    return str(person.get("id") or "") if isinstance(person, Mapping) else ""


MEMBER_FORM = Form(
    key="weekly_report",
    title="员工周报",
    subject="project",
    posts="report_week",
    repeats=True,
    period=("week", "week"),
    once_each="author",
    wide=True,
    checks=(check_progress, check_against_last, check_against_plan),
    sections=(
        project_head(),
        Grid(
            key="week",
            title="填报人与周次",
            fields=(
                fact("person", "填报人", "author", PersonField),
                WeekField(key="week", label="周次", required=True, initially="week.this"),
                ComputedField(
                    key="hours",
                    label="工时合计",
                    compute=_hours,
                    shows=QuantityField(key="hours", label="工时合计", unit="小时"),
                ),
            ),
        ),
        LineTable(key="lines", title="任务", noun="项任务", at_least=1, columns=COLUMNS),
    ),
    note="每周五下班前填报；每行一项任务，任务名称以进度计划为准。",
)

LIGHTS = (
    Option("green", "正常", ("绿", "绿灯", "正常推进")),
    Option("yellow", "预警", ("黄", "黄灯", "有风险")),
    Option("red", "严重", ("红", "红灯", "严重滞后")),
)
"""风险状态 of a project (INFO-1), as its manager judges it."""


def members_lines(facts: Facts, content: Content) -> Iterator[Line]:
    """The members' lines of the week, as they stand when the project's report is submitted (WEEK-1)."""
    week = value_of(content, "week", "week")
    for line in _lines(facts.get("report.lines")):
        if line.get("week") == week:
            yield line


def check_members(content: Content, facts: Facts) -> Iterable[Problem]:
    """The project's report waits for its members' (WEEK-1): those who are missing are named."""
    missing = facts.get("report.missing")
    week = str(value_of(content, "week", "week") or "")
    names = missing.get(week) if isinstance(missing, Mapping) else None
    if isinstance(names, list | tuple) and names:
        text = f"还没有交员工周报的：{'、'.join(map(str, names))}"
        yield Problem("lines", "", text, blocks=False, rule="WEEK-1")
    if not lines_of(content, "lines"):
        yield Problem("lines", "", "这一周还没有成员的周报", blocks=False, rule="WEEK-1")


def _gathered(column: str) -> str:
    return f"report.{column}"


PROJECT_FORM = Form(
    key="project_report",
    title="项目周报",
    subject="project",
    posts="keep",
    repeats=True,
    period=("week", "week"),
    once_each="project",
    wide=True,
    checks=(check_members,),
    sections=(
        project_head(),
        Grid(
            key="week",
            title="周次与总体状态",
            fields=(
                fact("person", "填报人", "author", PersonField),
                WeekField(key="week", label="周次", required=True, initially="week.this"),
                PercentField(key="done", label="总体进度", initially=_gathered("done")),
                ChoiceField(key="light", label="风险状态", required=True, options=LIGHTS, initially=_gathered("light")),
            ),
        ),
        Grid(
            key="told",
            title="进展、问题与计划",
            fields=(
                long_text("work", "本周进展", required=True, initially=_gathered("work")),
                long_text("problems", "存在问题", initially=_gathered("problems")),
                long_text("next", "下周计划", initially=_gathered("next")),
                long_text("risks", "风险与应对"),
                long_text("asks", "需要协调的事项", hint="项目经理不能解决的，须及时上报（INFO-3）"),
            ),
        ),
        LineTable(
            key="lines",
            title="成员周报",
            noun="行",
            columns=(PersonField(key="person", label="成员", share=0.8), *COLUMNS),
            compute=members_lines,
        ),
    ),
    note="由成员周报汇成，项目经理负责；成员周报各行随提交时的内容载入，不用抄写。",
)
