import datetime as dt
import hashlib
import io

import pytest
from sqlalchemy import func, select

from desktop.domain.errors import Damaged, Refusal
from desktop.store.blobs import CHUNK, blob_bytes, put_blob, read_blob
from desktop.store.device import Installation
from desktop.store.engine import Database
from desktop.store.tables import BlobChunk
from tests.store.offices import behind


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_went_in_comes_out(db: Database, device: Installation, now: dt.datetime, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    with db.writing(None, device, now) as session:
        blob = put_blob(session, io.BytesIO(content), "image/png")
    assert (blob.sha256, blob.size) == (hashlib.sha256(content).hexdigest(), size)
    with db.reading() as reader:
        assert blob_bytes(reader, blob.sha256) == content
        assert all(len(piece) <= CHUNK for piece in read_blob(reader, blob.sha256))


def test_the_same_content_is_stored_once(db: Database, device: Installation, now: dt.datetime) -> None:
    with db.writing(None, device, now) as session:
        put_blob(session, io.BytesIO(b"logo"), "image/png")
    with db.writing(None, device, now) as session:
        put_blob(session, io.BytesIO(b"logo"), "image/jpeg")
    assert session.changes == frozenset()
    with db.reading() as reader:
        assert reader.scalar(select(func.count()).select_from(BlobChunk)) == 1


def test_what_is_too_large_is_refused(db: Database, device: Installation, now: dt.datetime) -> None:
    with db.writing(None, device, now) as session, pytest.raises(Refusal, match="超过 1 MB"):
        put_blob(session, io.BytesIO(b"x" * (CHUNK + 1)), "image/png", largest=CHUNK)
    with db.reading() as reader:
        assert reader.scalar(select(func.count()).select_from(BlobChunk)) == 0


def test_a_damaged_file_is_not_handed_out_as_whole(db: Database, device: Installation, now: dt.datetime) -> None:
    with db.writing(None, device, now) as session:
        blob = put_blob(session, io.BytesIO(b"scan"), "image/png")
        other = put_blob(session, io.BytesIO(b"else"), "image/png")
    piece = f"SELECT data FROM blob_chunk WHERE sha256 = '{other.sha256}'"
    behind(db, f"UPDATE blob_chunk SET data = ({piece}) WHERE sha256 = '{blob.sha256}'")
    with db.reading() as reader, pytest.raises(Damaged):
        blob_bytes(reader, blob.sha256)


def test_what_is_not_there_is_told(db: Database) -> None:
    with db.reading() as reader, pytest.raises(Refusal, match="没有这个文件"):
        blob_bytes(reader, "0" * 64)
