"""Whose turn it is, worked out anew and compared with the rows by which lists find it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select

from desktop.domain.calendar import WorkCalendar
from desktop.domain.filing import FilingState
from desktop.services.approving import chain_progress
from desktop.services.filing_content import current_revision
from desktop.services.office import Reading
from desktop.services.turns import Asked, asked_now
from desktop.store.tables import Change, Changeset, Filing, Turn
from desktop.store.verify import Finding

_OTHER = "等谁签字与审批流和已有的签字不符：它是绕过程序改动的。"
_TIMES = "等签字的起止日期与提交、签字的时间不符：它是绕过程序改动的。"
_ZONES = (dt.UTC, dt.timezone(dt.timedelta(hours=8)))
_WITH_TURNS = 3  # the schema since which there are turns
_Key = tuple[str, str, object]


def check_turns(reading: Reading) -> Iterator[Finding]:
    """A filing waits for just the steps that its chain asks for, since it could and as long as they give.

    Of steps that everyone must sign who is waited for may lag behind people that come and go: it is no finding.
    """
    kept: defaultdict[UUID, list[Turn]] = defaultdict(list)
    for row in reading.session.scalars(select(Turn)):
        kept[row.filing_id].append(row)
    calendars, carried = _calendars(reading), _carried_over(reading)
    query = select(Filing).where(Filing.state == FilingState.IN_APPROVAL.value).order_by(Filing.created_at, Filing.id)
    for filing in reading.session.scalars(query):
        rows = kept.pop(filing.id, [])
        stored = current_revision(reading.session, filing)
        chain = chain_progress(reading, filing, stored)
        asked = {_told(one.step_key, one.role, one.person_id): one for one in asked_now(chain, stored.content)}
        there = {_told(row.step_key, row.role, row.person_id) for row in rows}
        if asked.keys() != there and not (chain.complete and there):
            yield _finding(filing.number or "", filing.id, _OTHER)
        elif not all(row.since in carried or _fits(row, asked, filing, calendars) for row in rows):
            yield _finding(filing.number or "", filing.id, _TIMES)
    for filing_id in kept:
        yield _finding("", filing_id, _OTHER)


def _told(step_key: str, role: str, person_id: object) -> _Key:
    return step_key, role, None if role else person_id


def _fits(row: Turn, asked: dict[_Key, Asked], filing: Filing, calendars: Sequence[WorkCalendar]) -> bool:
    """Whether a turn begins no sooner than the filing was handed in, and is due as its step gives days.

    Where the calendar has changed since (there are no ``calendars`` then) any later day will do.
    """
    one = asked.get(_told(row.step_key, row.role, row.person_id))
    if one is None:
        return True
    if row.place != one.place or (filing.submitted_at is not None and row.since < filing.submitted_at):
        return False
    if not one.days or row.due_on is None:
        return not one.days and row.due_on is None
    days = {row.since.astimezone().date(), *(row.since.astimezone(zone).date() for zone in _ZONES)}
    if not calendars:
        return row.due_on >= min(days)
    return row.due_on in {calendar.add_workdays(day, one.days) for day in days for calendar in calendars}


def _carried_over(reading: Reading) -> set[dt.datetime]:
    """When turns began that an upgrade made of what older programs wrote down, without days and places."""
    old = select(Changeset.at).join(Turn, Turn.since == Changeset.at).where(Changeset.schema_no < _WITH_TURNS)
    return set(reading.session.scalars(old))


def _calendars(reading: Reading) -> Sequence[WorkCalendar]:
    """The calendar now, and plain weekdays, for a time when the holidays were not known; none where it changed."""
    oldest = reading.session.scalar(select(Turn.since).order_by(Turn.since).limit(1))
    changed = select(Changeset.at).join(Change, Change.changeset_id == Changeset.id)
    changed = changed.where(Change.entity == "calendar_day").order_by(Changeset.at.desc()).limit(1)
    latest = reading.session.scalar(changed)
    if oldest is None or (latest is not None and latest >= oldest):
        return ()
    calendar = reading.calendar()
    return calendar, WorkCalendar(frozenset(), frozenset(), calendar.known_until)


def _finding(number: str, filing_id: UUID, what: str) -> Finding:
    return Finding(f"待签 {number}".strip(), what, "turn", str(filing_id))
