"""Whose turn it is, kept as rows so that lists find what waits for somebody in one query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from desktop.domain.approval import Progress, StepStatus
from desktop.domain.field import Content
from desktop.domain.policy import Role
from desktop.domain.policy_terms import Scope
from desktop.domain.rights import Standing
from desktop.services.chains import person_of_step, role_of
from desktop.services.office import Reading, Work
from desktop.services.projects import named_on_project
from desktop.services.stand_ins import represented
from desktop.services.standing import counting, standing_of
from desktop.store.tables import Filing, Project, Turn

_Filing = aliased(Filing)
_Project = aliased(Project)


@dataclass(frozen=True)
class Asked:
    """One signature that is asked for now: of a role's holders, of a person, or of one holder of those who must all."""

    place: int
    step_key: str
    role: str
    person_id: UUID | None
    days: int

    @property
    def key(self) -> tuple[str, str, UUID | None]:
        """What tells it from others of the same filing."""
        return self.step_key, self.role, self.person_id


def asked_now(chain: Progress, content: Content) -> list[Asked]:
    """The signatures that a filing in approval waits for."""
    due = {step.key for step in chain.due}
    waiting = [(n, status) for n, status in enumerate(chain.steps) if status.step.key in due]
    return [one for place, status in waiting for one in _asked(place, status, content)]


def _asked(place: int, status: StepStatus, content: Content) -> Iterator[Asked]:
    step = status.step
    if status.open_to:
        for person in status.open_to:
            yield Asked(place, step.key, step.signer, person, step.days)
    else:
        yield Asked(place, step.key, role_of(step), person_of_step(step, content), step.days)


def write_turns(work: Work, filing: Filing, asked: Sequence[Asked]) -> None:
    """Let exactly these signatures be waited for; who was asked before waits on since then."""
    rows = work.session.scalars(select(Turn).where(Turn.filing_id == filing.id)).all()
    kept = {(row.step_key, row.role, row.person_id): row for row in rows}
    counted = (replace(one, person_id=counting(work.session, one.person_id)) if one.person_id else one for one in asked)
    wanted = {one.key: one for one in counted}
    for key, row in kept.items():
        if key not in wanted:
            work.session.delete(row)
    for key, one in wanted.items():
        if key in kept:
            kept[key].place = one.place
            continue
        due_on = work.calendar().add_workdays(work.today, one.days) if one.days else None
        work.session.add(
            Turn(
                filing_id=filing.id,
                place=one.place,
                step_key=one.step_key,
                role=one.role,
                person_id=one.person_id,
                since=work.now,
                due_on=due_on,
            )
        )


def waits_for(reading: Reading, person_id: UUID) -> ColumnElement[bool]:
    """The condition under which a filing waits for a person's signature, their own or as a stand-in (ROLE-11)."""
    links = represented(reading.session, person_id, reading.today)
    return or_(
        waits_for_own(reading, person_id), *(waits_for_own(reading, link.person_id, link.role) for link in links)
    )


def waits_for_own(reading: Reading, person_id: UUID, only: str = "") -> ColumnElement[bool]:
    """The condition under which a filing waits for a person's own signature; ``only`` keeps what asks one role."""
    standing = standing_of(reading.session, person_id, reading.today)
    ways: list[ColumnElement[bool]] = [Turn.person_id == person_id]
    ways += [way for role in reading.policy.roles for way in _by_role(role, standing)]
    turns: Select[UUID] = (
        select(Turn.filing_id)
        .join(_Filing, Turn.filing_id == _Filing.id)
        .outerjoin(_Project, _Filing.project_id == _Project.id)
        .where(or_(*ways))
    )
    if only:
        turns = turns.where(Turn.role == only)
    return Filing.id.in_(turns)


def _by_role(role: Role, standing: Standing) -> Iterator[ColumnElement[bool]]:
    held = [item for item in standing.holdings if item.role == role.key]
    turn = and_(Turn.role == role.key, Turn.person_id.is_(None))
    if role.held_as:
        yield and_(turn, named_on_project(role.held_as, standing.person_id, _Project))
    if role.scope is Scope.OFFICE or any(item.everywhere for item in held):
        if held:
            yield turn
    elif role.scope is Scope.DEPARTMENT and held:
        places = [item.department_id for item in held]
        yield and_(turn, or_(_Project.department_id.in_(places), _Project.sub_department_id.in_(places)))
    elif held:
        yield and_(turn, _Filing.project_id.in_([item.project_id for item in held]))
