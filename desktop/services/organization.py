"""A project's organisation, put together from the ledger, the roles given on the project and its plan (ROLE-12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.ledger import PersonRef
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.organization import Organization, Post, Rank, organized
from desktop.domain.policy import Role
from desktop.domain.policy_terms import Action, Scope
from desktop.services.office import Reading, not_allowed
from desktop.services.people import people_refs
from desktop.services.plans import plan_lines
from desktop.services.projects import open_project, subject_of
from desktop.services.roles import RoleHeld, may_staff, project_role_holders, project_roles
from desktop.services.standing import counting, holders, people_by_id
from desktop.store.history import changes_of
from desktop.store.tables import Person

LEADER = "team_leader"
"""The key by which a policy names the role on a project that leads a group; other roles there are its members."""

_TOP = "president"
"""The key by which a policy names the department at the top (总裁室, 总经理)."""


@dataclass(frozen=True)
class OrganizationPage:
    """A project's organisation; ``roles`` are those given on it, by person; ``refusal`` says why the reader may not."""

    organization: Organization
    roles: Mapping[str, tuple[RoleHeld, ...]]
    offered: tuple[Role, ...]
    people: tuple[PersonRef, ...]
    refusal: str


def organization_page(reading: Reading, actor: UUID, project_id: UUID) -> OrganizationPage:
    """A project's organisation as its page shows it.

    Raises:
        NotAllowed: the project is not the actor's to see.
    """
    project = open_project(reading, actor, project_id)
    roles: dict[str, list[RoleHeld]] = {}
    for person, held in project_role_holders(reading, project_id):
        roles.setdefault(str(person), []).append(held)
    allowed = may_staff(reading, actor, subject_of(project))
    who = not_allowed(reading, Action.STAFF_PROJECT, "*", "指定项目角色")
    return OrganizationPage(
        organization_of(reading, project),
        {key: tuple(held) for key, held in roles.items()},
        project_roles(reading),
        tuple(people_refs(reading)),
        "" if allowed else f"{who.what}{who.todo}",
    )


def organization_of(reading: Reading, project: LedgerProject) -> Organization:
    """A project's people with duties and lines of report: the ledger's, those with roles on it, and the plan's."""
    made = organized(project.name, list(_posts(reading, project)))
    keys = [post.person.id for post in made.posts if post.person is not None]
    left = reading.session.scalars(select(Person.id).where(Person.id.in_(keys), Person.active.is_(False))).all()
    names = [post.full for post in made.posts if post.person is not None and post.person.id in left]
    return replace(made, notes=(*made.notes, *(f"{name}已离职，仍在这个项目的组织里" for name in names)))


def _posts(reading: Reading, project: LedgerProject) -> Iterator[Post]:
    policy, session = reading.policy, reading.session
    titles = {role.held_as: role.title for role in policy.roles if role.held_as}
    for role in policy.roles:
        if role.department == _TOP and role.scope is Scope.OFFICE:
            for person in holders(session, policy, role.key, subject_of(project), reading.today):
                yield _post(person, role.title, Rank.PRESIDENT, source="角色")
    for held_as, rank, named in (
        ("program_manager", Rank.PROGRAM_MANAGER, project.program_manager),
        ("manager", Rank.MANAGER, project.manager),
        ("client_manager", Rank.CLIENT_MANAGER, project.client_manager),
    ):
        if named is not None:
            person = people_by_id(session, {named.id}).get(named.id, named)
            since = _named_since(reading, project.id, f"{held_as}_id")
            yield _post(person, titles.get(held_as, rank.label), rank, since=since, source="项目台账")
    yield from _given(reading, project.id)
    yield from _planned(reading, project.id)


def _post(person: PersonRef, duty: str, rank: Rank, *, since: dt.date | None = None, source: str = "") -> Post:
    return Post(str(person.id), person, person.name, duty, rank, since=since, source=source)


def _named_since(reading: Reading, project_id: UUID, column: str) -> dt.date | None:
    """The day on which the ledger last changed whom it names; nothing where it named them from the first."""
    changes = changes_of(reading.session, "project", project_id)
    days = [change.at for change in changes if change.op == "update" and column in change.fields]
    return days[-1].astimezone().date() if days else None


def _given(reading: Reading, project_id: UUID) -> Iterator[Post]:
    found = [pair for pair in project_role_holders(reading, project_id) if pair[1].time(reading.today) == "now"]
    people = people_by_id(reading.session, {person for person, _held in found})
    for key, held in found:
        rank = Rank.LEADER if held.role_key == LEADER else Rank.MEMBER
        yield _post(people[key], held.title, rank, since=held.since, source="项目角色")


def _planned(reading: Reading, project_id: UUID) -> Iterator[Post]:
    lines = plan_lines(reading, project_id)["organization"]
    people = _Named(reading)
    for line in lines:
        key, person, name = people.find(line.get("person"))
        above, _person, _name = people.find(line.get("reports_to"))
        if name:
            text = {part: str(line.get(part) or "").strip() for part in ("duty", "group")}
            yield Post(key, person, name, text["duty"], Rank.MEMBER, text["group"], above, None, "组织计划")


class _Named:
    """People as a plan names them: by id, by a name that only one bears, or somebody from outside."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._ids = {str(key): key for key in reading.session.scalars(select(Person.id))}
        self._by_name: dict[str, list[PersonRef]] = {}
        for person in people_refs(reading):
            self._by_name.setdefault(person.name, []).append(person)

    def find(self, named: Json) -> tuple[str, PersonRef | None, str]:
        """Key, person and name; blanks for nobody."""
        if not isinstance(named, Mapping) or not named.get("name"):
            return "", None, ""
        name = str(named["name"])
        person = None
        if (known := self._ids.get(str(named.get("id")))) is not None:
            key = counting(self._reading.session, known)
            person = people_by_id(self._reading.session, {key}).get(key)
        elif len(same := self._by_name.get(name, [])) == 1:
            person = same[0]
        return (str(person.id), person, person.name) if person else (f"name:{name}", None, name)
