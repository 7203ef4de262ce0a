"""Initiation where a project begins with a proposal (INIT-5): 申报, 评估, 《立项通知书》, 《项目计划书》."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import ComputedField, DateField, MoneyField, PersonField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section
from desktop.domain.plan import BUDGET, ORGANIZATION, PROCUREMENT, PRODUCTS, RISKS, SCHEDULE, register_table, total
from desktop.domain.plan_checks import (
    check_money,
    check_months,
    check_people,
    check_procurement,
    check_products,
)
from desktop.domain.schedule.checks import check_schedule

_CONCLUSIONS = (
    Option("good", "可行"),
    Option("limited", "有条件可行"),
    Option("bad", "不可行"),
)


def check_span(content: Content, _facts: Facts) -> Iterable[Problem]:
    """A proposed project ends after it begins."""
    start, end = value_of(content, "plan", "starts_on"), value_of(content, "plan", "ends_on")
    if isinstance(start, str) and isinstance(end, str) and end < start:
        yield Problem("plan", "ends_on", f"计划完成 {end} 早于计划开始 {start}", rule="INIT-5")


PROPOSAL = Form(
    key="proposal",
    title="项目申报表",
    subject="office",
    about=("basics.name",),
    posts="open_proposed",
    checks=(check_span,),
    sections=(
        Grid(
            key="basics",
            title="项目概况",
            fields=(
                TextField(key="name", label="项目名称", required=True, longest=120),
                ChoiceField(key="kind", label="项目类型", required=True, options_from="kinds"),
                TextField(key="customer", label="客户（使用）单位", longest=120),
                TextField(key="department", label="申报部门", required=True, longest=60),
                PersonField(key="proposer", label="申报人", required=True, initially="actor"),
                PersonField(key="manager", label="建议的项目经理"),
            ),
        ),
        Grid(
            key="goals",
            title="项目目标",
            fields=(
                long_text("goals", "项目目标", required=True),
                long_text("need", "申报理由", required=True),
            ),
        ),
        Grid(
            key="plan",
            title="项目计划",
            fields=(
                DateField(key="starts_on", label="计划开始", required=True),
                DateField(key="ends_on", label="计划完成", required=True),
                long_text("plan", "主要阶段", required=True),
            ),
        ),
        Grid(
            key="budget",
            title="预算",
            fields=(
                MoneyField(key="amount", label="预算金额", required=True, capital=True),
                TextField(key="source", label="资金来源"),
                long_text("parts", "预算构成"),
            ),
        ),
        attachments_section("建议书、调研材料等"),
    ),
    note="本表由申报部门填写；批准后项目列入台账，由项目管理办公室组织可行性评估。",
)


def _aspect(key: str, title: str, hint: str) -> Grid:
    return Grid(
        key=key,
        title=title,
        fields=(
            ChoiceField(key="verdict", label="结论", required=True, options=_CONCLUSIONS),
            long_text("findings", "分析", required=True, hint=hint),
        ),
    )


def check_conclusion(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Nothing is feasible on the whole that is not in one respect; a conditional verdict says its conditions."""
    verdict = value_of(content, "conclusion", "verdict")
    for key, title in (("technical", "技术"), ("economic", "经济"), ("market", "市场")):
        if verdict == "good" and value_of(content, key, "verdict") == "bad":
            text = f"{title}评估的结论是“不可行”，总的结论不能是“可行”"
            yield Problem("conclusion", "verdict", text, rule="INIT-5")
    if verdict == "limited" and not value_of(content, "conclusion", "conditions"):
        yield Problem("conclusion", "conditions", "结论是“有条件可行”，请写明条件", rule="INIT-5")


_FACTS = ("name", "number", "kind", "state", "customer", "department", "manager", "initiated_on")


def _project(*more: ComputedField) -> Grid:
    """The project's facts without those of a contract, on which these projects do not stand."""
    whole = project_section()
    return replace(whole, fields=(*(item for item in whole.fields if item.key in _FACTS), *more))


