"""Who holds which roles: the standing of a person, and the holders of a role."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from desktop.domain.errors import Refusal
from desktop.domain.ledger import PersonRef
from desktop.domain.plan import WORKING
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Scope
from desktop.domain.rights import NAMED_IN_PLAN, Holding, Standing, Subject, reaches
from desktop.store.sessions import ReadSession, WriteSession
from desktop.store.tables import Assignment, Department, Person, PlanLine, Program, Project

AnySession = ReadSession | WriteSession
_P = ParamSpec("_P")
_R = TypeVar("_R")


def _once_per_snapshot(
    ask: Callable[Concatenate[AnySession, _P], _R],
) -> Callable[Concatenate[AnySession, _P], _R]:
    """Ask the database once per reading, whose snapshot never changes; a transaction that writes is asked each time."""

    @wraps(ask)
    def asked(session: AnySession, /, *args: _P.args, **named: _P.kwargs) -> _R:
        if isinstance(session, WriteSession):
            return ask(session, *args, **named)
        known: dict[object, _R] = session.info.setdefault(ask.__name__, {})
        key = (args, tuple(named.items()))
        if key not in known:
            known[key] = ask(session, *args, **named)
        return known[key]

    return asked


@lru_cache(maxsize=8)
def in_force(day: dt.date, *, left: bool = False) -> Select[Assignment]:
    """The assignments that hold on a day; who has left meanwhile holds none, unless ``left`` asks for them too."""
    held = (
        select(Assignment)
        .join(Person, Assignment.person_id == Person.id)
        .where(Assignment.since <= day, or_(Assignment.until.is_(None), Assignment.until >= day))
    )
    return held if left else held.where(Person.active.is_(True))


@_once_per_snapshot
def standing_of(session: AnySession, person_id: UUID, today: dt.date) -> Standing:
    """The roles that a person holds on a day; a role in a department reaches into its parts."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        return Standing(person_id, frozenset(), here=False)
    rows = session.scalars(in_force(today).where(Assignment.person_id == person_id)).all()
    parts = department_parts(session) if any(row.department_id for row in rows) else {}
    holdings: set[Holding] = set()
    for row in rows:
        if row.department_id is None:
            holdings.add(Holding(row.role_key, None, row.project_id))
            continue
        for part in (row.department_id, *parts.get(row.department_id, ())):
            holdings.add(Holding(row.role_key, part, row.project_id))
    holdings |= {Holding(NAMED_IN_PLAN, None, project) for project in session.scalars(_planned(person_id))}
    return Standing(person_id, frozenset(holdings))


def _planned(person_id: UUID) -> Select[UUID]:
    """The projects whose plan in force names a person."""
    return (
        select(PlanLine.project_id)
        .where(PlanLine.person_id == person_id, PlanLine.to_baseline.is_(None), PlanLine.register.in_(WORKING))
        .distinct()
    )


