"""Days on which people are away: whole weeks of them are excused from weekly reports (WEEK-5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.ledger import PersonRef
from desktop.domain.policy_terms import Action
from desktop.domain.rights import reach
from desktop.services.office import Reading, Work, who_may
from desktop.services.reported import MEMBER_REPORT
from desktop.services.standing import people_by_id, standing_of
from desktop.store.locks import take_turn
from desktop.store.tables import Absence, Person

_NOTHING = "没有作任何改动。"


@dataclass(frozen=True)
class AbsenceRow:
    """An absence as lists show it; both days included."""

    id: UUID
    person: PersonRef
    starts_on: dt.date
    ends_on: dt.date
    reason: str
    version: int = 0


def may_note_absence(reading: Reading, actor: UUID, person_id: UUID) -> bool:
    """Whether the actor may say that a person is away: themselves, and who records papers where that person works."""
    if actor == person_id:
        return True
    span = reach(reading.policy, standing_of(reading.session, actor, reading.today), Action.RECORD_PAPER, MEMBER_REPORT)
    person = reading.session.fetch(Person, person_id)
    return span.office or person.department_id in span.departments


def list_absences(reading: Reading, actor: UUID, *, past: bool = False) -> list[AbsenceRow]:
    """The absences that the actor may keep, the running and coming ones (with ``past`` all), the latest first."""
    query = select(Absence).order_by(Absence.starts_on.desc(), Absence.id)
    if not past:
        query = query.where(Absence.ends_on >= reading.today)
    rows = [row for row in reading.session.scalars(query) if may_note_absence(reading, actor, row.person_id)]
    people = people_by_id(reading.session, {row.person_id for row in rows})
    return [
        AbsenceRow(row.id, people[row.person_id], row.starts_on, row.ends_on, row.reason, row.version) for row in rows
    ]


def note_absence(work: Work, person_id: UUID, starts_on: dt.date, ends_on: dt.date, reason: str) -> UUID:
    """Note that a person is away from one day up to and with another.

    Raises:
        NotAllowed: it is somebody else, and the actor records no papers there.
        Refusal: the days are in the wrong order, or the person is known to be away on them.
    """
    _need_right(work, person_id)
    person = work.session.fetch(Person, person_id)
    if ends_on < starts_on:
        raise Refusal("请假的结束日期早于开始日期。", kept=_NOTHING, todo="请核对日期。")
    take_turn(work.session, f"absences:{person_id}")
    meeting = select(Absence).where(
        Absence.person_id == person_id, Absence.starts_on <= ends_on, Absence.ends_on >= starts_on
    )
    known = work.session.scalars(meeting).first()
    if known is not None:
        raise Refusal(
            f"{person.name}在 {known.starts_on} 至 {known.ends_on} 已记为请假。",
            kept=_NOTHING,
            todo="要更改的，请先取消原来的。",
        )
    row = Absence(person_id=person_id, starts_on=starts_on, ends_on=ends_on, reason=reason.strip())
    work.session.add(row)
    work.session.flush()
    return row.id


def cancel_absence(work: Work, absence_id: UUID, version: int | None = None) -> None:
    """Take an absence back, as it was read in ``version``.

    Raises:
        NotAllowed: it is somebody else's, and the actor records no papers there.
        Stale: somebody else changed it or took it back since.
    """
    row = work.session.fetch_version(Absence, absence_id, version)
    _need_right(work, row.person_id)
    work.session.delete(row)


def _need_right(work: Work, person_id: UUID) -> None:
    if not may_note_absence(work, work.actor, person_id):
        who = who_may(work.policy, Action.RECORD_PAPER, MEMBER_REPORT)
        raise NotAllowed("您不能替别人登记请假。", kept=_NOTHING, todo=f"请由本人或{who}登记。")
