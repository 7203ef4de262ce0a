"""The program with everything that it needs, in one folder: by PyInstaller and the one spec, for Windows and Linux."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from desktop import NAME

from environment import PYTHON, ROOT, SetupFailure, has_apt, install_system_packages
from qt_libraries import ensure_libraries
from windows_python import ensure_windows_python
from wine import run_windows, windows_path

PACKAGE = ROOT / "out" / "package"
SPEC = "build/packaging/epm-desk.spec"


def build_bundle(target: str, spec: str = SPEC, name: str = NAME) -> Path:
    """Make the folder ``name`` for ``windows`` or ``linux`` by a spec of the project, and return it.

    Raises:
        SetupFailure: something is missing here, or PyInstaller failed; its log says why.
    """
    place = PACKAGE / target
    for folder in (place / name, place / "work"):
        shutil.rmtree(folder, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    log = PACKAGE / f"pyinstaller-{target}-{name}.log"
    print(f"正在制作程序（{target}）……", flush=True)
    if target == "windows" and sys.platform != "win32":
        done = _under_wine(place, log, spec, name)
    else:
        _require_parts()
        done = _here(place, log, spec)
    if not done:
        message = f"PyInstaller 没有做成，原因在“{log}”的末尾。"
        raise SetupFailure(message)
    shutil.rmtree(place / "work")
    if target == "linux":
        _strip(place / name)
    return place / name


def _strip(program: Path) -> None:
    """Take the compiler's notes out of Python's own library (a self-made Python carries 17 MB of them)."""
    for library in program.glob("*/libpython*"):
        subprocess.run(["strip", "--strip-unneeded", library], check=True)


def _here(place: Path, log: Path, spec: str) -> bool:
    folders: list[str | Path] = ["--distpath", place, "--workpath", place / "work"]
    command = [PYTHON, "-m", "PyInstaller", ROOT / spec, "--noconfirm", *folders]
    variables = {**os.environ, "PYTHONUTF8": "1"}
    with log.open("w", encoding="utf-8") as stream:
        done = subprocess.run(command, cwd=ROOT, env=variables, stdout=stream, stderr=subprocess.STDOUT, check=False)
    return done.returncode == 0


def _under_wine(place: Path, log: Path, spec: str, name: str) -> bool:
    python = ensure_windows_python()
    arguments = [
        windows_path(f"/project/{spec}"),
        "--noconfirm",
        "--distpath",
        "Z:\\made",
        "--workpath",
        "Z:\\made\\work",
    ]
    outcome = run_windows(
        ["/python/python.exe", "-m", "PyInstaller", *arguments],
        binds={"/made": place, "/python": python},
        read_only={"/project": ROOT},
        variables={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=1200,
    )
    log.write_text(outcome.said, encoding="utf-8")
    # Wine's exit codes are not to be trusted
    return outcome.code == 0 and (place / name / f"{name}.exe").exists()


def _require_parts() -> None:
    """On Linux: Qt's libraries, Python's own as a shared one, and the tools with which PyInstaller reads libraries."""
    if sys.platform == "win32":
        return
    ensure_libraries(screen=True)
    missing = [] if shutil.which("objdump") else ["binutils"]
    try:
        ctypes.CDLL(sysconfig.get_config_var("INSTSONAME"))
    except OSError:
        missing.append(f"libpython{sys.version_info[0]}.{sys.version_info[1]}")
    if not missing:
        return
    reason = f"缺少打包所需的：{'、'.join(missing)}。"
    if not has_apt():
        message = f"{reason}\n请用本系统的软件包工具装上它们，然后再试一次。"
        raise SetupFailure(message)
    install_system_packages(missing, reason)
