"""What filings wait for: the steps whose turn it is, since when, by when, and who was reminded (催办)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.domain.approval import Progress, StepStatus
from desktop.domain.field import Content
from desktop.domain.forms import FORMS
from desktop.domain.ledger import PersonRef
from desktop.domain.policy import Policy
from desktop.domain.policy_papers import Step
from desktop.domain.policy_terms import Action
from desktop.services.chains import counting_person, edits_of, signers_of_step, signs_as, stand_ins_at, step_titles
from desktop.services.office import Reading
from desktop.services.standing import people_by_id
from desktop.store.tables import Filing, Person, Turn, Urge

_NAMED_BY = {"manager": "manager_change", "client_manager": "office_adjustment", "program_manager": "program"}
"""The paper by which a project's record names somebody else, by the way in which the role is held."""


@dataclass(frozen=True)
class Waiting:
    """What one filing waits for, in a list's words."""

    titles: str = ""
    since: dt.datetime | None = None
    due_on: dt.date | None = None
    urged_on: dt.date | None = None


@dataclass(frozen=True)
class TurnRow:
    """One step whose turn it is: since when it waits and by when it must be signed (no limit: ``None``)."""

    step_key: str
    since: dt.datetime
    due_on: dt.date | None
    urged_at: dt.datetime | None = None


@dataclass(frozen=True)
class OwnStep:
    """The step that a person may sign now, and for whom as a stand-in (empty: for themselves)."""

    step: Step
    for_name: str


@dataclass(frozen=True)
class Vacancy:
    """A step that nobody can sign: in words, with who must see to it.

    ``due`` says that it is its turn now, so that the filing stands still; ``passed`` that nobody is needed for it any
    more (所有现任者都签过了) and the chain only has to be worked out anew.
    """

    step_key: str
    text: str
    due: bool
    passed: bool = False


def waiting_of(reading: Reading, filing_ids: Sequence[UUID]) -> dict[UUID, Waiting]:
    """What each of these filings waits for; those that wait for nothing are left out."""
    turns: dict[UUID, list[Turn]] = defaultdict(list)
    query = select(Turn).where(Turn.filing_id.in_(filing_ids)).order_by(Turn.place, Turn.since, Turn.id)
    for row in reading.session.scalars(query):
        turns[row.filing_id].append(row)
    if not turns:
        return {}
    edits = edits_of(reading.session, turns)
    urged = _urged(reading, list(turns))
    found = {}
    for filing in reading.session.scalars(select(Filing).where(Filing.id.in_(turns))):
        titles = step_titles(reading, filing, edits.get(filing.id, ()))
        rows = turns[filing.id]
        keys = dict.fromkeys(row.step_key for row in rows)
        reminded = [at for key in keys if (at := urged.get((filing.id, key)))]
        found[filing.id] = Waiting(
            titles="、".join(titles.get(key, key) for key in keys),
            since=min(row.since for row in rows),
            due_on=min((row.due_on for row in rows if row.due_on), default=None),
            urged_on=max(reminded).astimezone().date() if reminded else None,
        )
    return found


def turns_of_filing(reading: Reading, filing_id: UUID) -> dict[str, TurnRow]:
    """The steps of a filing whose turn it is, by key."""
    urged = _urged(reading, [filing_id])
    found: dict[str, TurnRow] = {}
    for row in reading.session.scalars(
        select(Turn).where(Turn.filing_id == filing_id).order_by(Turn.place, Turn.since)
    ):
        last = urged.get((filing_id, row.step_key))
        found.setdefault(row.step_key, TurnRow(row.step_key, row.since, row.due_on, last))
    return found


def _urged(reading: Reading, filing_ids: Sequence[UUID]) -> dict[tuple[UUID, str], dt.datetime]:
    """When each waiting step was reminded last, since its turn came."""
    query = (
        select(Urge.filing_id, Urge.step_key, Urge.at)
        .join(Turn, (Turn.filing_id == Urge.filing_id) & (Turn.step_key == Urge.step_key))
        .where(Urge.filing_id.in_(filing_ids), Urge.at >= Turn.since)
        .order_by(Urge.at, Urge.id)
    )
    return {(filing, step): at for filing, step, at in reading.session.execute(query)}


