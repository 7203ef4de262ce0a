"""A project's plan as its page shows it: every register of one baseline, and which baselines there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from desktop.domain.form import Form, settle
from desktop.domain.forms import bind_plan
from desktop.services.form_facts import form_facts
from desktop.services.office import Reading
from desktop.services.plans import BaselineRow, Lines, baselines, plan_lines
from desktop.services.projects import open_project


@dataclass(frozen=True)
class PlanPage:
    """The lines of each register under the baseline ``shown``; without any baseline there are none.

    ``form`` has the registers as sections, with the policy's choices.
    """

    project_id: UUID
    form: Form
    baselines: tuple[BaselineRow, ...]
    shown: BaselineRow | None
    lines: Mapping[str, object] = field(default_factory=dict, repr=False)
    project_name: str = ""


def open_plan(reading: Reading, actor: UUID, project_id: UUID, no: int | None = None) -> PlanPage:
    """The plan in force, or as it was under baseline ``no`` (CHG-1).

    Raises:
        NotAllowed: the actor may not see the project.
        Refusal: there is no such project.
    """
    project = open_project(reading, actor, project_id)
    form = bind_plan(reading.policy)
    known = tuple(baselines(reading, project_id))
    shown = next((row for row in reversed(known) if no in {None, row.no}), None)
    lines: Lines = plan_lines(reading, project_id, shown.no) if shown else {}
    content = settle(form, lines, form_facts(reading, reading.policy, project)) if shown else {}
    return PlanPage(project_id, form, known, shown, content, project.name)
