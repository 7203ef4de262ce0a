"""The installer for Windows: what the script ``installer.nsi`` is told, and NSIS at work on it, on Windows or Linux."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from desktop import NAME, TITLE
from desktop.console import OLDEST_WINDOWS
from desktop.store.places import PORTABLE
from desktop.ui.identity import TASKBAR_ID

from checksums import FILE_LIST, differences
from environment import ROOT, SetupFailure
from roots import CACHE, WORKSHOP, Outcome
from signing import UNINSTALLER, sign, signing_command, uninstaller_lines

SCRIPT = "build/packaging/installer.nsi"
UNINSTALL_KEY = rf"Software\Microsoft\Windows\CurrentVersion\Uninstall\{NAME}"
PROGRAM_FILE = f"{NAME}.exe"
EXTENSION = ".epm"
FILE_ICON = "lib/resources/icons/epm-file.ico"
STAGED = "~new"
_DEFINES = "defines.nsh"
_LONGEST_FILE, _LONGEST_FOLDER = 259, 247
"""How many characters Windows takes in the path of a file and in that of a folder."""
_CLUSTER = 4096
_RESERVE = 8_000_000
"""Bytes beyond the program's own files: its uninstaller, registry, shortcuts."""
_TIMEOUT = 1200


@dataclass(frozen=True)
class Contents:
    """The program folder as it is installed.

    ``parts`` are the names at its top, ``size`` and ``room`` bytes (what is in the files, what they take of a disk),
    ``longest_folder`` the most characters that the folder's own path may have.
    """

    parts: tuple[str, ...]
    files: int
    size: int
    room: int
    longest_folder: int


@dataclass(frozen=True)
class Places:
    """Where makensis sees the project, the program folder and the folder that it may write to."""

    project: str
    program: str
    work: str
    separator: str = "/"

    def of_project(self, path: str) -> str:
        """A file of the project."""
        return f"{self.project}/{path}".replace("/", self.separator)

    def of_program(self, path: str) -> str:
        """A file of the program folder."""
        return f"{self.program}/{path}".replace("/", self.separator)

    def of_work(self, name: str) -> str:
        """A file that is made."""
        return f"{self.work}{self.separator}{name}"


def setup_name(version: str) -> str:
    """What the installer is called."""
    return f"{NAME}-{version}-setup.exe"


