"""Places told without what people wrote into them: a report names drives, depth and known folders, never names.

A folder or a data file often bears the name of a company, a customer or a person. So what a report says of a path is
only what this program, Python or the operating system gave it; everything else is told by its length and kind.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from desktop.store.shares import NETWORK

OTHER = "‹其他›"

_SYSTEMS = (
    "appdata local locallow roaming programdata programs users home root tmp temp var opt usr srv mnt media run "
    "volumes library bin lib lib64 share desktop documents downloads onedrive public private windows system32 "
    ".local .config 桌面 文档 下载 我的文档 公用 用户"
)
_OURS = "epm-desk epm-desk.exe epm-desk.log office.epm example.epm log backups resources data home 工程项目管理台"
_KNOWN = frozenset({*_SYSTEMS.split(), *_OURS.split(), "program files", "program files (x86)", "application support"})
_SUFFIXES = frozenset({".epm", ".db", ".sqlite", ".log", ".exe", ".txt"})
_PYTHON = re.compile(r"python3?(\.\d+)?t?|python\d+", re.IGNORECASE)
_PACKAGES = frozenset({"site-packages", "dist-packages"})
_MODULE_FILE = re.compile(r"[A-Za-z_][\w-]*(/[A-Za-z_][\w-]*)*\.(py|pyx|pyd|so)", re.ASCII)
_FROZEN = re.compile(r"<(frozen [A-Za-z_.]+|string|stdin|shiboken6[\w/.]*)>|shibokensupport/\w+\.py", re.ASCII)


def masked(path: PurePath | str, home: PurePath | None = None) -> str:
    """A path with the user's own folder (``home``; else that of whoever runs this) as ~ and given names hidden."""
    place = path if isinstance(path, PurePath) else Path(path)
    own = home or Path.home()
    flavour = PureWindowsPath if isinstance(place, PureWindowsPath) else PurePosixPath
    mark = "\\" if flavour is PureWindowsPath else "/"
    if isinstance(own, flavour) and len(own.parts) > 1 and place.is_relative_to(own):
        return mark.join(["~", *map(_part, place.relative_to(own).parts)])
    if not place.anchor:
        return mark.join(map(_part, place.parts)) or "."
    if place.drive.startswith("\\\\"):
        return mark.join(["\\\\‹服务器›\\‹共享›", *map(_part, place.parts[1:])])
    return place.anchor + mark.join(map(_part, place.parts[1:]))


def _part(name: str) -> str:
    if name.casefold() in _KNOWN or name in {"..", "."}:
        return name
    suffix = PurePath(name).suffix
    suffix = suffix if suffix.lower() in _SUFFIXES else ""
    word = name.removesuffix(suffix)
    kinds = []
    if any(not char.isascii() for char in word):
        kinds.append("非英文")
    if " " in word:
        kinds.append("空格")
    return f"‹{len(word)}字{'：' if kinds else ''}{'、'.join(kinds)}›{suffix}"


def code_place(file: str) -> str:
    """Where code stands, as its package says it: ``desktop/ui/window.py``; what is no package's is only ``OTHER``."""
    if _FROZEN.fullmatch(file):
        return file
    path = file.replace("\\", "/")
    parts = path.split("/")
    for place in range(len(parts) - 1, 0, -1):
        if parts[place - 1] in _PACKAGES:
            return _module("/".join(parts[place:]))
    for root in (_PROGRAM, _STANDARD):
        if path.casefold().startswith(f"{root}/".casefold()):
            return _module(path[len(root) + 1 :])
    if not path.startswith("/") and ":" not in path:
        return _module(path)
    return OTHER


def _module(path: str) -> str:
    """The path, where it can be the path of a module that this program brings."""
    top = path.partition("/")[0].removesuffix(".py")
    known = top in sys.modules or top in sys.stdlib_module_names or top == "desktop"
    return path if known and _MODULE_FILE.fullmatch(path) else OTHER


_PROGRAM = Path(__file__).resolve().parents[2].as_posix()
_STANDARD = PurePath(sysconfig.get_paths()["stdlib"]).as_posix()


def drive_kind(path: Path) -> str:
    """What kind of drive a place lies on: built in, removable, of the network; empty where nothing tells."""
    if sys.platform == "win32":
        return _windows_drive(path)
    return _mounted(os.path.realpath(path), Path("/proc/self/mounts"))


if sys.platform == "win32":
    import ctypes

    _DRIVES = {2: "可移动盘（U 盘等）", 3: "本机硬盘", 4: "网络盘", 5: "光盘", 6: "内存盘"}

    def _windows_drive(path: Path) -> str:
        root = f"{path.drive}\\"
        return _DRIVES.get(ctypes.windll.kernel32.GetDriveTypeW(root), "")


def _mounted(place: str, mounts: Path) -> str:
    """The kind of file system under a place, by the table of mounts of a Linux system."""
    try:
        rows = [line.split(" ") for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    points = [(row[1].encode().decode("unicode_escape"), row[2]) for row in rows if len(row) > 2]  # noqa: PLR2004
    fitting = [(len(point), kind) for point, kind in points if PurePath(place).is_relative_to(point)]
    kind = max(fitting, default=(0, ""))[1]
    if not re.fullmatch(r"[\w.]+", kind, re.ASCII):
        return ""
    return f"网络盘（{kind}）" if NETWORK.fullmatch(kind) else kind
