"""月费用预算 (BUD-1): what a project means to spend next month, by 科目, within what its plan has left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from desktop.domain.budget import Balance, balances_of, month_of
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField
from desktop.domain.field import Content, Facts
from desktop.domain.fields import ComputedField, MoneyField, MonthField, TextField, fact, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of, value_of
from desktop.domain.forms.common import attachments_section, project_head
from desktop.domain.plan import total


def _asked(_facts: Facts, content: Content) -> Json:
    return total(lines_of(content, "lines"))


def _left_after(facts: Facts, content: Content) -> Json:
    left = facts.get("money.left")
    return left - total(lines_of(content, "lines")) if isinstance(left, int) else None


def check_month(content: Content, facts: Facts) -> Iterable[Problem]:
    """The month to come, usually budgeted from the 25th to the 27th (BUD-1)."""
    month, today = value_of(content, "month", "month"), facts.get("today")
    if not isinstance(today, str):
        return
    day = dt.date.fromisoformat(today)
    if isinstance(month, str) and month < month_of(day):
        yield Problem("month", "month", f"{month} 已经过去，不能再编制预算", rule="BUD-1")
    window = facts.get("window.month_budget")
    if isinstance(window, str) and window:
        yield Problem("month", "month", window, blocks=False, rule="BUD-1")


def check_left(content: Content, facts: Facts) -> Iterable[Problem]:
    """What is asked for must lie within what the plan has left, or the plan is changed first (BUD-3)."""
    asked = total(lines_of(content, "lines"))
    whole = Balance.whole(facts)
    if whole is None:
        yield Problem("lines", "", "项目还没有费用预算，不能编制月预算；请先完成立项", rule="BUD-1")
    elif asked > whole.left:
        yield Problem("lines", "amount", whole.beyond(asked, "本月预算"), rule="BUD-3")
    for subject, balance in balances_of(facts).items():
        wanted = [line for line in lines_of(content, "lines") if line.get("subject") == subject]
        if wanted and total(wanted) > balance.left:
            text = balance.beyond(total(wanted), "本月预算")
            yield Problem("lines", "amount", text, line=str(wanted[0]["id"]), blocks=False, rule="BUD-3")


FORM = Form(
    key="month_budget",
    title="项目月费用预算",
    subject="project",
    posts="set_month",
    repeats=True,
    period=("month", "month"),
    checks=(check_month, check_left),
    sections=(
        project_head(),
        Grid(
            key="month",
            title="预算月份与余额",
            fields=(
                MonthField(key="month", label="预算月份", required=True, initially="next_month"),
                fact("planned", "费用预算总额", "money.planned", MoneyField),
                fact("used", "累计已报销", "money.used", MoneyField),
                fact("waiting", "报销审批中", "money.waiting", MoneyField),
                fact("left", "预算余额", "money.left", MoneyField),
                ComputedField(
                    key="asked",
                    label="本月预算合计",
                    compute=_asked,
                    shows=MoneyField(key="asked", label="本月预算合计", capital=True),
                ),
                ComputedField(
                    key="left_after",
                    label="按此执行后余额",
                    compute=_left_after,
                    shows=MoneyField(key="left_after", label="按此执行后余额", signed=True),
                ),
                long_text("reason", "编制说明", hint="当月主要工作与用款依据"),
            ),
        ),
        LineTable(
            key="lines",
            title="预算明细",
            noun="项",
            at_least=1,
            total=("amount",),
            columns=(
                ChoiceField(
                    key="subject",
                    label="科目",
                    required=True,
                    options_from="subjects",
                    share=1.4,
                    synonyms=("费用科目",),
                ),
                MoneyField(key="amount", label="金额", required=True, share=1.2, synonyms=("预算金额",)),
                TextField(key="use", label="用途", required=True, share=3, lines=True, longest=1_000),
            ),
        ),
        attachments_section("用款依据"),
    ),
    note="一般在每月 25 日至 27 日编制下月预算；新立项项目的当月费用按立项时的预算执行。",
)
