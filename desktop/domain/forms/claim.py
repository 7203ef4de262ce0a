"""费用报销单 (BUD-3): expenses against the project's budget, refused beyond it or in the wrong state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from desktop.domain.budget import Balance, balances_of, month_of
from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField
from desktop.domain.field import Content, Facts
from desktop.domain.fields import ComputedField, DateField, MoneyField, PersonField, QuantityField, TextField, long_text
from desktop.domain.form import Form, Grid, LineTable, Problem, lines_of
from desktop.domain.forms.common import attachments_section, project_head
from desktop.domain.plan import total

Line = Mapping[str, Json]


def _claimed(_facts: Facts, content: Content) -> Json:
    return total(lines_of(content, "lines"))


def _by_subject(content: Content) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines_of(content, "lines"):
        if isinstance(subject := line.get("subject"), str):
            found.setdefault(subject, []).append(line)
    return found


def _standing(facts: Facts, content: Content) -> Iterable[Line]:
    """How each 科目 of the claim stands before and after it."""
    known = balances_of(facts)
    for subject, lines in _by_subject(content).items():
        balance = known.get(subject)
        claimed = total(lines)
        yield {
            "id": subject,
            "subject": subject,
            "planned": balance.planned if balance else None,
            "used": balance.used if balance else None,
            "waiting": balance.waiting if balance else None,
            "claimed": claimed,
            "left": balance.left - claimed if balance else None,
        }


def check_budget(content: Content, facts: Facts) -> Iterable[Problem]:
    """Within the whole budget and, where the plan is by 科目, within each (BUD-3); the way out is a change (CHG-3)."""
    lines = lines_of(content, "lines")
    whole = Balance.whole(facts)
    if whole is None:
        yield Problem("lines", "", "项目还没有费用预算，不能报销；请先完成立项或预算变更", rule="BUD-3")
    elif total(lines) > whole.left:
        yield Problem("lines", "amount", whole.beyond(total(lines), "本次报销"), rule="BUD-3")
    known = balances_of(facts)
    if not known:
        return
    for subject, claimed in _by_subject(content).items():
        balance = known.get(subject, Balance(subject, subject, 0, 0, 0))
        if total(claimed) > balance.left:
            text = balance.beyond(total(claimed), "本次报销")
            yield Problem("lines", "amount", text, line=str(claimed[0]["id"]), rule="BUD-3")


def check_days(content: Content, facts: Facts) -> Iterable[Problem]:
    """Money is claimed after it was spent; beyond a project's first month its month has a budget (BUD-1, BUD-2)."""
    today, first = facts.get("today"), facts.get("project.initiated_on")
    months = facts.get("money.months")
    budgeted = {row.get("month") for row in months if isinstance(row, Mapping)} if isinstance(months, list) else set()
    for line in lines_of(content, "lines"):
        spent = line.get("spent_on")
        if not isinstance(spent, str):
            continue
        if isinstance(today, str) and spent > today:
            yield Problem("lines", "spent_on", f"发生日期 {spent} 还没有到", line=str(line["id"]))
        month = spent[:7]
        in_first = isinstance(first, str) and month == month_of(dt.date.fromisoformat(first))
        if month not in budgeted and not in_first:
            text = f"{month} 没有批准的月费用预算；一般情况下先编制月预算再支出"
            yield Problem("lines", "spent_on", text, line=str(line["id"]), blocks=False, rule="BUD-1")


_SUBJECT = ChoiceField(
    key="subject", label="科目", required=True, options_from="subjects", share=1.3, synonyms=("费用科目",)
)

FORM = Form(
    key="claim",
    title="费用报销单",
    subject="project",
    posts="spend",
    repeats=True,
    checks=(check_budget, check_days),
    sections=(
        project_head(),
        Grid(
            key="claim",
            title="报销",
            fields=(
                PersonField(key="claimant", label="报销人", required=True, initially="actor"),
                ComputedField(
                    key="total",
                    label="报销合计",
                    compute=_claimed,
                    shows=MoneyField(key="total", label="报销合计", capital=True),
                ),
                long_text("reason", "事由", required=True),
            ),
        ),
        LineTable(
            key="lines",
            title="报销明细",
            noun="项",
            at_least=1,
            total=("amount", "receipts"),
            columns=(
                DateField(key="spent_on", label="发生日期", required=True, share=1.2, synonyms=("日期",)),
                _SUBJECT,
                TextField(key="text", label="摘要", required=True, share=2.8, lines=True, longest=1_000),
                QuantityField(key="receipts", label="单据", unit="张", share=0.7),
                MoneyField(key="amount", label="金额", required=True, share=1.2, synonyms=("报销金额",)),
            ),
        ),
        LineTable(
            key="standing",
            title="预算执行情况",
            noun="项",
            compute=_standing,
            total=("claimed",),
            columns=(
                ChoiceField(key="subject", label="科目", options_from="subjects", share=1.3),
                MoneyField(key="planned", label="预算", share=1.2),
                MoneyField(key="used", label="已报销", share=1.2),
                MoneyField(key="waiting", label="审批中", share=1.2),
                MoneyField(key="claimed", label="本次", share=1.2),
                MoneyField(key="left", label="本次后余额", signed=True, share=1.2),
            ),
        ),
        attachments_section("发票、行程单等单据的扫描件"),
    ),
    note="超出项目费用预算的不予报销，须先办理费用预算变更；暂停、结项、撤项的项目不能报销。",
)
