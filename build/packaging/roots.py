"""Debian systems in folders, each entered by chroot in namespaces of its own, so that nothing leaks either way."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from environment import ROOT, SetupFailure, has_apt, install_system_packages, is_root

CACHE = ROOT / "out" / "package" / "cache"
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root"}
_STAMP = "made-of.sha256"


@dataclass(frozen=True)
class Outcome:
    """How a command in a root ended: its exit code (124 if it took too long), what it said, the seconds it took."""

    code: int
    said: str
    seconds: float


@dataclass(frozen=True)
class Root:
    """A Debian system of a suite with some packages beyond the smallest, in a folder of the cache."""

    name: str
    suite: str
    packages: Sequence[str] = field(default=())

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return CACHE / self.name

    def ensure(self) -> Root:
        """Make it if it is missing or was made of something else; returns itself.

        Raises:
            SetupFailure: this is no Debian, this is not root, or packages cannot be had.
        """
        wanted = hashlib.sha256(repr((self.suite, sorted(self.packages))).encode()).hexdigest()
        stamp = CACHE / f"{self.name}-{_STAMP}"
        if self.folder.is_dir() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return self
        _require_tools()
        print(f"正在准备 {self.name}（Debian {self.suite}）……", flush=True)
        stamp.unlink(missing_ok=True)
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        include = [f"--include={','.join(self.packages)}"] if self.packages else []
        command = ["mmdebstrap", "--quiet", "--variant=minbase", *include, self.suite, str(self.folder)]
        if subprocess.run(command, check=False).returncode != 0:
            message = f"Debian {self.suite} 的系统没有建成，上面是原因（多半是网络）。解决后再运行一次。"
            raise SetupFailure(message)
        stamp.write_text(wanted, encoding="utf-8")
        return self

    def run(
        self,
        command: Sequence[str],
        *,
        binds: Mapping[str, Path],
        read_only: Mapping[str, Path] | None = None,
        variables: Mapping[str, str] | None = None,
        prepare: Sequence[str] = (),
        timeout: float = 600,
        network: bool = False,
    ) -> Outcome:
        """Run a command inside, without network unless it is asked for; whatever it started ends with it.

        ``binds`` and ``read_only`` name folders of this machine by the place where they appear inside; ``prepare``
        are shell lines said inside the root before the command (a virtual screen, a small disk).
        """
        script = self._script(command, self._mounts(binds, read_only or {}), variables or {}, prepare)
        spaces = ["--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", *([] if network else ["--net"])]
        begun = time.monotonic()
        # a file to read and write, not a pipe: Python under Wine fails on others
        said = CACHE / f"{self.name}-{os.getpid()}.log"
        with said.open("w+b") as stream:
            try:
                code = subprocess.run(
                    ["unshare", *spaces, "sh", "-c", script],
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    timeout=timeout,
                    check=False,
                ).returncode
            except subprocess.TimeoutExpired:
                code = 124
        text = said.read_text(encoding="utf-8", errors="replace")
        said.unlink()
        return Outcome(code, text, time.monotonic() - begun)

    def start(
        self, command: Sequence[str], *, binds: Mapping[str, Path], log: Path, prepare: Sequence[str] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a program inside that stays, with this machine's network, writing what it says to ``log``.

        The process is the program's own: it hears the signals that it is sent. Ctrl-C does not reach it.
        """
        script = self._script(command, self._mounts(binds, {}), {}, prepare)
        with log.open("ab") as stream:
            return subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", script],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _script(
        self, command: Sequence[str], mounts: Sequence[str], variables: Mapping[str, str], prepare: Sequence[str]
    ) -> str:
        inside = " && ".join([*prepare, " ".join(["exec", *map(quote, command)])])
        given = " ".join(quote(f"{name}={value}") for name, value in {**_ENVIRONMENT, **variables}.items())
        enter = f"exec chroot {quote(str(self.folder))} env -i {given} sh -c {quote(inside)}"
        # chroot lies in a folder that `su` does not put on the PATH
        return f"set -e\nPATH=$PATH:/usr/sbin:/sbin\n{'; '.join(mounts)}\n{enter}"

    def _mounts(self, binds: Mapping[str, Path], read_only: Mapping[str, Path]) -> list[str]:
        root = self.folder
        lines = [
            f"mount -t proc proc {quote(str(root / 'proc'))}",
            f"mount --rbind /dev {quote(str(root / 'dev'))}",
            f"mount -t tmpfs tmpfs {quote(str(root / 'tmp'))}",
            "ip link set lo up 2>/dev/null || true",
        ]
        for inside, folder in {**binds, **read_only}.items():
            place = root / inside.lstrip("/")
            lines += [f"mkdir -p {quote(str(place))}", f"mount --bind {quote(str(folder))} {quote(str(place))}"]
            if inside in read_only:
                lines.append(f"mount -o remount,bind,ro {quote(str(place))}")
        return lines


def _require_tools() -> None:
    if not has_apt() or not is_root():
        message = "这一步要在 Debian 上以 root 进行（需要建立独立的系统目录）。请换到这样的机器再运行一次。"
        raise SetupFailure(message)
    if shutil.which("mmdebstrap") is None:
        install_system_packages(["mmdebstrap"], "缺少建立独立系统目录的工具 mmdebstrap。")


WORKSHOP = Root(
    "workshop", "trixie", ("wine", "wine64", "xvfb", "nsis", "gcc-mingw-w64-x86-64", "mingw-w64-tools", "xdotool")
)
"""Where Windows programs are made and run: Wine 10, a virtual screen, NSIS, a small C compiler for Windows."""

BARE = Root("bare", "bookworm")
"""A Linux with nothing on it: no Python, no fonts, no Qt."""

POSTGRES = Root("postgres-17", "trixie", ("postgresql-17", "pgbouncer"))
"""A PostgreSQL server as offices install it, with TLS, and PgBouncer before it."""

OLD_POSTGRES = Root("postgres-15", "bookworm", ("postgresql-15",))
"""A server that is too old for the program."""
