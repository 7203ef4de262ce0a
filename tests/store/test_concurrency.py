import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from desktop.domain.conflicts import Stale
from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.ids import new_id
from desktop.store.numbers import next_number
from desktop.store.tables import Project
from desktop.store.verify import verify

WRITERS = 10
SAVES = 8


def raise_amount(url: str, key: UUID, device: Installation, now: dt.datetime) -> list[int]:
    """Raise the amount by one ``SAVES`` times, each time from what was read before; and take a number each time."""
    db = open_database(url)
    numbers: list[int] = []
    while len(numbers) < SAVES:
        with db.reading() as reader:
            seen = reader.fetch(Project, key)
        try:
            with db.writing(None, device, now) as session:
                project = session.fetch_version(Project, key, seen.version)
                project.amount = (seen.amount or 0) + 1
                number = next_number(session, "GC")
        except Stale:
            continue
        numbers.append(number)
    db.close()
    return numbers


def test_no_writer_loses_what_another_saved(office_url: str, now: dt.datetime) -> None:
    db = open_database(office_url)
    devices = [Installation(new_id(), f"{number}号机") for number in range(WRITERS)]
    with db.writing(None, devices[0], now) as session:
        project = Project(name="综合监控", state="executing", amount=0)
        session.add(project)
    with ThreadPoolExecutor(WRITERS) as pool:
        # two writers sit at each machine
        works = [pool.submit(raise_amount, office_url, project.id, devices[n // 2], now) for n in range(WRITERS)]
        numbers = [number for work in works for number in work.result()]
    with db.reading() as reader:
        found = reader.fetch(Project, project.id)
        assert (found.amount, found.version) == (WRITERS * SAVES, WRITERS * SAVES + 1)
    assert sorted(numbers) == list(range(1, WRITERS * SAVES + 1))
    assert verify(db) == []
    db.close()


def test_an_undone_transaction_gives_its_number_back(db: Database, device: Installation, now: dt.datetime) -> None:
    taken: list[int] = []

    def take(*, fails: bool) -> None:
        with db.writing(None, device, now) as session:
            taken.extend(next_number(session, key) for key in ("GC", "XM"))
            if fails:
                raise ZeroDivisionError

    take(fails=False)
    with pytest.raises(ZeroDivisionError):
        take(fails=True)
    take(fails=False)
    assert taken == [1, 1, 2, 2, 2, 2]
