"""Windows programs run on Linux: Wine in the workshop's root, with a virtual screen where windows are to be seen."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from environment import SetupFailure
from roots import CACHE, WORKSHOP, Outcome

PREFIX = CACHE / "wine-prefix"
_INSIDE = "/wine"
_VARIABLES = {
    "WINEPREFIX": f"{_INSIDE}/prefix",
    "HOME": _INSIDE,
    "WINEDEBUG": "-all",
    "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
    "LANG": "zh_CN.UTF-8",
    "LC_ALL": "C.UTF-8",
}
_SCREEN = (
    "{ Xvfb :9 -screen 0 1600x1000x24 -nolisten tcp >/dev/null 2>&1 & }",
    "export DISPLAY=:9",
    "until [ -S /tmp/.X11-unix/X9 ]; do sleep 0.1; done",
)


def ensure_prefix() -> Path:
    """Make the folder in which Wine keeps its Windows; returns it.

    Raises:
        SetupFailure: Wine does not start.
    """
    if (PREFIX / "prefix" / "system.reg").exists():
        return PREFIX
    WORKSHOP.ensure()
    print("正在准备 Wine ……", flush=True)
    shutil.rmtree(PREFIX, ignore_errors=True)
    PREFIX.mkdir(parents=True)
    outcome = _run(["wine", "wineboot", "--init"], binds={}, screen=True, timeout=300)
    if outcome.code != 0 or not (PREFIX / "prefix" / "system.reg").exists():
        message = f"Wine 没有启动（{outcome.code}）：\n{outcome.said}"
        raise SetupFailure(message)
    return PREFIX


def run_windows(
    command: Sequence[str],
    *,
    binds: Mapping[str, Path],
    read_only: Mapping[str, Path] | None = None,
    variables: Mapping[str, str] | None = None,
    screen: bool = False,
    prefix: Path = PREFIX,
    timeout: float = 600,
) -> Outcome:
    """Run a Windows program; what is bound at ``/place`` it sees on its drive Z.

    Wine's own variables named ``QT_…`` never reach a program: pass Qt's platform as an argument. Two that run at
    once need a ``prefix`` each, made by ``copy_prefix``.
    """
    ensure_prefix()
    return _run(
        ["wine", *command],
        binds=binds,
        read_only=read_only,
        variables=variables,
        screen=screen,
        prefix=prefix,
        timeout=timeout,
    )


def run_script(
    script: str,
    *,
    binds: Mapping[str, Path],
    read_only: Mapping[str, Path] | None = None,
    variables: Mapping[str, str] | None = None,
    prefix: Path = PREFIX,
    timeout: float = 600,
) -> Outcome:
    """Say shell lines where ``wine`` and a screen are; for what takes several programs, or one at a bad moment."""
    ensure_prefix()
    return _run(
        ["sh", "-c", script],
        binds=binds,
        read_only=read_only,
        variables=variables,
        screen=True,
        prefix=prefix,
        timeout=timeout,
    )


def copy_prefix(folder: Path) -> Path:
    """Copy the folder in which Wine keeps its Windows to ``folder``, in place of what is there; returns that."""
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(ensure_prefix(), folder, symlinks=True))


def windows_path(inside: str) -> str:
    """How Windows programs name a place inside the root."""
    return "Z:" + inside.replace("/", "\\")


def _run(
    command: Sequence[str],
    *,
    binds: Mapping[str, Path],
    screen: bool,
    timeout: float,
    prefix: Path = PREFIX,
    read_only: Mapping[str, Path] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Outcome:
    whole = '"$@"; code=$?; wineserver --wait; exit $code'  # it writes its registry when the last program has left
    return WORKSHOP.run(
        ["sh", "-c", whole, "sh", *command],
        binds={_INSIDE: prefix, **binds},
        read_only=read_only,
        variables={**_VARIABLES, **(variables or {})},
        prepare=_SCREEN if screen else (),
        timeout=timeout,
    )
