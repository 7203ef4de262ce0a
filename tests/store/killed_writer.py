"""A nursery of writers that are made to be killed: for each line on its input it forks one and tells its number.

``killed_writer.py DATABASE DRAFTS``. A writer saves a draft and then a batch of people, over and over, and says on
the output what was acknowledged: ``writer PID``, ``draft ROUND N``, ``saved ROUND N``.
"""

import datetime as dt
import os
import sys
from pathlib import Path
from uuid import UUID

from desktop.store.drafts import Draft, Drafts
from desktop.store.engine import open_database
from desktop.store.journal import Installation
from desktop.store.tables import Person

DEVICE = Installation(UUID(int=1), "会断电的机器")
DRAFT = UUID(int=2)
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
BATCH = 20


def tell(*words: object) -> None:
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


def write_until_killed(target: str, folder: Path, turn: int) -> None:
    db, drafts = open_database(target), Drafts(folder)
    tell("writer", os.getpid())
    number = 0
    while True:
        number += 1
        draft = Draft(DRAFT, DRAFT, DRAFT, "pause", "project", "", f"{turn} {number} {'字' * 5000}", NOW)
        drafts.save(draft)
        tell("draft", turn, number)
        with db.writing(None, DEVICE, NOW) as session:
            session.add_all(Person(name="𠮷镕堃" * 50, staff_no=f"{turn} {number}") for _ in range(BATCH))
        tell("saved", turn, number)


def main() -> None:
    for turn, _ in enumerate(iter(sys.stdin.readline, "")):
        child = os.fork()
        if child == 0:
            write_until_killed(sys.argv[1], Path(sys.argv[2]), turn)
        os.waitpid(child, 0)
        tell("gone", child)


if __name__ == "__main__":
    main()
