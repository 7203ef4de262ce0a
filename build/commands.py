"""What ``dev.py`` can do. Every command first makes the environment what the pins say."""

import io
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from environment import ROOT, SetupFailure, ensure_environment
from qt_libraries import ensure_libraries

TOUR = ROOT / "out" / "tour"
# the scripts of packaging use the program's modules, dev.py's and each other
PACKAGING = os.pathsep.join(map(str, (ROOT, ROOT / "build", ROOT / "build" / "packaging")))

USAGE = """用法：python3 build/dev.py 命令 [参数……]

  run    启动程序；后面的参数原样交给程序。没有屏幕时改为自动走一遍主要流程并留下图片和 PDF
  test   运行全部测试（含自带的 PostgreSQL）；后面的参数原样交给 pytest
  check  检查代码：ruff、格式、mypy、import-linter、全部元数据
  package  制作可以分发的程序（Linux 包；Windows 安装包和 U 盘版）；--smoke 做完以后试运行
  bench  运行 tests/bench 里的速度测量；后面可以写要跑的名字
  soak   让许多客户端同时使用一个单位的数据（PostgreSQL 与共用的 SQLite 文件），杀进程、重启服务器，再核对结果；
         约十二分钟，--clients 10 --seconds 15 可缩短，--only 只做其中几项

第一次运行会自动建立 .venv 并装好所需组件，以后不再重复。"""


def _python(arguments: list[str | Path], **variables: str) -> int:
    """Run the environment's Python in the project's folder; ``variables`` only where the user set none."""
    environment = {**variables, **os.environ}
    return subprocess.run([ensure_environment(), *arguments], cwd=ROOT, env=environment, check=False).returncode


def has_screen() -> bool:
    """Tell whether a window could be shown; without a screen Qt would end the whole process."""
    if platform.system() != "Linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments: list[str]) -> int:
    """Start the program; without a screen and without arguments, do the tour and tell where its results are.

    The arguments are the program's own.
    """
    screen = has_screen()
    ensure_libraries(screen=screen)
    if screen or arguments:
        return _python(["-m", "desktop", *arguments])
    ensure_environment()
    print("这台机器没有屏幕，不能打开窗口。改为在后台走一遍主要流程，把经过的画面和表单存下来……", flush=True)
    done = _python(["-m", "desktop", "tour", TOUR], QT_QPA_PLATFORM="offscreen")
    if done == 0:
        pictures, papers = (len(list(TOUR.glob(f"**/*.{kind}"))) for kind in ("png", "pdf"))
        print(f"完成：{pictures} 张画面（PNG）和 {papers} 份表单（PDF）在 {TOUR}")
    return done


def test(arguments: list[str]) -> int:
    """Run the whole suite, spread over the processors; pytest's own arguments may follow."""
    ensure_libraries(screen=False)
    workers = str(min((os.cpu_count() or 1) + 1, 4))  # one more than processors: some wait for the copies they started
    pytest: list[str | Path] = ["-m", "pytest", "-n", workers, *arguments]
    return _python(pytest)


def check(arguments: list[str]) -> int:
    """Run every static check, all of them even when one fails; returns 1 if any failed."""
    if arguments:
        print("check 不需要参数。", file=sys.stderr)
        return 2
    ensure_libraries(screen=False)
    contracts = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    steps: dict[str, list[str | Path]] = {
        "ruff": ["-m", "ruff", "check"],
        "格式": ["-m", "ruff", "format", "--check"],
        "mypy": ["-m", "mypy"],
        "import-linter": ["-c", contracts, "--no-logo"],
        "元数据": ["-m", "pytest", "-q", "tests/test_house.py", "tests/test_metadata.py"],
    }
    failed = []
    for name, step in steps.items():
        print(f"== {name}", flush=True)
        if _python(step) != 0:
            failed.append(name)
    print(f"没有通过：{'、'.join(failed)}" if failed else "全部检查通过。")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Run every ``tests/bench/bench_*.py`` (or those named) one after the other; each prints its figures."""
    ensure_libraries(screen=False)
    names = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("bench_*.py"))
    chosen = [name for name in names if not arguments or name.removeprefix("bench_") in arguments]
    if not chosen:
        print(
            f"没有这样的测量。现有：{'、'.join(name.removeprefix('bench_') for name in names) or '无'}",
            file=sys.stderr,
        )
        return 2
    worst = 0
    for name in chosen:
        print(f"== {name.removeprefix('bench_')}", flush=True)
        variables = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": PACKAGING}
        worst = max(worst, abs(_python(["-m", f"tests.bench.{name}"], **variables)))
    return worst


def soak(arguments: list[str]) -> int:
    """Let many clients work on one office at once, disturb them, and judge what is in the database afterwards."""
    ensure_libraries(screen=False)
    environment = {"PYTHONPATH": PACKAGING, "PYTHONUNBUFFERED": "1", **os.environ}
    command = [str(ensure_environment()), "-m", "tests.soak", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            process.wait()  # until its servers are ended and its folders removed
            raise


def package(arguments: list[str]) -> int:
    """Make what is handed out, for both systems or those named; ``--smoke`` tries it where nothing else is."""
    ensure_libraries(screen=False)
    return _python([ROOT / "build" / "packaging" / "package.py", *arguments], PYTHONPATH=PACKAGING)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "soak": soak,
    "package": package,
}


def main(arguments: list[str]) -> int:
    """Do the command named first and return its exit code; 2 for a command that does not exist."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that cannot show Chinese still works
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(USAGE)
        return 0 if arguments else 2
    command = COMMANDS.get(arguments[0])
    if command is None:
        print(f"没有“{arguments[0]}”这个命令。\n\n{USAGE}", file=sys.stderr)
        return 2
    try:
        return command(arguments[1:])
    except SetupFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return 130
