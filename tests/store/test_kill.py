import os
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.store.drafts import Drafts
from desktop.store.engine import open_database
from desktop.store.tables import Person
from desktop.store.verify import verify
from tests.databases import moved_to
from tests.nursery import kill_children, rounds_for
from tests.store.killed_writer import BATCH, DRAFT

SEED = 20261123
LONGEST = 0.03


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_killed_program_loses_no_acknowledged_save_and_leaves_no_half_one(office_url: str, on_disk: Path) -> None:
    url = moved_to(on_disk, office_url)
    db, drafts = open_database(url), Drafts(on_disk)
    acknowledged: set[str] = set()
    for heard in kill_children(
        "tests.store.killed_writer", url, str(on_disk), rounds=rounds_for(url), seed=SEED, longest=LONGEST
    ):
        acknowledged |= {line.removeprefix("saved ") for line in heard if line.startswith("saved")}
        last_draft = [line.split()[1:] for line in heard if line.startswith("draft")][-1:]
        with db.reading() as reader:
            saved = Counter(reader.scalars(select(Person.staff_no)))
        assert acknowledged <= saved.keys()
        assert set(saved.values()) <= {BATCH}
        for turn, number in last_draft:
            draft = drafts.load(DRAFT)
            assert draft is not None
            assert (draft.content.split()[0], int(draft.content.split()[1]) >= int(number)) == (turn, True)
    assert acknowledged
    assert drafts.notice == ""
    assert verify(db) == []
    db.close()
