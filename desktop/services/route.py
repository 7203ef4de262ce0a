"""Whom a draft goes to when it is submitted: person by person, stage by stage, as things stand now."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from desktop.domain.approval import Progress, StepStatus, progress
from desktop.domain.chain_edits import fold, stage_of
from desktop.domain.field import Content
from desktop.domain.filing import seal
from desktop.domain.form import settle
from desktop.domain.forms import bind
from desktop.domain.gates import holding
from desktop.domain.ledger import PersonRef
from desktop.domain.policy import Policy
from desktop.domain.policy_papers import Step
from desktop.domain.rights import OFFICE
from desktop.services.chains import (
    asked_of_everyone,
    counting_person,
    edits_of,
    named_signer,
    stand_ins_at,
)
from desktop.services.drafting import Draft, policy_of_draft
from desktop.services.filing_content import sign_offs_of
from desktop.services.form_facts import case_of, form_facts
from desktop.services.office import Reading
from desktop.services.projects import get_project
from desktop.services.standing import holders, namesakes, people_by_id, project_subject
from desktop.services.waiting import remedy
from desktop.store.tables import Filing, Person, subject_text


@dataclass(frozen=True)
class Asked:
    """One signature that will be asked for.

    ``people`` may give it: each of them must where ``every``, else one is enough; ``stand_ins`` may in their stead.
    Where nobody can, ``missing`` says what is to be done.
    """

    title: str
    people: tuple[str, ...]
    every: bool = False
    stand_ins: tuple[str, ...] = ()
    missing: str = ""


def route_of(reading: Reading, draft: Draft) -> list[tuple[Asked, ...]]:
    """The signatures that a draft will ask for if it is submitted now, those of one stage together.

    Steps whose conditions the content does not meet are left out, and of a rework those whose signatures still stand.
    """
    policy = policy_of_draft(reading, draft)
    chain, content = _chain(reading, policy, draft)
    open_ = [item for item in chain.steps if not item.state.settled]
    return [
        tuple(_asked(reading, policy, draft, content, item) for item in stage)
        for _key, stage in groupby(open_, key=lambda item: stage_of(item.step))
    ]


def _chain(reading: Reading, policy: Policy, draft: Draft) -> tuple[Progress, Content]:
    """The chain as it will be once the draft is submitted, and the settled content."""
    form = bind(draft.form_key, policy)
    project = get_project(reading, draft.project_id) if draft.project_id else None
    facts = form_facts(reading, policy, project, draft.form_key)
    content = settle(form, draft.content, facts)
    names = holding(case_of(reading, policy, project, facts, content))
    steps = policy.form(draft.form_key).steps
    if draft.filing_id is None:
        return progress(steps, (), {}, names), content
    filing = reading.session.fetch(Filing, draft.filing_id)
    subject = subject_text(filing.subject_kind, filing.subject_id)
    hashes = seal(form, content, subject=subject, policy_sha256=policy.sha256).hashes
    edits, given = edits_of(reading.session, [filing.id]).get(filing.id, []), sign_offs_of(reading.session, filing.id)
    asked = asked_of_everyone(reading, filing, fold(steps, edits), given, hashes)
    return progress(steps, given, hashes, names, edits=edits, asked=asked), content


def _asked(reading: Reading, policy: Policy, draft: Draft, content: Content, status: StepStatus) -> Asked:
    step = status.step
    people = _people(reading, policy, draft, content, status)
    told_apart = namesakes(reading.session)
    names = tuple(told_apart.get(person.id, person).shown for person in people)
    instead = tuple(dict.fromkeys(other.shown for other, _person in stand_ins_at(reading, step, people)))
    if people:
        return Asked(step.title, names, step.every, instead)
    if step.by_role:
        return Asked(step.title, (), missing=remedy(reading, policy, step))
    named = named_signer(step, content).get("name", "")
    if not named:
        return Asked(step.title, (), missing="表中还没有填这个人")
    return Asked(step.title, (), missing=f"“{named}”不是在职人员，请在表中另选")


def _people(reading: Reading, policy: Policy, draft: Draft, content: Content, status: StepStatus) -> list[PersonRef]:
    step = status.step
    if status.open_to:
        found = people_by_id(reading.session, set(status.open_to))
        return sorted(found.values(), key=lambda person: (person.name, str(person.id)))
    if step.by_role:
        subject = project_subject(reading.session, draft.project_id) if draft.project_id else OFFICE
        return holders(reading.session, policy, step.signer, subject, reading.today)
    return _named(reading, step, content)


def _named(reading: Reading, step: Step, content: Content) -> list[PersonRef]:
    """The person whom a step asks by name, while they are here."""
    key: UUID | None = counting_person(reading.session, step, content)
    person = reading.session.get(Person, key) if key else None
    return list(people_by_id(reading.session, {person.id}).values()) if person is not None and person.active else []
