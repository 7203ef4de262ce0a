"""里程碑评审表 and 项目经理述职报告 (MON-3): how the PMO checks a project at its milestones; 项目监控计划 (MON-1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from desktop.domain.calendar import calendar_of
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts, Field
from desktop.domain.fields import ComputedField, DateField, PercentField, PersonField, TextField, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, day_of, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_head
from desktop.domain.problems import day, late_lines, not_ahead, problem_table

MILESTONE = ("milestone", "name")
"""Where the forms of MON-3 name the milestone."""

PASSED, CONDITIONAL, FAILED = "passed", "conditional", "failed"
VERDICTS = (
    Option(PASSED, "通过"),
    Option(CONDITIONAL, "有条件通过", ("整改后通过",)),
    Option(FAILED, "不通过"),
)


def milestones_of(facts: Facts) -> Mapping[str, Mapping[str, Any]]:
    """The milestones of the plan in force, by name, each with its planned ``end`` (ISO)."""
    found: Any = facts.get("plan.milestones") or {}
    known: Mapping[str, Mapping[str, Any]] = found
    return known


def _planned(facts: Facts, content: Content) -> Json:
    known: Json = milestones_of(facts).get(str(value_of(content, *MILESTONE)), {}).get("end")
    return known


def _deviation(facts: Facts, content: Content) -> Json:
    """Working days between plan and fact; later is positive."""
    planned, actual = day(_planned(facts, content)), day_of(content, "milestone", "actual")
    if planned is None or actual is None:
        return None
    days = calendar_of(facts).workdays_until(planned, actual)
    return "按计划" if days == 0 else f"{'推迟' if days > 0 else '提前'} {abs(days)} 个工作日"


def _computed(key: str, label: str, compute: Callable[[Facts, Content], Json], kind: type[Field]) -> ComputedField:
    return ComputedField(key=key, label=label, compute=compute, shows=kind(key=key, label=label))


def check_milestone(content: Content, facts: Facts) -> Iterable[Problem]:
    """The milestone is one of the plan in force (MON-3)."""
    name, known = value_of(content, *MILESTONE), milestones_of(facts)
    if isinstance(name, str) and name not in known:
        listed = "、".join(known) or "（没有里程碑）"
        yield Problem(*MILESTONE, f"现行进度计划中没有里程碑“{name}”，计划中有：{listed}", rule="MON-3")
    yield from not_ahead(content, "milestone", "actual", "实际完成日期", facts.get("today"))


def check_review(content: Content, _facts: Facts) -> Iterable[Problem]:
    """What did not pass says what is to be mended, and when."""
    on, verdict = day_of(content, "review", "on"), value_of(content, "review", "verdict")
    yield from late_lines(content, "problems", on, "评审日期", "MON-3")
    if verdict in {CONDITIONAL, FAILED} and not lines_of(content, "problems"):
        text = "结论不是“通过”的，请在“发现的问题”中写明要整改什么、由谁、何时完成"
        yield Problem("problems", "", text, rule="MON-3")
    actual = day_of(content, "milestone", "actual")
    if verdict == PASSED and actual is None:
        yield Problem("milestone", "actual", "通过评审的里程碑，请填写实际完成日期", rule="MON-3")


def _milestone_grid(*more: Field) -> Grid:
    return Grid(
        key="milestone",
        title="里程碑",
        fields=(
            TextField(
                key="name",
                label="里程碑",
                required=True,
                offers="plan.milestone_names",
                initially="plan.milestone_due",
                hint="进度计划中里程碑的名称",
            ),
            _computed("planned", "计划完成", _planned, DateField),
            DateField(key="actual", label="实际完成"),
            _computed("deviation", "偏差", _deviation, TextField),
            *more,
        ),
    )


REVIEW_FORM = Form(
    key="milestone_review",
    title="里程碑评审表",
    subject="project",
    posts="raise_findings",
    repeats=True,
    checks=(check_milestone, check_review),
    sections=(
        project_head(),
        _milestone_grid(),
        Grid(
            key="review",
            title="评审",
            fields=(
                DateField(key="on", label="评审日期", required=True, initially="today"),
                ChoiceField(key="verdict", label="结论", required=True, options=VERDICTS),
                TextField(key="members", label="评审人员", required=True),
                long_text("done", "完成情况", required=True, hint="应提交的工作产品、质量、费用"),
                long_text("findings", "评审意见", required=True),
            ),
        ),
        problem_table("problems", "发现的问题", "问题及整改要求", "个", "批准后记入问题跟踪。"),
        attachments_section("评审材料、签到表"),
    ),
    note="项目管理部在里程碑阶段检查项目，可以用本表评审，也可以请项目经理述职。",
)


def check_debrief(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Nothing is promised for a day before the report."""
    yield from late_lines(content, "problems", day_of(content, "report", "on"), "述职日期", "MON-3")


