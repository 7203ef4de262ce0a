"""The registers of a project's plan, each declared once for every form that carries it, and what their lines mean.

A plan is in force by baselines (INIT-3, CHG-1): a line keeps its id through every form and baseline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Facts, Field
from desktop.domain.fields import (
    ComputedField,
    DateField,
    MoneyField,
    MonthField,
    PeriodField,
    PersonField,
    QuantityField,
    TextField,
)
from desktop.domain.form import LineMaker, LineTable, Pivot

Line = Mapping[str, Json]


def folded(value: Json) -> str:
    """A name as it is compared: without blanks and whatever its letter case."""
    return "".join(str(value or "").split()).casefold()


def days_of(line: Line) -> tuple[str, str] | None:
    """The first and last day of a task as ISO text; nothing while the period is not filled in."""
    period = line.get("period")
    return (str(period["start"]), str(period["end"])) if isinstance(period, Mapping) else None


@dataclass(frozen=True)
class Register:
    """One part of a plan.

    ``amount``, ``subject``, ``month``, ``days`` and ``person`` name the columns that the ledger mirrors; ``paper``
    is its title as a sheet of its own (DOC-5).
    """

    key: str
    title: str
    noun: str
    columns: tuple[Field, ...]
    total: tuple[str, ...] = ()
    amount: str = ""
    subject: str = ""
    month: str = ""
    days: str = ""
    person: str = ""
    paper: str = ""
    pivot: Pivot | None = None

    @property
    def fact(self) -> str:
        """The fact that holds the lines in force."""
        return f"plan.{self.key}"


def line_amount(_facts: Facts, line: Line) -> Json:
    """Quantity times unit price, in fen, rounded half up; nothing while either is missing."""
    count, price = line.get("count"), line.get("price")
    if not isinstance(count, str) or not isinstance(price, int):
        return None
    return int((Decimal(count) * price).quantize(Decimal(1), ROUND_HALF_UP))


YES_NO = (Option("yes", "是", ("√", "y", "有")), Option("no", "否", ("×", "n", "无")))
_LEVELS = (Option("high", "高"), Option("middle", "中"), Option("low", "低"))

PROCUREMENT = Register(
    "procurement",
    "采购计划",
    "项",
    (
        TextField(
            key="name", label="设备（服务）名称", required=True, share=2.2, synonyms=("名称", "设备名称", "品名")
        ),
        TextField(key="model", label="型号", share=1.4, synonyms=("规格型号", "规格")),
        TextField(key="spec", label="配置", share=2, lines=True, longest=2_000, synonyms=("配置要求", "技术参数")),
        QuantityField(key="count", label="数量", required=True, share=0.7),
        TextField(key="unit", label="单位", share=0.5, longest=20),
        MoneyField(key="price", label="单价", required=True, share=1.2, synonyms=("单价（元）",)),
        ComputedField(
            key="amount", label="金额", share=1.3, compute=line_amount, shows=MoneyField(key="amount", label="金额")
        ),
        DateField(key="needed_on", label="交货期", required=True, share=1.2, synonyms=("到货日期", "交货日期")),
        TextField(key="supplier", label="供应商", share=1.6, synonyms=("供货商", "厂商")),
    ),
    total=("amount",),
    amount="amount",
    days="needed_on",
    paper="项目采购计划",
)

BUDGET = Register(
    "budget",
    "费用预算",
    "项",
    (
        ChoiceField(
            key="subject",
            label="科目",
            required=True,
            options_from="subjects",
            share=1.6,
            synonyms=("费用科目", "费用类别"),
        ),
        MonthField(key="month", label="月份", required=True, share=1),
        MoneyField(key="amount", label="金额", required=True, share=1.2, synonyms=("预算金额",)),
        TextField(key="note", label="说明", share=2.4, lines=True, longest=1_000, synonyms=("备注", "用途")),
    ),
    total=("amount",),
    amount="amount",
    subject="subject",
    month="month",
    paper="项目费用预算",
    pivot=Pivot("month", "subject", "amount"),
)

SCHEDULE = Register(
    "schedule",
    "进度计划",
    "项任务",
    (
        TextField(key="name", label="任务", required=True, share=2.6, synonyms=("任务名称", "工作内容")),
        PeriodField(key="period", label="起止日期", required=True, share=1.9, synonyms=("起止", "计划起止")),
        ChoiceField(key="milestone", label="里程碑", required=True, options=YES_NO, usually="no", share=0.7),
        PersonField(key="owner", label="责任人", required=True, share=1),
        TextField(
            key="after",
            label="前置任务",
            share=1.9,
            longest=4_000,
            hint="前置任务的名称，多个用顿号分开；可以跟类型和间隔，如：方案设计 SS+2、到货验收 FS-1天",
            synonyms=("前置", "紧前任务", "前置工作"),
        ),
        TextField(
            key="parent",
            label="上级任务",
            share=1.3,
            hint="所属汇总任务的名称",
            synonyms=("汇总任务", "父任务", "所属任务"),
            spare=True,
        ),
        QuantityField(
            key="work", label="计划人日", unit="人日", share=0.8, synonyms=("人日", "工作量", "计划工作量"), spare=True
        ),
        TextField(key="note", label="说明", share=1.2, lines=True, longest=1_000, synonyms=("备注",), spare=True),
    ),
    days="period",
    person="owner",
    paper="项目进度计划",
)

PRODUCTS = Register(
    "products",
    "工作产品清单",
    "项产品",
    (
        TextField(key="name", label="工作产品", required=True, share=2.4, synonyms=("产品名称", "成果名称")),
        TextField(key="basis", label="合同或技术要求", share=2, lines=True, longest=1_000),
        QuantityField(key="count", label="数量", share=0.7),
        TextField(key="milestone", label="所属里程碑", required=True, share=1.8, hint="进度计划中里程碑任务的名称"),
        DateField(key="due_on", label="提交日期", required=True, share=1.2),
    ),
    days="due_on",
    paper="工作产品清单",
)

ORGANIZATION = Register(
    "organization",
    "组织计划",
    "人",
    (
        PersonField(key="person", label="姓名", required=True, share=1),
        TextField(key="group", label="小组", share=1.2),
        TextField(key="duty", label="职责", required=True, share=2.4),
        PersonField(key="reports_to", label="汇报给", share=1),
        QuantityField(key="days", label="计划人日", unit="人日", share=0.9),
    ),
    person="person",
    paper="项目组织计划",
)

RISKS = Register(
    "risks",
    "风险管理计划",
    "项风险",
    (
        TextField(key="name", label="风险", required=True, share=2.4),
        ChoiceField(key="probability", label="可能性", required=True, options=_LEVELS, share=0.7),
        ChoiceField(key="impact", label="影响", required=True, options=_LEVELS, share=0.7),
        TextField(key="response", label="应对措施", required=True, share=2.6, lines=True, longest=2_000),
        PersonField(key="owner", label="责任人", required=True, share=1),
    ),
    person="owner",
    paper="项目风险管理计划",
)

REGISTERS: dict[str, Register] = {
    register.key: register for register in (PROCUREMENT, BUDGET, SCHEDULE, PRODUCTS, ORGANIZATION, RISKS)
}
"""Every register of a plan, by key."""
WORKING = ("organization", "schedule")
"""The registers whose people work on the project, and so report on it (WEEK-1)."""


def register_table(
    register: Register,
    *,
    at_least: int = 0,
    copied: bool = False,
    note: str = "",
    initially: str = "",
    compute: LineMaker | None = None,
) -> LineTable:
    """The section in which a form carries a register.

    ``copied`` begins it with the lines in force (CHG-1), ``initially`` with those of another fact; with ``compute``
    they follow from facts and nobody types them.
    """
    return LineTable(
        key=register.key,
        title=register.title,
        note=note,
        columns=register.columns,
        total=register.total,
        at_least=at_least,
        noun=register.noun,
        initially=register.fact if copied else initially,
        compute=compute,
        pivot=register.pivot,
    )


def total(lines: Iterable[Line], column: str = "amount") -> int:
    """The sum of a money column, in fen; blanks count nothing."""
    amounts = (line.get(column) for line in lines)
    return sum(amount for amount in amounts if isinstance(amount, int))
