"""Whether a data file lies on another machine's disk, where SQLite serves few people only."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = re.compile(
    r"cifs|smb[23]?|smbfs|nfs4?|9p|afs|ceph|davfs2?|ncpfs|glusterfs|lustre|beegfs|virtiofs|vboxsf|prl_fs"
    r"|fuse\.(sshfs|davfs2?|smbnetfs|glusterfs|s3fs|rclone|curlftpfs|gvfsd-fuse|cephfs.*)"
)
"""Kinds of file systems that lie on other machines, as Linux calls them."""
PEOPLE = 5
"""How many people may work at one data file on a share at the same time."""
_REMOTE_DRIVE = 4
_FIELDS_BEFORE = 6


@dataclass(frozen=True, slots=True)
class Share:
    """A place on another machine; ``kind`` names the file system or how Windows reaches it."""

    kind: str


def share_of(
    place: Path,
    *,
    platform: str = sys.platform,
    mounts: Path = MOUNTS,
    drive_type: Callable[[str], int] | None = None,
    resolve: Callable[[str], str] = os.path.realpath,
) -> Share | None:
    """The share on which a place lies; None for a disk of this machine.

    The keywords stand in for the system in tests: ``drive_type`` is Windows' GetDriveTypeW.
    """
    real = resolve(str(place))
    if platform == "win32":
        return _windows_share(real, drive_type or _drive_type)
    return _linux_share(PurePosixPath(real), mounts) if platform.startswith("linux") else None


def share_warning(place: Path) -> str:
    """What to tell a user whose data lies on a share; empty if it does not."""
    if share_of(place) is None:
        return ""
    return (
        f"“{place}”是网络共享上的数据文件：适合约{_number(PEOPLE)}人同时使用，网络断开时不能保存。"
        "再多人使用，请迁到 PostgreSQL 服务器（设置 → 备份与恢复）。"
    )


def _number(people: int) -> str:
    return {5: "五"}.get(people, str(people))


def _windows_share(real: str, drive_type: Callable[[str], int]) -> Share | None:
    drive = PureWindowsPath(real).drive
    if drive.startswith("\\\\?\\UNC\\") or (drive.startswith("\\\\") and not drive.startswith(("\\\\?\\", "\\\\.\\"))):
        return Share("UNC")
    letter = drive.removeprefix("\\\\?\\")
    return Share("网络盘") if letter and drive_type(f"{letter}\\") == _REMOTE_DRIVE else None


if sys.platform == "win32":
    import ctypes

    def _drive_type(root: str) -> int:
        return int(ctypes.windll.kernel32.GetDriveTypeW(root))
else:

    def _drive_type(root: str) -> int:  # noqa: ARG001 - only Windows has drives
        return 0


def _linux_share(real: PurePosixPath, mounts: Path) -> Share | None:
    """The mount with the longest path that leads to the place counts, of equal ones the last: it lies on top."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    best, kind = -1, ""
    for line in lines:
        before, _dash, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < _FIELDS_BEFORE or not after:
            continue
        point = _unescaped(fields[4])
        if real.is_relative_to(point) and len(PurePath(point).parts) >= best:
            best, kind = len(PurePath(point).parts), after.split(" ")[0]
    return Share(kind) if NETWORK.fullmatch(kind) else None


def _unescaped(point: str) -> str:
    r"""A mount's path: blanks, tabs, line feeds and backslashes stand there as octal numbers (\040)."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)
