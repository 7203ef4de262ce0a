"""Files that appear whole or not at all: written under another name, checked, flushed, and named."""

from __future__ import annotations

import itertools
import os
import platform
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from desktop.domain.canonical import sha256_text
from desktop.domain.errors import Damaged, Refusal
from desktop.store.writable import is_full

PARTIAL = ".partial"
_DAY = 86_400
_numbers = itertools.count(1)


@contextmanager
def writing_into(folder: Path, undone: str, *, room: int = 0) -> Iterator[None]:
    """What goes wrong while a file is written there is the folder's affair; ``undone`` says what was not done.

    ``room`` is how many bytes the file needs.

    Raises:
        Refusal: the folder cannot be written or has no room.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        full = "所在的磁盘已满。" if _is_full(error) else ""
        needed = f"还有 {room // 1_000_000 + 1} MB 空间" if room else "还有空间"
        raise Refusal(
            f"不能在“{folder}”中写备份，{undone}。",
            kept="数据未作改动。",
            todo=f"{full}请检查该文件夹能否写入、所在磁盘是否{needed}，然后再试。",
            details=f"{type(error).__name__}: {error}",
        ) from error


def _is_full(error: OSError | sqlite3.OperationalError) -> bool:
    if isinstance(error, OSError):
        return is_full(error)
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL


@contextmanager
def half_made(folder: Path, name: str) -> Iterator[Path]:
    """A file of this process alone for what is being written of ``name``; whatever is left of it is gone at the end.

    What a process that was killed left of the same name is removed, too.

    Raises:
        OSError: the folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    of, here = sha256_text(name)[:16], sha256_text(platform.node())[:8]
    for left in folder.glob(f".{of}-*{PARTIAL}*"):
        if _is_left(left, here):
            remove(left)
    partial = folder / f".{of}-{here}-{os.getpid()}-{next(_numbers)}{PARTIAL}"
    try:
        yield partial
    finally:
        remove(partial)
        remove(partial.with_name(f"{partial.name}-journal"))


def _is_left(partial: Path, here: str) -> bool:
    """Whether nobody writes there any more: a process of this machine that is gone, or one of another a day ago."""
    _dot, host, process = partial.name.partition(PARTIAL)[0].split("-")[:3]
    if host == here:
        return os.name == "nt" or not _runs(int(process))  # on Windows what is open cannot be removed
    try:
        return time.time() - partial.stat().st_mtime > _DAY
    except OSError:
        return False


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def remove(file: Path) -> None:
    """Remove a file that may be missing, or may be in use."""
    with suppress(OSError):
        file.unlink(missing_ok=True)


def check_whole(file: Path) -> None:
    """Open a copy anew and let SQLite check all of it.

    Raises:
        Damaged: it does not hold.
    """
    with closing(sqlite3.connect(file)) as copy:
        answers = [str(row[0]) for row in copy.execute("PRAGMA integrity_check")]
    if answers != ["ok"]:
        raise Damaged("备份未通过检查。", kept="数据未作改动。", todo="请换一个磁盘再试。", details=answers[0])


def flush_to_disk(file: Path) -> None:
    """Wait until the disk has all of a file."""
    with file.open("r+b") as stream:
        os.fsync(stream.fileno())


def appear(partial: Path, target: Path) -> None:
    """Let a file appear under its name whole.

    Raises:
        FileExistsError: the name is taken.
        OSError: it cannot be done there.
    """
    if os.name == "nt":
        partial.rename(target)
        return
    try:
        target.hardlink_to(partial)  # elsewhere renaming overwrites
    except FileExistsError:
        raise
    except OSError:  # a stick's file system knows no second name
        if target.exists():
            raise FileExistsError(target) from None
        partial.rename(target)


def appear_under_free_name(partial: Path, stem: str, suffix: str, folder: Path) -> Path:
    """Give a file the first name in ``folder`` that nothing bears, so that nothing is ever overwritten."""
    number, target = 1, folder / f"{stem}{suffix}"
    while True:
        try:
            appear(partial, target)
        except FileExistsError:
            number += 1
            target = folder / f"{stem}-{number}{suffix}"
        else:
            return target
