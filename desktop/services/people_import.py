"""People come in from a workbook and go out again: by the same mechanism as the ledger (ROLE-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.mail_address import read_address
from desktop.domain.people_table import PEOPLE_COLUMNS, RoleWish, line_faults, role_wishes
from desktop.domain.policy import Policy, Role
from desktop.domain.policy_terms import Action, Scope
from desktop.exchange.reading import CellNote, RowVerdict
from desktop.exchange.sheet_writing import Written
from desktop.exchange.table_writing import write_table
from desktop.exchange.workbook import Progress, no_progress
from desktop.services.book_import import (
    BookKind,
    BookPreview,
    ImportResult,
    PreviewRow,
    Verdict,
    judge_again,
    remember_choice,
    row_fault,
)
from desktop.services.departments import PEOPLE_DEED, find_or_add_department
from desktop.services.office import Reading, Work
from desktop.services.people import add_person, change_person
from desktop.services.people_matching import Doubtful, HeldRole, Known, KnownDepartments, KnownPeople, Path
from desktop.services.roles import assign_role
from desktop.store.tables import Person


@dataclass
class _Plan:
    """What a row brings: the person, particulars that change, roles that are new, and how it was understood."""

    person: Known
    changes: dict[str, str | Path] = field(default_factory=dict)
    roles: list[HeldRole] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    fresh: bool = False

    @property
    def verdict(self) -> Verdict:
        """What will become of the row."""
        if self.fresh:
            return Verdict.NEW
        return Verdict.CHANGED if self.changes or self.roles else Verdict.SAME


class PeopleJudge:
    """Compares rows with the people, departments and roles that are there, and with the rows before."""

    def __init__(self, reading: Reading, columns: tuple[Field, ...]) -> None:
        self.plans: dict[int, _Plan] = {}
        self._labels = {item.key: item.label for item in columns}
        self._policy = reading.policy
        self._today = reading.today
        self._departments = KnownDepartments(reading)
        self._people = KnownPeople(reading, self._departments)

    def row(self, read: RowVerdict) -> PreviewRow:
        """The verdict on one row."""
        if not read.accepted:
            return PreviewRow(Verdict.REFUSED, read)
        try:
            plan = self._plan(read)
        except Doubtful as doubt:
            fault = row_fault(read, doubt.key, self._labels[doubt.key], doubt.reason)
            return PreviewRow(Verdict.REFUSED, replace(read, faults=(fault,)))
        self._take(plan)
        self.plans[read.row] = plan
        told = (CellNote(f"第 {read.row} 行", key, self._labels[key], text) for key, text in plan.notes)
        return PreviewRow(plan.verdict, replace(read, notes=(*read.notes, *told)))

    def _plan(self, read: RowVerdict) -> _Plan:
        line = read.line
        name = person_name(line["name"])
        if not any(mark.isalpha() for mark in name):
            raise Doubtful("name", f"“{name}”不像姓名")
        staff_no, phone = _text(line, "staff_no"), _text(line, "phone")
        email = read_address(_text(line, "email"))
        path, told = self._departments.own(_text(line, "department"), _text(line, "sub_department"))
        known, doubts = self._people.find(name, staff_no, path)
        plan = _Plan(known or Known(None, name, staff_no, path, phone, email=email), fresh=known is None)
        plan.notes += [("department", text) for text in told] + [("name", text) for text in doubts]
        if known is not None:
            plan.changes = _changes(known, staff_no, path, phone, email)
        days = (_day(line, "since"), _day(line, "until"))
        own = path if len(path) >= len(plan.person.path) else plan.person.path
        for wish in role_wishes(_text(line, "roles")):
            plan.roles += self._role(plan, wish, own, days)
        return plan

    def _role(
        self, plan: _Plan, wish: RoleWish, own: Path, days: tuple[dt.date | None, dt.date | None]
    ) -> Iterator[HeldRole]:
        role = self._named_role(wish.title)
        if role.held_as or role.scope is Scope.PROJECT:
            where = "由项目台账写明" if role.held_as else "在项目的“组织”页上指定"
            plan.notes.append(("roles", f"“{role.title}”{where}，这里不导入"))
            return
        path = self._place(plan, role, wish, own)
        since, until = days
        start = since or (self._today if until is None or until >= self._today else until)
        held = [item for item in plan.person.roles if (item.key, item.path) == (role.key, path)]
        meeting = next((item for item in held if item.meets(start, until)), None)
        if meeting is None:
            if not any((item.key, item.path) == (role.key, path) for item in plan.roles):
                yield HeldRole(role.key, path, start, until)
            return
        if (since not in {None, meeting.since}) or (until is not None and until != meeting.until):
            end = f" 至 {meeting.until}" if meeting.until else "起"
            raise Doubtful("roles", f"自 {meeting.since}{end}已经担任“{role.title}”，起止不同；请在人员页更改")

    def _place(self, plan: _Plan, role: Role, wish: RoleWish, own: Path) -> Path:
        if role.scope is not Scope.DEPARTMENT:
            if wish.place:
                plan.notes.append(("roles", f"“{role.title}”不分部门担任，括号里的“{wish.place}”不计"))
            return ()
        if wish.place:
            return self._departments.named(wish.place)
        if not own:
            raise Doubtful("roles", f"“{role.title}”要指定部门，请在后面用括号写明，或填写此人的部门")
        return own

    def _named_role(self, title: str) -> Role:
        wanted = "".join(title.split()).casefold()
        for role in self._policy.roles:
            if wanted in {"".join(role.title.split()).casefold(), role.key.casefold()}:
                return role
        known = "、".join(role.title for role in self._policy.roles if not role.held_as)
        raise Doubtful("roles", f"“{title}”不是制度中的角色，可以填：{known}；没有角色请留空")

    def _take(self, plan: _Plan) -> None:
        """Let later rows know what this one brings."""
        person = plan.person
        if plan.fresh:
            self._people.add(person)
        if isinstance(number := plan.changes.get("staff_no"), str):
            self._people.number(person, number)
        if isinstance(path := plan.changes.get("department"), tuple):
            person.path = path
        if isinstance(phone := plan.changes.get("phone"), str):
            person.phone = phone
        if isinstance(email := plan.changes.get("email"), str):
            person.email = email
        person.roles = [*person.roles, *plan.roles]


def _changes(known: Known, staff_no: str, path: Path, phone: str, email: str) -> dict[str, str | Path]:
    """The particulars that a row gives otherwise; what it leaves blank stays."""
    changes: dict[str, str | Path] = {}
    if staff_no and not known.staff_no:
        changes["staff_no"] = staff_no
    if path and path != known.path[: len(path)]:
        changes["department"] = path
    if phone and phone != known.phone:
        changes["phone"] = phone
    if email and email != known.email:
        changes["email"] = email
    return changes


def person_name(value: Json) -> str:
    """The name in a person's stored value."""
    return str(value["name"]) if isinstance(value, Mapping) else ""


