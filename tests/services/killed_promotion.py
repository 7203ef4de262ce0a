"""Moves that are made to be killed: ``killed_promotion.py FILE URL``, see `tests.nursery`; each tells how far it is."""

import sys
import time
from pathlib import Path

from desktop.services.promotion import promote
from desktop.store.engine import open_database
from tests.nursery import breed, tell
from tests.services.world import Clock


def promote_until_killed(_turn: int) -> None:
    def slowly(done: int, total: int, _text: str) -> None:
        tell("moved", done, total)
        time.sleep(0.01)

    source, target = open_database(Path(sys.argv[1])), open_database(sys.argv[2])
    tell("begun")
    promote(source, target, Clock(), slowly)
    while True:
        tell("done")
        time.sleep(0.05)


if __name__ == "__main__":
    breed(promote_until_killed)
