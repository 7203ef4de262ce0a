"""The archive of files: content named by its hash, in pieces inside the database, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from desktop.domain.errors import Damaged, Refusal
from desktop.store.guard.guarded import is_guarded
from desktop.store.sessions import WriteSession
from desktop.store.tables import Blob, BlobChunk, table_of

_SIZE = text("SELECT guard.blob_size(:sha)")
CHUNK = 1024 * 1024
LARGEST = 200 * 1024 * 1024


def put_blob(session: WriteSession, stream: BinaryIO, media_type: str, *, largest: int = LARGEST) -> Blob:
    """Archive what ``stream`` holds from its present place to its end; it must be seekable.

    Content that is there already is not stored twice. ``largest`` is in bytes.

    Raises:
        Refusal: it is too large, or changed while it was read.
    """
    start = stream.tell()
    sha256, size = _measure(stream, largest)
    known = session.get(Blob, sha256)
    if known is not None:
        return known
    if _kept_unseen(session, sha256) is not None:
        return Blob(sha256=sha256, size=size, media_type=media_type)
    blob = Blob(sha256=sha256, size=size, media_type=media_type)
    session.add(blob)
    session.flush()
    stream.seek(start)
    again = hashlib.sha256()
    for number, data in enumerate(_pieces(stream)):
        again.update(data)
        row = {"sha256": sha256, "n": number, "data": data}
        session.connection().execute(insert(table_of(BlobChunk)), row)
    if again.hexdigest() != sha256:
        raise Refusal("文件在读取过程中被改动。", kept="没有存入任何内容。", todo="请关闭正在编辑它的程序后重试。")
    return blob


def known_blob(session: Session, sha256: str, media_type: str) -> Blob:
    """What is archived under a hash; of content that only others may read, its size and the ``media_type`` given.

    Raises:
        Refusal: there is no such content.
    """
    known = session.get(Blob, sha256)
    if known is not None:
        return known
    size = _kept_unseen(session, sha256)
    if size is None:
        raise Refusal("档案中没有这个文件。", todo="请重新添加附件后再试。", details=sha256)
    return Blob(sha256=sha256, size=size, media_type=media_type)


def _kept_unseen(session: Session, sha256: str) -> int | None:
    """The size of content that somebody else archived and the server keeps from this person."""
    connection = session.connection()
    size = connection.scalar(_SIZE, {"sha": sha256}) if is_guarded(connection) else None
    return None if size is None else int(size)


def read_blob(session: Session, sha256: str) -> Iterator[bytes]:
    """The content piece by piece; its hash is checked on the way.

    Raises:
        Refusal: there is no such content.
        Damaged: what was read is not what was archived.
    """
    if session.get(Blob, sha256) is None:
        raise Refusal("档案中没有这个文件。", todo="请刷新后重试。", details=sha256)
    seen = hashlib.sha256()
    pieces = select(BlobChunk.data).where(BlobChunk.sha256 == sha256).order_by(BlobChunk.n)
    for data in session.scalars(pieces.execution_options(yield_per=1)):
        seen.update(data)
        yield data
    if seen.hexdigest() != sha256:
        raise Damaged(
            "档案中的这个文件与存入时不符，可能已经损坏。",
            kept="档案未作改动。",
            todo="请从备份中取回该文件。",
            details=sha256,
        )


def blob_bytes(session: Session, sha256: str) -> bytes:
    """The whole content at once, for what is known to be small (a logo, a scan)."""
    return b"".join(read_blob(session, sha256))


def _measure(stream: BinaryIO, largest: int) -> tuple[str, int]:
    seen, size = hashlib.sha256(), 0
    for data in _pieces(stream):
        seen.update(data)
        size += len(data)
        if size > largest:
            raise Refusal(
                f"文件超过 {largest // (1024 * 1024)} MB，不能存入档案。",
                kept="没有存入任何内容。",
                todo="请压缩或拆分后再存入。",
            )
    return seen.hexdigest(), size


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while data := stream.read(CHUNK):
        yield data
