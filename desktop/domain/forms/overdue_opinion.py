"""逾期暂停项目处理意见 (PAUSE-5): the PMO's opinion on a pause beyond three months, approved by 总裁室."""

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
    PersonField,
    QuantityField,
    TextField,
    fact,
    long_text,
)
from desktop.domain.form import Form, Grid, LineTable, Problem, day_of, value_of
from desktop.domain.forms.common import attachments_section, project_section

VERDICTS = (
    Option("resume", "恢复实施"),
    Option("extend", "延长暂停"),
    Option("close", "转入结项"),
    Option("withdraw", "办理撤项"),
)


def _overdue_days(facts: Facts, _content: Content) -> Json:
    paused, today = facts.get("project.paused_on"), facts.get("today")
    if not isinstance(paused, str) or not isinstance(today, str):
        return None
    limit = facts.get("project.pause_until")
    end = dt.date.fromisoformat(limit) if isinstance(limit, str) else add_months(dt.date.fromisoformat(paused), 3)
    return str(max(0, (dt.date.fromisoformat(today) - end).days))


def check_verdict(content: Content, facts: Facts) -> Iterable[Problem]:
    """Every verdict but resumption names the day until which it runs, later than today."""
    verdict = value_of(content, "opinion", "verdict")
    until = day_of(content, "opinion", "until")
    if verdict in {"extend", "close", "withdraw"} and until is None:
        what = "延长到哪一天" if verdict == "extend" else "办理期限"
        yield Problem("opinion", "until", f"请在“期限”中填写{what}", rule="PAUSE-5")
    today = facts.get("today")
    if until and isinstance(today, str) and until <= dt.date.fromisoformat(today):
        yield Problem("opinion", "until", f"期限 {until} 已经过去")


FORM = Form(
    key="overdue_opinion",
    title="逾期暂停项目处理意见",
    subject="project",
    posts="settle_overdue",
    alters=True,
    checks=(check_verdict,),
    sections=(
        project_section(
            fact("paused_on", "暂停批准日期", "project.paused_on", DateField),
            fact("resume_by", "原定恢复日期", "project.resume_by", DateField),
            ComputedField(
                key="overdue",
                label="已逾期",
                compute=_overdue_days,
                shows=QuantityField(key="overdue", label="已逾期", unit="天"),
            ),
        ),
        Grid(
            key="situation",
            title="项目情况",
            fields=(
                long_text("cause", "未能恢复的原因", required=True),
                MoneyField(key="spent", label="已发生费用"),
                MoneyField(key="received", label="已回款"),
                long_text("risk", "继续暂停的影响与风险"),
            ),
        ),
        LineTable(
            key="consulted",
            title="与相关部门沟通情况",
            noun="个部门",
            at_least=1,
            columns=(
                TextField(key="department", label="部门", required=True, share=1.4),
                PersonField(key="person", label="沟通人", required=True, share=1.1),
                DateField(key="on", label="日期", required=True, share=1.2),
                TextField(key="view", label="意见", required=True, lines=True, longest=2_000, share=4),
            ),
        ),
        Grid(
            key="opinion",
            title="处理意见",
            fields=(
                ChoiceField(key="verdict", label="处理方式", required=True, options=VERDICTS),
                DateField(key="until", label="期限", hint="延长到哪一天，或撤项、结项的办理期限"),
                TextField(key="department", label="责任部门", required=True),
                PersonField(key="person", label="责任人"),
                long_text("text", "意见", required=True),
            ),
        ),
        attachments_section("沟通记录、甲方函件等"),
    ),
    note="本意见由项目管理部在与相关部门沟通后提出，报总裁室审批后执行。",
)
