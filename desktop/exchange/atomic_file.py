"""Writing a file whole or not at all: beside its place first, then put there in one step."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from desktop.domain.errors import Refusal

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A stream that becomes ``path`` when the block ends well; otherwise what stood there stays as it was.

    Raises:
        Refusal: the place is locked (open in Excel), may not be written, is missing or full.
    """
    beside = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.tmp")
    try:
        if path.exists():
            path.open("r+b").close()  # tells before the work whether somebody holds the file
        with beside.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        raise _refusal(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _refusal(path: Path, error: OSError) -> Refusal:
    folder, name = path.parent, path.name
    kept = "原来的文件没有改动。" if path.is_file() else "没有留下写了一半的文件。"
    if error.errno in _FULL:
        return Refusal(f"磁盘已满，“{name}”没有保存。", kept=kept, todo="请腾出空间或换一个位置。")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Refusal(f"文件夹“{folder}”不存在，“{name}”没有保存。", kept=kept, todo="请换一个位置。")
    if path.is_dir():
        return Refusal(f"“{name}”是文件夹，不能存成文件。", kept=kept, todo="请换一个名字。")
    return Refusal(
        f"“{name}”写不进去：它可能正在 Excel 中打开，或者这个位置不允许写入。",
        kept=kept,
        todo="请关闭该文件后重试，或换一个名字、位置。",
        details=repr(error),
    )
