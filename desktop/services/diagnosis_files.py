"""Whether the program's own files are whole: compared with the list of their checksums that was packed with them."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from desktop.services.resources import RESOURCES

LIST = "files.sha256"
BILL = "sbom.cdx.json"
FONT_LIST = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class FilesCheck:
    """How many files were listed, and those that are missing, changed, or kept from being read, by their names."""

    listed: int
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    list_whole: bool = True

    @property
    def whole(self) -> bool:
        """Whether all is as it was packed."""
        return self.list_whole and not (self.missing or self.changed or self.unreadable)


def is_packaged() -> bool:
    """Whether this is the packaged program and no source tree."""
    return bool(getattr(sys, "frozen", False))


def program_folder() -> Path:
    """Where the program lies: the folder of its executable, or the source tree."""
    return RESOURCES.parent.parent if is_packaged() else RESOURCES.parent


def packed_versions() -> dict[str, str]:
    """What a packaged program's bill of materials (CycloneDX) names, by lower-case name; nothing in a source tree."""
    try:
        rows = json.loads((RESOURCES.parent / BILL).read_text(encoding="utf-8"))["components"]
        return {str(row["name"]).lower(): str(row["version"]) for row in rows if row.get("version")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def check_program(tell: Tell = lambda _done, _total: None) -> FilesCheck | None:
    """Compare the packaged program's files with its list; None where there is no list (a source tree).

    ``tell`` is given how many of how many files are through.
    """
    return check_files(RESOURCES.parent / LIST, RESOURCES.parent.parent, tell)


def check_fonts() -> FilesCheck | None:
    """Compare the bundled fonts with the list beside them; None where the list is missing."""
    return check_files(RESOURCES / "fonts" / FONT_LIST, RESOURCES / "fonts")


def check_files(listing: Path, folder: Path, tell: Tell = lambda _done, _total: None) -> FilesCheck | None:
    """Compare files with a list in the form of sha256sum, whose paths stand below ``folder``."""
    try:
        lines = listing.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return FilesCheck(0, list_whole=False)
    found: dict[str, list[str]] = {"missing": [], "changed": [], "unreadable": []}
    entries = [entry for line in lines if line and (entry := _entry(line))]
    for done, (digest, name) in enumerate(entries):
        tell(done, len(entries))
        fault = _fault(folder / name, digest)
        if fault:
            found[fault].append(name)
    whole = bool(entries) and len(entries) == sum(bool(line) for line in lines)
    return FilesCheck(len(entries), **{key: tuple(names) for key, names in found.items()}, list_whole=whole)


def _entry(line: str) -> tuple[str, str] | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    name = PurePosixPath(match[2])
    return None if name.is_absolute() or ".." in name.parts else (match[1], str(name))


def _fault(file: Path, digest: str) -> str:
    try:
        with file.open("rb") as stream:
            same = hashlib.file_digest(stream, "sha256").hexdigest() == digest
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    except OSError:
        return "unreadable"
    return "" if same else "changed"