FEASIBILITY = Form(
    key="feasibility",
    title="项目可行性评估表",
    subject="project",
    posts="keep",
    checks=(check_conclusion,),
    sections=(
        _project(),
        _aspect("technical", "技术可行性", "方案、技术难点、人员与设备条件"),
        _aspect("economic", "经济可行性", "投入、收益、回款与成本风险"),
        _aspect("market", "市场可行性", "需求、竞争、后续业务"),
        Grid(
            key="conclusion",
            title="评估结论",
            fields=(
                ChoiceField(key="verdict", label="总的结论", required=True, options=_CONCLUSIONS),
                DateField(key="assessed_on", label="评估日期", required=True, initially="today"),
                long_text("text", "评估意见", required=True),
                long_text("conditions", "须满足的条件", hint="满足后重新评估，结论为“可行”才能立项"),
            ),
        ),
        attachments_section("评估报告、测算表等"),
    ),
    note="结论为“可行”并经公司领导批准的项目才能立项。",
)

NOTICE = Form(
    key="initiation_notice",
    title="项目立项通知书",
    subject="project",
    posts="issue_notice",
    sections=(
        _project(
            fact("feasibility", "可行性评估", "feasibility.number"),
            fact("assessed_on", "评估批准日期", "feasibility.effective_on", DateField),
        ),
        Grid(key="goals", title="项目目标", fields=(long_text("goals", "项目目标", required=True),)),
        Grid(
            key="scope",
            title="项目范围",
            fields=(
                DateField(
                    key="planned_final_on", label="要求完成日期", required=True, initially="project.planned_final_on"
                ),
                long_text("scope", "项目范围", required=True),
            ),
        ),
        Grid(
            key="resources",
            title="预算与资源分配",
            fields=(
                MoneyField(key="budget", label="批准预算", required=True, capital=True, initially="project.budget"),
                PersonField(key="manager", label="项目经理", required=True, initially="project.manager"),
                long_text("people", "人员分配", required=True),
                long_text("equipment", "设备与场地"),
                TextField(key="departments", label="配合部门"),
            ),
        ),
    ),
    note="自签发之日起立项；项目经理据此编制《项目计划书》，报项目管理办公室审核。",
)


def check_budget(content: Content, facts: Facts) -> Iterable[Problem]:
    """The plan's budget keeps to what the notice approved."""
    approved = facts.get("project.budget")
    if isinstance(approved, int) and total(lines_of(content, "budget")) > approved:
        text = "费用预算合计超出《项目立项通知书》批准的预算"
        yield Problem("budget", "", text, blocks=False, rule="INIT-5")


def _until(content: Content) -> str | None:
    day = value_of(content, "goals", "planned_final_on")
    return day if isinstance(day, str) else None


PLAN = Form(
    key="project_plan",
    title="项目计划书",
    subject="project",
    posts="issue_plan",
    checks=(
        check_budget,
        check_money,
        check_procurement,
        lambda content, _facts: check_months(content, _until(content)),
        lambda content, facts: check_schedule(content, facts, _until(content)),
        check_products,
        check_people,
    ),
    sections=(
        _project(),
        Grid(
            key="goals",
            title="目标与范围",
            fields=(
                DateField(key="planned_preliminary_on", label="计划初验", initially="project.planned_preliminary_on"),
                DateField(
                    key="planned_final_on", label="计划完成", required=True, initially="project.planned_final_on"
                ),
                long_text("goals", "项目目标", required=True),
                long_text("scope", "项目范围", required=True),
                long_text("control", "实施与沟通办法", hint="例会、报告、质量检查、变更办法"),
            ),
        ),
        register_table(SCHEDULE, at_least=1),
        register_table(PRODUCTS),
        register_table(ORGANIZATION, at_least=1),
        register_table(PROCUREMENT),
        register_table(BUDGET, at_least=1),
        register_table(RISKS, at_least=1),
        attachments_section("技术方案、进度横道图等"),
    ),
    note="本表由项目经理组织编制，经项目管理办公室审核通过后发布，各项计划即为第 1 版基线。",
)
