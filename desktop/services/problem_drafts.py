"""The papers that a tracked problem calls for: closing it, or raising it higher (CTRL-7, INFO-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.domain.form import value_of
from desktop.domain.problems import TO_OFFICE
from desktop.services.drafting import Draft, list_drafts, new_draft, save_draft
from desktop.services.office import Office
from desktop.services.problems import ProblemRow, ProblemState, open_problem


def start_closing(office: Office, actor: UUID, problem_id: UUID) -> Draft:
    """Begin the 问题关闭单 of a problem, or take the open one of that problem up again.

    Raises:
        NotAllowed: the problem is not the actor's to see, or the form not theirs to file.
        Refusal: it is closed, or the project's state does not allow it.
    """
    row = office.read(lambda reading: open_problem(reading, actor, problem_id))
    given = {"closing": {"number": row.number}}
    return _start(office, actor, row, office.policy.tracking.close_with, given, ("closing", "number"))


def start_raising(office: Office, actor: UUID, problem_id: UUID) -> Draft:
    """Begin the 问题单 by which a problem is raised higher, or take the open one of that problem up again.

    Raises:
        NotAllowed, Refusal: as `start_closing`.
    """
    row = office.read(lambda reading: open_problem(reading, actor, problem_id))
    owner: Json = {"id": str(row.owner_id or ""), "name": row.owner} if row.owner else None
    given: dict[str, dict[str, Json]] = {
        "sheet": {"title": row.title, "severity": row.severity or None},
        "handling": {
            "earlier": row.number,
            "level": TO_OFFICE,
            "department": row.department or None,
            "owner": owner,
        },
    }
    return _start(office, actor, row, office.policy.tracking.raise_with, given, ("handling", "earlier"))


def _start(
    office: Office,
    actor: UUID,
    row: ProblemRow,
    form_key: str,
    given: Mapping[str, Mapping[str, Json]],
    names: tuple[str, str],
) -> Draft:
    if row.state is ProblemState.CLOSED:
        raise Refusal(f"问题 {row.number} 已于 {row.closed_on} 关闭。", kept="没有作任何改动。")
    for draft in list_drafts(office, actor):
        same = (draft.form_key, draft.project_id, draft.filing_id) == (form_key, row.project_id, None)
        if same and value_of(draft.content, *names) == row.number:
            return draft
    begun = new_draft(office, actor, form_key, row.project_id)
    content = {**begun.content, **{key: {**begun.content[key], **values} for key, values in given.items()}}
    return save_draft(office, actor, replace(begun, content=content))
