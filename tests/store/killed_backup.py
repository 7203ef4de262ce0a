"""Backups that are made to be killed: ``killed_backup.py FILE FOLDER``, see `tests.nursery`; ``made NAME``."""

import sys
from pathlib import Path

from desktop.store.backups import back_up
from tests.nursery import breed, tell
from tests.store.conftest import NOW


def back_up_until_killed(_turn: int) -> None:
    while True:
        tell("begun")
        tell("made", back_up(Path(sys.argv[1]), Path(sys.argv[2]), "0005", NOW).name)


if __name__ == "__main__":
    breed(back_up_until_killed)
