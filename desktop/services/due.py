"""What is due: the policy's clocks, the filings that wait, the drafts left open, for one person or the whole office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.calendar import WorkCalendar
from desktop.domain.case import Case
from desktop.domain.clocks import Due, Urgency, due_items
from desktop.domain.conditions import CONDITIONS
from desktop.domain.filing import FilingState
from desktop.domain.forms import FORMS
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Action, LengthUnit, State, Strength
from desktop.domain.rights import OFFICE, Standing, may, plays
from desktop.services.drafting import drafts_of
from desktop.services.filings import FilingQuery, FilingRow, filing_ids, filing_rows
from desktop.services.month_windows import open_windows
from desktop.services.office import Reading
from desktop.services.problem_items import watch_items
from desktop.services.projects import projects_where, subject_of, visible
from desktop.services.standing import standing_of
from desktop.services.stuck import stuck_filings
from desktop.services.succession import returned_to
from desktop.store.tables import Filing, Project


@dataclass(frozen=True)
class Todo:
    """One thing that is due. ``opens`` names the form to start, ``filing_id`` or ``draft_id`` what to open instead."""

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


@dataclass(frozen=True)
class Counts:
    """The figures at the head of the workbench."""

    waiting: int
    late: int
    this_week: int
    running: int


def todo(reading: Reading, actor: UUID, *, everyone: bool = False) -> list[Todo]:
    """What is due, late first: the actor's own, or (``everyone``) the whole office's as far as the actor sees it."""
    items = [*_clock_items(reading, actor, everyone=everyone), *_filing_items(reading, actor, everyone=everyone)]
    items += _window_items(reading, actor, everyone=everyone)
    items += _draft_items(reading, actor)
    items += [] if everyone else _notices(reading, actor)
    items += [Todo(**vars(item)) for item in watch_items(reading, actor, everyone=everyone)]
    order = {Urgency.LATE: 0, Urgency.TODAY: 1, Urgency.SOON: 2, Urgency.LATER: 3}
    return sorted(items, key=lambda item: (order[item.urgency], item.on or dt.date.max, item.text))


def counts(reading: Reading, actor: UUID) -> Counts:
    """The figures of the actor's workbench: waiting for their signature, late, due this week, running projects."""
    items = todo(reading, actor)
    week_end = reading.today + dt.timedelta(days=6 - reading.today.weekday())
    due = [item for item in items if item.on and reading.today <= item.on <= week_end]
    going = [state.key for state in reading.policy.states if not state.ends]
    running = select(func.count()).select_from(Project).where(visible(reading, actor), Project.state.in_(going))
    return Counts(
        waiting=len(filing_ids(reading, actor, FilingQuery(waiting_for=actor))),
        late=sum(item.urgency is Urgency.LATE for item in items),
        this_week=len(due),
        running=reading.session.scalar(running) or 0,
    )


def _clock_items(reading: Reading, actor: UUID, *, everyone: bool) -> Iterator[Todo]:
    policy = reading.policy
    states = {key for clock in policy.clocks for key in clock.states}
    projects = projects_where(reading, Project.state.in_(states) & visible(reading, actor))
    standing = standing_of(reading.session, actor, reading.today)
    answered = _answered(reading)
    for due in due_items(projects, policy.clocks, reading.calendar(), reading.today):
        if due.urgency is Urgency.LATER and not everyone:
            continue
        if _rests(reading, due, answered):
            continue
        if everyone or _tells(reading, standing, due):
            yield _clock_todo(due)


def _answered(reading: Reading) -> set[tuple[UUID | None, str]]:
    """The projects and forms of the filings in approval that clocks wait for."""
    forms = {clock.opens for clock in reading.policy.clocks if clock.until_filed}
    query = select(Filing.project_id, Filing.form_key).where(
        Filing.state == FilingState.IN_APPROVAL.value, Filing.form_key.in_(forms)
    )
    return {(project, form) for project, form in reading.session.execute(query)}


def _rests(reading: Reading, due: Due, answered: set[tuple[UUID | None, str]]) -> bool:
    """Whether a clock asks for nothing now: what it waits for is in approval, or not needed any more."""
    clock = due.clock
    if clock.until_filed and (due.project.id, clock.opens) in answered:
        return True
    return bool(clock.unless) and not CONDITIONS[clock.unless](Case(reading.policy, reading.today, due.project))


_NOTICE_DAYS = 5
"""For how many days a notice stands on the workbench of those whom it tells."""


def _notices(reading: Reading, actor: UUID) -> Iterator[Todo]:
    """That a project was closed or withdrawn, told to those whom the policy names (CLOSE-5, WDR-3)."""
    standing = standing_of(reading.session, actor, reading.today)
    for state in reading.policy.states:
        if not state.tells or not state.since:
            continue
        began = getattr(Project, state.since)
        lately = began.between(reading.today - dt.timedelta(days=_NOTICE_DAYS), reading.today)
        for project in projects_where(reading, (Project.state == state.key) & lately & visible(reading, actor)):
            since = project.date(state.since)
            if since and any(plays(reading.policy, standing, role, subject_of(project)) for role in state.tells):
                yield _notice(project, state, since)


