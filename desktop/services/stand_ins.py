"""Stand-ins (代理): who signs for a colleague on leave, set by the colleague or by who manages people (ROLE-11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.ledger import PersonRef
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, may
from desktop.domain.stand_ins import StandIn, ring
from desktop.services.office import Reading, Work
from desktop.services.standing import AnySession, people_by_id, standing_of
from desktop.store.locks import take_turn
from desktop.store.tables import Delegation, Person

_NOTHING = "没有作任何改动。"


@dataclass(frozen=True)
class StandInRow:
    """A stand-in as lists show it; ``role`` is the role's title, or 全部角色."""

    id: UUID
    person: PersonRef
    stand_in: PersonRef
    role_key: str
    role: str
    since: dt.date
    until: dt.date
    reason: str
    running: bool
    version: int = 0


def represented(session: AnySession, stand_in_id: UUID, day: dt.date) -> list[StandIn]:
    """For whom a person stands in on a day, those who have left excepted."""
    query = (
        select(Delegation)
        .join(Person, Delegation.person_id == Person.id)
        .where(Delegation.stand_in_id == stand_in_id, Person.active.is_(True))
        .where(Delegation.since <= day, Delegation.until >= day)
        .order_by(Delegation.since, Delegation.id)
    )
    return [_value(row) for row in session.scalars(query)]


def stand_ins_for(session: AnySession, person_ids: set[UUID], role: str, day: dt.date) -> list[StandIn]:
    """Who stands in for any of these people at a step of that role (empty: one that names a person) on a day."""
    if not person_ids:
        return []
    query = (
        select(Delegation)
        .join(Person, Delegation.stand_in_id == Person.id)
        .where(Delegation.person_id.in_(person_ids), Person.active.is_(True))
        .where(Delegation.since <= day, Delegation.until >= day)
        .order_by(Delegation.since, Delegation.id)
    )
    return [item for row in session.scalars(query) if (item := _value(row)).covers(role, day)]


def _value(row: Delegation) -> StandIn:
    return StandIn(row.person_id, row.stand_in_id, row.role_key, row.since, row.until)


def list_stand_ins(reading: Reading, person_id: UUID | None = None, *, past: bool = False) -> list[StandInRow]:
    """Who stands in for whom, the running and coming ones (with ``past`` all), the latest first.

    ``person_id`` keeps those that a person has a part in, on either side.
    """
    query = select(Delegation).order_by(Delegation.since.desc(), Delegation.id)
    if person_id is not None:
        query = query.where((Delegation.person_id == person_id) | (Delegation.stand_in_id == person_id))
    if not past:
        query = query.where(Delegation.until >= reading.today)
    rows = reading.session.scalars(query).all()
    people = people_by_id(reading.session, {key for row in rows for key in (row.person_id, row.stand_in_id)})
    titles = {role.key: role.title for role in reading.policy.roles}
    return [
        StandInRow(
            row.id,
            people[row.person_id],
            people[row.stand_in_id],
            row.role_key,
            titles.get(row.role_key, row.role_key) if row.role_key else "全部角色",
            row.since,
            row.until,
            row.reason,
            row.since <= reading.today <= row.until,
            row.version,
        )
        for row in rows
    ]


def may_set_any_stand_in(reading: Reading, actor: UUID) -> bool:
    """Whether the actor may say who stands in for anyone, not for themselves alone: who may manage people."""
    standing = standing_of(reading.session, actor, reading.today)
    return may(reading.policy, standing, Action.MANAGE_PEOPLE, OFFICE)


def set_stand_in(
    work: Work,
    person_id: UUID,
    stand_in_id: UUID,
    *,
    since: dt.date,
    until: dt.date,
    role_key: str = "",
    reason: str = "",
) -> UUID:
    """Let a colleague sign for a person from one day up to and with another, in one role or in all (ROLE-11).

    Raises:
        NotAllowed: it is neither the actor's own stand-in nor may they manage people.
        Refusal: one of the two has left, the days are over or in the wrong order, it stands there already, or people
            would stand in for each other in a ring.
    """
    _need_right(work, person_id)
    take_turn(work.session, "delegations")
    person, stand_in = (work.session.fetch(Person, key) for key in (person_id, stand_in_id))
    if until < since:
        raise Refusal("代理的结束日期早于开始日期。", kept=_NOTHING, todo="请核对日期。")
    if until < work.today:
        raise Refusal(f"代理到 {until} 为止，已经过去了。", kept=_NOTHING, todo="请核对日期。")
    for one in (person, stand_in):
        if not one.active:
            raise Refusal(f"{one.name}已经离职，不能代理或被代理。", kept=_NOTHING, todo="请另选一位在职的同事。")
    added = StandIn(person_id, stand_in_id, role_key, since, until)
    known = work.session.scalars(select(Delegation).where(Delegation.until >= work.today)).all()
    _refuse_ring(work, [_value(row) for row in known], added)
    for row in known:
        same = (row.person_id, row.stand_in_id) == (person_id, stand_in_id) and row.role_key in {"", role_key}
        if same and row.since <= since and row.until >= until:
            raise Refusal(f"{stand_in.name}已经是{person.name}的代理人（{row.since} 至 {row.until}）。", kept=_NOTHING)
    record = Delegation(
        person_id=person_id, stand_in_id=stand_in_id, role_key=role_key, since=since, until=until, reason=reason.strip()
    )
    work.session.add(record)
    work.session.flush()
    return record.id


def _refuse_ring(work: Work, known: list[StandIn], added: StandIn) -> None:
    if added.person_id == added.stand_in_id:
        raise Refusal("不能由自己代理自己。", kept=_NOTHING, todo="请选择另一位同事。")
    circle = ring(known, added)
    if circle:
        people = people_by_id(work.session, set(circle))
        names = " → ".join(people[key].name for key in circle)
        raise Refusal(
            f"这样会形成循环代理：{names}，到头来谁也代不了。",
            kept=_NOTHING,
            todo="请选择不在这个圈里的同事，或错开日期。",
        )


def end_stand_in(work: Work, delegation_id: UUID, version: int | None = None) -> None:
    """Let a stand-in, as it was read in ``version``, end with yesterday; what was signed by it stands.

    Raises:
        NotAllowed: it is neither the actor's own stand-in nor may they manage people.
        Stale: somebody else changed or ended it since.
        Refusal: it is over already, or gone.
    """
    row = work.session.fetch_version(Delegation, delegation_id, version)
    _need_right(work, row.person_id)
    if row.until < work.today:
        raise Refusal(f"这次代理已于 {row.until} 结束。", kept=_NOTHING)
    row.until = work.today - dt.timedelta(days=1)


def _need_right(work: Work, person_id: UUID) -> None:
    if person_id != work.actor and not may_set_any_stand_in(work, work.actor):
        raise NotAllowed(
            "别人的代理人不由您指定。", kept=_NOTHING, todo="请由本人指定，或由能维护人员的项目管理员办理。"
        )
