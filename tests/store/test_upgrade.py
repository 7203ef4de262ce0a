"""The office of schema 0001, brought up to date: whole, or not at all."""

import datetime as dt
import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, text

from desktop import __version__
from desktop.domain.errors import Refusal
from desktop.store import engine
from desktop.store.bodies import UPCASTERS
from desktop.store.device import Installation
from desktop.store.engine import open_database
from desktop.store.faults import told
from desktop.store.schema import SchemaState, migrating, run_migrations, schema_state
from desktop.store.schema_history import SchemaStep
from desktop.store.tables import SCHEMA_NO, Person
from desktop.store.upgrade import upgrade
from desktop.store.verify import verify
from tests.databases import Prepare
from tests.disks import READ_ONLY, SMALL, needs_mounts, within
from tests.nursery import kill_children
from tests.old_offices import FOUNDED, OFFICE, place_old_office, rows_of, schema_of, steps_of, turns_of
from tests.store.conftest import NOW
from tests.store.offices import behind

ROUNDS = 12
SEED = 20261122
LONGEST = 0.4
STEPS = (SchemaStep(1, "", FOUNDED, None), SchemaStep(SCHEMA_NO, __version__, NOW, 1))


@pytest.fixture
def old_url(office_template: Callable[[Prepare], str]) -> str:
    """URL of an office of schema 0001, on both engines."""
    return office_template(place_old_office)


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    return Path(shutil.copy(OFFICE, tmp_path / "office.epm"))


def check(target: str | Path) -> list[str]:
    db = open_database(target)
    findings = [f"{finding.where}：{finding.what}" for finding in verify(db)]
    db.close()
    return findings


def test_an_old_office_is_upgraded_with_everything_in_it(old_url: str, tmp_path: Path) -> None:
    before, turns = rows_of(old_url), turns_of(old_url)
    assert turns
    db = open_database(old_url)
    backup = upgrade(db, tmp_path / "backups", NOW)
    assert schema_state(db) is SchemaState.CURRENT
    db.close()
    assert (rows_of(old_url), turns_of(old_url)) == (before, turns)
    assert check(old_url) == []
    assert steps_of(old_url) == STEPS
    if db.file is None:
        assert backup is None
        return
    assert backup is not None
    assert backup.name == f"{db.file.stem}-升级前备份-2026-11-23-0001.sqlite"
    assert list((tmp_path / "backups").iterdir()) == [backup]
    assert (schema_of(backup), rows_of(backup)) == ("0001", before)


def test_the_backup_can_be_upgraded_in_its_turn(old_file: Path, tmp_path: Path) -> None:
    before = rows_of(old_file)
    db = open_database(old_file)
    backup = upgrade(db, tmp_path / "backups", NOW)
    db.close()
    assert backup is not None
    again = open_database(backup)
    upgrade(again, tmp_path / "backups", NOW)
    again.close()
    assert (check(backup), rows_of(backup)) == ([], before)


def test_tables_of_the_first_schema_without_an_office_are_upgraded_too(database_url: str, tmp_path: Path) -> None:
    db = open_database(database_url, schema_no=1)
    if db.file is not None:
        db.file.touch()
    with migrating(db) as connection:
        run_migrations(connection, 1)
    db.close()
    new = open_database(database_url)
    upgrade(new, tmp_path, NOW)
    new.close()
    assert [(step.schema_no, step.at) for step in steps_of(database_url)] == [(1, None), (SCHEMA_NO, NOW)]
    assert check(database_url) == []


def test_work_goes_on_after_the_upgrade_and_old_changes_are_read_as_new(
    old_url: str, device: Installation, now: dt.datetime, tmp_path: Path
) -> None:
    db = open_database(old_url)
    upgrade(db, tmp_path, NOW)
    with db.writing(None, device, now) as session:
        person = session.scalars(select(Person).order_by(Person.id)).first()
        assert person is not None
        person.phone = "13800000000"
    assert verify(db) == []
    db.close()


