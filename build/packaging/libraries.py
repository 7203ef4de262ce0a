"""Which shared libraries a package needs once its parts were trimmed; used by the spec, so PyInstaller is here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath

from PyInstaller.depend.bindepend import get_imports, resolve_library_path

Entry = tuple[str, str, str]
"""PyInstaller's: the place in the package, the file it is taken from, its kind."""

WITHOUT_A_SCREEN = ("libGL.so.1", "libGLX.so.0", "libGLdispatch.so.0", "libEGL.so.1", "libxcb.so.1")
"""What Qt's libraries name though nothing of it is used; PyInstaller leaves them out, a bare system lacks them."""


def reached(binaries: Iterable[Entry]) -> list[Entry]:
    """Those that a module or a plugin needs, directly or by others: what only trimmed parts needed falls away."""
    entries = list(binaries)
    libraries = {
        PurePath(place).name.lower(): (place, source) for place, source, kind in entries if _is_library(place, kind)
    }
    ahead = [source for place, source, kind in entries if kind != "SYMLINK" and not _is_library(place, kind)]
    while ahead:
        for name, _path in get_imports(ahead.pop()):
            place, source = libraries.pop(PurePath(name).name.lower(), ("", ""))
            if place:
                ahead.append(source)
    orphans = {place for place, _source in libraries.values()}
    names = set(libraries)
    return [
        (place, source, kind)
        for place, source, kind in entries
        if place not in orphans and not (kind == "SYMLINK" and PurePath(place).name.lower() in names)
    ]


def bare_system() -> list[Entry]:
    """What a Linux without graphics lacks, taken from this machine."""
    entries = []
    for name in WITHOUT_A_SCREEN:
        path = resolve_library_path(name)
        if path is None:
            raise FileNotFoundError(name)
        entries.append((name, str(Path(path).resolve()), "BINARY"))
    return entries


def _is_library(place: str, kind: str) -> bool:
    """Whether a file is there for others alone; Python's own parts and what lies elsewhere are loaded by name."""
    path = PurePath(place.replace("\\", "/"))
    if kind != "BINARY" or path.name.lower().startswith(("libpython", "python3", "vcruntime", "msvcp")):
        return False
    folder = path.parent.as_posix()
    return folder in {".", "PySide6", "PySide6/Qt/lib"} or folder.endswith(".libs")
