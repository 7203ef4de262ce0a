"""The archive of files (DOC-3): scans and attachments, found again by project and filing, never changed."""

from __future__ import annotations

import datetime as dt
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select

from desktop.domain.errors import Refusal
from desktop.domain.field import Content
from desktop.domain.fields import AttachmentField
from desktop.domain.form import Form, Grid, value_of
from desktop.domain.policy_terms import Action
from desktop.domain.rights import Subject, may
from desktop.services.office import Reading, Work, not_allowed
from desktop.services.projects import get_project, subject_of
from desktop.services.standing import standing_of
from desktop.store.blobs import known_blob, put_blob
from desktop.store.tables import Blob, Document, Filing, Person

ATTACHMENT = "attachment"
"""The kind of document that a filing's attachment is archived as."""

_DEED = "在此项目存档"


@dataclass(frozen=True)
class DocumentRow:
    """An archived file as lists show it; ``size`` in bytes."""

    id: UUID
    name: str
    sha256: str
    size: int
    media_type: str
    kind: str
    added_by: str
    at: dt.datetime
    project_id: UUID | None
    filing_id: UUID | None
    filing_number: str


def archive_file(
    work: Work,
    path: Path,
    *,
    project_id: UUID | None = None,
    filing_id: UUID | None = None,
    kind: str = "",
    replaces_id: UUID | None = None,
) -> DocumentRow:
    """Put a file into the archive of a project or a filing; its new version stands beside the old.

    Asks for no right: the use-case around it has.

    Raises:
        Refusal: the file cannot be read, is empty or too large.
    """
    blob = store_file(work, path)
    document = Document(
        project_id=project_id,
        filing_id=filing_id,
        name=path.name,
        blob_sha=blob.sha256,
        size=blob.size,
        media_type=blob.media_type,
        kind=kind,
        added_by=work.actor,
        at=work.now,
        replaces_id=replaces_id,
    )
    work.session.add(document)
    work.session.flush()
    return _row(document, work.actor_name, "")


def add_document(work: Work, path: Path, project_id: UUID, kind: str = "") -> DocumentRow:
    """Archive a file on a project on its own, outside any filing.

    ``kind`` names a document of the policy (技术文档目录, DOC-2); without one it is just a file of the project.

    Raises:
        NotAllowed: the actor may not archive on this project.
        Refusal: the policy knows no such document; or the file cannot be read, is empty or too large.
    """
    subject: Subject = subject_of(get_project(work, project_id))
    work.need(Action.ARCHIVE, subject, what=_DEED)
    if kind and kind not in {item.key for item in work.policy.documents}:
        raise Refusal(f"制度中没有“{kind}”这类文档。", kept="没有存入任何内容。", todo="请刷新后另选类别。")
    return archive_file(work, path, project_id=project_id, kind=kind)


def archive_refusal(reading: Reading, actor: UUID, project_id: UUID) -> str:
    """Why this person may not archive on a project, in words; nothing for one who may."""
    held = standing_of(reading.session, actor, reading.today)
    if may(reading.policy, held, Action.ARCHIVE, subject_of(get_project(reading, project_id))):
        return ""
    refused = not_allowed(reading, Action.ARCHIVE, "*", _DEED)
    return f"{refused.what}{refused.todo}"


def store_file(work: Work, path: Path) -> Blob:
    """Put a file's content into the archive, named by its hash.

    Raises:
        Refusal: the file cannot be read, is empty or too large.
    """
    try:
        with path.open("rb") as stream:
            _refuse_empty(stream, path)
            return put_blob(work.session, stream, media_type(path.name))
    except OSError as error:
        raise Refusal(
            f"文件“{path.name}”无法读取。",
            kept="没有存入任何内容。",
            todo="请确认文件还在、没有被别的程序独占。",
            details=str(error),
        ) from error


def store_attachment(work: Work, path: Path) -> dict[str, str | int]:
    """Put a file into the archive for a draft's attachment field; the value binds it by its hash.

    Everybody in the office may: the file stands in no list until a filing that holds it is submitted, and that asks
    for the right to file.
    """
    blob = store_file(work, path)
    return {"sha256": blob.sha256, "name": path.name, "size": blob.size}


def _refuse_empty(stream: BinaryIO, path: Path) -> None:
    if not stream.read(1):
        raise Refusal(f"文件“{path.name}”是空的。", kept="没有存入任何内容。", todo="请重新扫描或另选文件。")
    stream.seek(0)


def media_type(name: str) -> str:
    """The media type that a file's name tells, or that of bytes."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def attach_files(work: Work, filing: Filing, form: Form, content: Content) -> None:
    """List a submitted filing's attachments among its documents."""
    known = set(work.session.scalars(select(Document.blob_sha).where(Document.filing_id == filing.id)))
    for section in form.sections:
        for item in section.fields if isinstance(section, Grid) else ():
            files = value_of(content, section.key, item.key) if isinstance(item, AttachmentField) else None
            for file in files if isinstance(files, list) else ():
                if file["sha256"] in known:
                    continue
                known.add(file["sha256"])
                blob = known_blob(work.session, file["sha256"], media_type(file["name"]))
                work.session.add(
                    Document(
                        project_id=filing.project_id,
                        filing_id=filing.id,
                        name=file["name"],
                        blob_sha=blob.sha256,
                        size=blob.size,
                        media_type=blob.media_type,
                        kind=ATTACHMENT,
                        added_by=work.actor,
                        at=work.now,
                    )
                )


def documents_of(
    reading: Reading, *, project_id: UUID | None = None, filing_id: UUID | None = None
) -> list[DocumentRow]:
    """The archived files of a project or of a filing, the latest first; for whom it was opened."""
    query = (
        select(Document, Person.name, Filing.number)
        .outerjoin(Person, Document.added_by == Person.id)
        .outerjoin(Filing, Document.filing_id == Filing.id)
        .where(or_(*_owners(project_id, filing_id)))
        .order_by(Document.at.desc(), Document.id.desc())
    )
    return [_row(item, name or "", number or "") for item, name, number in reading.session.execute(query)]


def _owners(project_id: UUID | None, filing_id: UUID | None) -> list[ColumnElement[bool]]:
    owners: list[ColumnElement[bool]] = [false()]
    if project_id:
        owners.append(Document.project_id == project_id)
    if filing_id:
        owners.append(Document.filing_id == filing_id)
    return owners


def _row(item: Document, added_by: str, filing_number: str) -> DocumentRow:
    return DocumentRow(
        item.id,
        item.name,
        item.blob_sha,
        item.size,
        item.media_type,
        item.kind,
        added_by,
        item.at,
        item.project_id,
        item.filing_id,
        filing_number,
    )
