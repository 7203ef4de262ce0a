"""处理意见 of 总裁室 that the PMO has still to turn into tracked problems (INFO-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from desktop.domain.canonical import Json, read_canonical
from desktop.domain.filing import FilingState
from desktop.domain.form import value_of
from desktop.domain.forms.problem import OPINION
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Scope
from desktop.domain.problems import GRAVE, IN_PROJECT, USUAL
from desktop.domain.rights import plays
from desktop.services.filing_content import current_revision, sign_offs_of
from desktop.services.office import Reading
from desktop.services.projects import subject_of
from desktop.services.reported import STANDING
from desktop.services.standing import standing_of
from desktop.store.tables import Filing, Project, Section


@dataclass(frozen=True)
class Opinion:
    """An approved report with what was written on it, and its project; no problem sheet names it yet."""

    filing: Filing
    project_id: UUID
    text: str

    @property
    def number(self) -> str:
        """The report's number."""
        return self.filing.number or ""


def open_opinions(reading: Reading, within: ColumnElement[bool]) -> list[Opinion]:
    """The opinions on projects ``within`` a condition that nobody has turned into a problem, the oldest first."""
    tracking = reading.policy.tracking
    if not tracking.answers:
        return []
    query = (
        select(Filing)
        .join(Project, Filing.project_id == Project.id)
        .where(within, Filing.form_key == tracking.answers, Filing.state == FilingState.APPROVED.value)
        .order_by(Filing.decided_at, Filing.id)
    )
    filings = reading.session.scalars(query).all()
    answered = _answered(reading, {item.project_id for item in filings}) if filings else set()
    return [
        Opinion(item, item.project_id, _written(reading, item))
        for item in filings
        if item.project_id is not None and (item.project_id, item.number) not in answered
    ]


def _answered(reading: Reading, projects: set[UUID | None]) -> set[tuple[UUID | None, str | None]]:
    """The papers on which the problem sheets of these projects are based."""
    query = (
        select(Filing.project_id, Section.text)
        .join(Section, Section.revision_id == Filing.revision_id)
        .where(
            Filing.project_id.in_(projects),
            Filing.form_key == reading.policy.tracking.raise_with,
            Filing.state.in_(STANDING),
            Section.key == "sheet",
        )
    )
    found: set[tuple[UUID | None, str | None]] = set()
    for project_id, text in reading.session.execute(query):
        content: Any = read_canonical(text)
        found.add((project_id, str(content.get("origin") or "").strip()))
    return found


def _written(reading: Reading, filing: Filing) -> str:
    """What the signers of the steps that ask for it wrote."""
    steps = reading.policy_version(filing.policy_id).form(filing.form_key).steps
    asking = {step.key for step in steps if step.asks}
    said = {item.step: item.opinion for item in sign_offs_of(reading.session, filing.id) if item.step in asking}
    return "\n".join(text for text in said.values() if text)


def follows_opinions(reading: Reading, policy: Policy, person: UUID) -> bool:
    """Whether a person is of the office that turns opinions into problems: told of every problem wherever it is."""
    standing = standing_of(reading.session, person, reading.today)
    roles = {role for role in policy.tracking.tells if policy.role(role).scope is Scope.OFFICE}
    return any(holding.role in roles for holding in standing.holdings)


def opinion_facts(reading: Reading, policy: Policy, project: LedgerProject, author: UUID) -> Mapping[str, Json]:
    """What a problem sheet begins with: the oldest opinion on its project where its author follows it up."""
    facts: dict[str, Json] = {
        "problem.level": IN_PROJECT,
        "problem.severity": USUAL,
        "problem.source": "team" if _of_the_project(reading, policy, project, author) else None,
    }
    waiting = open_opinions(reading, Project.id == project.id) if follows_opinions(reading, policy, author) else []
    if not waiting:
        return facts
    first = waiting[0]
    content = current_revision(reading.session, first.filing).content
    return facts | {
        "problem.source": OPINION,
        "problem.severity": GRAVE,
        "special.number": first.number,
        "special.title": value_of(content, "report", "title"),
        "special.text": value_of(content, "report", "facts"),
        "special.impact": value_of(content, "report", "impact"),
        "special.opinion": first.text or None,
    }


def _of_the_project(reading: Reading, policy: Policy, project: LedgerProject, author: UUID) -> bool:
    standing, subject = standing_of(reading.session, author, reading.today), subject_of(project)
    own = [role.key for role in policy.roles if role.scope is Scope.PROJECT]
    return any(plays(policy, standing, key, subject) for key in own)
