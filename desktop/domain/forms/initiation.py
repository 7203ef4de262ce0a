"""项目立项申请表 (INIT-1, INIT-3): the package whose approval puts the project to work on its first baseline."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.canonical import Json
from desktop.domain.field import Content, Facts
from desktop.domain.fields import ComputedField, DateField, MoneyField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section
from desktop.domain.plan import (
    BUDGET,
    ORGANIZATION,
    PROCUREMENT,
    PRODUCTS,
    RISKS,
    SCHEDULE,
    Register,
    register_table,
    total,
)
from desktop.domain.plan_checks import (
    beyond_contract,
    check_money,
    check_months,
    check_people,
    check_procurement,
    check_products,
    contract_amount,
    planned_cost,
    procurement_total,
)
from desktop.domain.schedule.checks import check_schedule


def _approved(register: Register) -> LineTable:
    """A register of the implementation plan in force, to be read beside the package and signed with it."""
    name = f"implementation_plan.{register.key}"

    def lines(facts: Facts, _content: Content) -> Iterable[dict[str, Json]]:
        known = facts.get(name)
        return [dict(line) for line in known if isinstance(line, dict)] if isinstance(known, list | tuple) else ()

    return register_table(register, compute=lines, note="取自已批准的《项目实施计划》，不在此填写。")


def _money(key: str, label: str, sum_of: str, *, signed: bool = False) -> ComputedField:
    sums = {
        "procurement": lambda _facts, content: procurement_total(content),
        "budget": lambda _facts, content: total(lines_of(content, "budget")),
        "cost": lambda _facts, content: planned_cost(content),
        "left": _left,
    }
    shown = MoneyField(key=key, label=label, signed=signed)
    return ComputedField(key=key, label=label, compute=sums[sum_of], shows=shown)


def _left(facts: Facts, content: Content) -> Json:
    amount = contract_amount(facts)
    return amount - planned_cost(content) if amount is not None else None


def check_days(content: Content, _facts: Facts) -> Iterable[Problem]:
    """The final acceptance is not before the preliminary one."""
    first, last = (value_of(content, "application", key) for key in ("planned_preliminary_on", "planned_final_on"))
    if isinstance(first, str) and isinstance(last, str) and last < first:
        text = f"计划终验 {last} 早于计划初验 {first}"
        yield Problem("application", "planned_final_on", text, rule="INIT-1")


def check_beyond(content: Content, facts: Facts) -> Iterable[Problem]:
    """What goes beyond the contract's scope is explained to 总裁室 (CHG-6, ROLE-5)."""
    reasons = beyond_contract(content, facts)
    if reasons and not value_of(content, "application", "beyond"):
        text = f"超出合同范围，请写明理由：{reasons[0]}"
        yield Problem("application", "beyond", text, rule="ROLE-5")


def _until(content: Content) -> str | None:
    day = value_of(content, "application", "planned_final_on")
    return day if isinstance(day, str) else None


FORM = Form(
    key="initiation",
    title="项目立项申请表",
    subject="project",
    posts="initiate",
    checks=(
        check_days,
        check_beyond,
        check_money,
        check_procurement,
        lambda content, _facts: check_months(content, _until(content)),
        lambda content, facts: check_schedule(content, facts, _until(content)),
        lambda content, facts: check_products(content, facts, fixed=True),
        check_people,
    ),
    sections=(
        project_section(fact("appointed_on", "任命日期", "project.appointed_on", DateField)),
        Grid(
            key="contract",
            title="合同依据",
            fields=(
                fact("name", "合同名称", "contract.name"),
                fact("number", "合同编号", "contract.number"),
                fact("in_force_on", "生效日期", "contract.in_force_on", DateField),
                fact("amount", "登记金额", "contract.amount", MoneyField),
                fact("outsourcing", "外包内容", "contract.outsourcing"),
                fact("plan", "实施计划", "implementation_plan.number"),
                fact("plan_on", "计划生效日期", "implementation_plan.effective_on", DateField),
            ),
        ),
        Grid(
            key="application",
            title="立项申请",
            fields=(
                DateField(
                    key="planned_preliminary_on",
                    label="计划初验",
                    required=True,
                    initially="project.planned_preliminary_on",
                ),
                DateField(
                    key="planned_final_on", label="计划终验", required=True, initially="project.planned_final_on"
                ),
                long_text("goals", "项目目标", required=True, hint="工期、质量、成本、客户满意度"),
                long_text("basis", "立项依据", required=True, hint="合同约定、客户要求、技术方案"),
                TextField(key="outsourced", label="外包安排", hint="没有外包的写“无”"),
                long_text("beyond", "超出合同范围的说明", hint="费用、进度或设备超出合同时填写，由总裁室批准"),
            ),
        ),
        Grid(
            key="totals",
            title="费用汇总",
            fields=(
                _money("procurement", "采购计划合计", "procurement"),
                _money("budget", "费用预算合计", "budget"),
                _money("cost", "计划总成本", "cost"),
                _money("left", "合同金额结余", "left", signed=True),
            ),
            note="计划总成本＝采购计划与费用预算之和，设备采购费不重复计算。",
        ),
        register_table(PROCUREMENT),
        register_table(BUDGET, at_least=1),
        register_table(SCHEDULE, at_least=1, initially="implementation_plan.schedule"),
        _approved(PRODUCTS),
        _approved(ORGANIZATION),
        _approved(RISKS),
        attachments_section("方案建议书、合同技术附件等"),
    ),
    note=(
        "本表由项目经理填写；《项目实施计划》生效、立项文档归档后提交，逐级审批，由总裁室最终批准；"
        "批准后项目进入实施，本表各项计划即为第 1 版基线。"
    ),
)
