"""Code signing where an office has a certificate: its own signing tool is started for each program and installer.

The environment variable ``EPM_SIGN_COMMAND`` holds that tool's command line, with ``{file}`` where the file stands;
without the variable nothing is signed. The project knows neither certificates nor passwords, and never shows the
command: it may hold one. Started as a script it signs the files named.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from environment import SetupFailure
from executables import is_signed

VARIABLE = "EPM_SIGN_COMMAND"
UNINSTALLER = "uninstall.exe"
_PLACE = "{file}"
# words between blanks; what stands between quotation marks is one word, and backslashes are meant
_WORD = re.compile(r'(?:[^\s"]|"[^"]*")+')


def signing_command() -> str:
    """The office's signing command; empty where it has none.

    Raises:
        SetupFailure: the command has no place for the file.
    """
    command = os.environ.get(VARIABLE, "").strip()
    if command and _PLACE not in command:
        raise SetupFailure(f"环境变量 {VARIABLE} 里没有 {_PLACE}，不知道该把要签名的文件放在哪里。")
    return command


def sign(file: Path) -> bool:
    """Sign a program or installer in place; whether there was a command to do it with.

    Raises:
        SetupFailure: the command failed, or the file is no better for it; nothing unsigned is handed out as signed.
    """
    command = signing_command()
    if not command:
        return False
    words = [word.replace('"', "").replace(_PLACE, str(file.resolve())) for word in _WORD.findall(command)]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise SetupFailure(
            f"签名命令没有启动（{error}）。请检查环境变量 {VARIABLE} 开头的程序名：{words[0]}"
        ) from error
    said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    if done.returncode != 0:
        raise SetupFailure(f"{file.name} 没有签名：签名命令返回 {done.returncode}。\n{said}")
    if not is_signed(file):
        raise SetupFailure(f"{file.name} 没有签名：签名命令没有报错，但文件里没有签名。\n{said}")
    print(f"已签名：{file.name}", flush=True)
    return True


def sign_program(program: Path) -> list[Path]:
    """Sign the programs that lie at the top of a program folder; returns those signed.

    Libraries keep the signatures of those who made them. To be done before ``files.sha256`` is written.

    Raises:
        SetupFailure: as ``sign`` does.
    """
    return [file for file in sorted(program.glob("*.exe")) if sign(file)]


def uninstaller_lines(step: Literal["take", "give"], folder: str) -> list[str]:
    """What NSIS is told so that the uninstaller, which lies inside the installer, comes out signed.

    First time ``take``: the uninstaller is copied to ``uninstall.exe`` in ``folder`` (as makensis sees it; the office's
    tool need not be there where makensis runs). Then ``sign`` that file, and make the installer again with ``give``:
    the signed one goes in. The installer itself is signed last, by ``sign``. No lines without a signing command.
    """
    if not signing_command():
        return []
    windows = folder[1:2] == ":"
    kept = f"{folder}\\{UNINSTALLER}" if windows else f"{folder}/{UNINSTALLER}"
    source, target = ("%1", kept) if step == "take" else (kept, "%1")
    command = f'cmd /c copy /b /y "{source}" "{target}"' if windows else f'cp "{source}" "{target}"'
    return [f"!uninstfinalize '{command}' = 0"]


def main(arguments: Sequence[str]) -> int:
    """Sign the files named; 1 if one could not be signed."""
    try:
        for name in arguments:
            sign(Path(name))
    except SetupFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
