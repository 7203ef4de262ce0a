"""项目暂停恢复实施申请表 (PAUSE-4): the conditions are met, work and claims go on."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import DateField, MoneyField, PersonField, fact, long_text
from desktop.domain.form import Form, Grid, Problem, day_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

_IMPACT = (Option("none", "无影响"), Option("change", "有影响，另行办理变更"))


def check_impact(content: Content, _facts: Facts) -> Iterable[Problem]:
    """An impact that calls for a change is described."""
    for choice, text, label in (
        ("schedule_impact", "schedule_note", "进度影响说明"),
        ("budget_impact", "budget_note", "费用影响说明"),
    ):
        if value_of(content, "plan", choice) == "change" and not value_of(content, "plan", text):
            yield Problem("plan", text, f"选了“有影响”，请填写“{label}”")
    planned = day_of(content, "plan", "planned_preliminary_on")
    resume = day_of(content, "plan", "resume_on")
    if planned and resume and planned < resume:
        yield Problem("plan", "planned_preliminary_on", f"恢复后的预计初验 {planned} 早于恢复日期 {resume}")


FORM = Form(
    key="resumption",
    title="项目暂停恢复实施申请表",
    subject="project",
    posts="resume",
    alters=True,
    checks=(check_impact,),
    sections=(
        project_section(
            fact("paused_on", "暂停批准日期", "project.paused_on", DateField),
            fact("resume_by", "原定恢复日期", "project.resume_by", DateField),
        ),
        Grid(
            key="grounds",
            title="恢复依据",
            fields=(
                long_text("conditions", "恢复条件落实情况", required=True, hint="对照暂停申请表所列条件逐条说明"),
                long_text("meanwhile", "暂停期间情况", hint="人员、设备、费用、与客户的沟通"),
            ),
        ),
        Grid(
            key="plan",
            title="恢复后的安排",
            fields=(
                DateField(key="resume_on", label="拟恢复日期", required=True, initially="today"),
                DateField(key="planned_preliminary_on", label="恢复后预计初验"),
                PersonField(key="manager", label="恢复后项目经理", required=True, initially="project.manager"),
                MoneyField(key="paused_cost", label="暂停期间费用", hint="看护、仓储等"),
                ChoiceField(key="schedule_impact", label="对进度计划", required=True, options=_IMPACT),
                ChoiceField(key="budget_impact", label="对费用预算", required=True, options=_IMPACT),
                long_text("schedule_note", "进度影响说明"),
                long_text("budget_note", "费用影响说明"),
                long_text("people", "人员与资源", required=True),
                long_text("next", "近期工作计划", required=True),
            ),
        ),
        attachments_section("恢复通知、复工会议纪要等"),
    ),
    note="本表由项目经理填写，项目管理部审核确认后项目转为实施，方可发生费用报销。",
)
