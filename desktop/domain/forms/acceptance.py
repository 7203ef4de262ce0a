"""初验报告 and 终验报告 (CLOSE-1, FAT-2, STAGE-2): item by item against what was agreed, confirmed by the customer."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import AttachmentField, DateField, PersonField, QuantityField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

PASSED = ("pass", "reserve")
"""The conclusions by which the customer has accepted."""

CONCLUSIONS = (Option("pass", "通过"), Option("reserve", "有遗留问题，通过"), Option("fail", "未通过"))
_CATEGORIES = (
    Option("function", "功能"),
    Option("performance", "性能"),
    Option("security", "安全"),
    Option("equipment", "设备"),
    Option("document", "文档"),
)
_RESULTS = (Option("yes", "合格"), Option("part", "基本合格"), Option("no", "不合格"))


def check_items(content: Content, _facts: Facts) -> Iterable[Problem]:
    """What failed is explained, and nothing that failed is passed without reserve (STAGE-2)."""
    bad = False
    for number, line in enumerate(lines_of(content, "items"), 1):
        if line.get("result") in {"part", "no"}:
            bad = True
            if not line.get("note"):
                text = f"“验收内容”第 {number} 行不完全合格，请写明情况"
                yield Problem("items", "note", text, line=str(line["id"]), rule="STAGE-2")
    if bad and value_of(content, "acceptance", "conclusion") == "pass":
        text = "有不完全合格的项目，结论应为“有遗留问题，通过”或“未通过”"
        yield Problem("acceptance", "conclusion", text, rule="STAGE-2")
    if value_of(content, "acceptance", "conclusion") == "reserve" and not lines_of(content, "left"):
        yield Problem("left", "", "结论为“有遗留问题，通过”，请列出遗留问题", rule="STAGE-2")


def check_day(content: Content, facts: Facts) -> Iterable[Problem]:
    """The customer has accepted: the day has come."""
    on, today = value_of(content, "acceptance", "accepted_on"), facts.get("today")
    if isinstance(on, str) and isinstance(today, str) and on > today:
        yield Problem("acceptance", "accepted_on", f"验收日期 {on} 还没有到", rule="CLOSE-2")


def check_after_preliminary(content: Content, facts: Facts) -> Iterable[Problem]:
    """终验 does not come before 初验."""
    on, first = value_of(content, "acceptance", "accepted_on"), facts.get("project.preliminary_on")
    if isinstance(on, str) and isinstance(first, str) and on < first:
        yield Problem("acceptance", "accepted_on", f"终验日期 {on} 早于初验日期 {first}", rule="FAT-2")


def _sections(word: str) -> tuple[Grid | LineTable, ...]:
    return (
        project_section(
            fact("preliminary_on", "实际初验", "project.preliminary_on", DateField),
            fact("final_on", "实际终验", "project.final_on", DateField),
        ),
        Grid(
            key="acceptance",
            title=f"{word}情况",
            fields=(
                DateField(key="accepted_on", label=f"{word}日期", required=True),
                TextField(key="place", label="地点"),
                TextField(key="confirmed_by", label="客户确认人", required=True, hint="姓名与职务"),
                TextField(key="report_no", label="报告编号"),
                ChoiceField(key="conclusion", label=f"{word}结论", required=True, options=CONCLUSIONS),
                PersonField(key="organizer", label="组织人", initially="project.manager"),
                TextField(key="members", label="验收组成员"),
                AttachmentField(key="report", label=f"{word}报告", required=True, hint="经客户签字盖章的扫描件"),
                long_text("basis", "验收依据", required=True, hint="合同、技术要求、双方商定的标准与计划"),
                long_text("opinion", "客户意见"),
            ),
        ),
        LineTable(
            key="items",
            title="验收内容",
            noun="项内容",
            at_least=1,
            initially="delivery.items",
            columns=(
                TextField(key="name", label="验收项", required=True, share=2.4),
                ChoiceField(key="category", label="类别", options=_CATEGORIES, share=0.9),
                TextField(key="criterion", label="标准", share=2.2, lines=True, longest=2_000),
                QuantityField(key="count", label="数量", share=0.7),
                TextField(key="method", label="检验办法", share=1.3),
                ChoiceField(key="result", label="结果", required=True, options=_RESULTS, share=1),
                TextField(key="note", label="说明", share=1.8, lines=True, longest=2_000),
            ),
        ),
        LineTable(
            key="left",
            title="遗留问题",
            noun="个问题",
            columns=(
                TextField(key="name", label="问题", required=True, share=3, lines=True, longest=2_000),
                TextField(key="next", label="处理办法", required=True, share=2.6, lines=True, longest=2_000),
                PersonField(key="person", label="责任人", share=1),
                DateField(key="due", label="期限", share=1.2),
            ),
        ),
        attachments_section("测试记录、到货清单、会议纪要"),
    )


PRELIMINARY_FORM = Form(
    key="preliminary_acceptance",
    title="初验报告",
    subject="project",
    posts="accept_preliminary",
    checks=(check_items, check_day),
    sections=_sections("初验"),
    note="项目经理组织初验并取得客户确认；集成项目原则上初验后启动结项，软件项目自初验起核算奖金。",
)
FINAL_FORM = Form(
    key="final_acceptance",
    title="终验报告",
    subject="project",
    posts="accept_final",
    checks=(check_items, check_day, check_after_preliminary),
    sections=_sections("终验"),
    note="终验由项目经理组织、客户经理协助；经客户确认的终验报告提交项目管理部归档。",
)
