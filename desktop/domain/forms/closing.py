"""结项启动登记 (CLOSE-2) and 项目结项申请表 (CLOSE-3): from the customer's acceptance report to the closed project."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import (
    AttachmentField,
    ComputedField,
    DateField,
    MoneyField,
    PersonField,
    QuantityField,
    TextField,
    fact,
    long_text,
)
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

STAGES = (Option("preliminary", "初验"), Option("final", "终验"))
_SUBMITTED = (Option("yes", "已提交"), Option("part", "部分提交"), Option("no", "未提交"))
_SETTLED = (Option("all", "全部结清"), Option("some", "尚有未结"))
_ANSWER = (Option("yes", "是"), Option("no", "否"))


def check_acceptance(content: Content, facts: Facts) -> Iterable[Problem]:
    """The customer accepted before the closing starts."""
    accepted, today = value_of(content, "acceptance", "accepted_on"), facts.get("today")
    if isinstance(accepted, str) and isinstance(today, str) and accepted > today:
        yield Problem("acceptance", "accepted_on", f"验收日期 {accepted} 还没有到", rule="CLOSE-2")


START_FORM = Form(
    key="closing_start",
    title="项目结项启动登记表",
    subject="project",
    posts="start_closing",
    checks=(check_acceptance,),
    sections=(
        project_section(),
        Grid(
            key="acceptance",
            title="验收情况",
            fields=(
                ChoiceField(key="stage", label="验收类别", required=True, options=STAGES, initially="acceptance.stage"),
                DateField(key="accepted_on", label="验收日期", required=True, initially="acceptance.accepted_on"),
                TextField(key="confirmed_by", label="客户确认人", required=True, initially="acceptance.confirmed_by"),
                TextField(key="report_no", label="验收报告编号", initially="acceptance.report_no"),
                AttachmentField(
                    key="report",
                    label="验收报告",
                    required=True,
                    hint="经客户确认的验收报告扫描件",
                    initially="acceptance.report",
                ),
                long_text("left", "验收遗留问题"),
            ),
        ),
    ),
    note="项目经理凭经客户确认的验收报告办理；自启动之日起 10 个工作日内完成结项全部工作及费用报销。",
)


def _balance(_facts: Facts, content: Content) -> Json:
    budget, spent = value_of(content, "money", "budget"), value_of(content, "money", "spent")
    return budget - spent if isinstance(budget, int) and isinstance(spent, int) else None


def check_results(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Work products that are not delivered, and claims left open, are explained."""
    for number, line in enumerate(lines_of(content, "results"), 1):
        if line.get("submitted") in {"part", "no"} and not line.get("note"):
            text = f"“工作成果”第 {number} 行没有全部提交，请在说明中写明原因"
            yield Problem("results", "note", text, line=str(line["id"]), rule="CLOSE-4")
    if value_of(content, "money", "claims") == "some" and not value_of(content, "money", "claims_note"):
        yield Problem("money", "claims_note", "费用报销尚有未结，请写明金额与处理办法", rule="CLOSE-2")


FORM = Form(
    key="closing",
    title="项目结项申请表",
    subject="project",
    posts="close",
    checks=(check_results,),
    sections=(
        project_section(
            fact("preliminary_on", "实际初验", "project.preliminary_on", DateField),
            fact("final_on", "实际终验", "project.final_on", DateField),
            fact("closing_started_on", "结项启动日期", "project.closing_started_on", DateField),
            fact("closing_due", "结项期限", "clock.closing_limit", DateField),
        ),
        Grid(
            key="summary",
            title="完成情况",
            fields=(
                long_text("done", "合同范围完成情况", required=True),
                long_text("quality", "质量与验收结论", required=True),
                long_text("left", "遗留问题及处理", required=True, hint="没有的写“无”"),
            ),
        ),
        LineTable(
            key="results",
            title="工作成果",
            noun="项成果",
            at_least=1,
            columns=(
                TextField(key="name", label="成果名称", required=True, share=2.6),
                TextField(key="basis", label="合同或计划要求", share=2.2),
                QuantityField(key="count", label="数量", share=0.8),
                ChoiceField(key="submitted", label="提交情况", required=True, options=_SUBMITTED, share=1.2),
                TextField(key="note", label="说明", lines=True, longest=2_000, share=2.2),
            ),
        ),
        Grid(
            key="money",
            title="费用",
            fields=(
                fact("budget", "费用预算", "project.budget", MoneyField),
                MoneyField(key="spent", label="实际发生", required=True, capital=True),
                ComputedField(
                    key="balance",
                    label="预算结余",
                    compute=_balance,
                    shows=MoneyField(key="balance", label="预算结余", signed=True),
                ),
                MoneyField(key="received", label="累计回款", required=True),
                ChoiceField(key="claims", label="费用报销", required=True, options=_SETTLED),
                ChoiceField(key="purchase", label="商务采购", required=True, options=_SETTLED),
                long_text("claims_note", "未结费用说明"),
                MoneyField(key="until_final", label="初验至终验估算费用", hint="初验后至终验期间的工作量所需"),
                QuantityField(key="until_final_days", label="初验至终验估算工作量", unit="人日"),
            ),
        ),
        Grid(
            key="transfer",
            title="移交与归档",
            fields=(
                ChoiceField(key="maintenance", label="转维护", required=True, options=_ANSWER),
                PersonField(key="maintainer", label="维护接收人"),
                ChoiceField(key="documents", label="技术文档已归档", required=True, options=_ANSWER),
                ChoiceField(key="report", label="总结报告已提交", required=True, options=_ANSWER),
                long_text("note", "移交说明"),
            ),
        ),
        attachments_section("验收报告、总结报告、实施转维护接口表等"),
    ),
    note="本表由项目经理填写；结项批准后项目状态转为结项，不能再发生费用报销。",
)
