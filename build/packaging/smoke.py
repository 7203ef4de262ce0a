"""``dev.py package --smoke``: the packaged programs do what the source does, where there is nothing but themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from installer_smoke import try_installer

from desktop import NAME, __version__
from desktop.store.places import PORTABLE

from bundle import PACKAGE
from checksums import differences
from environment import PYTHON, ROOT, SetupFailure
from roots import BARE, Outcome
from tour_comparison import compare
from wine import run_script, run_windows

SMOKE = PACKAGE / "smoke"
OLDER = ROOT / "tests" / "data" / "office-0001.epm"
_OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen", "TZ": "UTC"}
_PATIENCE = 300.0

Run = Callable[..., Outcome]


def try_linux() -> list[str]:
    """Try the Linux bundle in a root without Python, fonts, Qt and network; returns what was wrong."""
    folder = _fresh("linux")
    shutil.unpack_archive(_artefact("linux-x86_64.tar.gz"), folder)
    BARE.ensure()

    def run(*words: str) -> Outcome:
        return BARE.run(
            [f"/app/{NAME}", *words],
            binds={"/made": folder},
            read_only={"/app": folder / NAME},
            variables=_OFFSCREEN,
            timeout=_PATIENCE,
        )

    return [f"Linux：{fault}" for fault in _try(run, folder, folder / NAME, "/made/")]


def try_windows() -> list[str]:
    """Try the Windows program from the stick's ZIP in real windows, then the installer; returns what was wrong."""
    folder = _fresh("windows 试运行")
    shutil.unpack_archive(_artefact("portable.zip"), folder)
    if sys.platform == "win32":
        return [f"Windows：{fault}" for fault in _try(_natively(folder / NAME), folder, folder / NAME, f"{folder}\\")]

    def run(*words: str) -> Outcome:
        return run_windows(
            [f"/made/{NAME}/{NAME}.exe", *words],
            binds={"/made": folder},
            variables={"TZ": "UTC"},
            screen=True,
            timeout=_PATIENCE,
        )

    faults = [*_try(run, folder, folder / NAME, "Z:\\made\\"), *_try_stick(folder)]
    print("试运行：安装程序……", flush=True)
    faults += try_installer(_artefact("setup.exe"), OLDER, SMOKE / "installer")
    return [f"Windows：{fault}" for fault in faults]


def _try(run: Run, folder: Path, program: Path, seen: str) -> Iterator[str]:
    """The tour, an older data file, the report: ``seen`` is how the program names ``folder``."""
    print(f"试运行：{program}", flush=True)
    tour = folder / "tour"
    outcome = run("tour", f"{seen}tour", "--home", f"{seen}home")
    if outcome.code != 0:
        yield f"走查没有走完（退出码 {outcome.code}，{outcome.seconds:.0f} 秒）：{_end(outcome)}"
    yield from compare(_source_tour(), tour)
    shutil.copy2(OLDER, folder / "旧 数据.epm")
    data = ("--data", f"{seen}旧 数据.epm", "--home", f"{seen}home")
    for words in (("upgrade", *data), ("verify", *data), ("report", f"{seen}report.txt", *data)):
        outcome = run(*words)
        if outcome.code != 0:
            yield f"{words[0]} 没有办成（退出码 {outcome.code}）：{_end(outcome)}"
    if not list((folder / "home" / "backups").glob("*.epm")):
        yield "升级旧数据之前没有留下备份"
    if not (folder / "report.txt").exists():
        yield "没有写出诊断报告"
    yield from (f"程序目录里的“{name}”与清单不符" for name in differences(program) if not _is_own(name))


def _is_own(name: str) -> bool:
    """What a program folder holds beyond its list: the stick's marker, notes and data."""
    return name in {PORTABLE, "说明.txt"} or name.startswith("data/")


def _try_stick(folder: Path) -> Iterator[str]:
    """Carried on a stick: data beside the program, a second start, a stick that cannot be written, a missing file."""
    program = folder / NAME
    steps = r"""
wine /made/epm-desk/epm-desk.exe sample --projects 3 >/tmp/sample 2>&1 || { echo 'sample: failed'; cat /tmp/sample; }
wine /made/epm-desk/epm-desk.exe >/tmp/first 2>&1 &
first=$!
for _ in $(seq 300); do grep -q 'ready after' /made/epm-desk/data/log/epm-desk.log 2>/dev/null && break; sleep 0.2; done
grep -q 'ready after' /made/epm-desk/data/log/epm-desk.log || echo 'window: did not answer'
timeout 60 wine /made/epm-desk/epm-desk.exe >/tmp/second 2>&1 || { echo "second start: $?"; cat /tmp/second; }
kill -0 $first || echo 'first copy: gone'
wineserver --kill
"""
    outcome = run_script(steps, binds={"/made": folder}, timeout=_PATIENCE)
    if outcome.said.strip():
        yield f"便携版：{outcome.said.strip()}"
    if not (program / "data" / "office.epm").exists():
        yield "便携版的数据不在程序旁边的 data 里"
    tell = "; echo code=$?"
    shutil.rmtree(program / "data", ignore_errors=True)
    outcome = run_script(
        f"wine /made/epm-desk.exe list projects{tell}", binds={}, read_only={"/made": program}, timeout=60
    )
    if "code=1" not in outcome.said or "不能" not in outcome.said:
        yield f"只读的 U 盘没有说清楚：{_end(outcome)}"
    broken = folder / "broken"
    shutil.copytree(program, broken)
    (broken / "lib" / "PySide6" / "Qt6Gui.dll").unlink()
    outcome = run_script(f"wine /made/epm-desk.exe tour 'Z:\\made\\tour'{tell}", binds={"/made": broken}, timeout=60)
    if "code=3" not in outcome.said or "程序文件不完整" not in outcome.said:
        yield f"缺少程序文件时没有说清楚：{_end(outcome)}"
    shutil.rmtree(broken)


def _natively(program: Path) -> Run:
    """Run the program on the Windows where it was made."""

    def run(*words: str) -> Outcome:
        command: list[str | Path] = [program / f"{NAME}.exe", *words]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=_PATIENCE, check=False)
        return Outcome(done.returncode, done.stdout + done.stderr, 0.0)

    return run


def _source_tour() -> Path:
    """The tour of the source, made once for both; on the same day as the packages' or it proves nothing."""
    tour = SMOKE / "source"
    if not tour.exists():
        command: Sequence[str | Path] = [PYTHON, "-m", "desktop", "tour", tour, "--home", SMOKE / "source-home"]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **_OFFSCREEN}, capture_output=True, check=False)
        if done.returncode != 0:
            message = f"源代码自己的走查没有走完：{done.stderr.decode('utf-8', 'replace')}"
            raise SetupFailure(message)
    return tour


def _fresh(name: str) -> Path:
    folder = SMOKE / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(SMOKE / "source", ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _artefact(end: str) -> Path:
    return PACKAGE / "artefacts" / f"{NAME}-{__version__}-{end}"


def _end(outcome: Outcome) -> str:
    return outcome.said.strip()[-600:] or "没有说原因"
