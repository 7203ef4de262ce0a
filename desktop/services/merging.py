"""Merging two records of one person (ROLE-11).

The ledger is otherwise changed only by postings (a project's manager, say). A merger is the documented exception: it
changes no fact, only which record stands for the person. What was signed, sealed or written down stays under the
record that did it, and the retired record keeps its name, its past roles and its history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from desktop.domain.errors import Refusal
from desktop.domain.filing import FilingState
from desktop.domain.mergers import Merger, Moved
from desktop.domain.policy_terms import Action
from desktop.services.departments import PEOPLE_DEED
from desktop.services.office import Reading, Work
from desktop.services.roles import RoleHeld, move_role, need_keeper, role_history
from desktop.services.standing import department_names, people_by_id, records_of
from desktop.store.tables import (
    Assignment,
    Base,
    Contract,
    Delegation,
    Filing,
    Person,
    Program,
    Project,
    SignOff,
    TrackedProblem,
    Turn,
)

T = TypeVar("T", bound=Base)
_UNCHANGED = "没有合并，也没有作任何改动。"
_OPEN = (FilingState.IN_APPROVAL.value, FilingState.RETURNED.value, FilingState.RECALLED.value)


@dataclass(frozen=True)
class Move:
    """Records of one kind that a merger moves, told by ``names``, and how; ``apply`` works inside a transaction."""

    kind: str
    names: tuple[str, ...]
    apply: Callable[[Work], None]


@dataclass(frozen=True)
class _Pair:
    gone: Person
    counts: Person


def preview_person_merger(reading: Reading, gone_id: UUID, counts_id: UUID) -> Merger:
    """What merging one record of a person into another would move, keep, and what to look at first.

    Raises:
        Refusal: the two cannot be merged so.
    """
    pair = _pair(reading, gone_id, counts_id)
    return _told(reading, pair, _moves(reading, pair))


def merge_people(work: Work, gone_id: UUID, counts_id: UUID, *, gone_version: int, counts_version: int) -> Merger:
    """Retire a person's second record; roles, projects, turns and stand-ins that are open go to the one that counts.

    Returns what was moved. All of it is one transaction.

    Raises:
        NotAllowed: the actor may not manage people.
        Stale: somebody else saved one of the two since they were read.
        Refusal: they are one record, one is merged already, the one that counts has left, the actor sits here under
            the one to be retired, or nobody could manage people any more.
    """
    work.need(Action.MANAGE_PEOPLE, what=PEOPLE_DEED)
    work.session.fetch_version(Person, gone_id, gone_version)
    work.session.fetch_version(Person, counts_id, counts_version)
    pair = _pair(work, gone_id, counts_id)
    if gone_id == work.actor:
        raise Refusal(
            f"您正以“{pair.gone.name}”这条记录坐在这里，不能把它停用。",
            kept=_UNCHANGED,
            todo="请先切换成另一条记录，或把两条的位置对调。",
        )
    moves = _moves(work, pair)
    told = _told(work, pair, moves)
    for move in moves:
        move.apply(work)
    pair.gone.active = False
    pair.gone.merged_into_id = counts_id
    work.session.flush()
    need_keeper(work, Assignment.id.is_not(None))
    return told


def _pair(reading: Reading, gone_id: UUID, counts_id: UUID) -> _Pair:
    gone, counts = reading.session.fetch(Person, gone_id), reading.session.fetch(Person, counts_id)
    if gone_id == counts_id:
        raise Refusal("这是同一条记录，不能与自己合并。", kept=_UNCHANGED, todo="请选择另一条记录。")
    for person in (gone, counts):
        if person.merged_into_id is not None:
            into = people_by_id(reading.session, {person.id})[person.id]
            raise Refusal(
                f"“{person.name}”这条记录已经并入{into.full}。", kept=_UNCHANGED, todo="请选择合并后的那一条。"
            )
    if not counts.active:
        raise Refusal(
            f"“{counts.name}”已不在职，不能作为保留的一条。",
            kept=_UNCHANGED,
            todo="请把两条的位置对调，或先恢复在职。",
        )
    return _Pair(gone, counts)


def _told(reading: Reading, pair: _Pair, moves: Sequence[Move]) -> Merger:
    people = people_by_id(reading.session, {pair.gone.id, pair.counts.id})
    signed = reading.session.scalars(select(SignOff.id).where(SignOff.signer_id == pair.gone.id)).all()
    past = [role for role in role_history(reading, pair.gone.id) if role.time(reading.today) == "past"]
    kept = []
    if signed:
        kept.append(f"已签的 {len(signed)} 个字仍记在原来的记录名下")
    if past:
        kept.append(f"过去担任过的 {len(past)} 个角色留在原来的记录里")
    return Merger(
        people[pair.gone.id].full,
        people[pair.counts.id].full,
        tuple(Moved(move.kind, move.names) for move in moves),
        tuple(kept),
        tuple(_warnings(reading, pair)),
    )


def _warnings(reading: Reading, pair: _Pair) -> Iterator[str]:
    gone, counts = pair.gone, pair.counts
    if gone.name != counts.name:
        yield f"两条记录的姓名不同：{gone.name}、{counts.name}"
    if gone.staff_no and counts.staff_no:
        yield f"两条记录各有工号：{gone.staff_no}、{counts.staff_no}，请确认是同一个人"
    for number, title in _both_signed(reading, gone.id, counts.id):
        yield f"两条记录都在《{title}》{number} 上签过字；合并后看起来是一个人签了两步，签字本身不改动"


def _both_signed(reading: Reading, gone_id: UUID, counts_id: UUID) -> list[tuple[str, str]]:
    """Filings that both records signed, at different steps: one person would have been two of the signers."""
    query = select(SignOff.filing_id, SignOff.step_key).where(
        SignOff.signer_id.in_(records_of(reading.session, gone_id))
    )
    theirs: dict[UUID, set[str]] = {}
    for filing_id, step in reading.session.execute(query):
        theirs.setdefault(filing_id, set()).add(step)
    query = select(SignOff.filing_id, SignOff.step_key).where(
        SignOff.signer_id.in_(records_of(reading.session, counts_id)), SignOff.filing_id.in_(theirs)
    )
    both = {filing_id for filing_id, step in reading.session.execute(query) if theirs[filing_id] != {step}}
    filings = reading.session.scalars(select(Filing).where(Filing.id.in_(both)).order_by(Filing.number)).all()
    return [(filing.number or "", filing.title) for filing in filings]


def _moves(reading: Reading, pair: _Pair) -> list[Move]:
    gone, counts = pair.gone.id, pair.counts.id

    def named(record: Project) -> str:
        return record.number or record.provisional or record.name

    def paper(record: Filing) -> str:
        return f"{record.title} {record.number or ''}".strip()

    open_filing = Filing.state.in_(_OPEN)
    found = [
        *_particulars(reading, pair),
        _roles(reading, gone, counts),
        link_move(reading, "担任项目经理的项目", Project, Project.manager_id, (gone, counts), named),
        link_move(reading, "担任客户经理的项目", Project, Project.client_manager_id, (gone, counts), named),
        link_move(reading, "担任经理的大项目", Program, Program.manager_id, (gone, counts), lambda item: item.name),
        link_move(
            *(reading, "负责的合同", Contract, Contract.client_manager_id, (gone, counts)),
            lambda item: item.number or item.name,
        ),
        link_move(*(reading, "填写的未结表单", Filing, Filing.author_id, (gone, counts)), paper, open_filing),
        link_move(
            *(reading, "负责的未关闭问题", TrackedProblem, TrackedProblem.owner_id, (gone, counts)),
            lambda item: item.number,
            TrackedProblem.closed_on.is_(None),
        ),
        _turns(reading, gone, counts),
        _stand_ins(reading, gone, counts),
    ]
    return [move for move in found if move.names]


def link_move(
    reading: Reading,
    kind: str,
    record: type[T],
    column: InstrumentedAttribute[UUID | None],
    ids: tuple[UUID, UUID],
    name: Callable[[T], str],
    *conditions: ColumnElement[bool],
) -> Move:
    """The records whose ``column`` names the one that is retired; moved, it names the one that counts."""
    rows = reading.session.scalars(select(record).where(column == ids[0], *conditions)).all()

    def apply(_work: Work) -> None:
        for row in rows:
            setattr(row, column.key, ids[1])

    return Move(kind, tuple(sorted(name(row) for row in rows)), apply)


def _particulars(reading: Reading, pair: _Pair) -> Iterator[Move]:
    """What the one that counts lacks and the other knows."""
    places = department_names(reading.session)
    for label, key in (("工号", "staff_no"), ("部门", "department_id"), ("电话", "phone"), ("邮箱", "email")):
        theirs, own = getattr(pair.gone, key), getattr(pair.counts, key)
        if theirs and not own:

            def apply(_work: Work, key: str = key, value: Any = theirs) -> None:  # noqa: ANN401 - texts and ids
                setattr(pair.counts, key, value)

            yield Move(f"{label}（原来空着）", (places.get(theirs, str(theirs)),), apply)


def _open_roles(reading: Reading, person_id: UUID) -> list[RoleHeld]:
    return [role for role in role_history(reading, person_id) if role.time(reading.today) != "past"]


def _roles(reading: Reading, gone: UUID, counts: UUID) -> Move:
    held = _open_roles(reading, gone)

    def apply(work: Work) -> None:
        for role in held:
            move_role(work, role.assignment_id, person_id=counts, department_id=role.department_id)

    return Move("担任的角色", tuple(role.text for role in held), apply)


def _turns(reading: Reading, gone: UUID, counts: UUID) -> Move:
    """The rows by which lists find what waits for somebody; one who waits there already waits once."""
    query = select(Turn, Filing).join(Filing, Turn.filing_id == Filing.id).where(Turn.person_id == gone)
    rows = [(turn, f"{filing.title} {filing.number or ''}".strip()) for turn, filing in reading.session.execute(query)]
    own = select(Turn.filing_id, Turn.step_key, Turn.role).where(Turn.person_id == counts)
    there = {tuple(row) for row in reading.session.execute(own)}

    def apply(work: Work) -> None:
        for turn, _name in rows:
            if (turn.filing_id, turn.step_key, turn.role) in there:
                work.session.delete(turn)
            else:
                turn.person_id = counts

    return Move("等待签字的表单", tuple(sorted(name for _turn, name in rows)), apply)


def _stand_ins(reading: Reading, gone: UUID, counts: UUID) -> Move:
    """Stand-ins that are not over; nobody stands in for themselves."""
    query = select(Delegation).where(
        or_(Delegation.person_id == gone, Delegation.stand_in_id == gone), Delegation.until >= reading.today
    )
    rows = reading.session.scalars(query).all()

    def apply(work: Work) -> None:
        for row in rows:
            person, stand_in = (counts if key == gone else key for key in (row.person_id, row.stand_in_id))
            if person != stand_in:
                row.person_id, row.stand_in_id = person, stand_in
            elif row.since >= work.today:
                work.session.delete(row)
            else:
                row.until = work.today - dt.timedelta(days=1)

    return Move("代理安排", tuple(f"{row.since} 至 {row.until}" for row in rows), apply)
