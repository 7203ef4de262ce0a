"""Processes that are killed in the midst of their work: a nursery forks them, a test kills them at random moments.

The nursery is a module of its own, started once with all its imports done; each line on its input forks a child, which
works for ever and tells on the output what was acknowledged. The nursery tells ``child PID`` before and ``gone``
after each.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


def tell(*words: object) -> None:
    """One line on the output, at once and in one piece."""
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


def rounds_for(url: str) -> int:
    """So often a writer is killed: who writes the file itself oftener than who leaves that to a server."""
    return 50 if url.startswith("sqlite") else 20


def breed(work_until_killed: Callable[[int], None]) -> None:
    """Be a nursery: for each line on the input fork a child that does the work, and wait until it is dead."""
    for turn, _ in enumerate(iter(sys.stdin.readline, "")):
        child = os.fork()
        if child == 0:
            tell("child", os.getpid())
            work_until_killed(turn)
            os._exit(1)
        os.waitpid(child, 0)
        tell("gone")


def kill_children(module: str, *arguments: str, rounds: int, seed: int, longest: float) -> Iterator[list[str]]:
    """Let a nursery fork a child, kill it at a random moment, and give what it had told; ``rounds`` times.

    ``longest`` is how many seconds after some random line of the child's the kill comes at the latest.
    """
    chance = random.Random(seed)
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for _ in range(rounds):
            nursery.stdin.write("\n")
            nursery.stdin.flush()
            heard = [nursery.stdout.readline() for _ in range(chance.randint(2, 6))]
            time.sleep(chance.uniform(0, longest))
            os.kill(int(heard[0].split()[1]), signal.SIGKILL)
            while not heard[-1].startswith("gone"):
                heard.append(nursery.stdout.readline())
                assert heard[-1], heard
            yield [line.strip() for line in heard[1:-1]]
        nursery.stdin.close()