def test_every_migration_says_how_the_bodies_before_it_are_read() -> None:
    assert set(UPCASTERS) == set(range(1, SCHEMA_NO))


def run(url: str, statement: str) -> None:
    db = open_database(url)
    with told(db.place), migrating(db) as connection:
        connection.execute(text(statement))


def test_what_the_history_tells_cannot_be_rewritten_and_is_missed_when_gone(old_url: str, tmp_path: Path) -> None:
    db = open_database(old_url)
    upgrade(db, tmp_path, NOW)
    for statement in ("UPDATE schema_change SET program = '9.9'", "DELETE FROM schema_change"):
        with pytest.raises(Refusal, match="不能修改或删除"):
            run(old_url, statement)
    assert steps_of(old_url) == STEPS
    behind(db, f"DELETE FROM schema_change WHERE schema_no = {SCHEMA_NO}")
    assert [finding.table for finding in verify(db)] == ["schema_change"]
    db.close()


# ---- what goes wrong


def test_an_upgrade_that_fails_half_way_leaves_the_old_data(old_url: str, tmp_path: Path) -> None:
    before = rows_of(old_url)
    body = f"""
from alembic import op
revision, down_revision = "{SCHEMA_NO + 1:04d}", "{SCHEMA_NO:04d}"
def upgrade():
    op.execute("UPDATE person SET phone = '1'")
    op.execute("DROP TABLE schema_change")
    raise ZeroDivisionError
"""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "next.py").write_text(body, encoding="utf-8")
    db = open_database(old_url, schema_no=SCHEMA_NO + 1)
    with pytest.raises(Refusal, match=r"升级失败。原有数据仍是升级前的样子。") as refused:
        upgrade(db, tmp_path / "backups", NOW, more=[tmp_path / "more"])
    db.close()
    assert "ZeroDivisionError" in refused.value.details
    assert (schema_of(old_url), rows_of(old_url)) == ("0001", before)
    now_current = open_database(old_url)
    upgrade(now_current, tmp_path / "backups", NOW)
    now_current.close()
    assert check(old_url) == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_an_upgrade_that_is_killed_leaves_the_old_data_or_the_new(on_disk: Path) -> None:
    before = rows_of(OFFICE)
    copied, done = set(), set()
    for heard in kill_children("tests.store.killed_upgrade", str(on_disk), rounds=ROUNDS, seed=SEED, longest=LONGEST):
        told_of = [line.split() for line in heard]
        copied |= {name for word, name in told_of if word == "copied"}
        done |= {name for word, name in told_of if word == "upgraded"}
    found = {name: schema_of(on_disk / name) for name in copied}
    assert set(found.values()) <= {"0001", f"{SCHEMA_NO:04d}"}
    assert len(copied) > len(done)
    for name, schema in found.items():
        assert rows_of(on_disk / name) == before
        assert schema != "0001" or name not in done
        if schema == "0001":
            db = open_database(on_disk / name)
            upgrade(db, on_disk / "again", NOW)
            db.close()
        assert check(on_disk / name) == []
    for backup in (on_disk / "backups").glob("*.epm"):
        assert (schema_of(backup), rows_of(backup)) == ("0001", before)


def test_of_two_who_upgrade_at_once_one_does_it(old_url: str, tmp_path: Path) -> None:
    before = rows_of(old_url)
    start = Barrier(2)

    def attempt(_number: int) -> str:
        db = open_database(old_url)
        start.wait()
        try:
            upgrade(db, tmp_path / "backups", NOW)
        except Refusal as refusal:
            return str(refusal)
        finally:
            db.close()
        return "done"

    with ThreadPoolExecutor() as pool:
        answers = sorted(pool.map(attempt, range(2)))
    assert answers[0] == "done"
    assert "刚刚已由他人升级" in answers[1] or "不需要升级" in answers[1]
    assert (steps_of(old_url), check(old_url), rows_of(old_url)) == (STEPS, [], before)


