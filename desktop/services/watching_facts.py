"""What the papers of monitoring copy: open problems, milestones, who gets a copy (MON, INFO, CTRL-7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from desktop.domain.canonical import Json
from desktop.domain.filing import FilingState
from desktop.domain.form import value_of
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.services.copies import recipients, recipients_text
from desktop.services.filing_content import current_revision
from desktop.services.milestones import unchecked_milestones
from desktop.services.office import Reading
from desktop.services.plans import plan_lines
from desktop.services.sorting import initials
from desktop.services.standing import people_by_id
from desktop.services.tracked import named_in, named_owner, project_problems
from desktop.store.tables import Department, Filing, Project, TrackedProblem


def _meeting(reading: Reading, policy: Policy, project: LedgerProject | None) -> Mapping[str, Json]:
    return {**_departments(reading), **_problems(reading, project), **_copies(reading, policy, project, "meeting")}


def _special(reading: Reading, policy: Policy, project: LedgerProject | None) -> Mapping[str, Json]:
    return _copies(reading, policy, project, "special_report")


def _milestones(reading: Reading, _policy: Policy, project: LedgerProject | None) -> Mapping[str, Json]:
    if project is None:
        return {}
    found: dict[str, Json] = {}
    for line in plan_lines(reading, project.id)["schedule"]:
        period: Any = line.get("period")
        if line.get("milestone") == "yes":
            found[str(line["name"])] = {"id": line["id"], "end": period["end"] if period else None}
    waiting = unchecked_milestones(reading, Project.id == project.id)
    return {
        **_departments(reading),
        "plan.milestones": found,
        "plan.milestone_names": list(found),
        "plan.milestone_due": waiting[0].name if waiting else None,
    }


def _sheets(reading: Reading, _policy: Policy, project: LedgerProject | None) -> Mapping[str, Json]:
    return {**_departments(reading), **_problems(reading, project)}


WATCHING_FACTS = {
    "meeting": _meeting,
    "milestone_review": _milestones,
    "debrief": _milestones,
    "special_report": _special,
    "problem_sheet": _sheets,
    "problem_closing": _sheets,
}
"""By the key of the form."""


def _copies(reading: Reading, policy: Policy, project: LedgerProject | None, form: str) -> dict[str, Json]:
    people = recipients(reading, policy, form, project) if project else []
    return {"copies.to": recipients_text(people) or None}


def _departments(reading: Reading) -> dict[str, Json]:
    query = select(Department.name).where(Department.active.is_(True)).distinct()
    return {"offers.departments": sorted(reading.session.scalars(query))}


def _problems(reading: Reading, project: LedgerProject | None) -> dict[str, Json]:
    """A project's tracked problems: by number, those that are open as lines and as what is offered while typing."""
    rows = project_problems(reading, project.id) if project else []
    closings = _closings(reading, project) if project else {}
    owners = people_by_id(reading.session, {row.owner_id for row in rows if row.owner_id})
    names = {key: person.name for key, person in owners.items()}
    open_ = [row for row in rows if row.closed_on is None]
    waiting = [row for row in open_ if row.number not in closings]
    return {
        "problems.known": {row.number: _known(row, names, closings.get(row.number, "")) for row in rows},
        "problems.open": [_line(row, names, reading) for row in open_],
        "problems.open_numbers": [[row.number, f"{initials(row.title)} {row.title}"] for row in waiting],
        "problem.only_open": waiting[0].number if len(waiting) == 1 else None,
    }


def _known(row: TrackedProblem, names: Mapping[Any, str], closing: str) -> dict[str, Json]:
    return {
        "title": row.title,
        "owner": names.get(row.owner_id) or named_owner(row.content),
        "owner_id": str(row.owner_id) if row.owner_id else None,
        "department": named_in(row.content, "department") or None,
        "raised_on": row.raised_on.isoformat(),
        "due": row.due_on.isoformat() if row.due_on else None,
        "level": row.level,
        "origin": named_in(row.content, "source") or None,
        "closed_on": row.closed_on.isoformat() if row.closed_on else None,
        "closing": closing or None,
    }


def _line(row: TrackedProblem, names: Mapping[Any, str], reading: Reading) -> dict[str, Json]:
    late = row.due_on is not None and row.due_on < reading.today
    return {
        "id": str(row.id),
        "number": row.number,
        "title": row.title,
        "owner": names.get(row.owner_id) or named_owner(row.content),
        "due": row.due_on.isoformat() if row.due_on else None,
        "state": "已逾期" if late else "处理中",
    }


def _closings(reading: Reading, project: LedgerProject) -> dict[str, str]:
    """The numbers of the problems for which a closing is in approval or approved, each with that filing's number."""
    states = (FilingState.IN_APPROVAL.value, FilingState.APPROVED.value)
    query = select(Filing).where(
        Filing.project_id == project.id,
        Filing.form_key == reading.policy.tracking.close_with,
        Filing.state.in_(states),
    )
    found: dict[str, str] = {}
    for filing in reading.session.scalars(query):
        content = current_revision(reading.session, filing).content
        found[str(value_of(content, "closing", "number"))] = filing.number or ""
    return found
