"""``dev.py package``: everything that is handed out, into ``out/package/artefacts``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from archives import make_portable, make_tar

from desktop import NAME, __version__

from bundle import PACKAGE, build_bundle
from checksums import write_file_list, write_sums
from components import Target, list_components
from environment import ROOT, SetupFailure
from installer import make_installer
from licences import FOLDER as LICENCES
from licences import gather_licences
from sbom import SBOM, write_sbom
from signing import sign_program
from smoke import try_linux, try_windows
from windows_python import HOME as WINDOWS_PYTHON

ARTEFACTS = PACKAGE / "artefacts"
HERE = Path(__file__).parent
_MEGA = 1_000_000
_WINDOWS_LIMIT, _INSTALLER_LIMIT = 180, 85
_TARGETS: tuple[Target, ...] = ("linux", "windows")
_USAGE = """用法：python3 build/dev.py package [linux] [windows] [--smoke]

不写目标时：在 Linux 上两种都做，在 Windows 上只做 Windows 的。--smoke 做完以后试运行。
结果在 out/package/artefacts。"""


def make_linux(made: datetime) -> list[Path]:
    """The Linux bundle and its bill of materials; returns the files."""
    program = build_bundle("linux")
    shutil.copy2(HERE / "register.sh", program / "register.sh")
    (program / "share").mkdir()
    for name in (f"{NAME}.desktop", f"{NAME}.xml"):
        shutil.copy2(HERE / name, program / "share" / name)
    bill = _paperwork("linux", program, made)
    return [bill, make_tar(program, ARTEFACTS, __version__, made)]


def make_windows(made: datetime) -> list[Path]:
    """The Windows installer, the ZIP for a stick and their bill of materials; returns the files.

    Raises:
        SetupFailure: they are larger than an office should have to carry.
    """
    program = build_bundle("windows")
    sign_program(program)
    bill = _paperwork("windows", program, made)
    unpacked = _size(program)
    setup = make_installer(program, ARTEFACTS, __version__)
    portable = make_portable(program, ARTEFACTS, __version__, made)
    print(f"Windows 程序解开后 {unpacked / _MEGA:.0f} MB，安装包 {setup.stat().st_size / _MEGA:.0f} MB")
    if unpacked > _WINDOWS_LIMIT * _MEGA or setup.stat().st_size > _INSTALLER_LIMIT * _MEGA:
        message = (
            f"超过了限度（解开后 {_WINDOWS_LIMIT} MB，安装包 {_INSTALLER_LIMIT} MB）。请看 trims.py 还有什么可以去掉。"
        )
        raise SetupFailure(message)
    return [bill, setup, portable]


def _paperwork(target: Target, program: Path, made: datetime) -> Path:
    """Licences, bill of materials and list of files inside the program folder; returns a copy of the bill outside."""
    library = program / "lib"
    components = list_components(target, program, _site(target))
    gather_licences(components, library / LICENCES)
    bill = write_sbom(components, program, library, version=__version__, made=made)
    write_file_list(program)
    return Path(shutil.copy2(bill, ARTEFACTS / f"{NAME}-{__version__}-{target}-{SBOM}"))


def _site(target: Target) -> Path:
    if target == "windows" and sys.platform != "win32":
        return WINDOWS_PYTHON / "Lib" / "site-packages"
    return Path(sysconfig.get_path("purelib"))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _moment() -> datetime:
    """When the commit was made that is packaged: the same commit gives the same dates inside."""
    asked = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = int(done.stdout) if done.returncode == 0 and done.stdout.strip() else int(time.time())
    return datetime.fromtimestamp(seconds, UTC)


_MAKERS: dict[Target, Callable[[datetime], list[Path]]] = {"linux": make_linux, "windows": make_windows}
_TRIALS: dict[Target, Callable[[], list[str]]] = {"linux": try_linux, "windows": try_windows}


def main(arguments: Sequence[str]) -> int:
    """Make what is asked for, and try it where that is asked; returns the exit code."""
    smoke = "--smoke" in arguments
    asked = [word for word in arguments if word != "--smoke"]
    here: tuple[Target, ...] = ("windows",) if sys.platform == "win32" else _TARGETS
    targets = [target for target in here if not asked or target in asked]
    if not targets or any(word not in here for word in asked):
        print(_USAGE, file=sys.stderr)
        return 2
    begun = time.monotonic()
    try:
        artefacts = _make(targets)
        faults = [fault for target in targets if smoke for fault in _TRIALS[target]()]
    except SetupFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    for file in artefacts:
        print(f"{file.stat().st_size / _MEGA:8.1f} MB  {file.name}")
    print(f"结果在 {ARTEFACTS}，用时 {time.monotonic() - begun:.0f} 秒。")
    for fault in faults:
        print(f"试运行发现：{fault}", file=sys.stderr)
    if smoke and not faults:
        print("试运行全部通过。")
    return 1 if faults else 0


def _make(targets: Sequence[Target]) -> list[Path]:
    made = _moment()
    shutil.rmtree(ARTEFACTS, ignore_errors=True)
    ARTEFACTS.mkdir(parents=True)
    artefacts = [file for target in targets for file in _MAKERS[target](made)]
    return [*sorted(artefacts), write_sums(artefacts, ARTEFACTS)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
