"""A filing's content in the database: sealed revisions, read back as forms understand them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from desktop.domain.approval import Decision, SignOff
from desktop.domain.calendar import WorkCalendar
from desktop.domain.canonical import read_canonical
from desktop.domain.clocks import deadline
from desktop.domain.errors import Refusal
from desktop.domain.fields import Content, Facts
from desktop.domain.filing import seal
from desktop.domain.form import Form
from desktop.domain.ledger import Project as LedgerProject
from desktop.domain.ledger import project_facts
from desktop.domain.policy import Policy
from desktop.services.office import Reading, Work
from desktop.services.standing import AnySession
from desktop.store.ids import new_id
from desktop.store.tables import Filing, Person, Revision, Section, subject_text
from desktop.store.tables import SignOff as SignOffRecord

_Represented = aliased(Person)


@dataclass(frozen=True)
class Stored:
    """One revision as stored: its content, the hash of each section and of the whole."""

    revision_id: UUID
    no: int
    content: Content
    hashes: dict[str, str]
    sha256: str


def stored_revision(session: AnySession, revision_id: UUID) -> Stored:
    """A revision's content.

    Raises:
        Refusal: there is no such revision.
    """
    revision = session.fetch(Revision, revision_id)
    sections = session.scalars(select(Section).where(Section.revision_id == revision_id)).all()
    content: dict[str, Any] = {item.key: read_canonical(item.text) for item in sections}
    return Stored(revision_id, revision.n, content, {item.key: item.sha256 for item in sections}, revision.sha256)


def current_revision(session: AnySession, filing: Filing) -> Stored:
    """The revision that counts now."""
    if filing.revision_id is None:
        raise Refusal("这份表单还没有内容。", todo="请刷新后重试。")
    return stored_revision(session, filing.revision_id)


def write_revision(work: Work, filing: Filing, form: Form, content: Content, note: str = "") -> Revision:
    """Seal a settled content as the filing's next revision and make it the one that counts."""
    policy = work.policy_version(filing.policy_id)
    sealed = seal(
        form, content, subject=subject_text(filing.subject_kind, filing.subject_id), policy_sha256=policy.sha256
    )
    revision = Revision(
        id=new_id(),
        filing_id=filing.id,
        parent_id=filing.revision_id,
        n=filing.revision_no + 1,
        author_id=work.actor,
        at=work.now,
        sha256=sealed.sha256,
        note=note,
    )
    work.session.add(revision)
    work.session.add_all(
        Section(revision_id=revision.id, key=item.key, text=item.text, sha256=item.sha256) for item in sealed.sections
    )
    filing.revision_id = revision.id
    filing.revision_no = revision.n
    return revision


def sign_offs_of(session: AnySession, filing_id: UUID) -> list[SignOff]:
    """Every decision on a filing, in the order given: by revision first, since the clocks of two seats may differ."""
    query = (
        select(SignOffRecord, Revision.n, Person.name, _Represented.name)
        .join(Revision, SignOffRecord.revision_id == Revision.id)
        .outerjoin(Person, SignOffRecord.recorded_by == Person.id)
        .outerjoin(_Represented, SignOffRecord.for_id == _Represented.id)
        .where(SignOffRecord.filing_id == filing_id)
        .order_by(Revision.n, SignOffRecord.at, SignOffRecord.id)
    )
    return [
        _sign_off(row, no, recorded or "", represented or "")
        for row, no, recorded, represented in session.execute(query)
    ]


def _sign_off(row: SignOffRecord, revision_no: int, recorded_name: str, for_name: str) -> SignOff:
    covers = read_canonical(row.covers)
    return SignOff(
        id=row.id,
        step=row.step_key,
        decision=Decision(row.decision),
        signer_id=row.signer_id,
        signer_name=row.signer_name,
        recorded_by=row.recorded_by,
        recorded_name=recorded_name if row.on_paper else "",
        on=row.signed_on,
        at=row.at,
        opinion=row.opinion,
        covers={str(key): str(value) for key, value in covers.items()} if isinstance(covers, dict) else {},
        policy_sha256=row.policy_sha256,
        revision_no=revision_no,
        on_paper=row.on_paper,
        scan_sha256=row.scan_sha or "",
        for_id=row.for_id,
        for_name=for_name,
        back_to=row.back_to or "",
    )


def form_facts(reading: Reading, policy: Policy, project: LedgerProject | None, calendar: WorkCalendar) -> Facts:
    """The facts that a form about this project (or about the office) copies today, its deadlines included."""
    if project is None:
        return {"today": reading.today.isoformat()}
    facts = dict(project_facts(project, policy, reading.today))
    for clock in policy.clocks:
        day = deadline(clock, project, calendar)
        facts[f"clock.{clock.key}"] = day.isoformat() if day else None
    return facts
