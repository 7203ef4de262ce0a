"""Contents and their hashes: sections, revisions, sign-offs, policies and archived files."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.canonical import Json, read_canonical, sha256_text
from desktop.domain.errors import Refusal
from desktop.domain.filing import revision_hash
from desktop.store.tables import (
    Blob,
    BlobChunk,
    Document,
    Filing,
    PolicyVersion,
    Revision,
    Section,
    SignOff,
    subject_text,
)
from desktop.store.verify.finding import Finding, place_of


def check_contents(session: Session) -> Iterator[Finding]:
    """Hash again whatever is bound by a hash."""
    yield from _check_policies(session)
    sections: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    yield from _check_sections(session, sections)
    covered: defaultdict[UUID, set[str]] = defaultdict(set)
    yield from _check_revisions(session, sections, covered)
    for filing_id, blob in session.execute(select(Document.filing_id, Document.blob_sha)):
        if filing_id is not None:
            covered[filing_id].add(blob)
    yield from _check_sign_offs(session, covered)
    yield from _check_blobs(session)


def _check_policies(session: Session) -> Iterator[Finding]:
    query = select(PolicyVersion.id, PolicyVersion.title, PolicyVersion.text, PolicyVersion.sha256)
    for key, title, text, sha256 in session.execute(query):
        if sha256_text(text) != sha256:
            where = place_of("policy_version", {"title": title})
            yield Finding(where, "制度全文与其校验值不符。", "policy_version", str(key))


def _check_sections(session: Session, sections: defaultdict[UUID, dict[str, str]]) -> Iterator[Finding]:
    query = select(Section.id, Section.revision_id, Section.key, Section.text, Section.sha256)
    for key, revision_id, name, text, sha256 in session.execute(query.execution_options(yield_per=2000)):
        sections[revision_id][name] = sha256
        if sha256_text(text) != sha256:
            yield Finding(f"申请单内容 {name}", "内容与其校验值不符。", "section", str(key))


def _check_revisions(
    session: Session, sections: defaultdict[UUID, dict[str, str]], covered: defaultdict[UUID, set[str]]
) -> Iterator[Finding]:
    """A revision's hash must come out under its filing's policy, or one under which the filing stood before."""
    policies = dict(session.execute(select(PolicyVersion.id, PolicyVersion.sha256)).all())
    told = (Filing.form_key, Filing.subject_kind, Filing.subject_id, Filing.policy_id, Filing.number, Filing.title)
    query = select(Revision.id, Revision.n, Revision.sha256, Filing.id, *told)
    query = query.join(Filing, Filing.id == Revision.filing_id)
    for row in session.execute(query.execution_options(yield_per=1000)):
        key, n, sha256, filing_id, form_key, kind, subject_id, policy_id, number, title = row
        covered[filing_id].update(sections[key].values())
        subject = subject_text(kind, subject_id)
        own = "" if policy_id is None else policies.get(policy_id, "")
        tried = (own, *(other for other in policies.values() if other != own))
        if not any(revision_hash(form_key, subject, policy, sections[key]) == sha256 for policy in tried):
            where = place_of("filing", {"number": number, "title": title})
            yield Finding(f"{where} 第 {n} 版", "各部分与整份的校验值不符。", "revision", str(key))


def _check_sign_offs(session: Session, covered: defaultdict[UUID, set[str]]) -> Iterator[Finding]:
    query = select(SignOff.id, SignOff.filing_id, SignOff.signer_name, SignOff.covers, Filing.number, Filing.title)
    query = query.join(Filing, Filing.id == SignOff.filing_id)
    for key, filing_id, signer, covers, number, title in session.execute(query.execution_options(yield_per=2000)):
        where = f"{place_of('filing', {'number': number, 'title': title})} {signer}的签字"
        bound: Json
        try:
            bound = read_canonical(covers)
        except (ValueError, Refusal):
            bound = None
        if not isinstance(bound, dict):
            yield Finding(where, "签字所确认的内容无法读取。", "sign_off", str(key))
        elif not {str(item) for item in bound.values()} <= covered[filing_id]:
            yield Finding(where, "签字所确认的内容在该申请单中找不到。", "sign_off", str(key))


def _check_blobs(session: Session) -> Iterator[Finding]:
    sizes = dict(session.execute(select(Blob.sha256, Blob.size)).all())
    query = select(BlobChunk.sha256, BlobChunk.n, BlobChunk.data).order_by(BlobChunk.sha256, BlobChunk.n)
    for key, chunks in groupby(session.execute(query.execution_options(yield_per=4)), key=lambda row: row.sha256):
        seen, size, numbered = hashlib.sha256(), 0, True
        for place, chunk in enumerate(chunks):
            data = chunk.data if isinstance(chunk.data, bytes) else b""
            seen.update(data)
            size += len(data)
            numbered = numbered and chunk.n == place and data != b""
        if (seen.hexdigest(), size) != (key, sizes.pop(key, None)) or not numbered:
            yield Finding(f"档案文件 {key[:8]}", "文件内容与存入时不符。", "blob_chunk", key)
    for key, size in sizes.items():
        if size:
            yield Finding(f"档案文件 {key[:8]}", "文件内容缺失。", "blob_chunk", key)
