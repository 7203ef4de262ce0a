"""Drafts: what a person is still writing, kept on this machine alone until it is submitted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from desktop.domain.canonical import canonical_text, read_canonical
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.field import Content, Facts
from desktop.domain.filing import FilingState
from desktop.domain.form import Form, Problem, begin, problems_of, settle
from desktop.domain.forms import FORMS, bind
from desktop.domain.gates import Unmet, may_submit
from desktop.domain.policy import Policy
from desktop.domain.policy_terms import Action
from desktop.domain.rights import may
from desktop.services.filing_content import current_revision
from desktop.services.form_facts import case_of, form_facts
from desktop.services.form_offers import why_barred
from desktop.services.gatherers import gathered, with_gathered
from desktop.services.office import Office, Reading, not_allowed
from desktop.services.projects import get_project, open_project, subject_of
from desktop.services.standing import counting, people_by_id, records_of, standing_of
from desktop.services.succession import acts_as_author
from desktop.store.drafts import Draft as StoredDraft
from desktop.store.ids import new_id
from desktop.store.tables import Filing

_SUBJECTS = frozenset({"project", "office"})
"""What forms are about; a week's grid is kept beside them by `desktop.services.my_week`."""


@dataclass(frozen=True)
class Draft:
    """A form being filled in; ``filing_id`` is set when a returned or recalled filing is being reworked."""

    id: UUID
    author_id: UUID
    form_key: str
    project_id: UUID | None
    filing_id: UUID | None
    base_revision_id: UUID | None
    content: Content = field(repr=False)
    saved_at: dt.datetime
    title: str = ""


@dataclass(frozen=True)
class DraftPage:
    """What the editor needs: the form as the policy has it, the facts of today, and what keeps it from submission."""

    draft: Draft
    form: Form
    facts: Facts
    problems: tuple[Problem, ...]
    unmet: tuple[Unmet, ...]


def start_draft(office: Office, actor: UUID, form_key: str, project_id: UUID | None) -> Draft:
    """Begin a form, filled in as far as the ledger knows; the same person's open draft of it is taken up again.

    Raises:
        NotAllowed: the actor may not file this form on this project.
        Refusal: the project's state does not allow it, or a gate bars it.
    """
    for draft in list_drafts(office, actor):
        if (draft.form_key, draft.project_id, draft.filing_id) == (form_key, project_id, None):
            return draft
    with office.reading() as reading:
        _need_right_to_file(reading, actor, form_key, project_id)
        content = _begun(reading, actor, form_key, project_id)
    begun = Draft(new_id(), actor, form_key, project_id, None, None, content, office.now())
    return replace(_draft(office.home.drafts.begin(_stored(office, begun))), author_id=actor)


def new_draft(office: Office, actor: UUID, form_key: str, project_id: UUID | None) -> Draft:
    """A form as it begins, beside whatever drafts of it are open; it is not kept until it is saved.

    Raises:
        NotAllowed, Refusal: as `start_draft`.
    """
    with office.reading() as reading:
        _need_right_to_file(reading, actor, form_key, project_id)
        content = _begun(reading, actor, form_key, project_id)
    return Draft(new_id(), actor, form_key, project_id, None, None, content, office.now())


def need_subject(form: Form, project_id: UUID | None) -> None:
    """Go on only where a form about projects has its project, and the office's own has none.

    Raises:
        Refusal: it is not so.
    """
    if form.subject == "project" and project_id is None:
        raise Refusal(f"《{form.title}》要在项目上填写。", kept="没有作任何改动。", todo="请先打开项目，再填写此表。")
    if form.subject != "project" and project_id is not None:
        raise Refusal(f"《{form.title}》不是项目的表单。", kept="没有作任何改动。")


def _need_right_to_file(reading: Reading, actor: UUID, form_key: str, project_id: UUID | None) -> None:
    project = get_project(reading, project_id) if project_id else None
    form = bind(form_key, reading.policy)
    need_subject(form, project_id)
    standing = standing_of(reading.session, actor, reading.today)
    if not may(reading.policy, standing, Action.FILE, subject_of(project), form_key):
        raise not_allowed(reading, Action.FILE, form_key, f"填写《{form.title}》")
    for item in why_barred(reading, form_key, project) if project else ():
        raise Refusal(f"{item.text}。", kept="没有作任何改动。", todo=f"（{item.rule}）")


def _begun(reading: Reading, actor: UUID, form_key: str, project_id: UUID | None) -> dict[str, Any]:
    project = get_project(reading, project_id) if project_id else None
    person = people_by_id(reading.session, {actor})[actor]
    facts = form_facts(reading, reading.policy, project, form_key, actor)
    begun = begin(bind(form_key, reading.policy), {**facts, "actor": {"id": str(person.id), "name": person.name}})
    return with_gathered(begun, gathered(reading, actor, form_key, project_id))


