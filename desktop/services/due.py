"""What is due: the policy's clocks, the filings that wait, the drafts left open, for one person or the whole office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.case import Case
from desktop.domain.clocks import Due, Urgency, due_items
from desktop.domain.conditions import CONDITIONS
from desktop.domain.filing import FilingState
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, Standing, may, plays
from desktop.services.drafting import Draft, drafts_of
from desktop.services.filings import FilingQuery, filing_ids, filing_rows
from desktop.services.month_windows import open_windows
from desktop.services.next_forms import next_forms
from desktop.services.office import Reading
from desktop.services.problem_items import watch_items
from desktop.services.projects import projects_by_id, projects_where, subject_of, visible
from desktop.services.standing import standing_of
from desktop.services.stuck import stuck_filings
from desktop.services.succession import returned_to
from desktop.services.todos import Todo, clock_todo, draft_todo, filing_todo, next_todo, notice_todo, window_todo
from desktop.services.week_queue import REPORTS, count_waiting
from desktop.services.weekly_items import weekly_items
from desktop.store.tables import Filing, Project


@dataclass(frozen=True)
class Counts:
    """The figures at the head of the workbench; ``reports`` are the weekly reports among those ``waiting``."""

    waiting: int
    reports: int
    late: int
    this_week: int
    running: int


def todo(reading: Reading, actor: UUID, *, everyone: bool = False) -> list[Todo]:
    """What is due, late first: the actor's own, or (``everyone``) the whole office's as far as the actor sees it."""
    items = [*_clock_items(reading, actor, everyone=everyone), *_filing_items(reading, actor, everyone=everyone)]
    items += _window_items(reading, actor, everyone=everyone)
    items += [] if everyone else weekly_items(reading, actor)
    drafts = drafts_of(reading, actor)
    begun = {(item.project_id, item.answer or item.opens) for item in items} | {
        (item.project_id, item.form_key) for item in drafts
    }
    items += _next_items(reading, actor, begun, everyone=everyone)
    items += [] if everyone else _notices(reading, actor)
    items += watch_items(reading, actor, everyone=everyone)
    items += _draft_items(reading, drafts)
    order = {Urgency.LATE: 0, Urgency.TODAY: 1, Urgency.SOON: 2, Urgency.LATER: 3}
    return sorted(
        items,
        key=lambda item: (order[item.urgency], item.on or dt.date.max, item.draft_id is not None, item.text),
    )


def counts(reading: Reading, actor: UUID) -> Counts:
    """The figures of the actor's workbench: waiting for their signature, late, due this week, running projects."""
    items = todo(reading, actor)
    week_end = reading.today + dt.timedelta(days=6 - reading.today.weekday())
    due = [item for item in items if item.on and reading.today <= item.on <= week_end]
    going = [state.key for state in reading.policy.states if not state.ends]
    running = select(func.count()).select_from(Project).where(visible(reading, actor), Project.state.in_(going))
    return Counts(
        waiting=len(filing_ids(reading, actor, FilingQuery(waiting_for=actor))),
        reports=count_waiting(reading, actor),
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
            opens = due.clock.opens
            permitted = bool(opens) and may(policy, standing, Action.FILE, subject_of(due.project), opens)
            yield clock_todo(due, permitted=permitted)


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
                yield notice_todo(project, state, since)


def _tells(reading: Reading, standing: Standing, due: Due) -> bool:
    subject = subject_of(due.project)
    return any(plays(reading.policy, standing, role, subject) for role in due.clock.tells)


def _filing_items(reading: Reading, actor: UUID, *, everyone: bool) -> Iterator[Todo]:
    calendar = reading.calendar()
    waiting = FilingQuery(states=(FilingState.IN_APPROVAL,)) if everyone else FilingQuery(waiting_for=actor)
    stuck = _stuck(reading, actor)
    for row in filing_rows(reading, [key for key in filing_ids(reading, actor, waiting) if key not in stuck], actor):
        if row.form_key in REPORTS and not everyone:
            continue  # they are decided on together (WEEK-4)
        marks = "".join((f"（代 {row.for_name}）" if row.for_name else "", "【催办】" if row.urged_on else ""))
        text = f"审批{marks}：{row.title} {row.number}"
        yield filing_todo(reading, calendar, row, text, "审阅签字", row.waiting)
    returned = FilingQuery(states=(FilingState.RETURNED,))
    back = filing_ids(reading, actor, returned) if everyone else returned_to(reading, actor)
    for row in filing_rows(reading, back):
        yield filing_todo(reading, calendar, row, f"退回待改：{row.title} {row.number}", "修改后再提交", row.author)
    for row in filing_rows(reading, list(stuck)):
        text = f"无人可签：{row.title} {row.number}"
        item = filing_todo(reading, calendar, row, text, "看缺谁", row.waiting)
        yield replace(item, urgency=Urgency.LATE, rule=stuck[row.id])


def _stuck(reading: Reading, actor: UUID) -> dict[UUID, str]:
    """What stands still because nobody can sign it, and why, for who appoints people: nothing is stuck in silence."""
    if not may(reading.policy, standing_of(reading.session, actor, reading.today), Action.MANAGE_PEOPLE, OFFICE):
        return {}
    return {item.filing_id: item.why.text for item in stuck_filings(reading)}


def _window_items(reading: Reading, actor: UUID, *, everyone: bool) -> Iterator[Todo]:
    for item in open_windows(reading, actor, everyone=everyone):
        yield window_todo(item, reading.today)


def _next_items(
    reading: Reading, actor: UUID, begun: Collection[tuple[UUID | None, str]], *, everyone: bool
) -> Iterator[Todo]:
    """The forms that lead on, but those that stand on the workbench already as a deadline or a draft."""
    for item in next_forms(reading, actor, everyone=everyone):
        if (item.project.id, item.form_key) not in begun:
            yield next_todo(item, reading.policy)


def _draft_items(reading: Reading, drafts: Sequence[Draft]) -> Iterator[Todo]:
    projects = projects_by_id(reading, {draft.project_id for draft in drafts})
    for draft in drafts:
        yield draft_todo(draft, projects.get(draft.project_id))
