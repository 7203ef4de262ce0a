"""Filings as screens read them: lists, and one filing with its chain, its changes and what may be done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from desktop.domain.approval import Progress
from desktop.domain.approval import SignOff as SignOffValue
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.fields import Content
from desktop.domain.filing import Difference, FilingState, differences
from desktop.domain.form import Form
from desktop.domain.forms import bind
from desktop.domain.ledger import PersonRef
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.policy import Action, FormRule, Scope
from desktop.domain.rights import may
from desktop.services.approving import chain_progress, filing_subject, may_sign, signers_of_step
from desktop.services.archive import DocumentRow, documents_of
from desktop.services.filing_content import Stored, current_revision, sign_offs_of, stored_revision
from desktop.services.finding import holds
from desktop.services.office import Reading
from desktop.services.projects import get_project, named_on_project, visible
from desktop.services.standing import standing_of
from desktop.services.succession import acts_as_author
from desktop.store.tables import Filing, Person, Project, Revision, SignOff


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
    """A filing as lists show it; ``waiting`` is the title of the step whose turn it is."""

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

    @property
    def project(self) -> str:
        """The project's number and name; nothing for a filing about the office."""
        return f"{self.project_number} {self.project_name}".strip()


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
    ``may_decide`` and ``may_record`` name the step whose turn it is where the actor may sign or record it.
    ``signers`` may sign the step that is due; ``signers_by_step`` tells the same of every step of the chain.
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
    found += [_matches(word) for word in query.text.split()]
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


def _matches(word: str) -> ColumnElement[bool]:
    columns = (Filing.number, Filing.title, Project.name, Project.number, Project.pinyin)
    return or_(*(holds(column, word) for column in columns))


def _readable(reading: Reading, actor: UUID) -> list[ColumnElement[bool]]:
    signed = select(SignOff.filing_id).where(SignOff.signer_id == actor)
    return [
        Filing.project_id.is_(None),
        visible(reading, actor),
        Filing.author_id == actor,
        Filing.id.in_(signed),
        waits_for(reading, actor),
    ]


def waits_for(reading: Reading, person_id: UUID) -> ColumnElement[bool]:
    """The condition under which a filing's next signature is a person's: named by the form, or by a role held."""
    standing = standing_of(reading.session, person_id, reading.today)
    ways: list[ColumnElement[bool]] = [Filing.step_person_id == person_id]
    for role in reading.policy.roles:
        held = [item for item in standing.holdings if item.role == role.key]
        turn = Filing.step_role == role.key
        if role.held_as:
            ways.append(and_(turn, named_on_project(role.held_as, person_id)))
        if role.scope is Scope.OFFICE or any(item.everywhere for item in held):
            ways += [turn] if held else []
        elif role.scope is Scope.DEPARTMENT and held:
            places = [item.department_id for item in held]
            ways.append(and_(turn, or_(Project.department_id.in_(places), Project.sub_department_id.in_(places))))
        elif held:
            ways.append(and_(turn, Filing.project_id.in_([item.project_id for item in held])))
    return or_(*ways)


def filing_rows(reading: Reading, ids: Sequence[UUID]) -> list[FilingRow]:
    """The filings with these ids, in this order; those that are gone are left out."""
    query = (
        select(Filing, Project.number, Project.name, Person.name)
        .outerjoin(Project, Filing.project_id == Project.id)
        .outerjoin(Person, Filing.author_id == Person.id)
        .where(Filing.id.in_(ids))
    )
    by_id = {row[0].id: _row(reading, *row) for row in reading.session.execute(query)}
    return [by_id[key] for key in ids if key in by_id]


def _row(reading: Reading, filing: Filing, number: str | None, name: str | None, author: str | None) -> FilingRow:
    steps = reading.policy_version(filing.policy_id).form(filing.form_key).steps
    return FilingRow(
        id=filing.id,
        form_key=filing.form_key,
        title=filing.title,
        number=filing.number or "",
        project_id=filing.project_id,
        project_number=number or "",
        project_name=name or "",
        state=FilingState(filing.state),
        author=author or "",
        submitted_at=filing.submitted_at,
        decided_at=filing.decided_at,
        effective_on=filing.effective_on,
        revision_no=filing.revision_no,
        waiting=next((step.title for step in steps if step.key == filing.step_key), ""),
        waiting_since=filing.waiting_since,
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
        raise NotAllowed("您没有查看这份表单的权限。", todo="请与项目管理员联系。")
    policy = reading.policy_version(filing.policy_id)
    form = bind(filing.form_key, policy)
    stored = current_revision(reading.session, filing)
    progress = chain_progress(reading, filing, stored)
    sign_offs = tuple(sign_offs_of(reading.session, filing_id))
    state = FilingState(filing.state)
    due = progress.due if state is FilingState.IN_APPROVAL else None
    steps = [status.step for status in progress.steps]
    signers = {step.key: tuple(signers_of_step(reading, filing, stored.content, step)) for step in steps}
    since = _seen_before(progress, sign_offs, stored.no)
    before = _revision_no(reading, filing_id, since) if since else None
    return FilingPage(
        row=filing_rows(reading, [filing_id])[0],
        form=form,
        rule=policy.form(filing.form_key),
        project=get_project(reading, filing.project_id) if filing.project_id else None,
        content=stored.content,
        sha256=stored.sha256,
        hashes=stored.hashes,
        progress=progress,
        sign_offs=sign_offs,
        revisions=_revisions(reading, filing_id),
        changed=tuple(differences(form, before.content, stored.content)) if before else (),
        changed_since=since,
        signers=signers[due.key] if due else (),
        signers_by_step=signers,
        may_decide=due.key if due and may_sign(reading, actor, filing, stored.content, due) else "",
        may_record=due.key if due and _may(reading, actor, filing, Action.RECORD_PAPER) else "",
        may_recall=state is FilingState.IN_APPROVAL and acts_as_author(reading, actor, filing),
        may_rework=state.reworkable and acts_as_author(reading, actor, filing),
        documents=tuple(documents_of(reading, filing_id=filing_id)),
    )


def _may(reading: Reading, actor: UUID, filing: Filing, action: Action) -> bool:
    standing = standing_of(reading.session, actor, reading.today)
    return may(reading.policy, standing, action, filing_subject(reading, filing))


def _seen_before(progress: Progress, sign_offs: Sequence[SignOffValue], now: int) -> int:
    """The revision against which changes are shown: what the step due saw last, else what anyone signed last."""
    due = progress.due
    own = [item.revision_no for item in sign_offs if due and item.step == due.key and item.revision_no < now]
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
