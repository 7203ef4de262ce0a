"""商务采购结项表 (ROLE-3, CTRL-5): 商务部 settles what was bought against the 采购计划."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import ComputedField, DateField, MoneyField, PersonField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

_ARRIVALS = (Option("all", "全部到货验收"), Option("part", "部分到货"), Option("none", "未采购"))
_CONCLUSIONS = (Option("closed", "采购结清"), Option("open", "尚有未结"))


def _difference(_facts: Facts, line: Content) -> Json:
    planned, real = line.get("planned"), line.get("real")
    return real - planned if isinstance(planned, int) and isinstance(real, int) else None


def check_lines(content: Content, _facts: Facts) -> Iterable[Problem]:
    """What did not come or is not paid is explained, and nothing open is concluded to be settled."""
    left_open = False
    for number, line in enumerate(lines_of(content, "purchases"), 1):
        real, paid = line.get("real"), line.get("paid")
        owed = isinstance(real, int) and isinstance(paid, int) and paid < real
        left_open = left_open or owed or line.get("arrival") == "part"
        if (owed or line.get("arrival") in {"part", "none"}) and not line.get("note"):
            text = f"“采购”第 {number} 行没有到齐或付清，请写明情况"
            yield Problem("purchases", "note", text, line=str(line["id"]), rule="ROLE-3")
    if left_open and value_of(content, "conclusion", "verdict") == "closed":
        yield Problem("conclusion", "verdict", "还有没有到齐或付清的采购，结论应为“尚有未结”", rule="ROLE-3")


FORM = Form(
    key="purchase_closing",
    title="商务采购结项表",
    subject="project",
    posts="keep",
    wide=True,
    checks=(check_lines,),
    sections=(
        project_section(fact("planned", "采购计划金额", "plan.procurement_total", MoneyField)),
        LineTable(
            key="purchases",
            title="采购",
            noun="项采购",
            at_least=1,
            initially="delivery.purchases",
            total=("planned", "real", "paid"),
            columns=(
                TextField(key="name", label="设备（服务）", required=True, share=1.8),
                TextField(key="supplier", label="供应商、合同号", share=2, lines=True),
                MoneyField(key="planned", label="计划金额", share=1.2),
                MoneyField(key="real", label="实际金额", required=True, share=1.2),
                ComputedField(
                    key="difference",
                    label="差额",
                    compute=_difference,
                    shows=MoneyField(key="difference", label="差额", signed=True),
                    share=1.1,
                ),
                MoneyField(key="paid", label="已付", required=True, share=1.2),
                ChoiceField(key="arrival", label="到货", required=True, options=_ARRIVALS, share=1),
                TextField(key="note", label="说明", share=1.1, lines=True, longest=2_000),
            ),
        ),
        Grid(
            key="conclusion",
            title="结论",
            fields=(
                ChoiceField(key="verdict", label="结论", required=True, options=_CONCLUSIONS),
                DateField(key="on", label="结项日期", required=True, initially="today"),
                PersonField(key="buyer", label="采购经办人", required=True, initially="actor"),
                long_text("text", "说明"),
            ),
        ),
        attachments_section("采购合同、发票、验收单"),
    ),
    note="商务部在采购任务完成后办理采购结项，项目经理核对确认设备与服务内容。",
)
