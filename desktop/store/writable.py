"""Whether a folder or a data file can be written, found out by trying, and told in plain words."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

ROOM_FOR_AN_OFFICE = 4 << 20
"""Bytes: a new office's file and the journal beside it, with something to spare."""
_PROBE = 4096
_JOURNAL = "-journal"
_SQLITE_LONGEST = 512 if sys.platform != "win32" else 259  # bytes of the name; on Windows UTF-16 units

_REASONS = {
    errno.EROFS: "所在的磁盘是只读的",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.ENOSPC: "所在的磁盘已满",
    errno.EDQUOT: "所在的磁盘配额已用完",
    errno.ENAMETOOLONG: "路径太长",
    errno.ENOENT: "文件夹不存在",
    errno.ENOTDIR: "它或它的上级不是文件夹",
    errno.EEXIST: "已有同名的文件",
}


def reason(error: OSError) -> str:
    """Why writing failed, in a few words without an end mark."""
    return _REASONS.get(error.errno or 0, error.strerror or type(error).__name__)


def is_full(error: OSError) -> bool:
    """Whether nothing but room is lacking."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def writing_error(folder: Path) -> OSError | None:
    """What stands in the way of writing into a folder; found out by writing a small file and removing it again."""
    probe = folder / f".epm-desk-{os.urandom(8).hex()}"
    try:
        with probe.open("xb") as stream:
            stream.write(bytes(_PROBE))
    except OSError as error:
        return error
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    return None


def is_too_long(file: Path) -> bool:
    """Whether SQLite could not open a data file of this name: it needs room for the journal's name, too."""
    name = os.fsencode(file) if sys.platform != "win32" else str(file)
    return len(name) + len(_JOURNAL) > _SQLITE_LONGEST


def trouble_of_new(file: Path) -> str:
    """Why no data file can be made there, or nothing; neither file nor folders are made."""
    if is_too_long(file):
        return f"路径太长（{len(str(file))} 个字），请放到层次较浅、名称较短的文件夹里。"
    folder = next(parent for parent in file.parents if parent.exists() or parent == parent.parent)
    error = writing_error(folder) if folder.is_dir() else NotADirectoryError(errno.ENOTDIR, "")
    if error is not None:
        return f"不能在“{folder}”中新建文件：{reason(error)}。请另选一个可以写入的文件夹。"
    if shutil.disk_usage(folder).free < ROOM_FOR_AN_OFFICE:
        return f"“{folder}”所在的磁盘快满了，放不下新的数据文件。请清理磁盘空间，或另选一个磁盘。"
    return ""


def trouble_of_saving(file: Path) -> str:
    """Why nothing could be saved in a data file that is there, or nothing; the file itself is not touched.

    On POSIX it is not even opened: closing it again would drop the locks that SQLite holds on it.
    """
    if not _may_write(file):
        return f"数据文件“{file.name}”是只读的，可以查看和打印，不能保存。请取消文件的“只读”属性或磁盘的写保护。"
    error = writing_error(file.parent)
    if error is None:
        return ""
    if is_full(error):
        return f"数据文件“{file.name}”{reason(error)}，可以查看和打印，不能保存。请清理磁盘空间。"
    return (
        f"数据文件“{file.name}”所在的文件夹不能写入（{reason(error)}），可以查看和打印，不能保存。"
        "请向管理员要求该文件夹的写入权限。"
    )


def _may_write(file: Path) -> bool:
    if sys.platform == "win32":  # where access() looks at an attribute alone
        try:
            file.open("r+b").close()
        except OSError:
            return False
    return os.access(file, os.W_OK)


def write_whole(file: Path, text: str) -> None:
    """Write a small file whole or not at all.

    Raises:
        OSError: it cannot be written; what was there before stands.
    """
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(file)
    except OSError:
        with suppress(OSError):  # a full disk shall not be filled with parts
            partial.unlink(missing_ok=True)
        raise
