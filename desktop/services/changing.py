"""Changes of a plan while they are drafts: begun with prefilled lines, and taken over onto a newer plan (CHG-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.form import fields_of, settle
from desktop.domain.forms import bind
from desktop.domain.forms.change import FORM, base_of
from desktop.domain.outcome import Line
from desktop.domain.plan import REGISTERS
from desktop.domain.plan_rebase import Conflict, rebase_plan
from desktop.domain.plan_sheets import after
from desktop.services.drafting import Draft, DraftPage, policy_of_draft, save_draft, start_draft
from desktop.services.form_facts import form_facts
from desktop.services.office import Office
from desktop.services.plans import baseline_no, plan_lines
from desktop.services.projects import get_project


@dataclass(frozen=True)
class TakenOver:
    """A draft on the plan in force, and where its edits and that plan contradict each other."""

    draft: Draft
    base: int
    conflicts: tuple[Conflict, ...]


def start_change(
    office: Office, actor: UUID, project_id: UUID, lines: Mapping[str, Sequence[Line]], **words: str
) -> Draft:
    """Begin a change with lines filled in already: lines of known id take over the fields given, others are added.

    ``words`` fill fields of the application (``what``, ``reason``). An open draft is taken up again, its text kept.

    Raises:
        NotAllowed: the actor may not change this project's plan.
        Refusal: the project's state does not allow it.
    """
    draft = start_draft(office, actor, FORM.key, project_id)
    content: dict[str, Any] = dict(draft.content)
    for register, given in lines.items():
        content[register] = _filled(content.get(register) or [], given)
    known = {key: text for key, text in words.items() if not (content.get("change") or {}).get(key)}
    content["change"] = {**(content.get("change") or {}), **known}
    return save_draft(office, actor, replace(draft, content=content))


def _filled(lines: Sequence[Line], given: Sequence[Line]) -> list[dict[str, Any]]:
    made = {str(line["id"]): dict(line) for line in lines}
    for line in given:
        made.setdefault(str(line["id"]), {}).update(line)
    return list(made.values())


def newer_baseline(page: DraftPage) -> int:
    """The number of the baseline in force where a change's draft was begun on an older one; else 0."""
    if page.draft.form_key != FORM.key:
        return 0
    base, now = base_of(page.draft.content), page.facts.get("plan.baseline")
    return now if isinstance(now, int) and base is not None and base != now else 0


def rebase_draft(office: Office, actor: UUID, draft: Draft) -> TakenOver:
    """Do a change's edits again on the plan in force, by line and field; where both sides changed, people decide.

    Raises:
        NotAllowed: the draft is another's.
        Refusal: the draft is no change of a plan.
    """
    if draft.author_id != actor:
        raise NotAllowed("这份草稿是别人的。", kept="草稿没有改动。")
    if draft.form_key != FORM.key or draft.project_id is None:
        raise Refusal("只有《项目变更申请表》要按现行计划核对。", kept="草稿没有改动。")
    with office.reading() as reading:
        project = get_project(reading, draft.project_id)
        base = base_of(draft.content) or 0
        older = plan_lines(reading, project.id, base)
        now = baseline_no(reading, project.id)
        policy = policy_of_draft(reading, draft)
        form = bind(FORM.key, policy)
        worded = {key: replace(item, columns=fields_of(form.section(key))) for key, item in REGISTERS.items()}
        rebased = rebase_plan(older, after(draft.content), plan_lines(reading, project.id), worded)
        content: dict[str, Any] = {**draft.content, **rebased.lines}
        content["change"] = {**content["change"], "base": now}
        settled = settle(form, content, form_facts(reading, policy, project))
    moved = save_draft(office, actor, replace(draft, content=settled))
    return TakenOver(moved, now, rebased.conflicts)
