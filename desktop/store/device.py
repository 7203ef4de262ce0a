"""Which installation this is: a small file in the user's data folder names it for good."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from desktop.domain.errors import Refusal
from desktop.store.ids import new_id
from desktop.store.writable import write_whole

FILE = "installation.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Installation:
    """This program on this machine: the writer of one chain of the journal."""

    id: UUID
    name: str


def this_installation(folder: Path, name: str) -> Installation:
    """The installation that ``folder`` belongs to; on the first call it gets an id and ``name`` (say, the host's).

    Both stay: a folder carried to another machine (a stick) is still the same author of its chain in the journal.

    An unreadable file is kept aside and a new installation begun, which only means a new chain in the journal.

    Raises:
        Refusal: the folder cannot be written.
    """
    file = folder / FILE
    try:
        found = _read(file)
        if found is None:
            folder.mkdir(parents=True, exist_ok=True)
            if file.exists():
                file.replace(file.with_suffix(".damaged"))
                _log.warning("the installation's file %s was damaged; a new installation begins", file)
            _write(file, Installation(new_id(), name or "未命名"))
            found = _read(file)  # another process may have been the last to write
    except OSError as error:
        raise Refusal(
            f"不能在“{folder}”中保存本机的登记。", todo="请检查该文件夹能否写入。", details=str(error)
        ) from error
    if found is None:
        raise Refusal(f"本机的登记文件“{file}”写入后无法读回。", todo="请检查磁盘。")
    return found


def _read(file: Path) -> Installation | None:
    """What the file says; None where it is missing or makes no sense."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Installation(UUID(told["id"]), str(told["name"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(file: Path, installation: Installation) -> None:
    write_whole(file, json.dumps({"id": str(installation.id), "name": installation.name}, ensure_ascii=False))