def own_step(reading: Reading, actor: UUID, filing: Filing, content: Content, chain: Progress) -> OwnStep | None:
    """The first step due that the actor may sign: rather one of their own than one as a stand-in."""
    found = []
    for step in chain.due:
        person = signs_as(reading, actor, filing, content, chain.status(step.key))
        if person == actor:
            return OwnStep(step, "")
        if person is not None:
            found.append(OwnStep(step, people_by_id(reading.session, {person})[person].name))
    return found[0] if found else None


def vacancies(reading: Reading, filing: Filing, content: Content, chain: Progress) -> list[Vacancy]:
    """The steps still to come that nobody can sign, so that nothing is stuck in silence."""
    if chain.complete:
        return [Vacancy("", "要签字的人都已签字，请点“继续办理”。", due=True, passed=True)] if chain.steps else []
    found = []
    asked = {(row.step_key, row.person_id) for row in _asked_before(reading, filing)}
    for status in chain.steps:
        if not status.state.settled:
            due = chain.is_due(status.step.key)
            text = _vacancy(reading, filing, content, status)
            if text:
                found.append(Vacancy(status.step.key, text, due))
            elif due and status.open_to and not any((status.step.key, key) in asked for key in status.open_to):
                text = f"“{status.step.title}”的任职者有变动，请点“继续办理”，转给现任者。"
                found.append(Vacancy(status.step.key, text, due, passed=True))
    return found


def _asked_before(reading: Reading, filing: Filing) -> list[Turn]:
    return list(reading.session.scalars(select(Turn).where(Turn.filing_id == filing.id)))


def _vacancy(reading: Reading, filing: Filing, content: Content, status: StepStatus) -> str:
    step = status.step
    if not step.by_role:
        return _gone(reading, step, content)
    people = signers_of_step(reading, filing, content, step, open_to=status.open_to)
    if people and (not status.open_to or _anybody(reading, step, people)):
        return ""
    policy = reading.policy_version(filing.policy_id)
    role = policy.role(step.signer)
    lacking = f"项目台账上没有在职的“{role.title}”" if role.held_as else f"无人担任“{role.title}”"
    return f"{lacking}，“{step.title}”这一步没有人能签，{remedy(reading, policy, step)}。"


def remedy(reading: Reading, policy: Policy, step: Step) -> str:
    """What is to be done where nobody holds the role that a step asks for."""
    way = policy.role(step.signer).held_as
    if not way:
        return f"请先在设置中任命（由{appointers(reading)}办理）"
    form = _NAMED_BY[way]
    paper = f"用《{FORMS[form].title}》登记或更换，或" if reading.policy.has_form(form) else ""
    return f"请{paper}由{appointers(reading)}转办他人"


def _anybody(reading: Reading, step: Step, people: Sequence[PersonRef]) -> bool:
    here = select(Person.id).where(Person.id.in_([person.id for person in people]), Person.active.is_(True))
    return bool(reading.session.scalars(here).first()) or bool(stand_ins_at(reading, step, people))


def _gone(reading: Reading, step: Step, content: Content) -> str:
    key = counting_person(reading.session, step, content)
    person = reading.session.get(Person, key) if key else None
    if person is None or person.active:
        return ""
    return f"{person.name}已经离职，“{step.title}”这一步没有人能签，请转办他人（由{appointers(reading)}办理）或代录。"


def appointers(reading: Reading) -> str:
    """The roles that appoint people, in words."""
    rights = (right for right in reading.policy.rights if right.action is Action.MANAGE_PEOPLE)
    return "或".join(dict.fromkeys(reading.policy.role(right.role).title for right in rights))
