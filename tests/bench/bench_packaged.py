"""How long the packaged programs take until their window answers, beside a packaged bare window, pair by pair.

What ``dev.py package`` left in ``out/package`` is measured: the Linux bundle as ``bench_start`` does it, the Windows
program the same way under Wine, in real windows on a virtual screen. The bare window is packaged when it is missing.
Figures are printed, never asserted.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from desktop import NAME
from desktop.sample import make_sample
from desktop.services.home import Home
from tests.bench.bench_start import PROJECTS

from bundle import PACKAGE, build_bundle
from wine import run_script

SPEC = "tests/bench/bare_window.spec"
PAIRS = 9
_FIGURES = 4
_PAIRS_UNDER_WINE = r"""
log={home}/log/epm-desk.log
for number in $(seq {pairs}); do
    rm -rf /made/bare.txt {home}/log
    begun=$(date +%s.%N)
    wine /bare/bare.exe 'Z:\made\bare.txt' >/dev/null 2>&1
    begun_ours=$(date +%s.%N)
    wine /app/epm-desk.exe --home 'Z:{home}' {data} >/dev/null 2>&1 &
    until grep -q 'ready after' $log 2>/dev/null; do sleep 0.05; done
    wine taskkill /f /im epm-desk.exe >/dev/null 2>&1
    wait %1 2>/dev/null
    ready=$(sed -n 's/.*ready after [0-9]* ms (at \([0-9.]*\)).*/\1/p' $log)
    echo "$begun $(tr -d '\r\n' </made/bare.txt) $begun_ours $ready"
done
"""


def measure_linux(bare: Path) -> int:
    """Let ``bench_start`` measure the Linux bundle."""
    words: list[str | Path] = [
        "--ours",
        PACKAGE / "linux" / NAME / NAME,
        "--bare",
        bare / "bare",
        "--pairs",
        str(PAIRS),
    ]
    return subprocess.run([sys.executable, "-m", "tests.bench.bench_start", *words], check=False).returncode


def measure_windows(bare: Path) -> None:
    """Measure starts at an office and first starts of the Windows program, inside the root where Wine is."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_sample(folder / "office.epm", Home(folder / "office"), projects=PROJECTS)
        for what, home, data in (
            ("office", "/made/office", r"--data 'Z:\made\office.epm'"),
            ("first start", "/made/empty", ""),
        ):
            script = _PAIRS_UNDER_WINE.format(pairs=PAIRS + 1, home=home, data=data)
            shown = {"/app": PACKAGE / "windows" / NAME, "/bare": bare}
            outcome = run_script(script, binds={"/made": folder}, read_only=shown, timeout=200)
            lines = [line.split() for line in outcome.said.splitlines()]
            rows = [[float(word) for word in line] for line in lines if len(line) == _FIGURES]
            if len(rows) < PAIRS:
                raise SystemExit(f"{what}: {outcome.said}")
            # the first pair warms the disk's cache and is not counted
            least = [1000 * (answered - begun) for begun, answered, _, _ in rows[1:]]
            ours = [1000 * (answered - begun) for _, _, begun, answered in rows[1:]]
            ratios = sorted(one / other for one, other in zip(ours, least, strict=True))
            print(f"Wine, bare window {statistics.median(least):6.0f} ms; {what}, window answers", end=" ")
            print(
                f"{statistics.median(ours):6.0f} ms   {statistics.median(ratios):5.2f} × bare"
                f" ({ratios[0]:.2f}…{ratios[-1]:.2f})",
                flush=True,
            )


def main() -> int:
    """Print the figures of whatever is packaged here; 1 if nothing is."""
    found = [target for target in ("linux", "windows") if (PACKAGE / target / NAME).is_dir()]
    if sys.platform == "win32" or not found:
        print("没有可以测量的程序：请先在 Linux 上运行 python3 build/dev.py package。", file=sys.stderr)
        return 1
    code = 0
    for target in found:
        bare = PACKAGE / target / "bare"
        bare = bare if bare.is_dir() else build_bundle(target, SPEC, "bare")
        if target == "linux":
            code = measure_linux(bare)
        else:
            measure_windows(bare)
    return code


if __name__ == "__main__":
    sys.exit(main())
