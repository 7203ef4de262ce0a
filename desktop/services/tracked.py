"""Tracked problems in the ledger: opened and closed by postings alone (CTRL-7, INFO-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.outcome import ClosedProblem, RaisedProblem
from desktop.services.office import Reading, Work
from desktop.services.standing import counting
from desktop.store.locks import take_turn
from desktop.store.tables import Department, Filing, Person, TrackedProblem

_KEPT = "审批记录与问题跟踪都没有改动。"


def keep_problems(work: Work, filing: Filing, problems: Iterable[RaisedProblem]) -> None:
    """Track what an approved filing raises; one that it ``continues`` is raised higher instead (INFO-3).

    Raises:
        Refusal: what it continues is not tracked, or was closed meanwhile.
    """
    for item in problems:
        if item.continues:
            _raise_higher(work, filing, item)
            continue
        number = f"{filing.number}-{item.place}" if item.place else str(filing.number)
        work.session.add(
            TrackedProblem(
                project_id=filing.project_id,
                number=number,
                line=str(item.line["id"]),
                source=filing.form_key,
                title=item.title,
                content=canonical_text({key: value for key, value in item.line.items() if key != "id"}),
                raised_on=item.raised_on,
                raised_by_id=filing.author_id,
                department_id=_department(work, item.department),
                owner_id=_person(work, item.owner),
                due_on=item.due_on,
                severity=item.severity,
                level=item.level,
                filing_id=filing.id,
            )
        )


def close_problems(work: Work, filing: Filing, closed: Iterable[ClosedProblem]) -> None:
    """Close tracked problems by an approved filing.

    Raises:
        Refusal: one is not tracked, or was closed meanwhile.
    """
    for item in closed:
        row = _open_problem(work, filing, item.number)
        row.closed_on = item.on
        row.evidence = item.evidence
        row.closing_id = filing.id


def _raise_higher(work: Work, filing: Filing, item: RaisedProblem) -> None:
    row = _open_problem(work, filing, item.continues)
    row.level = item.level
    row.severity = item.severity or row.severity
    row.due_on = item.due_on or row.due_on
    row.department_id = _department(work, item.department) or row.department_id
    row.owner_id = _person(work, item.owner) or row.owner_id


def _open_problem(work: Work, filing: Filing, number: str) -> TrackedProblem:
    take_turn(work.session, f"problem:{filing.project_id}")
    query = select(TrackedProblem).where(
        TrackedProblem.project_id == filing.project_id, TrackedProblem.number == number
    )
    row = work.session.scalars(query).one_or_none()
    if row is None:
        raise Refusal(f"{filing.number} 不能批准：没有编号为“{number}”的问题。", kept=_KEPT, todo="请退回填表人核对。")
    if row.closed_on is not None:
        raise Refusal(
            f"{filing.number} 不能批准：问题 {number} 已于 {row.closed_on} 关闭。",
            kept=_KEPT,
            todo="不再需要的表单可以退回或否决。",
        )
    return row


def _person(work: Work, named: Json) -> UUID | None:
    """The colleague whom a paper names; nobody is added to the roster for being named in minutes."""
    if not isinstance(named, Mapping):
        return None
    if named.get("id") and work.session.get(Person, UUID(str(named["id"]))) is not None:
        return counting(work.session, UUID(str(named["id"])))
    query = select(Person.id).where(Person.name == str(named["name"]), Person.active.is_(True))
    found = work.session.scalars(query).all()
    return found[0] if len(found) == 1 else None


def _department(work: Work, name: str) -> UUID | None:
    """The department of a name, of several the one that stands highest; nothing where it is none of the office's."""
    if not name:
        return None
    query = select(Department).where(Department.name == name.rpartition("/")[2].strip(), Department.active.is_(True))
    found = sorted(work.session.scalars(query), key=lambda row: (row.parent_id is not None, str(row.id)))
    return found[0].id if found else None


def named_owner(content: str) -> str:
    """The person whom the line of a problem names, whether or not that is a colleague."""
    line: Any = read_canonical(content)
    owner = line.get("owner")
    return str(owner["name"]) if isinstance(owner, Mapping) else ""


def named_in(content: str, key: str) -> str:
    """What the line of a problem says under a key (its ``department`` as written, its ``source``)."""
    line: Any = read_canonical(content)
    return str(line.get(key) or "")


def project_problems(reading: Reading, project_id: UUID) -> list[TrackedProblem]:
    """Every tracked problem of a project, the first raised first."""
    query = select(TrackedProblem).where(TrackedProblem.project_id == project_id)
    return list(reading.session.scalars(query.order_by(TrackedProblem.raised_on, TrackedProblem.number)))
