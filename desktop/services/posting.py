"""Posting: an approved filing changes the ledger, in the transaction of its last signature."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.fields import Content
from desktop.domain.forms import FORMS
from desktop.domain.forms.opening import LEDGER_COLUMNS
from desktop.domain.gates import may_file
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.domain.postings import POSTINGS, next_state
from desktop.services.office import Work
from desktop.services.people import find_or_add_department
from desktop.services.projects import get_project
from desktop.services.sorting import initials, sort_key
from desktop.store.tables import Filing, Person, Project


def post_filing(work: Work, filing: Filing, content: Content, on: dt.date) -> None:
    """Carry out what the form's posting says; ``on`` is the day from which the approval counts.

    Raises:
        Refusal: the project has moved on meanwhile, so that the policy no longer lets it.
    """
    policy = work.policy_version(filing.policy_id)
    outcome = POSTINGS[FORMS[filing.form_key].posts](content, on)
    if filing.project_id is not None:
        project = get_project(work, filing.project_id)
        if outcome.dates:
            _need_state(filing, project, policy)
        record = work.session.fetch(Project, filing.project_id)
        record.state = next_state(outcome, project, policy)
        for name, day in outcome.dates.items():
            setattr(record, name, day)
    if outcome.opens:
        _open_projects(work, filing, outcome.opens)


def _need_state(filing: Filing, project: LedgerProject, policy: Policy) -> None:
    """What was filed about a project in one state does not change it in another."""
    for item in may_file(filing.form_key, project, policy):
        raise Refusal(
            f"{filing.number} 不能批准：{item.text}。",
            kept="审批记录与项目状态都没有改动。",
            todo="请先核对项目的最新状态；不再需要的表单可以退回或否决。",
        )


def _open_projects(work: Work, filing: Filing, lines: Sequence[Mapping[str, Json]]) -> None:
    people = _People(work)
    departments: dict[tuple[str, UUID | None], UUID] = {}

    def department(name: Json, parent: UUID | None) -> UUID | None:
        if not isinstance(name, str):
            return None
        if (name, parent) not in departments:
            departments[name, parent] = find_or_add_department(work.session, name, parent)
        return departments[name, parent]

    for line in lines:
        name = str(line["name"])
        own = department(line.get("department"), None)
        part = department(line.get("sub_department"), own)
        work.session.add(
            Project(
                **_plain_values(line),
                department_id=own,
                sub_department_id=part,
                manager_id=people.find(line.get("manager"), part or own),
                client_manager_id=people.find(line.get("client_manager"), None),
                pinyin=f"{initials(name)} {initials(str(line.get('short_name') or ''))}".strip(),
                sort_key=sort_key(name),
                origin_filing_id=filing.id,
            )
        )


_ELSEWHERE = frozenset({"department", "sub_department", "manager", "client_manager"})
_MAY_BE_NULL = frozenset({"number", "amount", "budget"})


def _plain_values(line: Mapping[str, Json]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in LEDGER_COLUMNS:
        if column.key in _ELSEWHERE:
            continue
        value: Any = line.get(column.key)
        if column.kind == "date":
            value = dt.date.fromisoformat(value) if value else None
        elif value is None and column.key not in _MAY_BE_NULL:
            value = ""
        values[column.key] = value
    return values


class _People:
    """Finds the people whom a ledger names, and adds those who are not known yet."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._by_name: dict[str, list[Person]] = {}
        self._ids: dict[str, UUID] = {}
        for person in work.session.scalars(select(Person).order_by(Person.staff_no, Person.id)):
            self._by_name.setdefault(person.name, []).append(person)
            self._ids[str(person.id)] = person.id

    def find(self, named: Json, department_id: UUID | None) -> UUID | None:
        """The id of the person; of several with one name, the one of that department comes first."""
        if not isinstance(named, Mapping):
            return None
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
