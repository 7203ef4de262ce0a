"""This installation: its folder, its identity in the journal, its drafts, and what it remembers between starts."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

from desktop.domain.errors import Refusal
from desktop.store.device import installation
from desktop.store.drafts import DraftBox
from desktop.store.journal import Installation
from desktop.store.places import user_data_folder, write_atomically

APP = "epm-desk"


@dataclass(frozen=True)
class Remembered:
    """What the program remembers on this machine: the office last opened and who sat here."""

    target: str = ""
    person_id: str = ""
    locked: bool = False


class Home:
    """The program's own folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refusal(
                f"不能在“{folder}”建立程序的数据文件夹。",
                todo="请确认磁盘未满、该位置可以写入。",
                details=str(error),
            ) from error

    @cached_property
    def installation(self) -> Installation:
        """The identity of this installation in the journal, made at the first start."""
        return installation(self.folder)

    @cached_property
    def drafts(self) -> DraftBox:
        """The local drafts, never part of an office's journal."""
        return DraftBox(self.folder / "drafts.db")

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
            data = json.loads((self.folder / "remembered.json").read_text(encoding="utf-8"))
            return Remembered(str(data["target"]), str(data["person_id"]), bool(data["locked"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Remembered()

    def remember(self, **changes: str | bool) -> None:
        """Remember something for the next start."""
        remembered = replace(self.remembered(), **changes)  # type: ignore[arg-type]
        write_atomically(self.folder / "remembered.json", json.dumps(asdict(remembered), ensure_ascii=False))


def default_home() -> Home:
    """The folder in the user's data folder, or where ``EPM_DESK_HOME`` says (a stick, a trial)."""
    own = os.environ.get("EPM_DESK_HOME")
    return Home(Path(own) if own else user_data_folder())


def default_data_file(home: Home) -> Path:
    """Where a new office's data file is suggested."""
    return home.folder / "office.epm"
