"""Whose signature a step asks for: holders of roles, people named or added, and who stands in for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from desktop.domain.approval import Decision, SignOff, StepStatus, covered
from desktop.domain.chain_edits import ChainEdit, EditKind, fold
from desktop.domain.field import Content
from desktop.domain.filing import FilingState
from desktop.domain.form import value_of
from desktop.domain.ledger import PersonRef
from desktop.domain.policy_papers import BY_FIELD, BY_PERSON, Step
from desktop.domain.rights import OFFICE, Subject, plays
from desktop.services.office import Reading
from desktop.services.stand_ins import represented, stand_ins_for
from desktop.services.standing import AnySession, counting, holders, people_by_id, project_subject, standing_of
from desktop.store.tables import ChainEdit as ChainEditRecord
from desktop.store.tables import Filing, Person

_By = aliased(Person)


def filing_subject(reading: Reading, filing: Filing) -> Subject:
    """What a filing is about, as rights see it."""
    return project_subject(reading.session, filing.project_id) if filing.project_id else OFFICE


def edits_of(session: AnySession, filing_ids: Iterable[UUID]) -> dict[UUID, list[ChainEdit]]:
    """What was done to each filing's own chain, in the order it was done."""
    query = _all_edits().where(ChainEditRecord.filing_id.in_(list(filing_ids)))
    found: dict[UUID, list[ChainEdit]] = {}
    for row, person, by in session.execute(query):
        found.setdefault(row.filing_id, []).append(
            ChainEdit(
                EditKind(row.kind),
                row.step_key,
                row.new_key,
                row.person_id,
                person,
                row.by_id,
                by,
                row.at,
                row.reason,
                row.for_id,
            )
        )
    return found


@cache
def _all_edits() -> Select[ChainEditRecord, str, str]:
    return (
        select(ChainEditRecord, Person.name, _By.name)
        .join(Person, ChainEditRecord.person_id == Person.id)
        .join(_By, ChainEditRecord.by_id == _By.id)
        .order_by(ChainEditRecord.at, ChainEditRecord.id)
    )


def step_titles(reading: Reading, filing: Filing, edits: Sequence[ChainEdit]) -> dict[str, str]:
    """What the steps of a filing's chain are called, by their keys."""
    steps = reading.policy_version(filing.policy_id).form(filing.form_key).steps
    return {step.key: step.title for step in fold(steps, edits)}


def asked_of_everyone(
    reading: Reading, filing: Filing, steps: Sequence[Step], sign_offs: Sequence[SignOff], hashes: Mapping[str, str]
) -> dict[str, Collection[UUID]]:
    """Who must each sign the steps that ask every holder of a role (会签): the holders today.

    Once a filing is decided it is those who signed; people go on coming and going.
    """
    everyones = [step for step in steps if step.every]
    if not everyones:
        return {}
    if FilingState(filing.state) in {FilingState.APPROVED, FilingState.REJECTED}:
        return {step.key: _who_signed(step, sign_offs, hashes) for step in everyones}
    policy, subject = reading.policy_version(filing.policy_id), filing_subject(reading, filing)
    return {
        step.key: [person.id for person in holders(reading.session, policy, step.signer, subject, reading.today)]
        for step in everyones
    }


def _who_signed(step: Step, sign_offs: Sequence[SignOff], hashes: Mapping[str, str]) -> list[UUID]:
    latest = {item.given_for: item for item in sign_offs if item.step == step.key}
    return [
        person
        for person, item in latest.items()
        if person is not None and (item.decision is Decision.REJECT or item.covers == covered(step, hashes))
    ]


def signers_of_step(
    reading: Reading,
    filing: Filing,
    content: Content,
    step: Step,
    on: dt.date | None = None,
    open_to: Collection[UUID] = (),
) -> list[PersonRef]:
    """Who may sign a step: the person whom it names, the role's holders today, or those of all who have still to.

    Of a signature on paper, given ``on`` a day, also those who held the role then, whether or not they are still here.
    """
    if open_to:
        return _by_name(people_by_id(reading.session, set(open_to)))
    person = person_of_step(step, content)
    if not step.by_role:
        return list(people_by_id(reading.session, {person} if person else set()).values())
    policy, subject = reading.policy_version(filing.policy_id), filing_subject(reading, filing)
    people = holders(reading.session, policy, step.signer, subject, reading.today)
    then = holders(reading.session, policy, step.signer, subject, on, left=True) if on else []
    return list({person.id: person for person in (*people, *then)}.values())


def _by_name(people: Mapping[UUID, PersonRef]) -> list[PersonRef]:
    return sorted(people.values(), key=lambda person: (person.name, str(person.id)))


def person_of_step(step: Step, content: Content) -> UUID | None:
    """The person whom a step asks by name, where that is one of the office's people."""
    if step.signer.startswith(BY_PERSON):
        return UUID(step.signer.removeprefix(BY_PERSON))
    named = named_signer(step, content).get("id") if step.signer.startswith(BY_FIELD) else None
    return UUID(named) if named else None


def counting_person(session: AnySession, step: Step, content: Content) -> UUID | None:
    """The person whom a step asks by name; of a record that was merged since, the one that counts (ROLE-11)."""
    named = person_of_step(step, content)
    return counting(session, named) if named else None


def named_signer(step: Step, content: Content) -> dict[str, str]:
    """The person whom the form names for a step, as ``{"id", "name"}``; blanks where it names nobody."""
    section, _, field = step.signer.removeprefix(BY_FIELD).partition(".")
    value = value_of(content, section, field)
    return {"id": str(value.get("id") or ""), "name": str(value["name"])} if isinstance(value, dict) else {}


def role_of(step: Step) -> str:
    """The role by which a step asks, empty where it names a person: what a stand-in for one role is asked about."""
    return step.signer if step.by_role else ""


def signs_as(reading: Reading, actor: UUID, filing: Filing, content: Content, status: StepStatus) -> UUID | None:
    """Whose signature the actor would give at a step: their own, or that of one for whom they stand in (ROLE-11)."""
    if _is_asked(reading, actor, filing, content, status):
        return actor
    role = role_of(status.step)
    for link in represented(reading.session, actor, reading.today):
        if link.covers(role, reading.today) and _is_asked(reading, link.person_id, filing, content, status):
            return link.person_id
    return None


def _is_asked(reading: Reading, person: UUID, filing: Filing, content: Content, status: StepStatus) -> bool:
    step = status.step
    if not step.by_role:
        return counting_person(reading.session, step, content) == person
    if status.open_to:
        return person in status.open_to
    standing = standing_of(reading.session, person, reading.today)
    return plays(reading.policy_version(filing.policy_id), standing, step.signer, filing_subject(reading, filing))


def stand_ins_at(
    reading: Reading, step: Step, signers: Sequence[PersonRef], on: dt.date | None = None
) -> list[tuple[PersonRef, PersonRef]]:
    """Who may sign a step for one of its signers on a day: pairs of the stand-in and the person represented."""
    known = {person.id: person for person in signers}
    links = stand_ins_for(reading.session, set(known), role_of(step), on or reading.today)
    people = people_by_id(reading.session, {link.stand_in_id for link in links})
    return [(people[link.stand_in_id], known[link.person_id]) for link in links]
