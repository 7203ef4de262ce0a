"""Writing a file whole or not at all."""

import errno
from pathlib import Path

import pytest

from desktop.domain.errors import Refusal
from desktop.exchange.atomic_file import replacing


def test_a_file_takes_its_place_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with replacing(path) as stream:
        stream.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["台账.xlsx"]


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "磁盘已满"), (errno.EDQUOT, "磁盘已满"), (errno.EROFS, "写不进去")]
)
def test_a_disk_that_takes_no_more_leaves_what_was_there(tmp_path: Path, number: int, words: str) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"before")

    def write_half() -> None:
        with replacing(path) as stream:
            stream.write(b"half")
            raise OSError(number, "no")

    with pytest.raises(Refusal, match=words):
        write_half()
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["台账.xlsx"]


def test_a_very_long_name_is_written_too(tmp_path: Path) -> None:
    path = tmp_path / ("长" * 80 + ".xlsx")
    with replacing(path) as stream:
        stream.write(b"x")
    assert path.exists()