def rework_filing(office: Office, actor: UUID, filing_id: UUID) -> Draft:
    """Take a returned or recalled filing up again as a draft; an open rework of it is continued.

    Raises:
        Refusal: it is in approval or decided, or somebody else's.
    """
    for draft in list_drafts(office, actor):
        if draft.filing_id == filing_id:
            return draft
    with office.reading() as reading:
        filing = reading.session.fetch(Filing, filing_id)
        if not acts_as_author(reading, actor, filing):
            raise Refusal("只有填表人本人（或接任的项目经理）可以修改这份表单。", kept="没有作任何改动。")
        if not FilingState(filing.state).reworkable:
            raise Refusal(
                f"这份表单现为“{FilingState(filing.state).label}”，不能修改。",
                kept="没有作任何改动。",
                todo="审批中的表单请先撤回。",
            )
        stored = current_revision(reading.session, filing)
    draft = Draft(
        new_id(), actor, filing.form_key, filing.project_id, filing.id, stored.revision_id, stored.content, office.now()
    )
    return save_draft(office, actor, draft)


def save_draft(office: Office, actor: UUID, draft: Draft) -> Draft:
    """Keep a draft on this machine; it survives a crash and is offered again.

    Raises:
        NotAllowed: it is another's.
    """
    if draft.author_id != actor:
        raise NotAllowed("这份草稿是别人的。", kept="草稿没有改动。")
    stored = _stored(office, draft)
    office.home.drafts.save(stored)
    return _draft(stored)


def _stored(office: Office, draft: Draft) -> StoredDraft:
    return StoredDraft(
        id=draft.id,
        office_id=office.id,
        author_id=draft.author_id,
        form_key=draft.form_key,
        subject_kind="project" if draft.project_id else "office",
        subject_id=str(draft.project_id or office.id),
        filing_id=draft.filing_id,
        base_revision_id=draft.base_revision_id,
        content=canonical_text(dict(draft.content)),
        saved_at=office.now(),
    )


def list_drafts(office: Office, actor: UUID) -> list[Draft]:
    """The person's drafts on this machine, as `drafts_of` finds them; not to be called within a reading."""
    return office.read(lambda reading: drafts_of(reading, actor))


def drafts_of(reading: Reading, actor: UUID) -> list[Draft]:
    """The person's drafts on this machine, the latest first; those of a record that was merged are theirs, too."""
    office = reading.office
    records = records_of(reading.session, actor) | {actor}
    stored = (item for record in records for item in office.home.drafts.list(office.id, record))
    stored = (item for item in stored if item.subject_kind in _SUBJECTS)
    found = [replace(_draft(item), author_id=actor) for item in stored]
    return sorted(found, key=lambda draft: draft.saved_at, reverse=True)


def load_draft(office: Office, draft_id: UUID) -> Draft:
    """One draft.

    Raises:
        Refusal: it was submitted or discarded meanwhile.
    """
    stored = office.home.drafts.load(draft_id)
    if stored is None:
        raise Refusal("这份草稿已经提交或删除了。", todo="请刷新列表。")
    author = office.read(lambda reading: counting(reading.session, stored.author_id))
    return replace(_draft(stored), author_id=author)


def _draft(stored: StoredDraft) -> Draft:
    content: Any = read_canonical(stored.content)
    return Draft(
        id=stored.id,
        author_id=stored.author_id,
        form_key=stored.form_key,
        project_id=UUID(stored.subject_id) if stored.subject_kind == "project" else None,
        filing_id=stored.filing_id,
        base_revision_id=stored.base_revision_id,
        content=content,
        saved_at=stored.saved_at,
        title=FORMS[stored.form_key].title,
    )


def discard_draft(office: Office, draft_id: UUID) -> None:
    """Throw a draft away."""
    office.home.drafts.delete(draft_id)


def draft_page(reading: Reading, draft: Draft) -> DraftPage:
    """Everything the editor shows for a draft, worked out for today.

    Raises:
        NotAllowed: its author may not see the project any more.
    """
    policy = policy_of_draft(reading, draft)
    form = bind(draft.form_key, policy)
    project = open_project(reading, draft.author_id, draft.project_id) if draft.project_id else None
    facts = form_facts(reading, policy, project, draft.form_key, draft.author_id)
    content = settle(form, draft.content, facts)
    unmet = tuple(may_submit(draft.form_key, case_of(reading, policy, project, facts, content)))
    return DraftPage(replace(draft, content=content), form, facts, tuple(problems_of(form, content, facts)), unmet)


def policy_of_draft(reading: Reading, draft: Draft) -> Policy:
    """The policy in force; for a rework the one its filing began with, on which it finishes (DOC-6)."""
    if draft.filing_id is None:
        return reading.policy
    return reading.policy_version(reading.session.fetch(Filing, draft.filing_id).policy_id)
