"""How long the program takes from being started until its window answers, beside the least that PySide6 can do.

Each pair starts the program and ``bare_window.py`` one after the other, so that whatever else the machine does weighs
on both; the ratio is what counts. Both starts are timed from outside: from just before the process is made to the
moment that the started program itself wrote down, the bare one into a file, ours into the log of its home (“ready
after … (at MOMENT)”, for the rows of the workbench “filled after …”). So a packaged program is measured in the same
way, also another system's under its loader:

    python -m tests.bench.bench_start --ours dist/epm-desk/epm-desk --bare dist/bare/bare
    python -m tests.bench.bench_start --loader wine --ours …/epm-desk.exe --bare …/bare.exe

Under another system's loader home and files must lie where that system finds them by the same name (``--folder``).

Figures are printed, never asserted.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.sample import make_sample
from desktop.services.home import Home

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
PROJECTS = 60
_LINE = re.compile(r"(ready|filled) after \d+ ms \(at ([\d.]+)\)")


@dataclass(frozen=True)
class Start:
    """Milliseconds from the process's beginning until the window answered, and until the workbench was filled."""

    ready: float
    filled: float | None = None


def await_file(read: Callable[[], Start | None], process: subprocess.Popen[bytes]) -> Start:
    """Wait for what the started program writes down."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = read()
        if found is not None:
            return found
        time.sleep(0.02)
    process.kill()
    raise SystemExit(f"no answer within {PATIENCE:.0f} s: {process.args!r}")


def start_bare(command: Sequence[str], folder: Path) -> Start:
    file = folder / "bare.txt"
    file.unlink(missing_ok=True)
    began = time.time()
    process = subprocess.Popen([*command, str(file)], stdin=subprocess.DEVNULL)

    def read() -> Start | None:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        return Start((float(text) - began) * 1000) if text.endswith("\n") else None

    found = await_file(read, process)
    process.wait()
    return found


def start_ours(command: Sequence[str], home: Path, *, filled: bool) -> Start:
    log = home / "log" / "epm-desk.log"
    log.unlink(missing_ok=True)
    began = time.time()
    process = subprocess.Popen([*command, "--home", str(home)], stdin=subprocess.DEVNULL)

    def read() -> Start | None:
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        told = {what: (float(moment) - began) * 1000 for what, moment in _LINE.findall(text)}
        if "ready" not in told or (filled and "filled" not in told):
            return None
        return Start(told["ready"], told.get("filled"))

    found = await_file(read, process)
    process.terminate()
    process.wait()
    return found


def compare(what: str, pairs: int, ours: Callable[[], Start], bare: Callable[[], Start]) -> None:
    """Print medians and the median of the pairs' ratios; a first pair, which warms the disk's cache, is not counted."""
    starts, least = [], []
    for number in range(pairs + 1):
        if number % 2:
            least.append(bare())
            starts.append(ours())
        else:
            starts.append(ours())
            least.append(bare())
    starts, least = starts[1:], least[1:]

    def show(moment: str, taken: Sequence[float]) -> None:
        ratios = sorted(one / other.ready for one, other in zip(taken, least, strict=True))
        print(
            f"{what}, {moment:<24}{statistics.median(taken):8.0f} ms   {statistics.median(ratios):5.2f} × bare"
            f" ({ratios[0]:.2f}…{ratios[-1]:.2f})",
            flush=True,
        )

    print(f"{'bare window with an empty table':<40}{statistics.median(one.ready for one in least):6.0f} ms")
    show("window answers", [one.ready for one in starts])
    rows = [one.filled for one in starts if one.filled is not None]
    if rows:
        show("workbench filled", rows)


def arguments() -> Namespace:
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--ours", help="the packaged program; without it the source is run")
    parser.add_argument("--bare", help="the packaged bare window; without it the source is run")
    parser.add_argument("--loader", default="", help="what runs both, for example wine")
    parser.add_argument("--folder", type=Path, help="where homes and files are made; by default a temporary folder")
    parser.add_argument("--pairs", type=int, default=9)
    return parser.parse_args()


def main() -> int:
    """Print the figures of a start at an office and of a first start."""
    options = arguments()
    loader = options.loader.split()
    ours = [*loader, options.ours] if options.ours else [sys.executable, "-m", "desktop"]
    bare = (
        [*loader, options.bare] if options.bare else [sys.executable, str(Path(__file__).with_name("bare_window.py"))]
    )
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        folder = Path(place)
        home = Home(folder / "home")
        make_sample(home.folder / "office.epm", home, projects=PROJECTS)
        compare(
            "office",
            options.pairs,
            lambda: start_ours(ours, home.folder, filled=True),
            lambda: start_bare(bare, folder),
        )
        compare(
            "first start",
            options.pairs,
            lambda: start_ours(ours, folder / "empty", filled=False),
            lambda: start_bare(bare, folder),
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
