"""暂停申请表 (PAUSE-1): why a project pauses, how it stands, and what happens until it goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from desktop.domain.calendar import add_months
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, Option
from desktop.domain.field import Content, Facts
from desktop.domain.fields import (
    ComputedField,
    DateField,
    MoneyField,
    PercentField,
    PersonField,
    TextField,
    fact,
    long_text,
)
from desktop.domain.form import Form, Grid, Problem, day_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

CAUSES = (
    Option("customer", "甲方原因"),
    Option("site", "现场条件不具备"),
    Option("supply", "设备或材料供货"),
    Option("money", "资金或回款"),
    Option("design", "方案或需求调整"),
    Option("staff", "人员不足"),
    Option("other", "其他"),
)


def _used_share(facts: Facts, content: Content) -> Json:
    budget, spent = facts.get("project.budget"), value_of(content, "progress", "spent")
    if not isinstance(budget, int) or not isinstance(spent, int) or budget <= 0:
        return None
    tenths = (spent * 1000 + budget // 2) // budget
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")


def check_dates(content: Content, facts: Facts) -> Iterable[Problem]:
    """Resumption after the start, and in principle within three months (PAUSE-5)."""
    start = day_of(content, "reason", "pause_from")
    end = day_of(content, "reason", "resume_by")
    if start is None or end is None:
        return
    if end <= start:
        yield Problem("reason", "resume_by", f"预计恢复日期 {end} 应在拟暂停日期 {start} 之后")
    elif end > add_months(start, 3):
        text = "预计暂停超过 3 个月；制度规定暂停期限原则上为 3 个月，逾期的须另提处理意见"
        yield Problem("reason", "resume_by", text, blocks=False, rule="PAUSE-5")
    today = facts.get("today")
    if isinstance(today, str) and end <= dt.date.fromisoformat(today):
        yield Problem("reason", "resume_by", f"预计恢复日期 {end} 已经过去", blocks=end > start)


FORM = Form(
    key="suspension",
    title="项目暂停申请表",
    subject="project",
    posts="pause",
    alters=True,
    checks=(check_dates,),
    sections=(
        project_section(),
        Grid(
            key="reason",
            title="暂停事由",
            fields=(
                DateField(key="pause_from", label="拟暂停日期", required=True, initially="today"),
                DateField(key="resume_by", label="预计恢复日期", required=True, hint="原则上不超过 3 个月"),
                ChoiceField(key="cause", label="原因类别", required=True, options=CAUSES),
                TextField(key="raised_by", label="提出方", hint="如：甲方来函、监理通知、本公司"),
                long_text("reason", "暂停原因", required=True),
            ),
        ),
        Grid(
            key="progress",
            title="目前进展与费用",
            fields=(
                PercentField(key="done_share", label="总体进度", required=True),
                MoneyField(key="received", label="已回款"),
                fact("budget", "费用预算", "project.budget", MoneyField),
                MoneyField(key="spent", label="已发生费用", required=True, capital=True),
                ComputedField(
                    key="used_share",
                    label="预算使用率",
                    compute=_used_share,
                    shows=PercentField(key="used_share", label="预算使用率"),
                ),
                MoneyField(key="committed", label="已签未付"),
                long_text("done", "已完成工作", required=True),
                long_text("open", "未完成工作", required=True),
            ),
        ),
        Grid(
            key="meanwhile",
            title="暂停期间安排",
            fields=(
                long_text("people", "人员安排", required=True),
                long_text("equipment", "设备与材料", required=True, hint="存放地点、看护人、防护措施"),
                long_text("claims", "费用与报销", required=True, hint="批准之日前未报的费用如何处理"),
                long_text("customer", "与客户的沟通"),
                PersonField(key="contact", label="暂停期间联系人", required=True, initially="actor"),
                TextField(key="contact_phone", label="联系电话"),
            ),
        ),
        Grid(
            key="resumption",
            title="恢复条件",
            fields=(long_text("conditions", "恢复实施的条件", required=True),),
        ),
        attachments_section("甲方来函、会议纪要等"),
    ),
    note=(
        "本表由项目经理填写；自批准之日起暂停周报与费用报销；"
        "暂停期限原则上不超过 3 个月，恢复实施须另填《项目暂停恢复实施申请表》。"
    ),
)