def survey(program: Path) -> Contents:
    """Look through a program folder.

    Raises:
        SetupFailure: a name in it is not ASCII, which the installer's list of files could not hold; or the icon of
            data files is missing.
    """
    paths = sorted(program.rglob("*"))
    names = {path: path.relative_to(program).as_posix() for path in paths}
    foreign = [name for name in names.values() if not name.isascii()]
    if foreign:
        raise SetupFailure(f"程序目录里的文件名只能用英文字母和数字，安装程序处理不了：{'、'.join(foreign)}")
    if not (program / FILE_ICON).is_file():
        raise SetupFailure(f"程序目录里没有数据文件的图标：{FILE_ICON}")
    files = [path for path in paths if path.is_file()]
    sizes = [path.stat().st_size for path in files]
    longest_file = max(len(names[path]) for path in files)
    longest_folder = max((len(names[path]) for path in paths if path.is_dir()), default=0)
    around = len(f"\\{STAGED}\\")
    return Contents(
        parts=(*sorted(path.name for path in program.iterdir()), UNINSTALLER),
        files=len(files),
        size=sum(sizes),
        room=sum(-(-size // _CLUSTER) * _CLUSTER for size in sizes) + _RESERVE,
        longest_folder=min(_LONGEST_FILE - longest_file, _LONGEST_FOLDER - longest_folder) - around,
    )


def definitions(contents: Contents, places: Places, version: str, extra: list[str]) -> str:
    """The file that the script includes first; ``extra`` are lines of NSIS that stand at its end."""
    numbers = (*version.split("."), "0", "0", "0")[:4]
    values: dict[str, str | int] = {
        "NAME": NAME,
        "TITLE": TITLE,
        "PUBLISHER": NAME,
        "VERSION": version,
        "VERSION_IN_FOUR": ".".join(numbers),
        "OLDEST_BUILD": OLDEST_WINDOWS[2],
        "PROGRAM": places.program,
        "SEPARATOR": places.separator,
        "SETUP_FILE": setup_name(version),
        "OUTPUT": places.of_work(setup_name(version)),
        "ICON": places.of_project("resources/icons/epm-desk.ico"),
        "HEADER_PICTURE": places.of_project("build/packaging/art/header.bmp"),
        "SIDE_PICTURE": places.of_project("build/packaging/art/side.bmp"),
        "PROGRAM_FILE": PROGRAM_FILE,
        "FILE_LIST": FILE_LIST.replace("/", "\\"),
        "LIST_SOURCE": places.of_program(FILE_LIST),
        "UNINSTALLER": UNINSTALLER,
        "PORTABLE_FILE": PORTABLE,
        "EXTENSION": EXTENSION,
        "FILE_ICON": FILE_ICON.replace("/", "\\"),
        "TASKBAR_ID": TASKBAR_ID,
        "UNINSTALL_KEY": UNINSTALL_KEY,
        "STAGED": STAGED,
        "TOTAL_FILES": contents.files,
        "TOTAL_BYTES": contents.size,
        "TOTAL_KILOBYTES": contents.size // 1024,
        "NEEDED_BYTES": contents.room,
        "LONGEST_FOLDER": contents.longest_folder,
    }
    each = ["!macro EachPart do", *(f'  !insertmacro ${{do}} "{part}"' for part in contents.parts), "!macroend"]
    lines = [*(f'!define {name} "{value}"' for name, value in values.items()), *each, *extra]
    return "".join(f"{line}\n" for line in lines)


def make_installer(program: Path, folder: Path, version: str) -> Path:
    """Make ``epm-desk-<version>-setup.exe`` in ``folder`` from a program folder with its list of files; returns it.

    Where there is a signing command, the uninstaller inside and the installer are signed.

    Raises:
        SetupFailure: NSIS is missing or failed, the program folder is not as its list says, or signing failed.
    """
    if not (program / FILE_LIST).is_file() or (wrong := differences(program)):
        detail = f"：{'、'.join(wrong[:5])}" if (program / FILE_LIST).is_file() else f"（没有 {FILE_LIST}）"
        raise SetupFailure(f"程序目录“{program}”和它的文件清单不符{detail}")
    contents = survey(program)
    print("正在制作安装程序……", flush=True)
    work = CACHE / "installer"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    places = _places(program, work)
    if signing_command():
        _make(definitions(contents, places, version, uninstaller_lines("take", places.work)), program, work)
        sign(work / UNINSTALLER)
    _make(definitions(contents, places, version, uninstaller_lines("give", places.work)), program, work)
    target = folder / setup_name(version)
    shutil.move(work / target.name, target)
    shutil.rmtree(work)
    sign(target)
    return target


def _places(program: Path, work: Path) -> Places:
    if sys.platform == "win32":
        return Places(str(ROOT), str(program.resolve()), str(work.resolve()), separator="\\")
    return Places("/project", "/program", "/made")


def _make(defines: str, program: Path, work: Path) -> None:
    (work / _DEFINES).write_text(defines, encoding="utf-8")
    places = _places(program, work)
    options = ["-V2", "-WX", "-INPUTCHARSET", "UTF8", f"-DDEFINES={places.of_work(_DEFINES)}"]
    arguments = [*options, places.of_project(SCRIPT)]
    outcome = _on_windows(arguments) if sys.platform == "win32" else _in_workshop(arguments, program, work)
    if outcome.code != 0:
        raise SetupFailure(f"NSIS 没有做成安装程序（{outcome.code}）：\n{outcome.said[-3000:]}")


def _in_workshop(arguments: list[str], program: Path, work: Path) -> Outcome:
    return WORKSHOP.ensure().run(
        ["makensis", *arguments],
        binds={"/made": work},
        read_only={"/project": ROOT, "/program": program},
        timeout=_TIMEOUT,
    )


def _on_windows(arguments: list[str]) -> Outcome:
    command = [find_makensis(), *arguments]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_TIMEOUT, check=False)
    return Outcome(done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"), 0)


def find_makensis() -> str:
    """NSIS's compiler on Windows: on the PATH, or where its own installer puts it.

    Raises:
        SetupFailure: it is not installed.
    """
    found = shutil.which("makensis")
    if found:
        return found
    for variable in ("ProgramFiles(x86)", "ProgramFiles"):
        file = Path(os.environ.get(variable, "")) / "NSIS" / "makensis.exe"
        if os.environ.get(variable) and file.is_file():
            return str(file)
    raise SetupFailure("没有找到 NSIS（makensis）。请安装 NSIS 3.08 或更新的版本，或把它所在的文件夹加到 PATH 里。")
