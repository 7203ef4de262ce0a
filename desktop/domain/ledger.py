"""What is true of a project: the ledger's record, and the facts that forms copy from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.field import Facts
from desktop.domain.policy import Policy


@dataclass(frozen=True)
class PersonRef:
    """A colleague by id and present name, with what tells two people of one name apart.

    ``namesake`` says that another one bears the name, so that lists must tell them apart.
    """

    id: UUID
    name: str
    department: str = ""
    staff_no: str = ""
    namesake: bool = False

    @property
    def shown(self) -> str:
        """The name for narrow lists, told apart only where another one bears it."""
        return self.full if self.namesake else self.name

    @property
    def full(self) -> str:
        """Name with department and staff number, for pickers and lists."""
        extra = "，".join(part for part in (self.department, self.staff_no) if part)
        return f"{self.name}（{extra}）" if extra else self.name


@dataclass(frozen=True)
class Project:
    """One row of the ledger. Money in fen; dates are plain days."""

    id: UUID
    number: str
    short_name: str
    name: str
    kind: str
    program: str
    contract_no: str
    contract_kind: str
    amount: int | None
    budget: int | None
    customer: str
    department_id: UUID | None
    department: str
    sub_department_id: UUID | None
    sub_department: str
    manager: PersonRef | None
    client_manager: PersonRef | None
    state: str
    initiated_on: dt.date | None
    planned_preliminary_on: dt.date | None
    planned_final_on: dt.date | None
    preliminary_on: dt.date | None
    final_on: dt.date | None
    paused_on: dt.date | None
    resume_by: dt.date | None
    pause_until: dt.date | None
    resumed_on: dt.date | None
    closing_started_on: dt.date | None
    closed_on: dt.date | None
    note: str
    version: int
    registered_on: dt.date | None = None
    appointed_on: dt.date | None = None
    withdrawing_on: dt.date | None = None
    withdrawn_on: dt.date | None = None
    completed_on: dt.date | None = None
    contract_id: UUID | None = None
    program_id: UUID | None = None
    program_manager: PersonRef | None = None
    predecessor_id: UUID | None = None
    provisional: str = ""

    @property
    def called(self) -> str:
        """The number by which people call it: the official one, or the provisional (APPT-3)."""
        return self.number or self.provisional

    @property
    def marked(self) -> str:
        """The same as lists and papers show it: a provisional number says that it is one (暂)."""
        return self.number or marked_provisional(self.provisional)

    @property
    def departments(self) -> frozenset[UUID]:
        """The departments that the project belongs to."""
        return frozenset(item for item in (self.department_id, self.sub_department_id) if item)

    def date(self, name: str) -> dt.date | None:
        """One of the dates in ``PROJECT_DATES``."""
        if name not in PROJECT_DATES:
            raise KeyError(name)
        value: dt.date | None = getattr(self, name)
        return value


def marked_provisional(number: str) -> str:
    """A provisional number with its mark, unless the office's own pattern bears it."""
    return number if not number or "暂" in number else f"{number}（暂）"


PROJECT_DATES = frozenset(
    {
        "initiated_on",
        "planned_preliminary_on",
        "planned_final_on",
        "preliminary_on",
        "final_on",
        "paused_on",
        "resume_by",
        "pause_until",
        "resumed_on",
        "closing_started_on",
        "closed_on",
        "registered_on",
        "appointed_on",
        "withdrawing_on",
        "withdrawn_on",
        "completed_on",
    }
)
"""The dates of a project that clocks may start or end on."""


def project_facts(project: Project, policy: Policy, today: dt.date) -> Facts:
    """The facts about a project that forms copy, by dotted name; ``today`` is the day of filling in."""

    def option(name: str, key: str) -> str:
        return next((item.label for item in policy.options(name) if item.key == key), key)

    facts: dict[str, Json] = {f"project.{name}": _iso(project.date(name)) for name in PROJECT_DATES}
    facts |= {
        "today": today.isoformat(),
        "project.number": project.marked,
        "project.name": project.name,
        "project.short_name": project.short_name,
        "project.kind": option("kinds", project.kind),
        "project.kind_key": project.kind,
        "project.program": project.program,
        "project.contract_no": project.contract_no,
        "project.contract_kind": option("contract_kinds", project.contract_kind),
        "project.amount": project.amount,
        "project.budget": project.budget,
        "project.customer": project.customer,
        "project.department": " / ".join(part for part in (project.department, project.sub_department) if part),
        "project.manager": _person(project.manager),
        "project.client_manager": _person(project.client_manager),
        "project.program_manager": _person(project.program_manager),
        "project.state": option("states", project.state),
    }
    return facts


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _person(person: PersonRef | None) -> Json:
    return {"id": str(person.id), "name": person.name} if person else None
