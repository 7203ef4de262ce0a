"""设备签收单 (WDR-1, CTRL-5) and 资产审核表 (WDR-2): what stands where, who has it, what it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import ComputedField, DateField, MoneyField, PersonField, QuantityField, TextField, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

_PURPOSES = (
    Option("customer", "客户签收"),
    Option("return", "退库签收"),
    Option("maintenance", "转维护签收"),
    Option("withdrawal", "撤项清点"),
)
_CONDITIONS = (Option("good", "完好"), Option("used", "在用"), Option("broken", "损坏"), Option("missing", "短缺"))


def _left(_facts: Facts, line: Content) -> Json:
    received, returned = line.get("received"), line.get("returned")
    if not isinstance(received, str):
        return None
    left = Decimal(received) - (Decimal(returned) if isinstance(returned, str) else Decimal(0))
    return f"{left.normalize():f}"


def check_counts(content: Content, _facts: Facts) -> Iterable[Problem]:
    """Nothing is returned that was not received; what is broken or missing is explained."""
    for number, line in enumerate(lines_of(content, "equipment"), 1):
        place = str(line["id"])
        left = _left({}, line)
        if isinstance(left, str) and Decimal(left) < 0:
            yield Problem("equipment", "returned", f"“设备”第 {number} 行：退回多于签收", line=place)
        if line.get("condition") in {"broken", "missing"} and not line.get("note"):
            yield Problem("equipment", "note", f"“设备”第 {number} 行：损坏或短缺请写明情况", line=place, rule="WDR-1")


RECEIPT_FORM = Form(
    key="equipment_receipt",
    title="设备签收单",
    subject="project",
    posts="keep",
    checks=(check_counts,),
    sections=(
        project_section(),
        Grid(
            key="receipt",
            title="签收",
            fields=(
                ChoiceField(key="purpose", label="签收事由", required=True, options=_PURPOSES),
                DateField(key="on", label="签收日期", required=True, initially="today"),
                PersonField(key="receiver", label="签收人", required=True),
                TextField(key="company", label="签收单位", hint="客户签收时填客户单位与经手人"),
                long_text("note", "说明"),
            ),
        ),
        LineTable(
            key="equipment",
            title="设备",
            noun="项设备",
            at_least=1,
            initially="delivery.equipment",
            columns=(
                TextField(key="name", label="设备名称", required=True, share=2.4),
                TextField(key="model", label="型号", share=1.5),
                QuantityField(key="count", label="应有", share=0.7),
                QuantityField(key="received", label="签收", required=True, share=0.7),
                QuantityField(key="returned", label="退回", share=0.7),
                ChoiceField(key="condition", label="状况", required=True, options=_CONDITIONS, share=0.8),
                TextField(key="place", label="存放地点", required=True, share=1.5),
                TextField(key="note", label="说明", share=1.6, lines=True, longest=2_000),
            ),
        ),
        attachments_section("签收单扫描件、照片"),
    ),
    note="设备清单取自项目采购计划，逐项核对后由签收人签字；本单一式三份。",
)

_DISPOSALS = (
    Option("stock", "退回库房"),
    Option("transfer", "转其他项目"),
    Option("customer", "移交客户"),
    Option("sale", "变卖"),
    Option("loss", "报损"),
)


def _difference(_facts: Facts, line: Content) -> Json:
    book, real = line.get("book"), line.get("real")
    return real - book if isinstance(book, int) and isinstance(real, int) else None


def check_disposal(content: Content, _facts: Facts) -> Iterable[Problem]:
    """A loss is explained; without any asset the review says so."""
    for number, line in enumerate(lines_of(content, "assets"), 1):
        if line.get("disposal") == "loss" and not line.get("note"):
            text = f"“资产”第 {number} 行：报损请写明原因"
            yield Problem("assets", "note", text, line=str(line["id"]), rule="WDR-2")
    if not lines_of(content, "assets") and not value_of(content, "review", "none"):
        yield Problem("review", "none", "没有列出资产；确实没有的，请在“无资产说明”中写明", rule="WDR-2")


REVIEW_FORM = Form(
    key="asset_review",
    title="资产审核表",
    subject="project",
    posts="keep",
    checks=(check_disposal,),
    sections=(
        project_section(),
        LineTable(
            key="assets",
            title="资产",
            noun="项资产",
            total=("book", "real"),
            columns=(
                TextField(key="name", label="资产名称", required=True, share=2.2),
                TextField(key="number", label="资产编号", share=1.7),
                QuantityField(key="count", label="数量", required=True, share=0.7),
                MoneyField(key="book", label="账面价值", required=True, share=1.3),
                MoneyField(key="real", label="核定价值", required=True, share=1.3),
                ComputedField(
                    key="difference",
                    label="差额",
                    compute=_difference,
                    shows=MoneyField(key="difference", label="差额", signed=True),
                    share=1.2,
                ),
                ChoiceField(key="disposal", label="处置", required=True, options=_DISPOSALS, share=1.4),
                TextField(key="note", label="说明", share=1.2, lines=True, longest=2_000),
            ),
        ),
        Grid(
            key="review",
            title="往来与结论",
            fields=(
                MoneyField(key="receivable", label="应收款项", required=True),
                MoneyField(key="payable", label="应付款项", required=True),
                MoneyField(key="advances", label="个人借款未清", required=True),
                MoneyField(key="unclaimed", label="未报销费用", required=True),
                long_text("none", "无资产说明"),
                long_text("conclusion", "审核结论", required=True),
            ),
        ),
        attachments_section("固定资产清单、往来对账单"),
    ),
    note="办理撤项须有财务部对资产的审核签字。",
)
