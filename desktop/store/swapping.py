"""Putting a checked file in the place of a data file that nobody has open; what was there is kept."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import UUID

from desktop.domain.errors import Damaged, Refusal
from desktop.store.backups import BEFORE_RESTORE
from desktop.store.faults import told
from desktop.store.files import appear_under_free_name, flush_to_disk, half_made
from desktop.store.tables.base import spell_instant

PATIENCE = 3
"""Seconds to wait for whoever is just reading or writing."""
PRESENT = dt.timedelta(minutes=3)
"""Who was seen since then counts as being there."""
_LONGEST = 50
_JOURNAL = "-journal"


def put_in_place(copy: Path, file: Path, folder: Path, device: UUID, now: dt.datetime) -> Path | None:
    """Let ``copy`` take the place of ``file``; returns where what was there is kept now (in ``folder`` if it can be).

    Both must lie on one disk. ``device`` is this installation, which does not count as somebody else; ``now`` is an
    aware moment. A file that is damaged is kept with its journal. None where there was no file.

    Raises:
        Refusal: somebody has the file open, or it cannot be replaced; all is as it was.
    """
    flush_to_disk(copy)
    if not file.exists():
        copy.replace(file)
        return None
    schema = _schema_of(file)
    stem = f"{file.stem[:_LONGEST]}-{BEFORE_RESTORE}-{now.astimezone().date().isoformat()}-{schema}"
    aside = _free(file.with_name(f"{stem}{file.suffix}"))
    try:
        if os.name == "nt":  # what is open, also here, cannot be renamed there: no lock could be kept
            with _alone(file, device, now):
                pass
            _exchange(copy, file, aside)
        else:
            with _alone(file, device, now):
                _exchange(copy, file, aside)
    except OSError as error:
        raise Refusal(
            f"不能替换“{file}”，它可能正被其他程序打开。",
            kept="现在的数据没有改动。",
            todo="请关闭其他打开它的程序后再恢复。",
            details=str(error),
        ) from error
    _flush_folder(file.parent)
    return _put_away(aside, stem, folder)


def _schema_of(file: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as lite:
            found = str(lite.execute("SELECT version_num FROM schema_version").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return "0000"
    return found if found.isdecimal() else "0000"


def _free(target: Path) -> Path:
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return free


@contextmanager
def _alone(file: Path, device: UUID, now: dt.datetime) -> Iterator[None]:
    """Hold the file alone, or know that it cannot be opened at all.

    Raises:
        Refusal: somebody else has it open.
    """
    with closing(sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)) as lite:
        try:
            with told(str(file)):
                lite.execute("BEGIN EXCLUSIVE")
                others = _present(lite, device, now)
        except Damaged:
            others = []
        except Refusal as refusal:
            raise _in_use(file, [], refusal.details) from refusal
        others += _holders(file)
        if others:
            raise _in_use(file, others, "")
        yield


def _in_use(file: Path, others: list[str], details: str) -> Refusal:
    who = f"（{'、'.join(dict.fromkeys(others))}）" if others else ""
    return Refusal(
        f"“{file.name}”正在被使用{who}，不能恢复。",
        kept="现在的数据没有改动。",
        todo="请让所有人关闭程序后再恢复。",
        details=details,
    )


def _present(lite: sqlite3.Connection, device: UUID, now: dt.datetime) -> list[str]:
    """The machines at which somebody was seen just now."""
    if lite.execute("SELECT 1 FROM sqlite_master WHERE name = 'presence'").fetchone() is None:
        return []
    query = "SELECT DISTINCT host FROM presence WHERE seen_at > ? AND device_id IS NOT ?"
    return [str(row[0]) for row in lite.execute(query, (spell_instant(now - PRESENT), device.hex))]


def _holders(file: Path) -> list[str]:
    """Other programs of this machine that have the file open, where Linux tells."""
    if not sys.platform.startswith("linux"):
        return []
    own, found = os.getpid(), []
    wanted = file.stat()
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(own):
            continue
        with suppress(OSError):
            for handle in (process / "fd").iterdir():
                with suppress(OSError):
                    there = handle.stat()
                    if (there.st_dev, there.st_ino) == (wanted.st_dev, wanted.st_ino):
                        found.append(f"本机进程 {process.name}")
                        break
    return found


def _exchange(copy: Path, file: Path, aside: Path) -> None:
    """The old file gets another name, the new one its name; a journal that the old one left goes with it."""
    journal = file.with_name(file.name + _JOURNAL)
    linked = False
    if os.name != "nt":
        with suppress(OSError):
            aside.hardlink_to(file)
            linked = True
    if not linked:
        file.rename(aside)
    try:
        if journal.exists():
            journal.rename(aside.with_name(aside.name + _JOURNAL))
        copy.replace(file)
    except BaseException:
        if linked:
            aside.unlink()
        else:
            aside.rename(file)
        raise


def _flush_folder(folder: Path) -> None:
    """Wait until the disk knows the names, where the system can."""
    if os.name == "nt":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put_away(aside: Path, stem: str, folder: Path) -> Path:
    """Move what was there into the folder of backups; where that cannot be done it stays beside the data."""
    journal = aside.with_name(aside.name + _JOURNAL)
    if journal.exists() or folder.resolve() == aside.parent.resolve():
        return aside  # the two belong together
    try:
        with half_made(folder, str(aside)) as partial:
            shutil.copyfile(aside, partial)
            flush_to_disk(partial)
            kept = appear_under_free_name(partial, stem, aside.suffix, folder)
    except OSError:
        return aside
    with suppress(OSError):
        aside.unlink()
    return kept
