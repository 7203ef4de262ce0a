"""The one door to work on this project: ``python3 build/dev.py run | test | check | bench | soak | package``.

This file keeps to words that Python 3.6 can read too, so that a wrong version is told and not stumbled over;
the work itself is done in ``commands.py`` beside it.
"""

import os
import subprocess
import sys

from versions import NEWEST, OLDEST

LAUNCHER = "py -" if os.name == "nt" else "python"


def other_python() -> str:
    """Return the command of an installed Python that suits, or an empty text."""
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        command = f"{LAUNCHER}3.{minor}"
        try:
            done = subprocess.call([*command.split(), "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except OSError:
            continue
        if done == 0:
            return command
    return ""


def main() -> int:
    """Go on with this Python if it suits, else with another one that is installed, else say so."""
    if OLDEST <= sys.version_info[:2] <= NEWEST and sys.maxsize > 2**32:
        from commands import main as work

        return work(sys.argv[1:])
    other = other_python()
    if other:
        return subprocess.call([*other.split(), __file__, *sys.argv[1:]])
    print(
        "本程序需要 64 位的 Python 3.11、3.12 或 3.13。"
        f"现在运行的是 {sys.version.split()[0]}，也没有找到合适的版本。\n"
        "请先安装 Python 3.11（Debian：apt-get install python3；Windows：勾选 py 启动器），再运行一次。",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
