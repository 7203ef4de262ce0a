"""Whom a row of a list of people means, and which department and roles: told apart by 工号 and 部门, never guessed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from desktop.domain.people_table import name_key, path_text
from desktop.services.office import Reading
from desktop.services.sorting import sort_key
from desktop.store.tables import Assignment, Department, Person

Path = tuple[str, ...]
"""A department by its name after the names of those above it; empty for none."""


@dataclass
class HeldRole:
    """A role that somebody holds, held or will hold, in a department (or in none)."""

    key: str
    path: Path
    since: dt.date
    until: dt.date | None

    def meets(self, since: dt.date, until: dt.date | None) -> bool:
        """Whether it is held on any of these days."""
        return (until is None or self.since <= until) and (self.until is None or self.until >= since)


@dataclass
class Known:
    """A person whom the office knows, or (without ``id``) whom a row before makes."""

    id: UUID | None
    name: str
    staff_no: str
    path: Path
    phone: str
    active: bool = True
    roles: list[HeldRole] = field(default_factory=list)
    email: str = ""

    @property
    def full(self) -> str:
        """With what tells them apart."""
        extra = "，".join(part for part in (path_text(self.path), self.staff_no) if part)
        return f"{self.name}（{extra}）" if extra else self.name


class Doubtful(Exception):
    """A row that cannot be understood without asking: (column key, reason)."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key
        self.reason = reason


class KnownDepartments:
    """The office's departments by their paths, and those that rows make."""

    def __init__(self, reading: Reading) -> None:
        rows = {row.id: row for row in reading.session.scalars(select(Department))}
        self.paths: dict[UUID, Path] = {}
        self._active: dict[Path, bool] = {}
        for key, row in rows.items():
            path: list[str] = []
            above: UUID | None = key
            while above is not None and len(path) <= len(rows):
                path.insert(0, rows[above].name)
                above = rows[above].parent_id
            self.paths[key] = tuple(path)
            if row.merged_into_id is None:
                self._active[tuple(path)] = row.active
        self._merged = {self.paths[row.id]: row.merged_into_id for row in rows.values() if row.merged_into_id}

    def own(self, department: str, part: str) -> tuple[Path, list[str]]:
        """The department that a row puts its person in, and what is to be said about it.

        Raises:
            Doubtful: it is retired.
        """
        if not department:
            return (), []
        written = tuple(name for name in (*self._written(department), part) if name)
        path = self._counting(written)
        notes = []
        if path not in self._active and len(path) == 1:
            inside = [known for known in self._active if known[-1] == department and len(known) > 1]
            if len(inside) == 1:
                path = inside[0]
                notes.append(f"“{department}”是“{path_text(path[:-1])}”的下级部门")
        self._need_active(path, "department")
        if path not in self._active:
            notes.append(f"将新建部门“{path_text(path)}”")
            for depth in range(1, len(path) + 1):
                self._active.setdefault(path[:depth], True)
        return path, notes

    def named(self, name: str) -> Path:
        """The department that a role's brackets name, by its path or, where only one bears it, by its name.

        Raises:
            Doubtful: there is none, there are several, or it is retired.
        """
        path = self._counting(self._written(name))
        if path not in self._active:
            found = [known for known in self._active if known[-1] == name.strip()]
            if len(found) > 1:
                known = "、".join(path_text(item) for item in found)
                raise Doubtful("roles", f"有几个部门叫“{name}”（{known}），请写成“上级 / 下级”")
            if not found:
                raise Doubtful("roles", f"没有叫“{name}”的部门")
            path = found[0]
        self._need_active(path, "roles")
        return path

    def _written(self, name: str) -> Path:
        whole = (name.strip(),)
        return whole if whole in self._active else _split(name)

    def _counting(self, path: Path) -> Path:
        key = self._merged.get(path)
        return self._counting(self.paths[key]) if key else path

    def _need_active(self, path: Path, key: str) -> None:
        if self._active.get(path) is False:
            raise Doubtful(key, f"部门“{path_text(path)}”已经停用")


def _split(name: str) -> Path:
    return tuple(part.strip() for part in name.replace("／", "/").split("/") if part.strip())