def _text(line: Mapping[str, Json], key: str) -> str:
    return str(line.get(key) or "").strip()


def _day(line: Mapping[str, Json], key: str) -> dt.date | None:
    text = _text(line, key)
    return dt.date.fromisoformat(text) if text else None


def people_columns(_policy: Policy) -> tuple[Field, ...]:
    """The columns of a list of people."""
    return PEOPLE_COLUMNS


PEOPLE = BookKind("people import", people_columns, PeopleJudge, line_faults=line_faults)
"""The list of people."""


def import_people(work: Work, preview: BookPreview) -> ImportResult:
    """Add the new people and roles, and the particulars that differ, in one transaction; no role is ended by it.

    Importing the same twice changes nothing.

    Raises:
        NotAllowed: the actor may not manage people.
        Refusal: the records have moved on since the preview.
    """
    work.need(Action.MANAGE_PEOPLE, what=PEOPLE_DEED)
    rows, judge = judge_again(work, PEOPLE, preview, PeopleJudge)
    places = _Places(work)
    for row in rows:
        if row.verdict in {Verdict.NEW, Verdict.CHANGED}:
            _carry_out(work, places, judge.plans[row.read.row])
    remember_choice(work, PEOPLE, preview.choice)
    return ImportResult(
        None,
        opened=preview.count(Verdict.NEW),
        same=preview.count(Verdict.SAME),
        refused=preview.count(Verdict.REFUSED),
        changed=preview.count(Verdict.CHANGED),
    )


