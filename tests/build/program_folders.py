"""Small program folders laid out as PyInstaller lays them out, of real libraries from this environment."""

import shutil
import sysconfig
from pathlib import Path

import distlib

import environment

SITE = Path(sysconfig.get_path("purelib"))
WINDOWS_PROGRAM = Path(distlib.__file__).parent / "t64.exe"
FONTS = "resources/fonts"


def linux_program(folder: Path) -> Path:
    """A program with a library of a distribution, two of parts, a module that lies open, a font and a link."""
    library = folder / "lib"
    native = ("markupsafe/_speedups*.so", "pillow.libs/libzstd-*", "PySide6/Qt/lib/libicuuc.so.73")
    for pattern in (*native, "psycopg/__init__.py"):
        _copy(next(SITE.glob(pattern)), library, SITE)
    _copy(environment.ROOT / FONTS / "marks.ttf", library, environment.ROOT)
    shutil.copy(next(SITE.glob("markupsafe/_speedups*.so")), folder / "epm-desk")
    (library / "libicuuc.so.73").symlink_to("PySide6/Qt/lib/libicuuc.so.73")
    (library / "resources" / "policy.toml").write_text("", encoding="utf-8")
    return folder


def windows_program(folder: Path) -> Path:
    """A program of real Windows files, each of which bears the version 1.1.0.14."""
    library = folder / "lib"
    library.mkdir(parents=True)
    for name in ("epm-desk.exe", "lib/python311.dll", "lib/_ssl.pyd", "lib/sqlite3.dll", "lib/msvcp140.dll"):
        shutil.copy(WINDOWS_PROGRAM, folder / name)
    return folder


def _copy(file: Path, library: Path, root: Path) -> None:
    target = library / file.relative_to(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, target)
