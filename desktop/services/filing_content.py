"""A filing's content in the database: sealed revisions, read back as forms understand them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from desktop.domain.approval import Decision, SignOff
from desktop.domain.canonical import canonical_text, read_canonical
from desktop.domain.conflicts import Stale
from desktop.domain.errors import Refusal
from desktop.domain.field import Content
from desktop.domain.filing import seal
from desktop.domain.form import Form
from desktop.services.office import Work
from desktop.services.record_words import moment_text
from desktop.services.standing import AnySession
from desktop.store.ids import new_id
from desktop.store.tables import Filing, Person, Revision, Section, subject_text
from desktop.store.tables import SignOff as SignOffRecord

_Represented = aliased(Person)


@dataclass(frozen=True)
class Stored:
    """One revision as stored: its content, the hash of each section and of the whole.

    ``conditions`` are those by which steps of its chain apply, as they held at submission; ``None`` where an older
    program wrote none.
    """

    revision_id: UUID
    no: int
    content: Content
    hashes: dict[str, str]
    sha256: str
    conditions: frozenset[str] | None = None


def moved_on(session: AnySession, filing: Filing, *, kept: str) -> Stale:
    """What is said to whoever decides on content that is no longer the filing's: who renewed it, when, as which one."""
    revision = session.get(Revision, filing.revision_id) if filing.revision_id else None
    author = session.get(Person, revision.author_id) if revision is not None and revision.author_id else None
    who = f"由{author.name}" if author is not None else ""
    when = f"于 {moment_text(revision.at)} " if revision is not None else ""
    number = f"第 {revision.n} 版" if revision is not None else "新的一版"
    return Stale(
        f"{filing.number} 已经{who}{when}更新为{number}，您看到的不是最新的内容。",
        kept=kept,
        todo="请看过新的内容后再办理。",
    )


def stored_revision(session: AnySession, revision_id: UUID) -> Stored:
    """A revision's content.

    Raises:
        Refusal: there is no such revision.
    """
    revision = session.fetch(Revision, revision_id)
    sections = session.scalars(select(Section).where(Section.revision_id == revision_id)).all()
    content: dict[str, Any] = {item.key: read_canonical(item.text) for item in sections}
    return Stored(
        revision_id,
        revision.n,
        content,
        {item.key: item.sha256 for item in sections},
        revision.sha256,
        _conditions(revision.conditions),
    )


def _conditions(text: str | None) -> frozenset[str] | None:
    names: Any = None if text is None else read_canonical(text)
    return None if names is None else frozenset(names)


def current_revision(session: AnySession, filing: Filing) -> Stored:
    """The revision that counts now."""
    if filing.revision_id is None:
        raise Refusal("这份表单还没有内容。", todo="请刷新后重试。")
    return stored_revision(session, filing.revision_id)


def write_revision(
    work: Work, filing: Filing, form: Form, content: Content, conditions: Collection[str], note: str = ""
) -> Revision:
    """Seal a settled content as the filing's next revision, with the conditions that hold for it now."""
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
        conditions=canonical_text(sorted(conditions)),
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
    query = _all_sign_offs().where(SignOffRecord.filing_id == filing_id)
    return [
        _sign_off(row, no, recorded or "", represented or "")
        for row, no, recorded, represented in session.execute(query)
    ]


@cache
def _all_sign_offs() -> Select[SignOffRecord, int, str | None, str | None]:
    return (
        select(SignOffRecord, Revision.n, Person.name, _Represented.name)
        .join(Revision, SignOffRecord.revision_id == Revision.id)
        .outerjoin(Person, SignOffRecord.recorded_by == Person.id)
        .outerjoin(_Represented, SignOffRecord.for_id == _Represented.id)
        .order_by(Revision.n, SignOffRecord.at, SignOffRecord.id)
    )


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
