"""撤项告知单 and 合同/项目撤销审批表 (WDR-1, WDR-3): the PMO informs 客户经理, who asks for the withdrawal."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import (
    ComputedField,
    DateField,
    MoneyField,
    PersonField,
    QuantityField,
    TextField,
    fact,
    long_text,
)
from desktop.domain.form import Form, Grid, LineTable, Problem, day_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

_STEPS = (Option("inform", "告知客户经理启动撤项"), Option("cancel", "取消原告知，项目继续"))
_WAYS = (Option("withdraw", "撤项"), Option("close", "转入结项"))
_SCOPES = (Option("project", "撤销项目"), Option("contract", "撤销合同"), Option("both", "合同与项目一并撤销"))
_CAUSES = (
    Option("customer", "甲方取消或终止"),
    Option("contract", "合同未生效或解除"),
    Option("technical", "技术上无法实施"),
    Option("money", "资金或回款"),
    Option("pause", "暂停逾期未能恢复"),
    Option("other", "其他"),
)
_STATES = (Option("archived", "已归档"), Option("handed", "已移交客户"), Option("none", "未形成"))


def _letter(facts: Facts, content: Content) -> Json:
    """The e-mail as the PMO may send it, made from what is known."""
    to = value_of(content, "notice", "to")
    name = to["name"] if isinstance(to, dict) else "客户经理"
    number, project = facts.get("project.number") or "", facts.get("project.name") or ""
    return (
        f"{name}：项目“{project}”（{number}）经我部与技术部门负责人沟通，拟办理撤项。"
        "请填写《合同/项目撤销审批表》，并随表提交设备签收单和已形成的成果文档。"
        "撤项前须有财务部的资产审核签字；撤项后不能再发生费用。"
    )


def check_sent(content: Content, facts: Facts) -> Iterable[Problem]:
    """The talk came before the mail, and neither lies ahead."""
    talked, sent = day_of(content, "talk", "on"), day_of(content, "notice", "on")
    if talked and sent and sent < talked:
        yield Problem("notice", "on", f"告知日期 {sent} 早于与技术部门沟通的日期 {talked}", rule="WDR-1")
    today = facts.get("today")
    if sent and isinstance(today, str) and sent.isoformat() > today:
        yield Problem("notice", "on", f"告知日期 {sent} 还没有到", rule="WDR-1")


NOTICE_FORM = Form(
    key="withdrawal_notice",
    title="撤项告知单",
    subject="project",
    posts="notify_withdrawal",
    alters=True,
    checks=(check_sent,),
    sections=(
        project_section(),
        Grid(
            key="talk",
            title="与技术部门沟通",
            fields=(
                PersonField(key="person", label="技术部门负责人", required=True),
                DateField(key="on", label="沟通日期", required=True),
                long_text("view", "沟通意见", required=True),
            ),
        ),
        Grid(
            key="notice",
            title="邮件告知",
            fields=(
                ChoiceField(key="step", label="告知事项", required=True, options=_STEPS),
                PersonField(key="to", label="收件人（客户经理）", required=True, initially="project.client_manager"),
                DateField(key="on", label="发出日期", required=True, initially="today"),
                TextField(key="copies", label="抄送"),
                ComputedField(
                    key="suggested",
                    label="建议正文",
                    compute=_letter,
                    shows=TextField(key="suggested", label="建议正文", lines=True, share=3),
                ),
                long_text("text", "邮件正文", required=True, hint="可照抄“建议正文”，填实际发出的内容"),
            ),
        ),
        attachments_section("已发出的邮件"),
    ),
    note="项目管理部与技术部门负责人沟通后，以电子邮件告知客户经理启动撤项；本单记录已告知的日期和内容。",
)


def _net(_facts: Facts, content: Content) -> Json:
    spent, received = value_of(content, "money", "spent"), value_of(content, "money", "received")
    return received - spent if isinstance(spent, int) and isinstance(received, int) else None


def check_way(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Where a closing is started instead, the reason says why."""
    if value_of(content, "reason", "way") == "close" and not value_of(content, "reason", "closing"):
        yield Problem("reason", "closing", "选了“转入结项”，请写明转入结项的理由和安排", rule="WDR-3")


FORM = Form(
    key="withdrawal",
    title="合同/项目撤销审批表",
    subject="project",
    posts="withdraw",
    alters=True,
    checks=(check_way,),
    sections=(
        project_section(
            fact("informed_on", "项目管理部告知日期", "project.withdrawing_on", DateField),
            fact("paused_on", "暂停批准日期", "project.paused_on", DateField),
        ),
        Grid(
            key="reason",
            title="撤销事由",
            fields=(
                ChoiceField(key="scope", label="撤销范围", required=True, options=_SCOPES),
                ChoiceField(key="cause", label="原因类别", required=True, options=_CAUSES),
                ChoiceField(key="way", label="处理方式", required=True, options=_WAYS),
                TextField(key="customer", label="客户确认", hint="如：甲方来函文号"),
                long_text("reason", "撤销原因", required=True),
                long_text("left", "善后安排", required=True, hint="合同、款项、人员、客户关系"),
                long_text("closing", "转入结项的理由"),
            ),
        ),
        LineTable(
            key="results",
            title="已形成的成果文档",
            noun="项成果",
            at_least=1,
            columns=(
                TextField(key="name", label="成果文档", required=True, share=3),
                TextField(key="version", label="版本", share=0.9),
                QuantityField(key="count", label="份数", share=0.8),
                ChoiceField(key="state", label="去向", required=True, options=_STATES, share=1.5),
                TextField(key="place", label="存放位置", share=2),
                TextField(key="note", label="说明", share=2, lines=True, longest=2_000),
            ),
        ),
        Grid(
            key="money",
            title="费用与资产",
            fields=(
                fact("budget", "费用预算", "project.budget", MoneyField),
                MoneyField(key="spent", label="已发生费用", required=True, capital=True),
                MoneyField(key="received", label="累计回款", required=True),
                ComputedField(
                    key="net",
                    label="收支差额",
                    compute=_net,
                    shows=MoneyField(key="net", label="收支差额", signed=True),
                ),
                MoneyField(key="committed", label="已签未付"),
                fact("receipt", "设备签收单", "filed.equipment_receipt", DateField),
                fact("assets", "资产审核批准", "filed.asset_review", DateField),
                long_text("equipment", "设备与资产处置", required=True),
            ),
        ),
        attachments_section("甲方来函、合同解除协议等"),
    ),
    note="本表由客户经理填写；撤项须有财务部的资产审核签字；撤销批准后不能再发生费用。",
)
