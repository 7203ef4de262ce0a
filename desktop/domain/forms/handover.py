"""工作交接单 (CHG-5): what one person hands to another, line by line, under a witness."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts, Field
from desktop.domain.fields import DateField, MoneyField, PercentField, PersonField, QuantityField, TextField, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

REASONS = (
    Option("manager", "项目经理变更"),
    Option("leaving", "离职"),
    Option("transfer", "岗位调整"),
    Option("leave", "长期休假"),
    Option("other", "其他"),
)
_MEDIA = (Option("file", "电子"), Option("paper", "纸质"), Option("both", "电子及纸质"))
_TABLES = ("documents", "tasks", "equipment", "money", "contacts", "problems")


def check_people(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Giver, receiver and witness are three people."""
    seen: dict[str, str] = {}
    for key, label in (("giver", "移交人"), ("receiver", "接收人"), ("witness", "监交人")):
        person = value_of(content, "people", key)
        if not isinstance(person, dict):
            continue
        identity = str(person.get("id") or person.get("name"))
        if identity in seen:
            yield Problem("people", key, f"{label}与{seen[identity]}是同一个人", rule="CHG-5")
        seen[identity] = label


def check_something(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Something is handed over, or the sheet says that there is nothing."""
    if not any(lines_of(content, key) for key in _TABLES) and not value_of(content, "people", "note"):
        yield Problem("people", "note", "各明细表都是空的；确实没有可交接的，请在“其他说明”中写明")


def _note(share: float = 2.0) -> Field:
    return TextField(key="note", label="说明", lines=True, longest=2_000, share=share)


FORM = Form(
    key="handover",
    title="工作交接单",
    subject="project",
    posts="keep",
    alters=True,
    checks=(check_people, check_something),
    sections=(
        project_section(),
        Grid(
            key="people",
            title="交接",
            fields=(
                PersonField(key="giver", label="移交人", required=True, initially="actor"),
                PersonField(key="receiver", label="接收人", required=True),
                PersonField(key="witness", label="监交人", required=True),
                DateField(key="on", label="交接日期", required=True, initially="today"),
                ChoiceField(key="reason", label="交接原因", required=True, options=REASONS),
                TextField(key="duty", label="交接岗位", hint="如：项目经理"),
                long_text("note", "其他说明"),
            ),
        ),
        LineTable(
            key="documents",
            title="文档资料",
            noun="份",
            columns=(
                TextField(key="name", label="名称", required=True, share=3),
                ChoiceField(key="media", label="载体", options=_MEDIA, share=1.2),
                QuantityField(key="count", label="份数", share=0.8),
                TextField(key="place", label="存放位置", share=2),
                _note(),
            ),
        ),
        LineTable(
            key="tasks",
            title="在办工作",
            noun="项",
            columns=(
                TextField(key="name", label="工作内容", required=True, lines=True, longest=2_000, share=3),
                PercentField(key="done", label="进度", share=0.8),
                TextField(key="next", label="下一步", lines=True, longest=2_000, share=2.4),
                DateField(key="due", label="期限", share=1.3),
                TextField(key="contact", label="联系人", share=1.1),
            ),
        ),
        LineTable(
            key="equipment",
            title="设备与物品",
            noun="项",
            columns=(
                TextField(key="name", label="名称及型号", required=True, share=3),
                QuantityField(key="count", label="数量", required=True, share=0.8),
                TextField(key="unit", label="单位", share=0.7),
                TextField(key="place", label="存放位置", share=2),
                _note(),
            ),
        ),
        LineTable(
            key="money",
            title="费用与往来",
            noun="项",
            total=("amount",),
            columns=(
                TextField(key="name", label="事项", required=True, share=3),
                MoneyField(key="amount", label="金额（元）", required=True, share=1.6, signed=True),
                TextField(key="state", label="状态", share=1.3, hint="如：待报销、待收款、已签未付"),
                _note(2.4),
            ),
        ),
        LineTable(
            key="contacts",
            title="客户与协作方联系人",
            noun="人",
            columns=(
                TextField(key="company", label="单位", required=True, share=2.6),
                TextField(key="name", label="姓名", required=True, share=1.1),
                TextField(key="duty", label="职务", share=1.2),
                TextField(key="phone", label="电话", share=1.6),
                _note(),
            ),
        ),
        LineTable(
            key="problems",
            title="遗留问题",
            noun="个",
            columns=(
                TextField(key="name", label="问题", required=True, lines=True, longest=2_000, share=3),
                TextField(key="impact", label="影响", lines=True, longest=2_000, share=1.8),
                TextField(key="next", label="已采取措施及下一步", lines=True, longest=2_000, share=2.6),
                DateField(key="due", label="期限", share=1.3),
            ),
        ),
        attachments_section("交接清单、照片等"),
    ),
    note="移交人、接收人、监交人逐项核对后签字；本单一式三份，移交人、接收人、项目管理部各执一份。",
)
