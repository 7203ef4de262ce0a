"""Upgrades that are made to be killed: ``killed_upgrade.py FOLDER``, see `tests.nursery`.

Over and over a fresh copy of the office of schema 0001 is upgraded: ``copied FILE``, ``begun FILE``, ``upgraded FILE``.
"""

import shutil
import sys
from pathlib import Path

from desktop.store.engine import open_database
from desktop.store.upgrade import upgrade
from tests.nursery import breed, tell
from tests.old_offices import OFFICE
from tests.store.conftest import NOW


def upgrade_until_killed(turn: int) -> None:
    folder = Path(sys.argv[1])
    number = 0
    while True:
        number += 1
        file = folder / f"office-{turn}-{number}.epm"
        shutil.copyfile(OFFICE, file)
        tell("copied", file.name)
        db = open_database(file)
        tell("begun", file.name)
        upgrade(db, folder / "backups", NOW)
        tell("upgraded", file.name)
        db.close()


if __name__ == "__main__":
    breed(upgrade_until_killed)
