"""This installation: its folder, its identity in the journal, its drafts, and what it remembers between starts."""

from __future__ import annotations

import json
import logging
import os
import platform
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

from desktop.store.device import this_installation, write_whole
from desktop.store.drafts import Drafts
from desktop.store.journal import Installation
from desktop.store.places import data_folder

_REMEMBERED = "remembered.json"


@dataclass(frozen=True)
class Remembered:
    """What the program remembers on this machine: the office last opened and who sat here."""

    target: str = ""
    person_id: str = ""
    locked: bool = False


class Home:
    """The program's own folder on this machine; ``folder`` overrides the user's data folder.

    Raises:
        Refusal: the folder cannot be made.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = data_folder(folder)

    @cached_property
    def installation(self) -> Installation:
        """The identity of this installation in the journal, made at the first start."""
        return this_installation(self.folder, platform.node())

    @cached_property
    def drafts(self) -> Drafts:
        """The local drafts, never part of an office's journal."""
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
            data = json.loads((self.folder / _REMEMBERED).read_text(encoding="utf-8"))
            return Remembered(str(data["target"]), str(data["person_id"]), bool(data["locked"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Remembered()

    def remember(self, **changes: str | bool) -> None:
        """Remember something for the next start; where that fails nothing else does."""
        remembered = replace(self.remembered(), **changes)  # type: ignore[arg-type]
        file = self.folder / _REMEMBERED
        try:
            write_whole(file, json.dumps(asdict(remembered), ensure_ascii=False))
        except OSError:
            logging.getLogger(__name__).warning("cannot write %s", file, exc_info=True)


def default_home() -> Home:
    """The folder in the user's data folder, or where ``EPM_DESK_HOME`` says (a stick, a trial)."""
    own = os.environ.get("EPM_DESK_HOME")
    return Home(Path(own) if own else None)


def default_data_file(home: Home) -> Path:
    """Where a new office's data file is suggested."""
    return home.folder / "office.epm"
