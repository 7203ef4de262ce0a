"""Rights are one question: may this person do this to that?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Action, Scope


@dataclass(frozen=True)
class Holding:
    """A role that a person holds; without department and project it holds for the whole office."""

    role: str
    department_id: UUID | None = None
    project_id: UUID | None = None

    @property
    def everywhere(self) -> bool:
        """Whether it holds for the whole office."""
        return self.department_id is None and self.project_id is None


NAMED_IN_PLAN = "@plan"
"""The holding of whoever a project's plan in force names; it gives the policy's roles that are held ``by_plan``."""


@dataclass(frozen=True)
class Standing:
    """A person as rights see them: identity and every role held today (ROLE-11).

    Roles that a project's own record gives (``held_as``) are not listed here: `may` takes them from the subject.
    Who is not ``here`` any more has no rights, whatever records still name them.
    """

    person_id: UUID
    holdings: frozenset[Holding]
    here: bool = True


@dataclass(frozen=True)
class Subject:
    """What an action is about: the office as a whole, or a project with its departments and its own people."""

    project_id: UUID | None = None
    departments: frozenset[UUID] = frozenset()
    manager_id: UUID | None = None
    client_manager_id: UUID | None = None
    program_manager_id: UUID | None = None

    def holder(self, held_as: str) -> UUID | None:
        """The person whom the project's record names in one of the ways of ``HELD_AS``."""
        ways = {
            "manager": self.manager_id,
            "client_manager": self.client_manager_id,
            "program_manager": self.program_manager_id,
        }
        return ways.get(held_as)


OFFICE = Subject()
HELD_AS = ("manager", "client_manager", "program_manager")
"""How a project's own record names people: 项目经理, 客户经理, and the 大项目经理 of its program (PROG-1)."""


@dataclass(frozen=True)
class Reach:
    """How far a person's right to an action goes: everything, or some departments and projects.

    ``held_as`` lists the ways in which a project's own record gives the right (``manager``, ``client_manager``).
    """

    office: bool
    departments: frozenset[UUID]
    projects: frozenset[UUID]
    held_as: frozenset[str]


def reach(policy: Policy, standing: Standing, action: Action, on: str = "*") -> Reach:
    """How far ``standing`` may do ``action`` (on the form ``on``): lists turn this into a condition of their query."""
    office = False
    departments: set[UUID] = set()
    projects: set[UUID] = set()
    held_as: set[str] = set()
    for right in policy.rights if standing.here else ():
        if right.action is not action or right.on not in {"*", on}:
            continue
        way = policy.role(right.role).held_as
        if way:
            held_as.add(way)
        for holding in standing.holdings:
            if not _gives(policy, holding, right.role):
                continue
            if right.scope is Scope.OFFICE or (right.scope is Scope.DEPARTMENT and holding.everywhere):
                office = True
            elif right.scope is Scope.DEPARTMENT and holding.department_id:
                departments.add(holding.department_id)
            elif holding.project_id:
                projects.add(holding.project_id)
    return Reach(office, frozenset(departments), frozenset(projects), frozenset(held_as))


def may(policy: Policy, standing: Standing, action: Action, subject: Subject, on: str = "*") -> bool:
    """Whether the policy lets this person do this (the one question behind every button, service and query)."""
    span = reach(policy, standing, action, on)
    if span.office or span.departments & subject.departments:
        return True
    if subject.project_id is None:
        return False
    if subject.project_id in span.projects:
        return True
    return any(subject.holder(way) == standing.person_id for way in span.held_as)


def plays(policy: Policy, standing: Standing, role_key: str, subject: Subject) -> bool:
    """Whether a person holds a role with regard to a subject: whose turn a step of a chain is."""
    role = policy.role(role_key)
    if not standing.here:
        return False
    if role.held_as and subject.holder(role.held_as) == standing.person_id:
        return True
    held = (holding for holding in standing.holdings if _gives(policy, holding, role_key))
    return any(reaches(holding, role.scope, subject) for holding in held)


def _gives(policy: Policy, holding: Holding, role_key: str) -> bool:
    return holding.role == role_key or (holding.role == NAMED_IN_PLAN and policy.role(role_key).by_plan)


def reaches(holding: Holding, scope: Scope, subject: Subject) -> bool:
    """Whether a role held so is held with regard to a subject."""
    if scope is Scope.OFFICE:
        return True
    if scope is Scope.DEPARTMENT:
        return holding.everywhere or holding.department_id in subject.departments
    return holding.project_id is not None and holding.project_id == subject.project_id


def role_titles(policy: Policy, holdings: Collection[Holding]) -> str:
    """The titles of the roles held, in the policy's order, for showing who sits here."""
    held = {holding.role for holding in holdings}
    return "、".join(role.title for role in policy.roles if role.key in held)
