"""Filings as screens read them: lists, and one filing with its chain, its changes and what may be done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from desktop.domain.approval import Progress, StepStatus
from desktop.domain.approval import SignOff as SignOffValue
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.field import Content
from desktop.domain.filing import Difference, FilingState, differences
from desktop.domain.form import Form
from desktop.domain.forms import bind
from desktop.domain.ledger import PersonRef, marked_provisional
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy_papers import FormRule, Step
from desktop.domain.policy_terms import Action
from desktop.domain.rights import may
from desktop.services.approving import chain_progress
from desktop.services.archive import DocumentRow, documents_of
from desktop.services.chains import filing_subject, signers_of_step, stand_ins_at
from desktop.services.filing_content import Stored, current_revision, sign_offs_of, stored_revision
from desktop.services.filing_subjects import filings_about, named_subjects
from desktop.services.finding import holds
from desktop.services.line_checks import CheckedLine, checked_lines
from desktop.services.office import Reading, ask_keepers
from desktop.services.projects import get_project, visible
from desktop.services.signatures import SignatureState, signature_states
from desktop.services.stand_ins import represented
from desktop.services.standing import people_by_id, standing_of
from desktop.services.succession import acts_as_author
from desktop.services.turns import waits_for, waits_for_own
from desktop.services.waiting import TurnRow, Vacancy, Waiting, own_step, turns_of_filing, vacancies, waiting_of
from desktop.store.tables import Filing, Person, Project, Revision, SignOff, TrackedProblem


@dataclass(frozen=True)
class FilingQuery:
    """What a list of filings shows. ``waiting_for`` keeps those whose next signature is that person's."""

    text: str = ""
    form_keys: tuple[str, ...] = ()
    states: tuple[FilingState, ...] = ()
    project_id: UUID | None = None
    author_id: UUID | None = None
    waiting_for: UUID | None = None
    only: UUID | None = None
    sort: str = "submitted_at"
    descending: bool = True


@dataclass(frozen=True)
class FilingRow:
    """A filing as lists show it.

    ``waiting`` names the steps whose turn it is, ``waiting_since`` the first of them, ``due_on`` the day by which the
    most pressing must sign. ``subject`` is what a filing without a project is about. ``for_name`` is for whom the
    reader would sign as a stand-in; ``urged_on`` the day of the latest reminder (催办) to a step that waits.
    """

    id: UUID
    form_key: str
    title: str
    number: str
    project_id: UUID | None
    project_number: str
    project_name: str
    state: FilingState
    author: str
    submitted_at: dt.datetime | None
    decided_at: dt.datetime | None
    effective_on: dt.date | None
    revision_no: int
    waiting: str
    waiting_since: dt.datetime | None
    due_on: dt.date | None = None
    for_name: str = ""
    urged_on: dt.date | None = None
    subject: str = ""

    @property
    def project(self) -> str:
        """The project's number and name, or what else it is about; nothing for a filing about the office itself."""
        return f"{self.project_number} {self.project_name}".strip() or self.subject


@dataclass(frozen=True)
class RevisionRow:
    """A revision in a filing's history."""

    id: UUID
    no: int
    at: dt.datetime
    author: str
    sha256: str


@dataclass(frozen=True)
class FilingPage:
    """One filing with everything that its reader may see and do.

    ``changed`` lists what differs from the revision that the actor's step (or else anyone) signed last;
    ``may_decide`` and ``may_record`` name the step whose turn it is where the actor may sign or record it: of several
    the first. ``signs_for`` names the person for whom the actor would sign as a stand-in, ``back`` the earlier steps to
    which they may return it. ``signers`` may sign what ``may_decide`` names, else the first step that is due;
    ``signers_by_step`` tells the same of every step of the chain, ``stand_ins`` who may sign in their stead. ``turns``
    says since when each step that is due waits and by when. ``stuck`` says which steps nobody can sign, and who must
    see to it; with ``may_go_on`` the chain only has to be worked out anew. ``signatures`` says of each sign-off, by its
    id, what there is to say of its electronic signature.
    """

    row: FilingRow
    form: Form
    rule: FormRule
    project: LedgerProject | None
    content: Content
    sha256: str
    hashes: dict[str, str]
    progress: Progress
    sign_offs: tuple[SignOffValue, ...]
    revisions: tuple[RevisionRow, ...]
    changed: tuple[Difference, ...]
    changed_since: int
    signers: tuple[PersonRef, ...]
    signers_by_step: dict[str, tuple[PersonRef, ...]]
    may_decide: str
    may_record: str
    may_recall: bool
    may_rework: bool
    documents: tuple[DocumentRow, ...]
    signs_for: str = ""
    back: tuple[StepStatus, ...] = ()
    stand_ins: Mapping[str, tuple[tuple[PersonRef, PersonRef], ...]] = field(default_factory=dict)
    turns: Mapping[str, TurnRow] = field(default_factory=dict)
    stuck: tuple[Vacancy, ...] = ()
    may_hand_on: str = ""
    may_urge: bool = False
    may_go_on: bool = False
    lines: tuple[CheckedLine, ...] = ()
    signatures: Mapping[UUID, SignatureState] = field(default_factory=dict)


SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "submitted_at": Filing.submitted_at,
    "created_at": Filing.created_at,
    "decided_at": Filing.decided_at,
    "number": Filing.number,
    "title": Filing.title,
    "state": Filing.state,
    "project": Project.number,
}
"""What lists of filings may be sorted by."""


def filing_ids(reading: Reading, actor: UUID, query: FilingQuery) -> list[UUID]:
    """The ids of the filings that the actor may see and the query asks for, in its order."""
    column = SORTS[query.sort]
    order = column.desc().nulls_last() if query.descending else column.asc().nulls_last()
    statement = (
        select(Filing.id)
        .outerjoin(Project, Filing.project_id == Project.id)
        .where(*_conditions(reading, actor, query))
        .order_by(order, Filing.id.desc() if query.descending else Filing.id)
    )
    return list(reading.session.scalars(statement))


def _conditions(reading: Reading, actor: UUID, query: FilingQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [or_(*_readable(reading, actor))]
    if query.waiting_for is not None:
        found.append(waits_for(reading, query.waiting_for))
    found += [_matches(reading, word) for word in query.text.split()]
    if query.only:
        found.append(Filing.id == query.only)
    if query.form_keys:
        found.append(Filing.form_key.in_(query.form_keys))
    if query.states:
        found.append(Filing.state.in_([state.value for state in query.states]))
    if query.project_id:
        found.append(Filing.project_id == query.project_id)
    if query.author_id:
        found.append(Filing.author_id == query.author_id)
    return found


def _matches(reading: Reading, word: str) -> ColumnElement[bool]:
    columns = (Filing.number, Filing.title, Project.name, Project.number, Project.provisional, Project.pinyin)
    return or_(Filing.id.in_(filings_about(reading, word)), *(holds(column, word) for column in columns))


def _readable(reading: Reading, actor: UUID) -> list[ColumnElement[bool]]:
    signed = select(SignOff.filing_id).where(SignOff.signer_id == actor)
    return [
        Filing.project_id.is_(None),
        visible(reading, actor),
        Filing.author_id == actor,
        Filing.id.in_(signed),
        Filing.id.in_(select(TrackedProblem.filing_id).where(TrackedProblem.owner_id == actor)),
        waits_for(reading, actor),
    ]


def filing_rows(reading: Reading, ids: Sequence[UUID], actor: UUID | None = None) -> list[FilingRow]:
    """The filings with these ids, in this order; those that are gone are left out.

    With ``actor`` what waits for them only as a stand-in is marked with the name of the one represented.
    """
    query = (
        select(Filing, Project.number, Project.provisional, Project.name, Person.name)
        .outerjoin(Project, Filing.project_id == Project.id)
        .outerjoin(Person, Filing.author_id == Person.id)
        .where(Filing.id.in_(ids))
    )
    waiting, subjects = waiting_of(reading, ids), named_subjects(reading, ids)
    marks = _represented(reading, ids, actor) if actor else {}
    by_id = {
        row[0].id: replace(
            _row(*row, waiting.get(row[0].id, Waiting())),
            for_name=marks.get(row[0].id, ""),
            subject=subjects.get(row[0].id, ""),
        )
        for row in reading.session.execute(query)
    }
    return [by_id[key] for key in ids if key in by_id]


def _represented(reading: Reading, ids: Sequence[UUID], actor: UUID) -> dict[UUID, str]:
    """For whom the actor would sign those filings that do not wait for the actor's own signature."""
    links = represented(reading.session, actor, reading.today)
    if not links:
        return {}
    own = set(reading.session.scalars(select(Filing.id).where(Filing.id.in_(ids), waits_for_own(reading, actor))))
    names = people_by_id(reading.session, {link.person_id for link in links})
    found: dict[UUID, str] = {}
    for link in links:
        waits = waits_for_own(reading, link.person_id, link.role)
        for key in reading.session.scalars(select(Filing.id).where(Filing.id.in_(ids), waits)):
            if key not in own:
                found.setdefault(key, names[link.person_id].name)
    return found


def _row(
    filing: Filing,
    number: str | None,
    provisional: str | None,
    name: str | None,
    author: str | None,
    waiting: Waiting,
) -> FilingRow:
    return FilingRow(
        id=filing.id,
        form_key=filing.form_key,
        title=filing.title,
        number=filing.number or "",
        project_id=filing.project_id,
        project_number=number or marked_provisional(provisional or ""),
        project_name=name or "",
        state=FilingState(filing.state),
        author=author or "",
        submitted_at=filing.submitted_at,
        decided_at=filing.decided_at,
        effective_on=filing.effective_on,
        revision_no=filing.revision_no,
        waiting=waiting.titles,
        waiting_since=waiting.since,
        due_on=waiting.due_on,
        urged_on=waiting.urged_on,
    )


def find_filing(reading: Reading, number: str) -> UUID:
    """The id of the filing of that number.

    Raises:
        Refusal: there is none.
    """
    found = reading.session.scalar(select(Filing.id).where(Filing.number == number.strip()))
    if found is None:
        raise Refusal(f"没有编号为“{number}”的表单。", todo="请核对编号。")
    return found


def current_content(reading: Reading, filing_id: UUID) -> Stored:
    """A filing's content as it counts now, with the hashes that a signature binds to.

    Raises:
        Refusal: there is none of that id.
    """
    return current_revision(reading.session, reading.session.fetch(Filing, filing_id))


def open_filing(reading: Reading, actor: UUID, filing_id: UUID) -> FilingPage:
    """One filing as the actor may see it.

    Raises:
        Refusal: there is none of that id. NotAllowed: it is not the actor's to see.
    """
    filing = reading.session.fetch(Filing, filing_id)
    if not filing_ids(reading, actor, FilingQuery(only=filing_id)):
        raise NotAllowed("您没有查看这份表单的权限。", todo=ask_keepers(reading.policy))
    policy = reading.policy_version(filing.policy_id)
    form = bind(filing.form_key, policy)
    stored = current_revision(reading.session, filing)
    chain = chain_progress(reading, filing, stored)
    sign_offs = tuple(sign_offs_of(reading.session, filing_id))
    state = FilingState(filing.state)
    live = state is FilingState.IN_APPROVAL
    due = chain.due if live else ()
    signers = {
        item.step.key: tuple(
            signers_of_step(reading, filing, stored.content, item.step, open_to=item.open_to if live else ())
        )
        for item in chain.steps
    }
    own = own_step(reading, actor, filing, stored.content, chain) if live else None
    first = own.step.key if own else due[0].key if due else ""
    since = _seen_before(chain, first, sign_offs, stored.no)
    before = _revision_no(reading, filing_id, since) if since else None
    stuck = tuple(vacancies(reading, filing, stored.content, chain)) if live else ()
    manages = _may(reading, actor, filing, Action.MANAGE_PEOPLE)
    records = _may(reading, actor, filing, Action.RECORD_PAPER)
    return FilingPage(
        row=filing_rows(reading, [filing_id], actor)[0],
        form=form,
        rule=policy.form(filing.form_key),
        project=get_project(reading, filing.project_id) if filing.project_id else None,
        content=stored.content,
        sha256=stored.sha256,
        hashes=stored.hashes,
        progress=chain,
        sign_offs=sign_offs,
        revisions=_revisions(reading, filing_id),
        changed=tuple(differences(form, before.content, stored.content)) if before else (),
        changed_since=since,
        signers=signers.get(first, ()),
        signers_by_step=signers,
        may_decide=own.step.key if own else "",
        may_record=due[0].key if due and records else "",
        may_recall=live and acts_as_author(reading, actor, filing),
        may_rework=state.reworkable and acts_as_author(reading, actor, filing),
        documents=tuple(documents_of(reading, filing_id=filing_id)),
        signs_for=own.for_name if own else "",
        back=chain.earlier(own.step.key) if own else (),
        stand_ins={step.key: tuple(stand_ins_at(reading, step, signers[step.key])) for step in due},
        turns=turns_of_filing(reading, filing_id),
        stuck=stuck,
        may_hand_on=own.step.key if own else next((item.step_key for item in stuck if item.due and manages), ""),
        may_urge=bool(due) and (filing.author_id == actor or records),
        may_go_on=any(item.passed for item in stuck) and (manages or records or filing.author_id == actor),
        lines=_lines(reading, filing_id, stored, own.step, actor) if own else (),
        signatures=signature_states(reading, [filing]),
    )


def _lines(reading: Reading, filing_id: UUID, stored: Stored, step: Step, actor: UUID) -> tuple[CheckedLine, ...]:
    return tuple(checked_lines(reading.session, filing_id, stored.content, step, actor))


def _may(reading: Reading, actor: UUID, filing: Filing, action: Action) -> bool:
    standing = standing_of(reading.session, actor, reading.today)
    return may(reading.policy, standing, action, filing_subject(reading, filing))


def _seen_before(chain: Progress, due: str, sign_offs: Sequence[SignOffValue], now: int) -> int:
    """The revision against which changes are shown: what the step due saw last, else what anyone signed last."""
    open_ = not chain.complete
    own = [item.revision_no for item in sign_offs if open_ and item.step == due and item.revision_no < now]
    earlier = [item.revision_no for item in sign_offs if item.revision_no < now]
    return max(own or earlier, default=now - 1)


def _revision_no(reading: Reading, filing_id: UUID, no: int) -> Stored:
    query = select(Revision.id).where(Revision.filing_id == filing_id, Revision.n == no)
    return stored_revision(reading.session, reading.session.scalars(query).one())


def _revisions(reading: Reading, filing_id: UUID) -> tuple[RevisionRow, ...]:
    query = (
        select(Revision, Person.name)
        .outerjoin(Person, Revision.author_id == Person.id)
        .where(Revision.filing_id == filing_id)
        .order_by(Revision.n)
    )
    return tuple(
        RevisionRow(item.id, item.n, item.at, author or "", item.sha256)
        for item, author in reading.session.execute(query)
    )