DEBRIEF_FORM = Form(
    key="debrief",
    title="项目经理述职报告",
    subject="project",
    posts="raise_findings",
    repeats=True,
    checks=(check_milestone, check_debrief),
    sections=(
        project_head(),
        _milestone_grid(PercentField(key="done", label="总体进度")),
        Grid(
            key="report",
            title="述职",
            fields=(
                DateField(key="on", label="述职日期", required=True, initially="today"),
                PersonField(key="manager", label="述职人", required=True, initially="actor"),
                long_text("progress", "阶段工作完成情况", required=True),
                long_text("deviation", "进度、质量、费用的偏差及原因", required=True),
                long_text("team", "团队、客户与协作方", hint="人员、甲方和外包方的配合"),
                long_text("risks", "风险与应对"),
                long_text("next", "下阶段计划", required=True),
                long_text("asks", "需要公司协调的事项"),
            ),
        ),
        problem_table("problems", "存在的问题", "问题及措施", "个", "批准后记入问题跟踪。"),
        attachments_section("述职材料"),
    ),
    note="里程碑阶段由项目经理向项目管理部述职，形成本报告。",
)

_KINDS = (
    Option("time", "进度"),
    Option("cost", "费用"),
    Option("quality", "质量"),
    Option("risk", "风险"),
    Option("people", "资源"),
    Option("other", "其他"),
)


def check_period(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Every indicator stands once."""
    seen: set[str] = set()
    for number, line in enumerate(lines_of(content, "indicators"), 1):
        name = str(line.get("name") or "").strip()
        if name and name in seen:
            text = f"第 {number} 行的指标“{name}”前面已经有了"
            yield Problem("indicators", "name", text, line=str(line["id"]), rule="MON-1")
        seen.add(name)


MONITOR_PLAN_FORM = Form(
    key="monitor_plan",
    title="项目监控计划",
    subject="project",
    posts="keep",
    checks=(check_period,),
    sections=(
        project_head(),
        Grid(
            key="plan",
            title="监控方式",
            fields=(
                DateField(key="since", label="起始日期", required=True, initially="today"),
                PersonField(key="by", label="编制人", required=True, initially="actor"),
                long_text("reports", "报告与例会", required=True, hint="谁、多久一次、报给谁：周报、例会、沟通会"),
                long_text("checks", "里程碑检查", hint="哪些里程碑评审，哪些述职"),
                long_text("problems", "问题与风险", required=True, hint="怎样提出、谁跟踪、何时上报"),
            ),
        ),
        LineTable(
            key="indicators",
            title="监控指标",
            noun="项指标",
            at_least=1,
            columns=(
                TextField(key="name", label="指标", required=True, share=1.8),
                ChoiceField(key="kind", label="类别", required=True, options=_KINDS, share=0.8),
                TextField(key="target", label="目标值", required=True, share=1.3),
                TextField(key="warning", label="预警值", share=1.3),
                TextField(key="source", label="数据来源", required=True, share=1.8),
                TextField(key="often", label="频次", required=True, share=0.9),
                PersonField(key="owner", label="责任人", required=True, share=1),
            ),
        ),
        attachments_section("指标说明等"),
    ),
    note="项目经理根据项目计划制定，指标超过预警值的填写《问题单》。",
)
