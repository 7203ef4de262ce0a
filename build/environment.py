"""The project's own Python environment ``.venv``, made from the pins in ``requirements/``."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from versions import NEWEST, OLDEST

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PINS = tuple(ROOT / "requirements" / name for name in ("runtime.txt", "package.txt", "dev.txt"))
STAMP = VENV / "pins.sha256"
UNFINISHED = "unfinished"


class SetupFailure(Exception):
    """The set-up cannot go on; the message tells a person what to do."""


def is_root() -> bool:
    """Tell whether this process may install system packages."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def has_apt() -> bool:
    """Tell whether this is a Debian or one of its children."""
    return Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def install_system_packages(packages: list[str], reason: str) -> None:
    """Install Debian packages, or raise SetupFailure naming the command that a person can give."""
    line = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if not is_root():
        message = f"{reason}\n请运行：sudo {line}\n然后再试一次。"
        raise SetupFailure(message)
    print(f"{reason}\n正在安装：{' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update -qq", line.replace("install", "install -qq", 1)):
        if subprocess.run(command.split(), env=environment, check=False).returncode != 0:
            message = f"系统软件包没有装上（{command}）。请检查网络和软件源，装好后再试一次。"
            raise SetupFailure(message)


def pins_hash() -> str:
    """Return the hash of all pins."""
    digest = hashlib.sha256()
    for file in PINS:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _starts(python: Path) -> bool:
    """Tell whether the environment's Python runs and is of a version that suits."""
    ask = f"import sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    try:
        return subprocess.run([python, "-c", ask], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(arguments: list[str | Path], complaint: str) -> None:
    if subprocess.run(arguments, cwd=ROOT, check=False).returncode != 0:
        raise SetupFailure(complaint)


def _make_venv() -> None:
    """Make an empty environment, marked as unfinished until the pins are in."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        message = "运行环境 .venv 没有装完，而现在正用着它。请改用系统的 python3 再运行一次。"
        raise SetupFailure(message)
    try:
        import ensurepip  # noqa: F401 - Debian keeps it in a package of its own
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        reason = "这个 Python 缺少 venv 组件，无法建立运行环境。"
        if not has_apt():
            raise SetupFailure(reason + f"请安装它（一般在软件包 {package} 里）后再试一次。") from None
        install_system_packages([package], reason)
    print("正在建立运行环境 .venv ……", flush=True)
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
        VENV.mkdir()
        STAMP.write_text(UNFINISHED, encoding="utf-8")
    except OSError as error:
        message = f"无法重建运行环境 {VENV}：{error}\n请关闭正在使用它的程序后再试一次。"
        raise SetupFailure(message) from error
    _run([sys.executable, "-m", "venv", VENV], "运行环境没有建成，上面是原因。解决后再运行一次，会从头再来。")


def ensure_environment() -> Path:
    """Make ``.venv`` what the pins say and return its Python; does nothing when it already is.

    An interrupted set-up is thrown away and made anew. Where packages come from (index, proxy,
    certificate) is the user's own pip configuration.
    """
    wanted = pins_hash()
    found = STAMP.read_text(encoding="utf-8").strip() if STAMP.exists() else ""
    usable = found != UNFINISHED and _starts(PYTHON)
    if usable and found == wanted:
        return PYTHON
    if not usable:
        _make_venv()
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    print("正在下载并安装程序所需的组件（第一次约需几分钟）……", flush=True)
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
    complaint = "组件没有装全，上面是原因（多半是网络或 pip 的软件源设置）。解决后再运行一次，会从头再来。"
    # The pins are complete: --no-deps lets nothing in that they do not name, `check` finds what they forgot.
    _run([*pip, "install", "-q", "--no-deps", "--only-binary", ":all:", "-r", PINS[-1]], complaint)
    _run([*pip, "check", "-q"], complaint)
    STAMP.write_text(wanted, encoding="utf-8")
    print("组件已装好。", flush=True)
    return PYTHON
