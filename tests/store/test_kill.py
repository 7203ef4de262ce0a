import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.store.drafts import Drafts
from desktop.store.engine import open_database
from desktop.store.tables import Person
from desktop.store.verify import verify
from tests.store.killed_writer import BATCH, DRAFT

ROUNDS = 50
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_killed_program_loses_no_acknowledged_save_and_leaves_no_half_one(office_url: str, tmp_path: Path) -> None:
    chance = random.Random(20261123)
    command = [sys.executable, "-m", "tests.store.killed_writer", office_url, str(tmp_path)]
    db, drafts = open_database(office_url), Drafts(tmp_path)
    acknowledged: set[str] = set()
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for _ in range(ROUNDS):
            nursery.stdin.write("\n")
            nursery.stdin.flush()
            heard = [nursery.stdout.readline() for _ in range(chance.randint(1, 4))]
            time.sleep(chance.uniform(0, 0.03))
            os.kill(int(heard[0].split()[1]), signal.SIGKILL)
            while not heard[-1].startswith("gone"):
                heard.append(nursery.stdout.readline())
            acknowledged |= {line.removeprefix("saved ").strip() for line in heard if line.startswith("saved")}
            last_draft = [line.split()[1:] for line in heard if line.startswith("draft")][-1:]
            with db.reading() as reader:
                saved = Counter(reader.scalars(select(Person.staff_no)))
            assert acknowledged <= saved.keys()
            assert set(saved.values()) <= {BATCH}
            for turn, number in last_draft:
                draft = drafts.load(DRAFT)
                assert draft is not None
                assert (draft.content.split()[0], int(draft.content.split()[1]) >= int(number)) == (turn, True)
        nursery.stdin.close()
    assert acknowledged
    assert drafts.notice == ""
    assert verify(db) == []
    db.close()
