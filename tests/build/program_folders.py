"""Small program folders laid out as PyInstaller lays them out, of real libraries from this environment."""

import shutil
import sys
import sysconfig
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import distlib

import environment
from components import RUNTIME

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


@cache
def windows_site() -> Path:
    """What is installed here, as far as it tells of itself, with what only Windows has (pywin32-ctypes)."""
    if sys.platform == "win32":
        return SITE
    holder = TemporaryDirectory(prefix="epm-site-")
    _kept.append(holder)  # until the tests end
    site = Path(holder.name)
    for folder in SITE.glob("*.dist-info"):
        shutil.copytree(folder, site / folder.name)
    pin = next(line for line in RUNTIME.read_text(encoding="utf-8").splitlines() if line.startswith("pywin32-ctypes=="))
    version = pin.partition(";")[0].partition("==")[2].strip()
    own = site / f"pywin32_ctypes-{version}.dist-info"
    own.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: pywin32-ctypes\nVersion: {version}\n"
    (own / "METADATA").write_text(metadata, encoding="utf-8")
    (own / "LICENSE.txt").write_text("Redistribution and use in source and binary forms …\n", encoding="utf-8")
    record = "".join(f"{own.name}/{name},,\n" for name in ("METADATA", "LICENSE.txt", "RECORD"))
    (own / "RECORD").write_text(record, encoding="utf-8")
    return site


_kept: list[TemporaryDirectory[str]] = []


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