def _carry_out(work: Work, places: _Places, plan: _Plan) -> None:
    person = plan.person
    if person.id is None:
        place = places.at(person.path)
        person.id = add_person(
            work,
            person.name,
            staff_no=person.staff_no,
            department_id=place,
            phone=person.phone,
            email=person.email,
        )
    elif plan.changes:
        _change(work, places, person.id, plan.changes)
    for role in plan.roles:
        assign_role(
            work,
            person.id,
            role.key,
            department_id=places.at(role.path),
            since=role.since,
            until=role.until,
        )


def _change(work: Work, places: _Places, person_id: UUID, changes: dict[str, str | Path]) -> None:
    row = work.session.fetch(Person, person_id)
    place = changes.get("department")
    change_person(
        work,
        person_id,
        row.version,
        name=row.name,
        staff_no=str(changes.get("staff_no", row.staff_no)),
        department_id=places.at(place) if isinstance(place, tuple) else row.department_id,
        phone=str(changes.get("phone", row.phone)),
        active=row.active,
        email=str(changes.get("email", row.email or "")),
    )


class _Places:
    """Departments at the end of their paths, made with those above them where they are new; each is looked up once."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: dict[Path, UUID] = {}

    def at(self, path: Path) -> UUID | None:
        """The department's id, nothing for no path."""
        if not path:
            return None
        if path not in self._known:
            self._known[path] = find_or_add_department(self._work.session, path[-1], self.at(path[:-1]))
        return self._known[path]


def export_people(reading: Reading, path: FilePath, progress: Progress = no_progress) -> Written:
    """Write everyone who works here, with the roles they hold or will hold, as a workbook that can be brought in again.

    Roles of one person with different days stand in rows of their own; roles on projects stay on the projects.

    Raises:
        Refusal: the file cannot be written; what stood there is unchanged.
    """
    departments = KnownDepartments(reading)
    people = KnownPeople(reading, departments)
    lines = [line for person in people.by_name() for line in _lines_of(reading, person)]
    return write_table(
        path,
        f"{reading.office.name} 人员与角色",
        PEOPLE_COLUMNS,
        lines,
        subtitle=f"截至 {reading.today.isoformat()}；修改后可以再导入，留空的栏目不改动原有内容",
        progress=progress,
    )


def _lines_of(reading: Reading, person: Known) -> Iterator[dict[str, Json]]:
    policy = reading.policy
    titles = {role.key: role.title for role in policy.roles if not role.held_as and role.scope is not Scope.PROJECT}
    by_days: dict[tuple[dt.date | None, dt.date | None], list[str]] = {}
    for role in person.roles:
        if role.key in titles and (role.until is None or role.until >= reading.today):
            place = f"（{'/'.join(role.path)}）" if role.path else ""
            by_days.setdefault((role.since, role.until), []).append(f"{titles[role.key]}{place}")
    days = sorted(by_days, key=lambda item: (item[0] or dt.date.min, item[1] or dt.date.max))
    for since, until in days or [(None, None)]:
        roles = by_days.get((since, until), [])
        yield {
            "name": {"id": "", "name": person.name},
            "staff_no": person.staff_no or None,
            "department": "/".join(person.path[:-1]) or person.path[0] if person.path else None,
            "sub_department": person.path[-1] if len(person.path) > 1 else None,
            "phone": person.phone or None,
            "email": person.email or None,
            "roles": "、".join(roles) or None,
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
        }
