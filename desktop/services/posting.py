"""Posting: an approved filing changes the ledger, in the transaction of its last signature."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.field import Content
from desktop.domain.form import value_of
from desktop.domain.forms import FORMS
from desktop.domain.forms.opening import LEDGER_COLUMNS
from desktop.domain.gates import misplaced
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.outcome import Outcome, next_state
from desktop.domain.policy import Policy
from desktop.domain.postings import POSTINGS
from desktop.services.contracts import attach_projects, register_contract
from desktop.services.naming import Departments, People
from desktop.services.numbering import give_number, need_free_short_name, provisional_number
from desktop.services.office import Work
from desktop.services.plans import set_baseline
from desktop.services.programs import keep_program
from desktop.services.projects import get_project
from desktop.services.reported import keep_report
from desktop.services.sorting import initials, sort_key
from desktop.services.spending import keep_expenses, keep_month
from desktop.services.tracked import close_problems, keep_problems
from desktop.store.tables import Filing, Project


def post_filing(work: Work, filing: Filing, content: Content, on: dt.date) -> None:
    """Carry out what the form's posting says; ``on`` is the day from which the approval counts.

    Raises:
        Refusal: the project or its plan has moved on meanwhile, so that the policy no longer lets it.
    """
    policy = work.policy_version(filing.policy_id)
    outcome = POSTINGS[FORMS[filing.form_key].posts](content, on)
    people = People(work)
    if filing.project_id is not None:
        _move_project(work, filing, outcome, policy, people)
    if outcome.plan is not None:
        set_baseline(work, filing, outcome.plan, on)
    if outcome.month is not None:
        keep_month(work, filing, outcome.month)
    if outcome.spends:
        keep_expenses(work, filing, outcome.spends)
    if outcome.report is not None:
        keep_report(work, filing, outcome.report, people)
    if outcome.problems:
        keep_problems(work, filing, outcome.problems)
    if outcome.closes:
        close_problems(work, filing, outcome.closes)
    contract_id = register_contract(work, filing, outcome.contract, people) if outcome.contract else None
    program_id = keep_program(work, filing, outcome.program, people) if outcome.program else None
    if outcome.opens:
        _open_projects(work, filing, outcome, people, contract_id, program_id)
    if outcome.attaches and contract_id is not None:
        attach_projects(work, contract_id, outcome.attaches)


def _move_project(work: Work, filing: Filing, outcome: Outcome, policy: Policy, people: People) -> None:
    project = get_project(work, filing.project_id)  # type: ignore[arg-type]
    if outcome != Outcome():
        _need_state(filing, project, policy)
    record = work.session.fetch(Project, filing.project_id)  # type: ignore[arg-type]
    record.state = next_state(outcome, project, policy)
    for name, day in outcome.dates.items():
        setattr(record, name, day)
    if short_name := outcome.sets.get("short_name"):
        need_free_short_name(work, record, str(short_name))
    _set_columns(record, outcome.sets, people)
    if outcome.numbers:
        give_number(work, record)


_PEOPLE = frozenset({"manager", "client_manager"})


def _set_columns(record: Project, values: Mapping[str, Json], people: People) -> None:
    for name, value in values.items():
        if name in _PEOPLE:
            setattr(record, f"{name}_id", people.find(value, record.department_id))
        else:
            setattr(record, name, value)
    if {"name", "short_name"} & values.keys():
        record.pinyin, record.sort_key = _findable(record.name, record.short_name)


def _findable(name: str, short_name: str) -> tuple[str, str]:
    return f"{initials(name)} {initials(short_name)}".strip(), sort_key(name)


def _need_state(filing: Filing, project: LedgerProject, policy: Policy) -> None:
    """What was filed about a project in one state does not change it in another."""
    for item in misplaced(filing.form_key, project, policy):
        raise Refusal(
            f"{filing.number} 不能批准：{item.text}。",
            kept="审批记录与项目状态都没有改动。",
            todo="请先核对项目的最新状态；不再需要的表单可以退回或否决。",
        )


def _open_projects(
    work: Work,
    filing: Filing,
    outcome: Outcome,
    people: People,
    contract_id: UUID | None,
    program_id: UUID | None,
) -> None:
    departments = Departments(work)
    first = work.policy_version(filing.policy_id).states[0].key
    program = str(value_of(outcome.program, "program", "name") or "") if outcome.program else ""
    for line in outcome.opens:
        values = _plain_values(line)
        own = departments.find(line.get("department"), None)
        part = departments.find(line.get("sub_department"), own)
        pinyin, sort = _findable(values["name"], values["short_name"])
        values["state"] = values["state"] or first
        if program:
            values["program"] = program
        if not values["state"]:
            values["state"] = work.policy_version(filing.policy_id).states[0].key
        work.session.add(
            Project(
                **values,
                department_id=own,
                sub_department_id=part,
                manager_id=people.find(line.get("manager"), part or own),
                client_manager_id=people.find(line.get("client_manager"), None),
                contract_id=contract_id,
                program_id=program_id,
                registered_on=_day(line.get("registered_on")),
                provisional=provisional_number(work) if line.get("unnumbered") else None,
                predecessor_id=filing.project_id,
                pinyin=pinyin,
                sort_key=sort,
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
            value = _day(value)
        elif value is None and column.key not in _MAY_BE_NULL:
            value = ""
        values[column.key] = value
    return values


def _day(value: Json) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) and value else None
