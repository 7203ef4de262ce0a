"""Disks that are full or cannot be written, made for real in a name space of mounts of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READ_ONLY = 'mount --bind "{0}" "{0}" && mount -o remount,bind,ro "{0}"'
SMALL = 'mount -t tmpfs -o size={1} tmpfs "{0}"'


def _may_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    tried = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not _may_mount(), reason="only root can mount, and not in every container")


def within(mounts: str, *words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python where the mounts stand; they are gone with it."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", f'{mounts} && exec "$@"', "sh", sys.executable, *map(str, words)],
        cwd=ROOT,
        env={**environment, "QT_QPA_PLATFORM": "offscreen", **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