@_once_per_snapshot
def project_subject(session: AnySession, project_id: UUID) -> Subject:
    """A project as rights see it, where nothing else of it is asked.

    Raises:
        Refusal: there is none of that id.
    """
    query = (
        select(
            Project.department_id,
            Project.sub_department_id,
            Project.manager_id,
            Project.client_manager_id,
            Program.manager_id,
        )
        .outerjoin(Program, Project.program_id == Program.id)
        .where(Project.id == project_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise Refusal("找不到这个项目。", todo="请刷新列表后重试。")
    department, part, *people = row
    return Subject(project_id, frozenset(key for key in (department, part) if key), *people)


@_once_per_snapshot
def department_parts(session: AnySession) -> Mapping[UUID, Sequence[UUID]]:
    """The departments below each department, at any depth."""
    children: dict[UUID, list[UUID]] = {}
    for key, parent in session.execute(select(Department.id, Department.parent_id)):
        if parent:
            children.setdefault(parent, []).append(key)
    below: dict[UUID, list[UUID]] = {}
    for key, parts in children.items():
        queue: list[UUID] = list(parts)
        found: list[UUID] = []
        while queue:
            part = queue.pop()
            if part not in found:
                found.append(part)
                queue.extend(children.get(part, ()))
        below[key] = found
    return below


def holders(
    session: AnySession, policy: Policy, role_key: str, subject: Subject, day: dt.date, *, left: bool = False
) -> list[PersonRef]:
    """The people who play a role with regard to a subject on a day, by name; with ``left`` also who is gone since."""
    role = policy.role(role_key)
    ids: set[UUID] = set()
    own = session.get(Person, subject.holder(role.held_as)) if subject.holder(role.held_as) else None
    if own is not None and (own.active or left):
        ids.add(own.id)
    if role.by_plan and subject.project_id:
        ids |= planned_people(session, subject.project_id)
    query = in_force(day, left=left).where(Assignment.role_key == role_key)
    parts = department_parts(session) if role.scope is Scope.DEPARTMENT else {}
    for row in session.scalars(query):
        below = parts.get(row.department_id, []) if row.department_id else []
        held = [Holding(role_key, part, row.project_id) for part in (row.department_id, *below)]
        if any(reaches(holding, role.scope, subject) for holding in held):
            ids.add(row.person_id)
    found = {person.id: person for person in people_by_id(session, ids).values()}
    return sorted(found.values(), key=lambda person: (person.name, str(person.id)))


def planned_people(session: AnySession, project_id: UUID) -> set[UUID]:
    """Everyone of the office whom a project's plan in force names."""
    named = select(PlanLine.person_id).where(
        PlanLine.project_id == project_id, PlanLine.to_baseline.is_(None), PlanLine.register.in_(WORKING)
    )
    found = named.join(Person, PlanLine.person_id == Person.id).where(Person.active.is_(True))
    return {key for key in session.scalars(found) if key}


def people_by_id(session: AnySession, ids: set[UUID]) -> dict[UUID, PersonRef]:
    """People as lists show them, by the ids asked for; a merged record is shown as the one that counts."""
    if not ids:
        return {}
    names = department_names(session)
    found: dict[UUID, PersonRef] = {}
    merged: dict[UUID, UUID] = {}
    for person in session.scalars(select(Person).where(Person.id.in_(ids))):
        if person.merged_into_id is None:
            department = names.get(person.department_id, "") if person.department_id else ""
            found[person.id] = PersonRef(person.id, person.name, department, person.staff_no)
        else:
            merged[person.id] = counting_all(session)[person.id]
    others = people_by_id(session, set(merged.values()))
    return found | {old: others[new] for old, new in merged.items()}


@cache
def _who_share_a_name() -> Select[UUID]:
    unmerged = Person.merged_into_id.is_(None)
    shared = select(Person.name).where(unmerged).group_by(Person.name).having(func.count() > 1)
    return select(Person.id).where(unmerged, Person.name.in_(shared))


@_once_per_snapshot
def namesakes(session: AnySession) -> Mapping[UUID, PersonRef]:
    """Everyone whose name another one bears, too, told apart (ROLE-11)."""
    ids = set(session.scalars(_who_share_a_name()))
    return {key: replace(person, namesake=True) for key, person in people_by_id(session, ids).items()}


@_once_per_snapshot
def department_names(session: AnySession) -> Mapping[UUID, str]:
    """Every department's name by its id; parts that bear one name (一组) are told apart by what they are part of."""
    rows = session.execute(
        select(Department.id, Department.name, Department.parent_id, Department.merged_into_id)
    ).all()
    names = {key: name for key, name, _parent, _merged in rows}
    shared = Counter(name for _key, name, _parent, merged in rows if merged is None)
    return {
        key: f"{names[parent]}/{name}" if parent and shared[name] > 1 else name for key, name, parent, _merged in rows
    }


def counting(session: AnySession, person_id: UUID) -> UUID:
    """The record that counts for a person: that one, or the one into which it was merged (ROLE-11)."""
    person = session.get(Person, person_id)
    while person is not None and person.merged_into_id is not None:
        person = session.get(Person, person.merged_into_id)
    return person.id if person else person_id


@_once_per_snapshot
def counting_all(session: AnySession) -> Mapping[UUID, UUID]:
    """The record that counts, by every record that was merged into another one; asked in one query."""
    into = {key: target for key, target in session.execute(_MERGED) if target}
    found: dict[UUID, UUID] = {}
    for key, first in into.items():
        target = first
        while target in into:
            target = into[target]
        found[key] = target
    return found


_MERGED = select(Person.id, Person.merged_into_id).where(Person.merged_into_id.is_not(None))


def records_of(session: AnySession, person_id: UUID) -> frozenset[UUID]:
    """Every record that stands for a person: the one that counts and all that were merged into it."""
    found = {counting(session, person_id)}
    fresh = set(found)
    while fresh:
        fresh = set(session.scalars(select(Person.id).where(Person.merged_into_id.in_(fresh)))) - found
        found |= fresh
    return frozenset(found)
