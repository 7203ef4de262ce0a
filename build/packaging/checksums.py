"""SHA-256 lists: of the artefacts beside them, and of all files inside a program folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

SUMS = "SHA256SUMS"
FILE_LIST = "lib/files.sha256"


def sha256(file: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_sums(artefacts: Iterable[Path], folder: Path) -> Path:
    """Write ``SHA256SUMS`` for ``sha256sum -c`` over files that lie in ``folder``; returns it."""
    lines = [f"{sha256(file)}  {file.relative_to(folder).as_posix()}\n" for file in sorted(artefacts)]
    return _write(folder / SUMS, lines)


def write_file_list(program: Path) -> Path:
    """Write ``lib/files.sha256`` over every file of a program folder except itself, sorted by path; returns it.

    A line is the hexadecimal sum, two blanks and the path relative to the folder with ``/`` between its parts.
    Links are not listed: what they point to is.
    """
    lines = [f"{sha256(file)}  {name}\n" for name, file in sorted(_files(program).items())]
    return _write(program / FILE_LIST, lines)


def differences(program: Path) -> list[str]:
    """What in a program folder is not as its list says: paths that are missing, changed or not on the list."""
    lines = (program / FILE_LIST).read_text(encoding="utf-8").splitlines()
    wanted = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = _files(program)
    changed = {name for name, digest in wanted.items() if name not in found or sha256(found[name]) != digest}
    return sorted(changed | (found.keys() - wanted.keys()))


def _files(program: Path) -> dict[str, Path]:
    paths = (path for path in program.rglob("*") if path.is_file() and not path.is_symlink())
    files = {path.relative_to(program).as_posix(): path for path in paths}
    files.pop(FILE_LIST, None)
    return files


def _write(file: Path, lines: list[str]) -> Path:
    file.write_text("".join(lines), encoding="utf-8", newline="\n")
    return file
