"""This installation: its folder, its identity in the journal, its drafts, and what it remembers between starts."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from desktop.domain.errors import Refusal
from desktop.store.places import data_folder, portable_folder
from desktop.store.writable import is_full, reason, write_whole, writing_error

if TYPE_CHECKING:
    from desktop.store.device import Installation
    from desktop.store.drafts import Drafts

_REMEMBERED = "remembered.json"
_EXAMPLE = "example.epm"
_MOST_BEFORE = 4
_TODO = "请检查磁盘与权限，或在启动时用 --home 另指定一个能写入的文件夹。"
_TODO_PORTABLE = (
    "便携版把草稿、日志和记住的内容放在程序旁边：请取消 U 盘的写保护，"
    "或把整个程序文件夹复制到电脑的硬盘上，从那里打开。"
)


@dataclass(frozen=True)
class Remembered:
    """What the program remembers on this machine: the office last opened and who sat here.

    ``before`` are offices that were opened before it, the latest first, each a data file's path or a server's URL.
    """

    target: str = ""
    person_id: str = ""
    locked: bool = False
    before: tuple[str, ...] = ()


class Home:
    """The program's own folder on this machine; ``folder`` overrides the user's data folder.

    A portable home lies beside the program and is carried from machine to machine with it.

    Raises:
        Refusal: the folder cannot be made.
    """

    def __init__(self, folder: Path | None = None, *, portable: bool = False) -> None:
        self.portable = portable
        self.folder = data_folder(folder, todo=self._todo)

    @property
    def _todo(self) -> str:
        return _TODO_PORTABLE if self.portable else _TODO

    def refuse_unwritable(self) -> None:
        """Really write into the folder, as a program must that keeps drafts there; where only room lacks, go on.

        Raises:
            Refusal: it is read-only.
        """
        error = writing_error(self.folder)
        if error is not None and not is_full(error):
            raise Refusal(
                f"程序不能在它的数据文件夹“{self.folder}”中保存草稿和日志：{reason(error)}。",
                kept="没有改动任何数据。",
                todo=self._todo,
                details=str(error),
            )

    def notice(self) -> str:
        """What a person must know who goes on working although nothing can be kept here now, or nothing."""
        error = writing_error(self.folder)
        if error is None:
            return ""
        return f"填写中的草稿保存不了：“{self.folder}”{reason(error)}。请清理磁盘空间。"

    @cached_property
    def installation(self) -> Installation:
        """The identity of this installation in the journal, made at the first start.

        A portable one is named as such: the machine it was first used on is not where it will be.
        """
        import platform

        from desktop.store.device import this_installation

        host = platform.node()
        return this_installation(self.folder, f"便携版（首次用于 {host or '未命名'}）" if self.portable else host)

    @cached_property
    def drafts(self) -> Drafts:
        """The local drafts, never part of an office's journal."""
        from desktop.store.drafts import Drafts

        return Drafts(self.folder)

    @property
    def log_file(self) -> Path:
        """Where the program writes what went wrong."""
        return self.folder / "log" / "epm-desk.log"

    @property
    def backups(self) -> Path:
        """Where backups made before upgrades are kept."""
        return self.folder / "backups"

    def remembered(self) -> Remembered:
        """What was remembered last; nothing where the file is missing or unreadable."""
        try:
            text = (self.folder / _REMEMBERED).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return Remembered()
        import json  # there is something to read, as there is not at the first start

        try:
            data = json.loads(text)
            known = self._found(str(data["target"])), str(data["person_id"]), bool(data["locked"])
            return Remembered(*known, tuple(self._found(str(target)) for target in data.get("before", ())))
        except (ValueError, KeyError, TypeError):
            return Remembered()

    def remember(self, **changes: str | bool | tuple[str, ...]) -> None:
        """Remember something for the next start; where that fails nothing else does.

        Another ``target`` puts the one before it at the head of ``before``, unless that is told, too.
        """
        import json

        now = self.remembered()
        remembered = replace(now, **changes)  # type: ignore[arg-type]
        if remembered.target != now.target and "before" not in changes:
            others = (one for one in (now.target, *now.before) if one not in {"", remembered.target})
            remembered = replace(remembered, before=tuple(others)[:_MOST_BEFORE])
        file = self.folder / _REMEMBERED
        try:
            carried = tuple(map(self._carried, remembered.before))
            kept = asdict(replace(remembered, target=self._carried(remembered.target), before=carried))
            write_whole(file, json.dumps(kept, ensure_ascii=False))
        except OSError:
            logging.getLogger(__name__).warning("cannot write %s", file, exc_info=True)

    def _carried(self, target: str) -> str:
        """A data file as seen from a portable home, where both are on one disk: its letter changes with the machine."""
        if not self.portable or not _is_absolute(target):
            return target
        try:
            together = Path(target).stat().st_dev == self.folder.stat().st_dev
            return PurePath(os.path.relpath(target, self.folder)).as_posix() if together else target
        except (OSError, ValueError):  # it is gone; or on Windows another drive
            return target

    def _found(self, target: str) -> str:
        """Where a remembered data file is now."""
        if not self.portable or not target or "://" in target or _is_absolute(target):
            return target
        return os.path.normpath(self.folder / target)


def _is_absolute(target: str) -> bool:
    """Whether a path names its place on this system or another: a stick may be carried to either."""
    return "://" not in target and (PureWindowsPath(target).is_absolute() or PurePosixPath(target).is_absolute())


def default_home(program: Path | None = None) -> Home:
    """The home to use where none is named.

    In this order: where ``EPM_DESK_HOME`` says (a trial); beside a portable program; the user's data folder.
    ``program`` is the folder of the packaged program, by default that of the one that runs.

    Raises:
        Refusal: the folder cannot be made.
    """
    own = os.environ.get("EPM_DESK_HOME")
    if own:
        return Home(Path(own))
    if program is None and getattr(sys, "frozen", False):
        program = Path(sys.executable).parent
    beside = portable_folder(program) if program else None
    return Home(beside, portable=beside is not None)


def default_data_file(home: Home) -> Path:
    """Where a new office's data file is suggested."""
    return home.folder / "office.epm"


def target_of(named: str, home: Home) -> str:
    """The office's data: what was named, else what was used last, else the usual place."""
    return named or home.remembered().target or str(default_data_file(home))


def example_file(home: Home) -> Path:
    """Where the example office lies."""
    return home.folder / _EXAMPLE