def _notice(project: LedgerProject, state: State, since: dt.date) -> Todo:
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


def _tells(reading: Reading, standing: Standing, due: Due) -> bool:
    subject = subject_of(due.project)
    return any(plays(reading.policy, standing, role, subject) for role in due.clock.tells)


def _clock_todo(due: Due) -> Todo:
    opens = due.clock.opens
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
        estimated=due.estimated,
    )


def _clock_text(due: Due) -> str:
    if due.clock.unit is LengthUnit.MONTHS and due.clock.length:
        verb = "已满" if due.days < 0 else "将满"
        return f"自 {due.started.isoformat()} 起，{verb}{due.clock.title}"
    if due.clock.strength is Strength.MUST:
        if due.urgency is Urgency.LATE:
            over = f"超过 {-due.days} 个工作日" if due.days else "期限已过"
            return f"{due.clock.title}：{over}"
        return f"{due.clock.title}：剩余 {due.days} 个工作日"
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


def _window_items(reading: Reading, actor: UUID, *, everyone: bool) -> Iterator[Todo]:
    for item in open_windows(reading, actor, everyone=everyone):
        over = (reading.today - item.end).days
        yield Todo(
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


def _filing_items(reading: Reading, actor: UUID, *, everyone: bool) -> Iterator[Todo]:
    calendar = reading.calendar()
    waiting = FilingQuery(states=(FilingState.IN_APPROVAL,)) if everyone else FilingQuery(waiting_for=actor)
    stuck = _stuck(reading, actor)
    for row in filing_rows(reading, [key for key in filing_ids(reading, actor, waiting) if key not in stuck], actor):
        marks = "".join((f"（代 {row.for_name}）" if row.for_name else "", "【催办】" if row.urged_on else ""))
        text = f"审批{marks}：{row.title} {row.number}"
        yield _filing_todo(reading, calendar, row, text, "审阅签字", row.waiting)
    returned = FilingQuery(states=(FilingState.RETURNED,))
    back = filing_ids(reading, actor, returned) if everyone else returned_to(reading, actor)
    for row in filing_rows(reading, back):
        yield _filing_todo(reading, calendar, row, f"退回待改：{row.title} {row.number}", "修改后再提交", row.author)
    for row in filing_rows(reading, list(stuck)):
        text = f"无人可签：{row.title} {row.number}"
        item = _filing_todo(reading, calendar, row, text, "看缺谁", row.waiting)
        yield replace(item, urgency=Urgency.LATE, rule=stuck[row.id])


def _stuck(reading: Reading, actor: UUID) -> dict[UUID, str]:
    """What stands still because nobody can sign it, and why, for who appoints people: nothing is stuck in silence."""
    if not may(reading.policy, standing_of(reading.session, actor, reading.today), Action.MANAGE_PEOPLE, OFFICE):
        return {}
    return {item.filing_id: item.why.text for item in stuck_filings(reading)}


def _filing_todo(reading: Reading, calendar: WorkCalendar, row: FilingRow, text: str, action: str, who: str) -> Todo:
    since = row.waiting_since or row.submitted_at
    days = (reading.today - since.astimezone().date()).days if since else 0
    waited = f"等了 {days} 天" if days else "今天到"
    urgency, left = _signing_time(calendar, row.due_on, reading.today)
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


def _signing_time(calendar: WorkCalendar, on: dt.date | None, today: dt.date) -> tuple[Urgency, str]:
    """How near the day is by which a signature is due, in words of working days; nothing where there is no such day."""
    if on is None:
        return Urgency.SOON, ""
    days = calendar.workdays_until(today, on)
    if on < today:
        return Urgency.LATE, f"逾期 {-days} 个工作日" if days else "已过期限"
    return (Urgency.TODAY, "今天") if on == today else (Urgency.SOON, f"还有 {days} 个工作日")


def _draft_items(reading: Reading, actor: UUID) -> Iterator[Todo]:
    drafts = drafts_of(reading, actor)
    ids = {draft.project_id for draft in drafts if draft.project_id}
    projects = {item.id: project_label(item) for item in projects_where(reading, Project.id.in_(ids))} if ids else {}
    for draft in drafts:
        saved = draft.saved_at.astimezone()
        yield Todo(
            urgency=Urgency.LATER,
            on=None,
            days_text="草稿",
            text=f"未提交的《{draft.title}》，{saved:%m-%d %H:%M} 保存",
            project_id=draft.project_id,
            project=projects.get(draft.project_id, "") if draft.project_id else "",
            rule="",
            strength="",
            action="继续填写",
            draft_id=draft.id,
        )
