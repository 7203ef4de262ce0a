"""Archived files as their readers get them: by the right to see the project or the filing where they lie."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from desktop.domain.errors import NotAllowed
from desktop.services.filings import FilingQuery, filing_ids
from desktop.services.office import Reading, ask_keepers
from desktop.services.projects import may_see
from desktop.store.blobs import blob_bytes
from desktop.store.tables import Document


def read_file(reading: Reading, actor: UUID, sha256: str) -> bytes:
    """The content of an archived file, checked against its hash.

    A file that no list holds yet belongs to an unsent draft, and only its author's draft knows its hash.

    Raises:
        NotAllowed: it lies where the actor sees nothing.
        Refusal: there is no such file. Damaged: it is not what was archived.
    """
    query = select(Document.project_id, Document.filing_id).where(Document.blob_sha == sha256)
    places = [(project, filing) for project, filing in reading.session.execute(query)]
    if places and not any(_sees(reading, actor, project, filing) for project, filing in places):
        raise NotAllowed("您没有查看这个文件的权限。", todo=ask_keepers(reading.policy))
    return blob_bytes(reading.session, sha256)


def _sees(reading: Reading, actor: UUID, project_id: UUID | None, filing_id: UUID | None) -> bool:
    if filing_id is not None and filing_ids(reading, actor, FilingQuery(only=filing_id)):
        return True
    return project_id is not None and may_see(reading, actor, project_id)
