"""The list of tracked problems: what is open, overdue and closed, of the projects that one may see (CTRL-7, INFO-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from desktop.domain.calendar import WorkCalendar
from desktop.domain.errors import NotAllowed
from desktop.domain.forms import FORMS
from desktop.domain.ledger import marked_provisional
from desktop.domain.policy import Policy
from desktop.domain.postings.monitoring import RAISING
from desktop.domain.problems import LEVELS, SEVERITIES
from desktop.services.finding import holds
from desktop.services.office import Reading, ask_keepers
from desktop.services.projects import visible
from desktop.services.tracked import named_in, named_owner
from desktop.store.tables import Department, Filing, Person, Project, TrackedProblem


class ProblemState(StrEnum):
    """Where a tracked problem stands."""

    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """In words."""
        return {"open": "处理中", "overdue": "已逾期", "closed": "已关闭"}[self.value]


@dataclass(frozen=True)
class ProblemQuery:
    """What a list of problems shows; ``sources`` are keys of the forms that raised them."""

    text: str = ""
    states: tuple[ProblemState, ...] = ()
    sources: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    project_id: UUID | None = None
    department_id: UUID | None = None
    owner_id: UUID | None = None
    only: UUID | None = None
    sort: str = "due_on"
    descending: bool = False


@dataclass(frozen=True)
class ProblemRow:
    """A tracked problem as lists show it. ``days`` are working days to its day, negative when late.

    ``estimated`` says that the calendar's data does not reach that day.
    """

    id: UUID
    number: str
    title: str
    project_id: UUID | None
    project_number: str
    project_name: str
    source: str
    source_title: str
    filing_id: UUID | None
    raised_on: dt.date
    raised_by: str
    owner_id: UUID | None
    owner: str
    department_id: UUID | None
    department: str
    due_on: dt.date | None
    days: int
    severity: str
    level: str
    state: ProblemState
    closed_on: dt.date | None
    evidence: str
    closing_id: UUID | None
    estimated: bool = False

    @property
    def project(self) -> str:
        """Number and name of the project."""
        return f"{self.project_number} {self.project_name}".strip()

    @property
    def severity_label(self) -> str:
        """How grave it is, in words."""
        return next((item.label for item in SEVERITIES if item.key == self.severity), self.severity)

    @property
    def level_label(self) -> str:
        """Who settles it, in words; nothing for what minutes decided."""
        return next((item.label for item in LEVELS if item.key == self.level), self.level)

    @property
    def time_text(self) -> str:
        """How near its day is."""
        if self.closed_on is not None:
            return f"{self.closed_on} 关闭"
        if self.due_on is None:
            return "没有期限"
        if self.state is ProblemState.OVERDUE:
            return f"逾期 {-self.days} 个工作日" if self.days else "已过期限"
        return f"还有 {self.days} 个工作日" if self.days else "今天到期"


_Owner, _Raiser = aliased(Person), aliased(Person)

SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "due_on": TrackedProblem.due_on,
    "raised_on": TrackedProblem.raised_on,
    "closed_on": TrackedProblem.closed_on,
    "number": TrackedProblem.number,
    "title": TrackedProblem.title,
    "severity": TrackedProblem.severity,
    "source": TrackedProblem.source,
    "project": Project.number,
    "owner": _Owner.pinyin,
    "department": Department.pinyin,
}
"""What the list may be sorted by."""


def problem_ids(reading: Reading, actor: UUID, query: ProblemQuery) -> list[UUID]:
    """The ids of the problems that the actor may see and the query asks for, in its order."""
    column = SORTS[query.sort]
    order = column.desc().nulls_last() if query.descending else column.asc().nulls_last()
    statement = (
        select(TrackedProblem.id)
        .outerjoin(Project, TrackedProblem.project_id == Project.id)
        .outerjoin(_Owner, TrackedProblem.owner_id == _Owner.id)
        .outerjoin(Department, TrackedProblem.department_id == Department.id)
        .where(*_conditions(reading, actor, query))
        .order_by(order, TrackedProblem.number, TrackedProblem.id)
    )
    return list(reading.session.scalars(statement))


def readable(reading: Reading, actor: UUID) -> ColumnElement[bool]:
    """The problems that a person may see: those of the projects that are theirs to see, and their own."""
    return or_(visible(reading, actor), TrackedProblem.owner_id == actor, TrackedProblem.raised_by_id == actor)


def _conditions(reading: Reading, actor: UUID, query: ProblemQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [readable(reading, actor), *(_matches(word) for word in query.text.split())]
    if query.states:
        found.append(or_(*(_stands(state, reading.today) for state in query.states)))
    if query.sources:
        found.append(TrackedProblem.source.in_(query.sources))
    if query.severities:
        found.append(TrackedProblem.severity.in_(query.severities))
    if query.only:
        found.append(TrackedProblem.id == query.only)
    if query.project_id:
        found.append(TrackedProblem.project_id == query.project_id)
    if query.department_id:
        found.append(TrackedProblem.department_id == query.department_id)
    if query.owner_id:
        found.append(TrackedProblem.owner_id == query.owner_id)
    return found


def _stands(state: ProblemState, today: dt.date) -> ColumnElement[bool]:
    if state is ProblemState.CLOSED:
        return TrackedProblem.closed_on.is_not(None)
    late = TrackedProblem.due_on < today
    in_time = or_(TrackedProblem.due_on.is_(None), TrackedProblem.due_on >= today)
    return and_(TrackedProblem.closed_on.is_(None), late if state is ProblemState.OVERDUE else in_time)


def _matches(word: str) -> ColumnElement[bool]:
    columns = (
        TrackedProblem.number,
        TrackedProblem.title,
        TrackedProblem.content,
        Project.number,
        Project.provisional,
        Project.name,
        Project.pinyin,
        _Owner.name,
        _Owner.pinyin,
        Department.name,
    )
    return or_(*(holds(column, word) for column in columns))


def problem_rows(reading: Reading, ids: Sequence[UUID]) -> list[ProblemRow]:
    """The problems with these ids, in this order; those that are gone are left out."""
    query = (
        select(TrackedProblem, Project, _Owner.name, Department.name, _Raiser.name, Filing.title)
        .outerjoin(Project, TrackedProblem.project_id == Project.id)
        .outerjoin(_Owner, TrackedProblem.owner_id == _Owner.id)
        .outerjoin(Department, TrackedProblem.department_id == Department.id)
        .outerjoin(_Raiser, TrackedProblem.raised_by_id == _Raiser.id)
        .outerjoin(Filing, TrackedProblem.filing_id == Filing.id)
        .where(TrackedProblem.id.in_(ids))
    )
    calendar = reading.calendar()
    by_id = {row[0].id: _row(*row, calendar=calendar, today=reading.today) for row in reading.session.execute(query)}
    return [by_id[key] for key in ids if key in by_id]


def open_problem(reading: Reading, actor: UUID, problem_id: UUID) -> ProblemRow:
    """One problem as the actor may see it.

    Raises:
        NotAllowed: there is none of that id that is theirs to see.
    """
    if not problem_ids(reading, actor, ProblemQuery(only=problem_id)):
        raise NotAllowed("您没有查看这个问题的权限。", todo=ask_keepers(reading.policy))
    return problem_rows(reading, [problem_id])[0]


def _row(
    row: TrackedProblem,
    project: Project | None,
    owner: str | None,
    department: str | None,
    raiser: str | None,
    filing: str | None,
    *,
    calendar: WorkCalendar,
    today: dt.date,
) -> ProblemRow:
    late = row.due_on is not None and row.due_on < today
    state = ProblemState.CLOSED if row.closed_on else ProblemState.OVERDUE if late else ProblemState.OPEN
    return ProblemRow(
        id=row.id,
        number=row.number,
        title=row.title,
        project_id=row.project_id,
        project_number=(project.number or marked_provisional(project.provisional or "")) if project else "",
        project_name=project.name if project else "",
        source=row.source,
        source_title=filing or FORMS[row.source].title,
        filing_id=row.filing_id,
        raised_on=row.raised_on,
        raised_by=raiser or "",
        owner_id=row.owner_id,
        owner=owner or named_owner(row.content),
        department_id=row.department_id,
        department=department or named_in(row.content, "department"),
        due_on=row.due_on,
        days=calendar.workdays_until(today, row.due_on) if row.due_on else 0,
        severity=row.severity,
        level=row.level,
        state=state,
        closed_on=row.closed_on,
        evidence=row.evidence,
        closing_id=row.closing_id,
        estimated=row.due_on is not None and not calendar.covers(row.due_on),
    )


def sources_of(policy: Policy) -> tuple[tuple[str, str], ...]:
    """The forms of the policy whose approval opens problems, as a filter's values and words."""
    return tuple((key, form.title) for key, form in FORMS.items() if form.posts in RAISING and policy.has_form(key))
