"""项目经理变更审批单 (CHG-5): on the technical department's notice the PMO clerk makes it, and the PMO approves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import AttachmentField, ComputedField, DateField, PersonField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, Problem, day_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

REASONS = (
    Option("leaving", "离职"),
    Option("transfer", "岗位调整"),
    Option("leave", "长期休假"),
    Option("load", "任务调整"),
    Option("other", "其他"),
)


def _handed_over(facts: Facts, _content: Content) -> Json:
    """The newest handover sheet of the project, with where it stands."""
    text = facts.get("handover.newest")
    return text if isinstance(text, str) and text else "还没有"


def check_new(content: Content, _facts: Facts) -> Iterable[Problem]:
    """The new project manager is another person, known to the office, so that rights and to-dos reach them."""
    old, new = value_of(content, "project", "manager"), value_of(content, "appointment", "manager")
    if not isinstance(new, Mapping):
        return
    if not new.get("id"):
        text = f"“{new['name']}”不在人员名册里，请从名册中选择（先由项目管理员登记）"
        yield Problem("appointment", "manager", text, rule="CHG-5")
    elif isinstance(old, Mapping) and old.get("id") == new["id"]:
        yield Problem("appointment", "manager", f"{new['name']}已经是项目经理", rule="CHG-5")


def check_handover(content: Content, facts: Facts) -> Iterable[Problem]:
    """A manager who leaves hands over before the PMO signs (CHG-5)."""
    if not facts.get("handover.newest"):
        leaving = value_of(content, "appointment", "reason") == "leaving"
        text = "原项目经理还没有《工作交接单》" + (
            "；离职的，须经新项目经理逐项确认后，项目管理部方可签字" if leaving else "，请原项目经理办理交接"
        )
        yield Problem("appointment", "handover", text, blocks=False, rule="CHG-5")


def check_notice(content: Content, facts: Facts) -> Iterable[Problem]:
    """The notice came before today."""
    noticed, today = day_of(content, "notice", "on"), facts.get("today")
    if noticed and isinstance(today, str) and noticed.isoformat() > today:
        yield Problem("notice", "on", f"通知日期 {noticed} 还没有到")


FORM = Form(
    key="manager_change",
    title="项目经理变更审批单",
    subject="project",
    posts="change_manager",
    alters=True,
    checks=(check_notice, check_new, check_handover),
    sections=(
        project_section(fact("short_name", "项目简称", "project.short_name")),
        Grid(
            key="notice",
            title="技术部门书面通知",
            fields=(
                PersonField(key="person", label="通知人", required=True, hint="技术部门负责人或项目助理"),
                DateField(key="on", label="通知日期", required=True, initially="today"),
                AttachmentField(key="files", label="通知原件", hint="邮件、便函的扫描件"),
            ),
        ),
        Grid(
            key="appointment",
            title="项目经理变更",
            fields=(
                fact("old", "原项目经理", "project.manager", PersonField),
                PersonField(key="manager", label="新项目经理", required=True),
                ChoiceField(key="reason", label="变更原因", required=True, options=REASONS),
                DateField(key="effective_on", label="拟变更日期", required=True, initially="today"),
                ComputedField(
                    key="handover",
                    label="填报时的交接单",
                    compute=_handed_over,
                    shows=TextField(key="handover", label="填报时的交接单"),
                ),
                long_text("note", "说明"),
            ),
        ),
        attachments_section("新项目经理的资格证明等"),
    ),
    note=(
        "项目管理员凭技术部门的书面通知填写；批准后台账中的项目经理即行变更。"
        "原项目经理须向新项目经理提交《工作交接单》；离职的，须经新项目经理逐项确认后，项目管理部方可签字。"
    ),
)
