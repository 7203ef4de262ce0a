"""Reminding (催办): the author or a clerk asks the signers whose turn it is, once per step and working day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.filing import FilingState
from desktop.domain.policy_terms import Action
from desktop.domain.rights import may
from desktop.services.approving import chain_progress
from desktop.services.chains import filing_subject, signers_of_step, stand_ins_at
from desktop.services.filing_content import current_revision
from desktop.services.office import Reading, Work
from desktop.services.projects import get_project
from desktop.services.waiting import TurnRow, turns_of_filing
from desktop.store.locks import take_turn
from desktop.store.tables import Filing, Urge

_NOTHING = "没有作任何改动。"


def urge(work: Work, filing_id: UUID, *, note: str = "") -> str:
    """Remind those whose signature a filing waits for; they see it at their workbench and in the list of approvals.

    Returns a message ready to be sent to them by other ways.

    Raises:
        NotAllowed: the actor is neither the author nor a clerk.
        Refusal: the filing is not in approval, or every step that waits was reminded this working day already.
    """
    take_turn(work.session, f"filing:{filing_id}")
    filing = work.session.fetch(Filing, filing_id)
    _need_right(work, filing)
    if filing.state != FilingState.IN_APPROVAL.value:
        raise Refusal(
            f"{filing.number} 现为“{FilingState(filing.state).label}”，没有要催的签字。",
            kept=_NOTHING,
            todo="请刷新后查看。",
        )
    turns = turns_of_filing(work, filing_id)
    fresh = {key: row for key, row in turns.items() if not _urged_today(work, row)}
    if not fresh:
        last = max((row.urged_at for row in turns.values() if row.urged_at), default=None)
        when = f"{last.astimezone():%Y-%m-%d %H:%M}" if last else ""
        raise Refusal(
            f"{filing.number} 今天已经催过（最近一次：{when}），每步每个工作日催一次。",
            kept=_NOTHING,
            todo="请下一个工作日再催，或直接联系签字人。",
        )
    for key in fresh:
        work.session.add(Urge(filing_id=filing_id, step_key=key, by_id=work.actor, at=work.now, note=note.strip()))
    return message(work, filing, fresh, note)


def _urged_today(work: Work, row: TurnRow) -> bool:
    """Whether no working day has begun since the last reminder."""
    if row.urged_at is None:
        return False
    day: dt.date = row.urged_at.astimezone().date()
    return work.calendar().workdays_until(day, work.today) == 0


def _need_right(work: Work, filing: Filing) -> None:
    if filing.author_id == work.actor:
        return
    if not may(work.policy, work.standing(), Action.RECORD_PAPER, filing_subject(work, filing)):
        raise NotAllowed("只有填表人和项目管理员可以催办。", kept=_NOTHING, todo="请由填表人催办。")


def message(reading: Reading, filing: Filing, turns: Mapping[str, TurnRow], note: str = "") -> str:
    """The words of a reminder: to whom, about what, since when it waits and by when it is due."""
    stored = current_revision(reading.session, filing)
    chain = chain_progress(reading, filing, stored)
    project = get_project(reading, filing.project_id) if filing.project_id else None
    lines = []
    for key, row in turns.items():
        status = chain.status(key)
        people = signers_of_step(reading, filing, stored.content, status.step, open_to=status.open_to)
        names = "、".join(person.name for person in people) or "（尚无人担任）"
        for stand_in, person in stand_ins_at(reading, status.step, people):
            names += f"、{stand_in.name}（代 {person.name}）"
        due = f"，应于 {row.due_on} 前签" if row.due_on else ""
        late = "（已逾期）" if row.due_on and row.due_on < reading.today else ""
        lines.append(f"{names}：“{status.step.title}”自 {row.since.astimezone():%Y-%m-%d} 起等您签字{due}{late}。")
    about = f"　项目：{project.number} {project.name}".rstrip() if project else ""
    said = f"\n{note.strip()}" if note.strip() else ""
    return f"【催办】{filing.title} {filing.number}{about}\n" + "\n".join(lines) + said
