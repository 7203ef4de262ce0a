"""Paper: filings with their revisions, sections, sign-offs and archived files."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.store.tables.base import (
    Base,
    Day,
    Fact,
    Flag,
    InsertOnly,
    Journaled,
    Key,
    Large,
    Moment,
    Record,
    Whole,
    Words,
    link,
)


def subject_text(kind: str, key: str) -> str:
    """How a filing's subject is spelled where ``desktop.domain.filing.seal`` asks for it."""
    return f"{kind}:{key}"


class Filing(Record, kw_only=True):
    """One filled-in form and where it stands; its content is the current revision's sections.

    Whose turn it is stands in ``turn``. ``period`` is the week (``2026-W47``), month or day that it speaks of, where
    its form is given again and again.
    """

    __tablename__ = "filing"
    __table_args__ = (
        Index(
            "uq_filing_number",
            "number",
            unique=True,
            sqlite_where=text("number IS NOT NULL"),  # PostgreSQL's as well, but saying so would load its dialect
        ),
        Index(None, "project_id", "created_at"),
        Index(None, "state", "submitted_at"),
        Index(None, "subject_id"),
        Index(None, "author_id"),
        Index(None, "form_key", "period"),
        Index(None, "created_at", "id"),
        Index(None, "revision_id"),
    )

    form_key: Mapped[Words]
    subject_kind: Mapped[Words]
    subject_id: Mapped[Words]
    project_id: Mapped[Key | None] = mapped_column(link("project.id"), default=None)
    number: Mapped[Words | None] = mapped_column(default=None)
    title: Mapped[Words]
    period: Mapped[Words | None] = mapped_column(default=None)
    state: Mapped[Words]
    author_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    policy_id: Mapped[Key | None] = mapped_column(link("policy_version.id"), default=None)
    revision_id: Mapped[Key | None] = mapped_column(link("revision.id", closes_ring=True), default=None)
    revision_no: Mapped[Whole] = mapped_column(default=0)
    created_at: Mapped[Moment]
    submitted_at: Mapped[Moment | None] = mapped_column(default=None)
    decided_at: Mapped[Moment | None] = mapped_column(default=None)
    effective_on: Mapped[Day | None] = mapped_column(default=None)


class Revision(Fact, kw_only=True):
    """One state of a filing's content.

    ``sha256`` is ``desktop.domain.filing.revision_hash`` of its form, its subject as ``subject_text`` spells it, its
    policy and its sections' hashes. ``conditions`` lists, as canonical text, the conditions by which steps of the
    chain apply, as they held at submission; older programs wrote none.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("filing_id", "n"),)

    filing_id: Mapped[Key] = mapped_column(link("filing.id"))
    parent_id: Mapped[Key | None] = mapped_column(link("revision.id"), default=None)
    n: Mapped[Whole]
    author_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    at: Mapped[Moment]
    sha256: Mapped[Words]
    note: Mapped[Words] = mapped_column(default="")
    conditions: Mapped[Words | None] = mapped_column(default=None)


class Section(Fact, kw_only=True):
    """The canonical text of one section in one revision, and its hash."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("revision_id", "key"),)

    revision_id: Mapped[Key] = mapped_column(link("revision.id"))
    key: Mapped[Words]
    text: Mapped[Words]
    sha256: Mapped[Words]


class SignOff(Fact, kw_only=True):
    """One decision at one step of a chain; binds by ``covers`` to the hashes of the sections that were seen.

    ``covers`` is canonical text ``{section key: sha256}``; a signature on paper (代录) has ``on_paper``, the scan's
    hash and who recorded it. ``for_id`` is the person for whom a stand-in (代理人) signed; ``back_to`` the earlier
    step to which a return goes (without it, to the author).
    """

    __tablename__ = "sign_off"
    __table_args__ = (Index(None, "filing_id", "at"), Index(None, "signer_id"))

    filing_id: Mapped[Key] = mapped_column(link("filing.id"))
    revision_id: Mapped[Key] = mapped_column(link("revision.id"))
    step_key: Mapped[Words]
    decision: Mapped[Words]
    signer_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    signer_name: Mapped[Words]
    recorded_by: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    signed_on: Mapped[Day]
    at: Mapped[Moment]
    opinion: Mapped[Words] = mapped_column(default="")
    covers: Mapped[Words]
    policy_sha256: Mapped[Words]
    on_paper: Mapped[Flag] = mapped_column(default=False)
    scan_sha: Mapped[Words | None] = mapped_column(link("blob.sha256"), default=None)
    for_id: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    back_to: Mapped[Words | None] = mapped_column(default=None)
    signature: Mapped[Words] = mapped_column(default="")


class Document(Fact, kw_only=True):
    """A file archived on a project or a filing (DOC-3): a new version stands beside the one it ``replaces``."""

    __tablename__ = "document"
    __table_args__ = (Index(None, "project_id", "at"), Index(None, "filing_id", "at"))

    project_id: Mapped[Key | None] = mapped_column(link("project.id"), default=None)
    filing_id: Mapped[Key | None] = mapped_column(link("filing.id"), default=None)
    name: Mapped[Words]
    blob_sha: Mapped[Words] = mapped_column(link("blob.sha256"))
    size: Mapped[Large]
    media_type: Mapped[Words]
    kind: Mapped[Words] = mapped_column(default="")
    added_by: Mapped[Key | None] = mapped_column(link("person.id"), default=None)
    at: Mapped[Moment]
    replaces_id: Mapped[Key | None] = mapped_column(link("document.id"), default=None)


class Blob(Journaled, InsertOnly, Base, kw_only=True):
    """A file's content, named by its hash; ``size`` in bytes."""

    __tablename__ = "blob"

    sha256: Mapped[Words] = mapped_column(primary_key=True)
    size: Mapped[Large]
    media_type: Mapped[Words]


class BlobChunk(InsertOnly, Base, kw_only=True):
    """One piece of a blob, in order of ``n``; not journaled, because the blob's hash binds it."""

    __tablename__ = "blob_chunk"

    sha256: Mapped[Words] = mapped_column(link("blob.sha256"), primary_key=True)
    n: Mapped[Whole] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
