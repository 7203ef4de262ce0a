"""People, departments and projects as papers name them: found in the office's records, or added to them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import or_, select

from desktop.domain.canonical import Json
from desktop.services.office import Work
from desktop.services.people import find_or_add_department
from desktop.services.sorting import initials
from desktop.services.standing import counting
from desktop.store.tables import Person, Project


class People:
    """Finds the people whom a paper names (a merged record is the one that counts), and adds those not known yet."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._by_name: dict[str, list[Person]] = {}
        self._ids: dict[str, UUID] = {}
        self._read = False

    def _read_once(self) -> None:
        """Read the roster when somebody is first looked for: most papers name nobody new."""
        if self._read:
            return
        self._read = True
        merged, work = [], self._work
        for person in work.session.scalars(select(Person).order_by(Person.staff_no, Person.id)):
            if person.merged_into_id is not None:
                merged.append(person)
                continue
            self._by_name.setdefault(person.name, []).append(person)
            self._ids[str(person.id)] = person.id
        for person in merged:
            self._ids[str(person.id)] = counting(work.session, person.id)
            self._by_name.setdefault(person.name, [work.session.fetch(Person, self._ids[str(person.id)])])

    def find(self, named: Json, department_id: UUID | None) -> UUID | None:
        """The id of the person; of several with one name, the one of that department comes first."""
        if not isinstance(named, Mapping):
            return None
        self._read_once()
        if (chosen := str(named.get("id") or "")) in self._ids:
            return self._ids[chosen]
        name = str(named["name"])
        known = self._by_name.setdefault(name, [])
        for person in known:
            if len(known) == 1 or person.department_id == department_id:
                return person.id
        if not known:
            known.append(Person(name=name, department_id=department_id, pinyin=initials(name)))
            self._work.session.add(known[0])
        return known[0].id


class Departments:
    """Finds the departments that a paper names, and adds those that are not known yet."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: dict[tuple[str, UUID | None], UUID] = {}

    def find(self, name: Json, parent: UUID | None) -> UUID | None:
        """The id of the department of that name below ``parent``; nothing for a blank."""
        if not isinstance(name, str):
            return None
        if (name, parent) not in self._known:
            self._known[name, parent] = find_or_add_department(self._work.session, name, parent)
        return self._known[name, parent]


def named_project(work: Work, named: Json) -> Project | None:
    """The project that a paper names by its number, official or provisional, with or without the name behind it."""
    words = str(named or "").split()
    for number in (str(named or "").strip(), words[0] if words else ""):
        query = select(Project).where(or_(Project.number == number, Project.provisional == number))
        found = work.session.scalars(query.order_by(Project.number.is_distinct_from(number))).first()
        if number and found is not None:
            return found
    return None
