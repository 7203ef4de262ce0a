"""The cable is pulled, the server restarts, the share vanishes: nothing is half-written, and what is told is true."""

import datetime as dt
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, make_url, select

from desktop.domain.errors import Refusal, Unreachable, Unsettled
from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.sessions import WriteSession
from desktop.store.tables import Person
from desktop.store.verify import verify
from tests.proxy import Cable
from tests.store.offices import found_office

COMMIT = b"COMMIT\0"


@pytest.fixture
def cable(postgres_url: str) -> Iterator[Cable]:
    found_office(postgres_url)
    with Cable(postgres_url) as made:
        yield made


@pytest.fixture
def far(cable: Cable) -> Iterator[Database]:
    """The office at the other end of the cable."""
    made = open_database(cable.url)
    made.doubts.patience = 1.5
    yield made
    cable.mend()
    made.close()


def add(db: Database, device: Installation, now: dt.datetime, name: str = "张伟") -> None:
    with db.writing(None, device, now) as session:
        session.add(Person(name=name))


def people(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_commit_whose_answer_was_lost_is_known_to_be_saved(
    cable: Cable, far: Database, device: Installation, now: dt.datetime
) -> None:
    cable.cut_after, cable.brief = COMMIT, True
    add(far, device, now)
    assert people(far) == 1
    assert verify(far) == []


def test_a_commit_that_never_arrived_is_known_not_to_be_saved(
    cable: Cable, far: Database, device: Installation, now: dt.datetime
) -> None:
    cable.cut_before, cable.brief = COMMIT, True
    with pytest.raises(Unreachable, match="没有保存") as told:
        add(far, device, now)
    assert not isinstance(told.value, Unsettled)
    assert people(far) == 0
    add(far, device, now)
    assert people(far) == 1


def test_a_transaction_that_waits_for_its_lost_commit_is_ended_so_that_it_cannot_be_saved_later(
    cable: Cable, far: Database, device: Installation, now: dt.datetime
) -> None:
    cable.cut_before, cable.brief, cable.half = COMMIT, True, True
    with pytest.raises(Unreachable, match="没有保存"):
        add(far, device, now)
    assert people(far) == 0


@pytest.mark.parametrize("arrived", [True, False])
def test_what_cannot_be_found_out_is_told_so_and_is_never_saved_twice(
    cable: Cable, far: Database, device: Installation, now: dt.datetime, *, arrived: bool
) -> None:
    if arrived:
        cable.cut_after = COMMIT
    else:
        cable.cut_before = COMMIT
    with pytest.raises(Unsettled, match="还不知道"):
        add(far, device, now)
    with pytest.raises(Unreachable):
        people(far)
    assert far.doubts.settle() == []
    cable.mend()
    if arrived:
        with pytest.raises(Refusal, match="已经保存成功"):
            far.refuse_repeating()
    else:
        far.refuse_repeating()
        add(far, device, now)
    assert people(far) == 1
    assert not far.doubts
    add(far, device, now, "另一位")
    assert people(far) == 2


def test_a_save_while_the_server_is_away_says_what_was_not_saved_and_not_how_the_address_is_written(
    cable: Cable, far: Database, device: Installation, now: dt.datetime
) -> None:
    assert people(far) == 0
    cable.cut()
    with pytest.raises(Unreachable) as told:
        add(far, device, now)
    assert not isinstance(told.value, Unsettled)
    assert f"没有保存：与“{far.place}”的连接断开了" in told.value.what
    assert "填写的内容仍在" in told.value.kept
    assert "端口" not in str(told.value)
    assert told.value.details


def test_a_cable_cut_in_mid_transaction_leaves_nothing(
    cable: Cable, far: Database, device: Installation, now: dt.datetime
) -> None:
    def cut_after_writing() -> None:
        with far.writing(None, device, now) as session:
            session.add(Person(name="半个"))
            session.flush()
            cable.blip()
            session.flush()

    with pytest.raises(Unreachable):
        cut_after_writing()
    assert people(far) == 0


def test_the_first_action_after_a_restarted_server_does_not_fail(
    postgres_url: str, device: Installation, now: dt.datetime
) -> None:
    found_office(postgres_url)
    db = open_database(postgres_url)
    for act in (lambda: people(db), lambda: add(db, device, now)):
        people(db)
        _end_connections(postgres_url)
        act()
    assert people(db) == 1
    db.close()


def test_a_server_that_ends_the_connection_instead_of_committing(
    postgres_url: str, device: Installation, now: dt.datetime
) -> None:
    found_office(postgres_url)
    db = open_database(postgres_url)

    def ended_at_the_end(session: WriteSession) -> None:
        _end_connections(postgres_url)
        session.add(Person(name="来不及"))

    with pytest.raises(Unreachable), db.writing(None, device, now) as session:
        ended_at_the_end(session)
    assert people(db) == 0
    db.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file where it is")
def test_a_vanished_share_is_told_and_once_back_the_save_goes_on(
    tmp_path: Path, device: Installation, now: dt.datetime
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    found_office(f"sqlite:///{share / 'office.epm'}")
    db = open_database(share / "office.epm")
    db.doubts.patience = 0.5
    assert people(db) == 0

    def vanish_in_mid_save() -> None:
        with db.writing(None, device, now) as session:
            session.add(Person(name="张伟"))
            session.flush()
            share.rename(tmp_path / "gone")

    with pytest.raises(Unreachable):
        vanish_in_mid_save()
    for act in (lambda: people(db), lambda: add(db, device, now)):
        with pytest.raises(Unreachable):
            act()
    (tmp_path / "gone").rename(share)
    db.refuse_repeating()
    add(db, device, now)
    found = people(db)
    assert (found, db.doubts.settle()) == (1, [])
    db.close()
    with sqlite3.connect(share / "office.epm") as bare:
        assert bare.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _end_connections(url: str) -> None:
    target = make_url(url)
    with psycopg.connect(
        host=target.host, port=target.port, user=target.username, password=target.password, dbname="postgres"
    ) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (target.database,)
        )
