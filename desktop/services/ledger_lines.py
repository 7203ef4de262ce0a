"""The ledger as lines of its table: the one shape in which import compares and export writes."""

from __future__ import annotations

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.form import LineTable
from desktop.domain.forms import bind
from desktop.domain.forms.opening import LEDGER_COLUMNS
from desktop.domain.ledger import PersonRef, Project
from desktop.domain.policy import Policy


def ledger_columns(policy: Policy) -> tuple[Field, ...]:
    """The ledger's columns with the policy's own labels and choices."""
    section = bind("opening", policy).section("projects")
    if not isinstance(section, LineTable):
        raise TypeError(section)
    return section.columns


def ledger_line(project: Project) -> dict[str, Json]:
    """A project as a line of the ledger table; blanks are ``None``."""
    days = {name: project.date(name) for name in (column.key for column in LEDGER_COLUMNS if column.kind == "date")}
    return {
        "number": project.number or None,
        "short_name": project.short_name or None,
        "name": project.name,
        "kind": project.kind or None,
        "contract_no": project.contract_no or None,
        "contract_kind": project.contract_kind or None,
        "amount": project.amount,
        "budget": project.budget,
        "customer": project.customer or None,
        "client_manager": _person(project.client_manager),
        "manager": _person(project.manager),
        "department": project.department or None,
        "sub_department": project.sub_department or None,
        "state": project.state,
        "program": project.program or None,
        "note": project.note or None,
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _person(person: PersonRef | None) -> Json:
    return {"id": str(person.id), "name": person.name} if person else None
