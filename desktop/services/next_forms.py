"""The form that leads a project on from where it stands: who may file it is told, though no deadline runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from desktop.domain.filing import FilingState
from desktop.domain.gates import misplaced
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import State
from desktop.domain.policy_terms import Action
from desktop.domain.rights import may
from desktop.services.office import Reading
from desktop.services.projects import projects_where, subject_of, visible, within_reach
from desktop.services.standing import standing_of
from desktop.store.tables import Filing, Project

_Filed = Mapping[tuple[UUID | None, str], Collection[FilingState]]
_OWN = {FilingState.IN_APPROVAL, FilingState.RETURNED}
"""What stands on somebody's workbench itself."""


@dataclass(frozen=True)
class NextForm:
    """A form that a project's state asks for next; ``permitted`` says whether the actor is one who may file it."""

    project: LedgerProject
    state: State
    form_key: str
    permitted: bool


def next_forms(reading: Reading, actor: UUID, *, everyone: bool = False) -> list[NextForm]:
    """The forms that lead on from the states of projects: the actor's to file, or (``everyone``) all that they see.

    None where the form is in approval already or was returned to its author. Asks the office twice, however many
    projects there are.
    """
    policy = reading.policy
    leading = {state.key: state for state in policy.states if state.next}
    if not leading:
        return []
    asked = Project.state.in_(leading) if everyone else _theirs(reading, actor, leading.values())
    projects = projects_where(reading, asked & visible(reading, actor))
    filed = _filed(reading, leading) if projects else {}
    standing = standing_of(reading.session, actor, reading.today)
    found = []
    for project in projects:
        key = _next_of(project, leading[project.state], filed)
        if key and not misplaced(key, project, policy):
            permitted = may(policy, standing, Action.FILE, subject_of(project), key)
            if permitted or everyone:
                found.append(NextForm(project, leading[project.state], key, permitted))
    return found


def _theirs(reading: Reading, actor: UUID, states: Iterable[State]) -> ColumnElement[bool]:
    """The condition under which a project is in one of the states and the actor may file a form that leads on."""
    return or_(
        *(
            and_(Project.state == state.key, within_reach(reading, actor, Action.FILE, key))
            for state in states
            for key in state.next
        )
    )


def _next_of(project: LedgerProject, state: State, filed: _Filed) -> str:
    """The first form of the state's that is not approved yet, the last one in any case; none while it is under way."""
    for key in state.next:
        stages = filed.get((project.id, key), ())
        if _OWN.intersection(stages):
            return ""
        if FilingState.APPROVED not in stages or key == state.next[-1]:
            return key
    return ""


def _filed(reading: Reading, states: Collection[str]) -> _Filed:
    """How far the filings of the forms asked for have come, on the projects in those states."""
    forms = {key for state in reading.policy.states for key in state.next}
    counted = [*_OWN, FilingState.APPROVED]
    query = (
        select(Filing.project_id, Filing.form_key, Filing.state)
        .join(Project, Filing.project_id == Project.id)
        .where(
            Project.state.in_(states),
            Filing.form_key.in_(forms),
            Filing.state.in_([item.value for item in counted]),
        )
    )
    found: dict[tuple[UUID | None, str], set[FilingState]] = {}
    for project_id, form_key, state in reading.session.execute(query):
        found.setdefault((project_id, form_key), set()).add(FilingState(state))
    return found
