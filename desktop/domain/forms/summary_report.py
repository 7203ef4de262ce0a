"""项目总结报告 (CLOSE-3) and 初验至终验工作量估算 (CLOSE-1): plan beside reality, and what is still to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import (
    ComputedField,
    DateField,
    MoneyField,
    PercentField,
    PeriodField,
    PersonField,
    QuantityField,
    TextField,
    fact,
    long_text,
)
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section
from desktop.domain.money import yuan_text

_ASPECTS = (
    Option("schedule", "进度"),
    Option("cost", "费用"),
    Option("quality", "质量"),
    Option("technical", "技术"),
    Option("purchase", "采购外包"),
    Option("customer", "客户沟通"),
    Option("team", "团队"),
)
_KINDS = (Option("good", "经验"), Option("bad", "教训"))


def _days_late(planned: str, real: str) -> Callable[[Facts, Content], Json]:
    def late(facts: Facts, _content: Content) -> Json:
        due, done = facts.get(planned), facts.get(real)
        if not isinstance(due, str) or not isinstance(done, str):
            return None
        days = (dt.date.fromisoformat(done) - dt.date.fromisoformat(due)).days
        return "按期" if days == 0 else f"{'推迟' if days > 0 else '提前'} {abs(days)} 天"

    return late


def _deviation(key: str, label: str, planned: str, real: str) -> ComputedField:
    return ComputedField(key=key, label=label, compute=_days_late(planned, real), shows=TextField(key=key, label=label))


def _balance(facts: Facts, content: Content) -> Json:
    budget, spent = facts.get("project.budget"), value_of(content, "cost", "real")
    return budget - spent if isinstance(budget, int) and isinstance(spent, int) else None


def _share(facts: Facts, content: Content) -> Json:
    budget, spent = facts.get("project.budget"), value_of(content, "cost", "real")
    if not isinstance(budget, int) or not isinstance(spent, int) or budget <= 0:
        return None
    tenths = (spent * 1000 + budget // 2) // budget
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")


def check_over(content: Content, facts: Facts) -> Iterable[Problem]:
    """What was spent beyond the budget is explained."""
    left = _balance(facts, content)
    if isinstance(left, int) and left < 0 and not value_of(content, "cost", "reason"):
        yield Problem("cost", "reason", f"实际费用超出预算 {yuan_text(-left)} 元，请说明原因", rule="CLOSE-3")


FORM = Form(
    key="summary_report",
    title="项目总结报告",
    subject="project",
    posts="keep",
    checks=(check_over,),
    sections=(
        project_section(),
        Grid(
            key="goals",
            title="目标与完成情况",
            fields=(
                long_text("goals", "项目目标与范围", required=True),
                long_text("done", "完成情况", required=True),
                long_text("quality", "质量目标与结果", required=True),
                long_text("changes", "变更情况"),
            ),
        ),
        Grid(
            key="dates",
            title="计划与实际",
            fields=(
                fact("initiated_on", "立项", "project.initiated_on", DateField),
                fact("planned_preliminary_on", "计划初验", "project.planned_preliminary_on", DateField),
                fact("preliminary_on", "实际初验", "project.preliminary_on", DateField),
                _deviation("preliminary_days", "初验偏差", "project.planned_preliminary_on", "project.preliminary_on"),
                fact("planned_final_on", "计划终验", "project.planned_final_on", DateField),
                fact("final_on", "实际终验", "project.final_on", DateField),
                _deviation("final_days", "终验偏差", "project.planned_final_on", "project.final_on"),
                long_text("reason", "进度偏差原因"),
            ),
        ),
        Grid(
            key="cost",
            title="费用",
            fields=(
                fact("budget", "费用预算", "project.budget", MoneyField),
                fact("claimed", "已报销费用", "expense.total", MoneyField),
                MoneyField(key="real", label="实际费用", required=True, capital=True, initially="expense.total"),
                ComputedField(
                    key="balance",
                    label="预算结余",
                    compute=_balance,
                    shows=MoneyField(key="balance", label="预算结余", signed=True),
                ),
                ComputedField(
                    key="share", label="预算使用率", compute=_share, shows=PercentField(key="share", label="预算使用率")
                ),
                QuantityField(key="planned_days", label="计划工作量", unit="人日"),
                QuantityField(key="real_days", label="实际工作量", unit="人日"),
                long_text("reason", "费用偏差原因"),
            ),
        ),
        LineTable(
            key="lessons",
            title="经验教训",
            noun="条",
            at_least=1,
            columns=(
                ChoiceField(key="kind", label="类别", required=True, options=_KINDS, share=0.7),
                ChoiceField(key="aspect", label="方面", required=True, options=_ASPECTS, share=0.9),
                TextField(key="text", label="内容", required=True, share=4, lines=True, longest=2_000),
                TextField(key="advice", label="建议", share=3, lines=True, longest=2_000),
            ),
        ),
        attachments_section("产品度量表、满意度调查等"),
    ),
    note="项目总结报告单独审批，批准后作为结项资料归档。",
)


def _line_cost(_facts: Facts, line: Content) -> Json:
    days, rate, other = line.get("days"), line.get("rate"), line.get("other")
    if not isinstance(days, str) or not isinstance(rate, int):
        return other
    labour = int((Decimal(days) * rate).quantize(Decimal(1), ROUND_HALF_UP))
    return labour + (other if isinstance(other, int) else 0)


def estimated(content: Content) -> int:
    """The estimated cost until 终验, fen."""
    costs = (_line_cost({}, line) for line in lines_of(content, "work"))
    return sum(cost for cost in costs if isinstance(cost, int))


def _remaining(facts: Facts, _content: Content) -> Json:
    budget, spent = facts.get("project.budget"), facts.get("expense.total")
    return budget - spent if isinstance(budget, int) and isinstance(spent, int) else None


def check_inside_cost(content: Content, facts: Facts) -> Iterable[Problem]:
    """The work until 终验 should stay inside the cost (CLOSE-1)."""
    left, need = _remaining(facts, content), estimated(content)
    if isinstance(left, int) and need > left:
        text = f"估算费用 {yuan_text(need)} 元超出预算余额 {yuan_text(left)} 元，须另行办理费用预算变更"
        yield Problem("work", "days", text, blocks=False, rule="CLOSE-1")


UNTIL_FINAL_FORM = Form(
    key="until_final",
    title="初验至终验工作量估算表",
    subject="project",
    posts="keep",
    checks=(check_inside_cost,),
    sections=(
        project_section(
            fact("preliminary_on", "实际初验", "project.preliminary_on", DateField),
            fact("budget", "费用预算", "project.budget", MoneyField),
            fact("spent", "已报销费用", "expense.total", MoneyField),
            ComputedField(
                key="remaining",
                label="预算余额",
                compute=_remaining,
                shows=MoneyField(key="remaining", label="预算余额", signed=True),
            ),
        ),
        LineTable(
            key="work",
            title="工作量与费用",
            noun="项工作",
            at_least=1,
            total=("days", "cost"),
            columns=(
                TextField(key="name", label="工作内容", required=True, share=2.6),
                PeriodField(key="period", label="起止日期", share=1.9),
                PersonField(key="person", label="承担人", share=1),
                QuantityField(key="days", label="人日", required=True, share=0.8),
                MoneyField(key="rate", label="人日单价", share=1.1),
                MoneyField(key="other", label="其他费用", share=1.1),
                ComputedField(
                    key="cost", label="费用", compute=_line_cost, shows=MoneyField(key="cost", label="费用"), share=1.2
                ),
            ),
        ),
        Grid(key="grounds", title="说明", fields=(long_text("text", "估算依据", required=True),)),
        attachments_section("合同终验条款等"),
    ),
    note="初验后项目经理估算至终验期间的工作量，以确定此期间的费用在成本范围之内。",
)
