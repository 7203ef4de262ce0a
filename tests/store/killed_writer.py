"""Writers that are made to be killed: ``killed_writer.py DATABASE DRAFTS``, see `tests.nursery`.

A writer saves a draft and then a batch of people, over and over, and tells what was acknowledged: ``draft ROUND N``,
``saved ROUND N``.
"""

import datetime as dt
import sys
from pathlib import Path
from uuid import UUID

from desktop.store.device import Installation
from desktop.store.drafts import Draft, Drafts
from desktop.store.engine import open_database
from desktop.store.tables import Person
from tests.nursery import breed, tell

DEVICE = Installation(UUID(int=1), "会断电的机器")
DRAFT = UUID(int=2)
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
BATCH = 20


def write_until_killed(turn: int) -> None:
    db, drafts = open_database(sys.argv[1]), Drafts(Path(sys.argv[2]))
    number = 0
    while True:
        number += 1
        draft = Draft(DRAFT, DRAFT, DRAFT, "pause", "project", "", f"{turn} {number} {'字' * 5000}", NOW)
        drafts.save(draft)
        tell("draft", turn, number)
        with db.writing(None, DEVICE, NOW) as session:
            session.add_all(Person(name="𠮷镕堃" * 50, staff_no=f"{turn} {number}") for _ in range(BATCH))
        tell("saved", turn, number)


if __name__ == "__main__":
    breed(write_until_killed)