def test_an_older_program_at_the_same_data_is_told_which_program_upgraded_it(
    old_url: str, device: Installation, now: dt.datetime, tmp_path: Path
) -> None:
    older = open_database(old_url, schema_no=1)
    with older.reading() as reader:
        assert reader.scalars(select(Person.name)).first()
    newer = open_database(old_url)
    upgrade(newer, tmp_path, NOW)
    newer.close()
    behind(older, f"UPDATE schema_change SET program = '99.1.0' WHERE schema_no = {SCHEMA_NO}")
    words = (
        f"由 99.1.0 版于 2026-11-23 升级过，本机是 {__version__} 版，不能打开它。数据未作改动。请向发放人索取新版程序。"
    )
    with pytest.raises(Refusal, match=words), older.reading():
        pass
    with pytest.raises(Refusal, match=words), older.writing(None, device, now):
        pass
    older.close()


def test_data_that_another_program_is_reading_waits_for_it(
    old_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    before = rows_of(old_file)
    db = open_database(old_file)
    with closing(sqlite3.connect(old_file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person")
        with pytest.raises(Refusal, match="占用"):
            upgrade(db, tmp_path / "backups", NOW)
        reader.execute("COMMIT")
    assert (schema_of(old_file), rows_of(old_file)) == ("0001", before)
    upgrade(db, tmp_path / "backups", NOW)
    db.close()
    assert check(old_file) == []


# does what the command line says, and then takes a copy of what is left out of the mounts: FROM TO, and the words
TAKING = """
import shutil, sys
from desktop.__main__ import main
code = main(sys.argv[3:])
shutil.copytree(sys.argv[1], sys.argv[2])
sys.exit(code)
"""


@needs_mounts
def test_a_read_only_old_file_is_told_and_left_alone(old_file: Path, tmp_path: Path) -> None:
    stick = tmp_path / "优盘"
    stick.mkdir()
    old_file.rename(stick / "office.epm")
    words = ("-m", "desktop", "--home", tmp_path / "home", "--data", stick / "office.epm", "upgrade")
    done = within(READ_ONLY.format(stick), *words)
    assert (done.returncode, "只读" in done.stderr) == (1, True)
    assert (stick / "office.epm").read_bytes() == OFFICE.read_bytes()
    assert [file.name for file in stick.iterdir()] == ["office.epm"]


@needs_mounts
def test_a_full_disk_for_the_backup_is_told_and_nothing_is_upgraded(old_file: Path, tmp_path: Path) -> None:
    home, left = tmp_path / "home", tmp_path / "left"
    home.mkdir()
    done = within(
        SMALL.format(home, "600k"), "-c", TAKING, home, left, *("--home", home, "--data", old_file, "upgrade")
    )
    assert done.returncode == 1
    assert f"不能在“{home / 'backups'}”中写备份，没有升级。数据未作改动。" in done.stderr
    assert "还有 1 MB 空间" in done.stderr
    assert list((left / "backups").iterdir()) == []
    assert old_file.read_bytes() == OFFICE.read_bytes()


@needs_mounts
def test_a_full_disk_under_the_data_is_told_and_the_old_data_stands(tmp_path: Path) -> None:
    disk, left = tmp_path / "盘", tmp_path / "left"
    disk.mkdir()
    file = disk / "office.epm"
    mounts = f'{SMALL.format(disk, "900k")} && cp "{OFFICE}" "{file}"'
    done = within(mounts, "-c", TAKING, disk, left, *("--home", tmp_path / "home", "--data", file, "upgrade"))
    assert (done.returncode, "磁盘已满" in done.stderr) == (1, True)
    assert [one.name for one in left.iterdir()] == ["office.epm"]
    assert (schema_of(left / "office.epm"), rows_of(left / "office.epm")) == ("0001", rows_of(OFFICE))
