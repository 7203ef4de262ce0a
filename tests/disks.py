"""Disks that are full or cannot be written, for a command that is run with one; only where Linux lets us mount."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_SMALL = 'mkdir -p "$2" && mount -t tmpfs -o "size=$1" none "$2"'
_READ_ONLY = 'mount --bind "$2" "$2" && mount -o "remount,bind,$1" "$2"'


@cache
def _mounting() -> tuple[str, ...]:
    """What starts a program that may mount, for itself alone; nothing where that is not allowed."""
    for options in (("--mount",), ("--mount", "--map-root-user")):
        start = (shutil.which("unshare") or "false", *options)
        try:
            tried = subprocess.run([*start, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
        except OSError:
            break
        if tried.returncode == 0:
            return start
    return ()


needs_mounts = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not _mounting(), reason="needs a Linux that lets us mount"
)


def on_small_disk(folder: Path, size: str, *words: str | Path, first: str = "true", then: str = "true") -> str:
    """Run the program's command with an empty disk of that size at ``folder``; ``first`` and ``then`` are for sh."""
    return _run(_SMALL, size, folder, words, first, then)


def on_read_only_disk(folder: Path, *words: str | Path, then: str = "true") -> str:
    """Run the program's command with ``folder`` as it is, but not to be written."""
    return _run(_READ_ONLY, "ro", folder, words, "true", then)


def _run(mount: str, how: str, folder: Path, words: tuple[str | Path, ...], first: str, then: str) -> str:
    """What the command and the shell said, with the command's exit code in a line of its own."""
    script = f'{mount} && shift 2 && {{ {first}; }} && {{ "$@" 2>&1; echo "code $?"; {then}; }}'
    command = [*_mounting(), "sh", "-c", script, "sh", how, folder, sys.executable, "-m", "desktop", *words]
    done = subprocess.run(
        list(map(str, command)), cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    return done.stdout + done.stderr
