"""各角色由谁担任: who plays which role where, and the holes, where chains ask for somebody and nobody is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from desktop.domain.ledger import PersonRef
from desktop.domain.policy import Role
from desktop.domain.policy_terms import Scope
from desktop.services.office import Reading
from desktop.services.projects import projects_where
from desktop.services.roles import ANYWHERE
from desktop.services.standing import department_names, department_parts, in_force, people_by_id
from desktop.store.tables import Assignment, Project


@dataclass(frozen=True)
class RolePlace:
    """A role in one place and who plays it there.

    ``needed`` says that chains ask for it, ``waits`` how many projects of that place would wait for nobody.
    """

    role_key: str
    title: str
    where: str
    department_id: UUID | None
    people: tuple[PersonRef, ...]
    needed: bool
    waits: int = 0
    told: str = ""

    @property
    def vacant(self) -> bool:
        """Whether somebody must be appointed: a chain asks, and nobody would answer."""
        return self.needed and not self.people

    @property
    def names(self) -> str:
        """Who plays it, told apart."""
        return "、".join(person.full for person in self.people) or self.told


def role_places(reading: Reading) -> list[RolePlace]:
    """Every role of the policy in its order, office-wide or department by department, holes among them (ROLE-11)."""
    places = _Places(reading)
    return [place for role in reading.policy.roles for place in places.of(role)]


def vacancies(reading: Reading) -> list[RolePlace]:
    """Roles that chains need and nobody plays, per department with projects under way."""
    return [place for place in role_places(reading) if place.vacant]


class _Places:
    """Reads once who holds what, and which departments have projects under way."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._names = department_names(reading.session)
        self._parts = department_parts(reading.session)
        self._signing = {step.signer for form in reading.policy.forms for step in form.steps}
        self._held: dict[str, dict[UUID | None, list[UUID]]] = {}
        rows = reading.session.scalars(in_force(reading.today).order_by(Assignment.since, Assignment.id)).all()
        for row in rows:
            place = row.project_id or row.department_id
            holders = self._held.setdefault(row.role_key, {}).setdefault(place, [])
            if row.person_id not in holders:
                holders.append(row.person_id)
        self._people = people_by_id(reading.session, {row.person_id for row in rows})
        going = [state.key for state in reading.policy.states if not state.ends]
        self._going = projects_where(reading, Project.state.in_(going))

    def of(self, role: Role) -> Iterator[RolePlace]:
        """The places of one role."""
        if role.held_as or role.scope is Scope.PROJECT:
            yield self._on_projects(role)
        elif role.scope is Scope.OFFICE:
            yield self._place(role, None, ANYWHERE)
        else:
            yield from self._by_department(role)

    def _place(self, role: Role, department: UUID | None, where: str, waits: int = 0) -> RolePlace:
        people = tuple(self._people[key] for key in self._held.get(role.key, {}).get(department, ()))
        needed = role.key in self._signing and (department is None or bool(waits) or bool(people))
        return RolePlace(role.key, role.title, where, department, people, needed, waits)

    def _by_department(self, role: Role) -> Iterator[RolePlace]:
        held = self._held.get(role.key, {})
        waiting = self._uncovered(role)
        shown = {*held, *waiting} - {None}
        for department in sorted((key for key in shown if key), key=lambda key: self._names.get(key, "")):
            yield self._place(role, department, self._names.get(department, ""), waiting.get(department, 0))
        if not shown:
            yield RolePlace(role.key, role.title, "各部门", None, (), role.key in self._signing and not self._going)

    def _uncovered(self, role: Role) -> dict[UUID, int]:
        """Departments with projects under way in which nobody plays the role, and how many projects that concerns."""
        if role.key not in self._signing:
            return {}
        reached = {key for key in self._held.get(role.key, {}) if key}
        reached |= {part for key in list(reached) for part in self._parts.get(key, ())}
        waiting: dict[UUID, int] = {}
        for project in self._going:
            if project.department_id and not (project.departments & reached):
                waiting[project.department_id] = waiting.get(project.department_id, 0) + 1
        return waiting

    def _on_projects(self, role: Role) -> RolePlace:
        if role.held_as:
            named = {"manager": Project.manager_id, "client_manager": Project.client_manager_id}.get(role.held_as)
            count = self._reading.session.scalar(select(func.count(named.distinct()))) if named is not None else None
            told = f"由项目台账写明，共 {count} 人" if count is not None else "由大项目写明"
            return RolePlace(role.key, role.title, "各项目", None, (), needed=False, told=told)
        held = self._held.get(role.key, {})
        people = {person for holders in held.values() for person in holders}
        told = f"{len(held)} 个项目上有 {len(people)} 人" if people else "在项目的“组织”页上指定"
        return RolePlace(role.key, role.title, "各项目", None, (), needed=False, told=told)