class KnownPeople:
    """The office's people and those whom rows make, found again by 工号, or by name and department."""

    def __init__(self, reading: Reading, departments: KnownDepartments) -> None:
        self._people: list[Known] = []
        self._by_number: dict[str, Known] = {}
        self._by_name: dict[str, list[Known]] = {}
        roles = self._roles(reading, departments)
        rows = select(Person).where(Person.merged_into_id.is_(None)).order_by(Person.id)
        for row in reading.session.scalars(rows):
            path = departments.paths[row.department_id] if row.department_id else ()
            held = roles.get(row.id, [])
            self.add(Known(row.id, row.name, row.staff_no, path, row.phone, row.active, held, row.email or ""))

    @staticmethod
    def _roles(reading: Reading, departments: KnownDepartments) -> dict[UUID, list[HeldRole]]:
        found: dict[UUID, list[HeldRole]] = {}
        for row in reading.session.scalars(select(Assignment).where(Assignment.project_id.is_(None))):
            path = departments.paths[row.department_id] if row.department_id else ()
            found.setdefault(row.person_id, []).append(HeldRole(row.role_key, path, row.since, row.until))
        return found

    def add(self, person: Known) -> None:
        """Know one more."""
        self._people.append(person)
        self._by_name.setdefault(name_key(person.name), []).append(person)
        if person.staff_no:
            self._by_number[person.staff_no] = person

    def by_name(self) -> list[Known]:
        """Everyone who works here, by pinyin."""
        here = (person for person in self._people if person.active)
        return sorted(here, key=lambda person: (sort_key(person.name), person.staff_no, str(person.id)))

    def number(self, person: Known, staff_no: str) -> None:
        """Somebody known gets a staff number."""
        person.staff_no = staff_no
        self._by_number[staff_no] = person

    def find(self, name: str, staff_no: str, path: Path) -> tuple[Known | None, list[str]]:
        """The person whom a row means, nobody for a new one, and what is to be said about it.

        Raises:
            Doubtful: it may be one or another.
        """
        if staff_no:
            known, notes = self._numbered(staff_no, name)
            if known is not None:
                return _confirmed(known, name), notes
        same = [person for person in self._by_name.get(name_key(name), ()) if person.active]
        if staff_no:
            return self._without_number(same, name, staff_no, path), []
        return self._by_department(same, name, path)

    def _numbered(self, staff_no: str, name: str) -> tuple[Known | None, list[str]]:
        known = self._by_number.get(staff_no)
        if known is None and staff_no.isdecimal():
            bare = staff_no.lstrip("0")
            same = self._by_name.get(name_key(name), ())
            found = [person for person in same if person.staff_no and person.staff_no.lstrip("0") == bare]
            if len(found) == 1:
                return found[0], [f"工号“{staff_no}”读作“{found[0].staff_no}”（Excel 丢了前面的零）"]
        return known, []

    @staticmethod
    def _without_number(same: list[Known], name: str, staff_no: str, path: Path) -> Known | None:
        """A new number: of somebody who had none yet, or a person not known before."""
        bare = [person for person in same if not person.staff_no]
        if not bare:
            return None
        fitting = [person for person in bare if _together(person.path, path)]
        if len(bare) == 1 and fitting and (path or len(same) == 1):
            return bare[0]
        known = "、".join(person.full for person in bare)
        raise Doubtful("staff_no", f"名单里有没有工号的{known}，不能断定工号 {staff_no} 是不是“{name}”这一位的")

    def _by_department(self, same: list[Known], name: str, path: Path) -> tuple[Known | None, list[str]]:
        if not same:
            if name_key(name) in self._by_name:
                raise Doubtful("name", f"名单里的“{name}”已离职；如果是另一个人请填写工号")
            return None, []
        fitting = [person for person in same if _together(person.path, path)]
        exact = [person for person in fitting if person.path == path]
        if len(fitting) == 1 or len(exact) == 1:
            return (exact or fitting)[0], []
        known = "、".join(person.full for person in same)
        if fitting:
            raise Doubtful("name", f"有 {len(fitting)} 位“{name}”（{known}），请填写工号或部门以区分")
        return None, [f"名单里另有{known}；部门不同，当作另一个人，如果是同一个人请填写工号"]


def _confirmed(known: Known, name: str) -> Known:
    if not known.active:
        raise Doubtful("staff_no", f"工号 {known.staff_no} 是{known.name}的，已离职；恢复在职请在人员页办理")
    if name_key(known.name) != name_key(name):
        raise Doubtful("name", f"工号 {known.staff_no} 是{known.name}的，表中写的是“{name}”；更名请在人员页更正")
    return known


def _together(one: Path, other: Path) -> bool:
    """Whether two departments may be one: the same, one a part of the other, or one not given."""
    return one[: len(other)] == other[: len(one)]
