"""成果一致性审核表 (CLOSE-4): what was delivered against the 工作产品 of contract and plan, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import DateField, PersonField, QuantityField, TextField, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

_VERDICTS = (Option("yes", "一致"), Option("part", "部分一致"), Option("no", "不一致"), Option("waived", "客户免交"))
CONCLUSIONS = (Option("yes", "一致，可以结项"), Option("no", "不一致，补齐后再审"))


def check_lines(content: Content, facts: Facts) -> Iterable[Problem]:
    """Every product that the contract and the plan ask for stands here as they have it, and is judged (CLOSE-4)."""
    lines = {str(line["id"]): (number, line) for number, line in enumerate(lines_of(content, "products"), 1)}
    asked = facts.get("delivery.products")
    for line in asked if isinstance(asked, list | tuple) else ():
        number, found = lines.get(str(line["id"]), (0, None))
        if found is None:
            yield Problem("products", "", f"“工作成果”中缺少合同或计划要求的“{line['name']}”", rule="CLOSE-4")
        elif any(found.get(key) != line.get(key) for key in ("name", "count")):
            text = f"“工作成果”第 {number} 行与合同或计划不符，应为“{_called(line)}”"
            yield Problem("products", "name", text, line=str(line["id"]), rule="CLOSE-4")
    for number, line in lines.values():
        yield from _judged(number, line)


def _called(line: Mapping[str, Json]) -> str:
    return f"{line.get('name')}×{line['count']}" if line.get("count") else str(line.get("name"))


def _judged(number: int, line: Mapping[str, Json]) -> Iterable[Problem]:
    verdict, place = line.get("verdict"), str(line["id"])
    if verdict in {"part", "no", "waived"} and not line.get("note"):
        text = f"“工作成果”第 {number} 行不完全一致，请写明差异与处理"
        yield Problem("products", "note", text, line=place, rule="CLOSE-4")
    asked, given = line.get("count"), line.get("delivered")
    short = isinstance(asked, str) and isinstance(given, str) and Decimal(given) < Decimal(asked)
    if verdict == "yes" and short:
        text = f"“工作成果”第 {number} 行只交付了 {given}，要求 {asked}，不能判为一致"
        yield Problem("products", "verdict", text, line=place, rule="CLOSE-4")


def check_conclusion(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Nothing that differs is concluded to be the same."""
    differs = any(line.get("verdict") in {"part", "no"} for line in lines_of(content, "products"))
    if differs and value_of(content, "conclusion", "verdict") == "yes":
        yield Problem("conclusion", "verdict", "还有不一致的成果，结论不能是“一致”", rule="CLOSE-4")


FORM = Form(
    key="conformity",
    title="成果一致性审核表",
    subject="project",
    posts="keep",
    checks=(check_lines, check_conclusion),
    sections=(
        project_section(),
        LineTable(
            key="products",
            title="工作成果",
            noun="项成果",
            at_least=1,
            note="合同与项目实施计划所列的工作产品由程序列出，逐项核对交付情况。",
            initially="delivery.products",
            columns=(
                TextField(key="name", label="工作产品", required=True, share=2.4),
                TextField(key="source", label="出处", share=1.1),
                TextField(key="basis", label="要求", share=1.8, lines=True, longest=2_000),
                QuantityField(key="count", label="应交", share=0.7),
                QuantityField(key="delivered", label="实交", required=True, share=0.7),
                TextField(key="version", label="版本", share=0.8),
                ChoiceField(key="verdict", label="核对", required=True, options=_VERDICTS, share=1),
                TextField(key="note", label="差异与处理", share=1.8, lines=True, longest=2_000),
            ),
        ),
        Grid(
            key="conclusion",
            title="审核结论",
            fields=(
                ChoiceField(key="verdict", label="结论", required=True, options=CONCLUSIONS),
                DateField(key="on", label="审核日期", required=True, initially="today"),
                PersonField(key="auditor", label="审核人", required=True, initially="actor"),
                long_text("text", "审核意见", required=True),
            ),
        ),
        attachments_section("核对记录"),
    ),
    note="质量管理部门核查提交的工作成果与“项目合同”和项目实施计划所列“工作产品”是否一致。",
)
