"""The program folder as one file to hand out: a ZIP for a stick, a tar for Linux."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from desktop import NAME, TITLE
from desktop.store.places import PORTABLE

_MARKED = f"""\
有这个文件，{TITLE}就把数据放在本文件夹的 data 里，可以整个放在 U 盘上带走。
删去它，数据就放到这台电脑的用户数据文件夹里。
"""
_STICK = f"""\
{TITLE} {{version}} 便携版
{"=" * 40}

1. 把压缩包完整地解压到 U 盘或任意一个可以写入的文件夹，不要在压缩包里直接打开，也不要只取出其中的 .exe 文件。
2. 双击 epm-desk.exe。数据放在本文件夹的 data 里，和程序一起带走；拔 U 盘之前请先关闭程序。
3. 换新版本：把新的压缩包解压到别处，再把旧文件夹里的 data 移过去。旧数据会先自动备份，再升级。

需要 Windows 10（1809）或更新的 64 位系统。文件夹的完整路径请不要超过 {{longest}} 个字符。
各组件的许可在 lib\\licences 里。
"""
_LINUX = f"""\
{TITLE} {{version}}（Linux x86-64）
{"=" * 40}

1. 解压到任意文件夹，运行其中的 epm-desk。不需要安装 Python、Qt 或字体；需要 glibc 2.36 或更新的系统
   （Debian 12、Ubuntu 24.04 及同期的发行版）。
2. 想在开始菜单里有它、双击 .epm 文件就打开，运行一次 ./register.sh（只为当前用户登记，--remove 取消登记）。
3. 数据放在 ~/.local/share/epm-desk。换新版本时直接替换本文件夹，数据不受影响。

各组件的许可在 lib/licences 里。
"""
_LONGEST_PATH = 259


def longest_folder(program: Path) -> int:
    """How many characters the path of a program folder on Windows may have before its innermost file has too many."""
    return _LONGEST_PATH - 1 - max(len(file.relative_to(program).as_posix()) for file in program.rglob("*"))


def make_portable(program: Path, folder: Path, version: str, made: datetime) -> Path:
    """Write ``epm-desk-<version>-portable.zip`` into ``folder``; its data will lie beside the program."""
    target = folder / f"{NAME}-{version}-portable.zip"
    moment = made.astimezone(UTC).timetuple()[:6]
    notes = {
        PORTABLE: _MARKED,
        "说明.txt": _STICK.format(version=version, longest=longest_folder(program)),
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in _files(program):
            entry = zipfile.ZipInfo(f"{NAME}/{file.relative_to(program).as_posix()}", moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
        for name, text in notes.items():
            entry = zipfile.ZipInfo(f"{NAME}/{name}", moment)
            archive.writestr(entry, _for_notepad(text))
    return target


def make_tar(program: Path, folder: Path, version: str, made: datetime) -> Path:
    """Write ``epm-desk-<version>-linux-x86_64.tar.gz`` into ``folder``."""
    (program / "说明.txt").write_text(_LINUX.format(version=version), encoding="utf-8")
    target = folder / f"{NAME}-{version}-linux-x86_64.tar.gz"

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = made.timestamp()
        return entry

    with tarfile.open(target, "w:gz", compresslevel=9) as archive:
        for path in sorted(program.rglob("*")):
            if path.is_symlink() or path.is_file():
                archive.add(path, f"{NAME}/{path.relative_to(program).as_posix()}", recursive=False, filter=plain)
    return target


def _files(program: Path) -> Iterator[Path]:
    return (path for path in sorted(program.rglob("*")) if path.is_file())


def _for_notepad(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8-sig")
