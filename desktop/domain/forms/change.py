"""项目变更申请表 (CHG-1…4, CHG-6, CHG-7): a copy of the plan is edited, and the detail sheets write themselves."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import ComputedField, DateField, PersonField, TextField, long_text
from desktop.domain.form import Form, Grid, Problem, day_of, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section
from desktop.domain.plan import REGISTERS
from desktop.domain.plan_checks import check_months, check_people, check_products
from desktop.domain.plan_scope import beyond_scope
from desktop.domain.plan_sheets import DETAIL_SHEETS, FIGURES, edited_register
from desktop.domain.schedule.checks import check_schedule

CAUSES = (
    Option("customer", "甲方要求"),
    Option("design", "方案或需求调整"),
    Option("site", "现场条件"),
    Option("supply", "设备或材料供货"),
    Option("cost", "费用超出或预计超出"),
    Option("progress", "进度偏差"),
    Option("staff", "人员变动"),
    Option("other", "其他"),
)
DATES = (("planned_preliminary_on", "计划初验"), ("planned_final_on", "计划终验"))
"""The days of the project that a change may move with its plan."""


def base_of(content: Content) -> int | None:
    """The number of the baseline that was edited, 0 where there was none yet."""
    base = value_of(content, "change", "base")
    return base if isinstance(base, int) else None


def _base(facts: Facts, content: Content) -> Json:
    """The baseline in force when the draft was begun: it keeps its first value."""
    base = base_of(content)
    return facts.get("plan.baseline") if base is None else base


def changes_something(content: Content) -> bool:
    """Whether any line of the plan differs."""
    return any(lines_of(content, sheet.key) for sheet in DETAIL_SHEETS)


def check_base(content: Content, facts: Facts) -> Iterable[Problem]:
    """A change is made against the plan in force; where that moved meanwhile, it is taken over first (CHG-1)."""
    base, now = base_of(content), facts.get("plan.baseline")
    if base is not None and isinstance(now, int) and base != now:
        text = f"本表是按第 {base} 版基线编制的，现行计划已是第 {now} 版；请先点“改按现行计划”核对后再提交"
        yield Problem("change", "base", text, rule="CHG-1")
    elif base == 0:
        text = "台账中还没有这个项目的计划；批准后，本表所列即为第 1 版基线"
        yield Problem("change", "base", text, blocks=False, rule="CHG-1")


def check_something(content: Content, facts: Facts) -> Iterable[Problem]:
    """There is a change to approve."""
    dates = [(f"project.{key}", value_of(content, "change", f"new_{key}")) for key, _label in DATES]
    if not changes_something(content) and all(not new or new == facts.get(name) for name, new in dates):
        yield Problem("change", "what", "还没有改动计划：请在“变更后的……”各表中直接修改", rule="CHG-1")


def check_dates(content: Content, _facts: Facts) -> Iterable[Problem]:
    """终验 after 初验."""
    first, last = (day_of(content, "change", f"new_{key}") for key, _label in DATES)
    if first and last and last < first:
        yield Problem("change", "new_planned_final_on", f"计划终验 {last} 早于计划初验 {first}")


def check_plan(content: Content, facts: Facts) -> Iterable[Problem]:
    """What is changed still makes a plan: predecessors, milestones, work products, people, months (INIT-1, INIT-2)."""
    until = value_of(content, "change", "new_planned_final_on")
    end = until if isinstance(until, str) else None
    if lines_of(content, "schedule_change"):
        yield from check_schedule(content, facts, end)
    if lines_of(content, "schedule_change") or lines_of(content, "plan_change"):
        yield from check_products(content, facts)
        yield from check_people(content, facts)
    if lines_of(content, "budget_change"):
        yield from check_months(content, end)


def check_scope(content: Content, facts: Facts) -> Iterable[Problem]:
    """What leaves the contract's scope is told before 总裁室 is asked (CHG-6)."""
    for section, text in beyond_scope(content, facts):
        yield Problem(section, "", f"{text}，须报总裁室审批", blocks=False, rule="CHG-6")


FORM = Form(
    key="change",
    title="项目变更申请表",
    subject="project",
    posts="change_plan",
    alters=True,
    checks=(check_base, check_something, check_dates, check_plan, check_scope),
    sections=(
        project_section(),
        Grid(
            key="change",
            title="变更申请",
            fields=(
                TextField(key="what", label="变更名称", required=True, longest=200, hint="一句话说明改什么"),
                ComputedField(
                    key="base",
                    label="原基线版次",
                    compute=_base,
                    shows=TextField(key="base", label="原基线版次"),
                ),
                ChoiceField(key="cause", label="原因类别", required=True, options=CAUSES),
                TextField(key="raised_by", label="提出方", hint="如：甲方来函、监理通知、项目组"),
                *(DateField(key=f"new_{key}", label=f"新{label}", initially=f"project.{key}") for key, label in DATES),
                long_text("reason", "变更原因", required=True),
            ),
        ),
        *(edited_register(register) for register in REGISTERS.values()),
        FIGURES,
        *DETAIL_SHEETS,
        Grid(
            key="assessment",
            title="变更评估",
            fields=(
                long_text("schedule", "对进度的影响", required=True, hint="没有影响的填“无”"),
                long_text("cost", "对费用的影响", required=True, hint="没有影响的填“无”"),
                long_text("quality", "对质量的影响", required=True, hint="没有影响的填“无”"),
                long_text("risks", "新的风险与对策"),
            ),
        ),
        Grid(
            key="execution",
            title="实施与验证",
            fields=(
                PersonField(key="owner", label="变更负责人", required=True, initially="actor"),
                DateField(key="due_on", label="完成期限"),
                long_text("steps", "实施办法"),
                long_text("verification", "如何验证", required=True, hint="由谁、凭什么确认变更已落实"),
                TextField(
                    key="told", label="告知", required=True, longest=1_000, hint="需要告知的部门、人员、客户和协作方"
                ),
            ),
        ),
        attachments_section("甲方来函、会议纪要、报价单等"),
    ),
    note=(
        "细目表由程序对照现行计划与变更后的计划生成；没有改动的部分不印。"
        "变更后的完整计划与本表一并签署，页脚校验码包含其全部内容；批准后成为新的计划基线，原基线保留可查。"
    ),
)
