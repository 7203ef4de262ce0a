"""How what is due is told on the workbench: one line, in words, for a deadline, a filing, a draft or a next step."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.calendar import WorkCalendar
from desktop.domain.clocks import Due, Urgency
from desktop.domain.forms import FORMS
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy, State
from desktop.domain.policy_deadlines import LengthUnit
from desktop.domain.policy_terms import Strength
from desktop.services.drafting import Draft
from desktop.services.filings import FilingRow
from desktop.services.month_windows import OpenWindow
from desktop.services.next_forms import NextForm
from desktop.services.office import Reading


@dataclass(frozen=True)
class Todo:
    """One thing that is due.

    ``opens`` names the form to start, ``answer`` the form that answers it, whoever may file it; ``filing_id`` or
    ``draft_id`` what to open instead; ``page`` is a page of the window with the part of it that is meant.
    """

    urgency: Urgency
    on: dt.date | None
    days_text: str
    text: str
    project_id: UUID | None
    project: str
    rule: str
    strength: str
    action: str
    opens: str = ""
    filing_id: UUID | None = None
    draft_id: UUID | None = None
    estimated: bool = False
    page: tuple[str, str] | None = None
    answer: str = ""


def clock_todo(due: Due, *, permitted: bool) -> Todo:
    """A deadline of the policy that runs for a project; who may not file what answers it is led to the project."""
    opens = due.clock.opens if permitted else ""
    return Todo(
        urgency=due.urgency,
        on=due.on,
        days_text=days_text(due),
        text=_clock_text(due),
        project_id=due.project.id,
        project=project_label(due.project),
        rule=f"{due.clock.rule} {due.clock.title}",
        strength=due.clock.strength.label,
        action=f"填写《{FORMS[opens].title}》" if opens else "查看项目",
        opens=opens,
        answer=due.clock.opens,
        estimated=due.estimated,
    )


def _clock_text(due: Due) -> str:
    if due.clock.unit is LengthUnit.MONTHS and due.clock.length:
        verb = "已满" if due.days < 0 else "将满"
        return f"自 {due.started.isoformat()} 起，{verb}{due.clock.title}"
    if due.clock.strength is Strength.MUST:
        told = {Urgency.LATE: "期限已过", Urgency.TODAY: "今天到期"}.get(due.urgency, "期限将到")
        return f"{due.clock.title}：{told}"
    if due.days == 0:
        return f"{due.clock.title}，今天到期"
    return f"{due.clock.title}{'已过' if due.days < 0 else '将至'}"


def days_text(due: Due) -> str:
    """How near a deadline is, in the clock's own days."""
    unit = "个工作日" if due.clock.unit is LengthUnit.WORKING_DAYS else "天"
    if due.urgency is Urgency.TODAY:
        return "今天"
    if due.urgency is Urgency.LATE:
        return f"逾期 {-due.days} {unit}" if due.days else "已过期限"
    return f"还有 {due.days} {unit}"


def project_label(project: LedgerProject) -> str:
    """A project in one cell: number and short name."""
    return f"{project.marked} {project.short_name or project.name}".strip()


def notice_todo(project: LedgerProject, state: State, since: dt.date) -> Todo:
    """That a project came into a state which the policy tells people of (CLOSE-5, WDR-3)."""
    claims = "" if state.claims else "，不能再发生费用报销"
    return Todo(
        urgency=Urgency.LATER,
        on=None,
        days_text="通知",
        text=f"项目已于 {since} 转为“{state.title}”{claims}",
        project_id=project.id,
        project=project_label(project),
        rule=f"{state.title}通知",
        strength="",
        action="查看项目",
    )


def window_todo(item: OpenWindow, today: dt.date) -> Todo:
    """A project that a monthly window waits for (BUD-1)."""
    over = (today - item.end).days
    return Todo(
        urgency=item.urgency,
        on=item.end,
        days_text=f"逾期 {over} 天" if over > 0 else f"{item.start:%m-%d} 至 {item.end:%m-%d}",
        text=f"{item.rule.title}：{item.month} 还没有提交",
        project_id=item.project.id,
        project=project_label(item.project),
        rule=f"{item.rule.rule} {item.rule.title}",
        strength=item.rule.strength.label,
        action=f"填写《{FORMS[item.rule.form].title}》",
        opens=item.rule.form,
    )


def next_todo(item: NextForm, policy: Policy) -> Todo:
    """The form that leads a project on; who may not file it is led to the project."""
    title = FORMS[item.form_key].title
    return Todo(
        urgency=Urgency.LATER,
        on=None,
        days_text="不限期",
        text=f"下一步：填写《{title}》",
        project_id=item.project.id,
        project=project_label(item.project),
        rule=f"{policy.form(item.form_key).rule} 项目处于“{item.state.title}”".strip(),
        strength="",
        action="开始填写" if item.permitted else "查看项目",
        opens=item.form_key if item.permitted else "",
    )


def filing_todo(reading: Reading, calendar: WorkCalendar, row: FilingRow, text: str, action: str, who: str) -> Todo:
    """A filing that waits for a signature, or for its author."""
    since = row.waiting_since or row.submitted_at
    days = (reading.today - since.astimezone().date()).days if since else 0
    waited = f"等了 {days} 天" if days else "今天到"
    urgency, left = workday_nearness(calendar, row.due_on, reading.today) if row.due_on else (Urgency.SOON, "")
    return Todo(
        urgency=urgency,
        on=row.due_on,
        days_text=left or waited,
        text=text,
        project_id=row.project_id,
        project=row.project,
        rule=f"等待：{who}" if who else "",
        strength="",
        action=action,
        filing_id=row.id,
        estimated=row.due_on is not None and not calendar.covers(row.due_on),
    )


def workday_nearness(calendar: WorkCalendar, on: dt.date, today: dt.date) -> tuple[Urgency, str]:
    """How near a working day is by which something is due, in words of working days."""
    days = calendar.workdays_until(today, on)
    if on < today:
        return Urgency.LATE, f"逾期 {-days} 个工作日" if days else "已过期限"
    return (Urgency.TODAY, "今天") if on == today else (Urgency.SOON, f"还有 {days} 个工作日")


def draft_todo(draft: Draft, project: LedgerProject | None) -> Todo:
    """A draft that was not submitted."""
    saved = draft.saved_at.astimezone()
    return Todo(
        urgency=Urgency.LATER,
        on=None,
        days_text="草稿",
        text=f"未提交的《{draft.title}》，{saved:%m-%d %H:%M} 保存",
        project_id=draft.project_id,
        project=project_label(project) if project else "",
        rule="",
        strength="",
        action="继续填写",
        draft_id=draft.id,
    )
