"""项目实施计划 (INIT-2): what is delivered when and by whom; in force once each department passed its part."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import DateField, PersonField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_section
from desktop.domain.plan import ORGANIZATION, PRODUCTS, RISKS, SCHEDULE, register_table
from desktop.domain.plan_checks import check_people, check_products
from desktop.domain.schedule.checks import check_schedule

_RHYTHMS = (Option("weekly", "每周"), Option("fortnightly", "每两周"), Option("monthly", "每月"))


def check_software(content: Content, facts: Facts) -> Iterable[Problem]:
    """INIT-2: a software project plans its organization and how it is tracked."""
    if facts.get("project.kind_key") != "software":
        return
    if not lines_of(content, "organization"):
        yield Problem("organization", "", "软件项目要填写“组织计划”", rule="INIT-2")
    if not value_of(content, "tracking", "text"):
        yield Problem("tracking", "text", "软件项目要填写“项目跟踪计划”", rule="INIT-2")


def check_supervisor(content: Content, _facts: Facts) -> Iterable[Problem]:
    """ROLE-2: the quality department names its 质量监理."""
    if not value_of(content, "quality", "supervisor"):
        text = "还没有质量监理；由质量管理部门在立项时明确"
        yield Problem("quality", "supervisor", text, blocks=False, rule="ROLE-2")


FORM = Form(
    key="implementation_plan",
    title="项目实施计划",
    subject="project",
    posts="put_plan_in_force",
    checks=(
        check_software,
        check_supervisor,
        check_schedule,
        check_products,
        check_people,
    ),
    sections=(
        project_section(fact("appointed_on", "任命日期", "project.appointed_on", DateField)),
        Grid(
            key="background",
            title="项目背景",
            fields=(
                long_text("background", "项目背景", required=True),
                long_text("basis", "编制依据", hint="合同、技术协议、方案建议书、会议纪要"),
            ),
        ),
        Grid(
            key="scope",
            title="项目范围",
            fields=(
                long_text("inside", "实施范围", required=True),
                long_text("outside", "不包括的内容"),
                long_text("premises", "前提与约束", hint="甲方配合、现场条件、外包内容"),
            ),
        ),
        Grid(
            key="quality",
            title="质量目标",
            fields=(
                long_text("goals", "质量目标", required=True),
                long_text("measures", "质量保证措施"),
                TextField(key="standards", label="执行的标准"),
                PersonField(key="supervisor", label="质量监理", hint="由质量管理部门明确"),
            ),
        ),
        register_table(
            SCHEDULE,
            at_least=1,
            note=(
                "里程碑也是一项任务，在“里程碑”栏填“是”；前置任务须在它之前完成，"
                "不是这样的在名称后写明类型和间隔，如“方案设计 SS+2”（开始 2 个工作日后开始）。"
            ),
        ),
        register_table(PRODUCTS, at_least=1, note="每项工作产品都属于进度计划中的一个里程碑。"),
        register_table(ORGANIZATION, note="软件项目必须填写，其他项目可以不填。"),
        Grid(
            key="tracking",
            title="项目跟踪计划",
            note="软件项目必须填写，其他项目可以不填。",
            fields=(
                ChoiceField(
                    key="meetings",
                    label="项目例会",
                    options=_RHYTHMS,
                    usually="fortnightly",
                    hint="制度建议至少每两周一次",
                ),
                TextField(key="reviews", label="阶段评审", hint="在哪些里程碑评审"),
                long_text("text", "跟踪办法", hint="跟踪什么、由谁、多久一次、偏离到什么程度须上报"),
            ),
        ),
        register_table(RISKS, at_least=1),
        attachments_section("方案建议书、进度横道图、组织结构图等"),
    ),
    note="本表由项目经理填写，各部门按职责分别评审；全部通过后生效，作为立项申请的依据。",
)
