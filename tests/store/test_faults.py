import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.domain.conflicts import Stale
from desktop.domain.errors import Damaged, Refusal
from desktop.store import engine
from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.faults import told
from desktop.store.ids import new_id
from desktop.store.schema import create_schema, schema_state
from desktop.store.tables import Person, Project
from desktop.store.verify import verify
from tests.store.conftest import NOW

Write = Callable[..., None]


@pytest.fixture
def lite(tmp_path: Path, device: Installation, now: dt.datetime) -> Database:
    database = open_database(tmp_path / "数据 文件.sqlite")
    create_schema(database, NOW)
    with database.writing(None, device, now) as session:
        session.add(Person(name="张三"))
    return database


@pytest.fixture
def write(device: Installation, now: dt.datetime) -> Write:
    """A save, before which a setting of the connection may be spoilt."""

    def save(db: Database, spoil: str = "", name: str = "李四") -> None:
        with db.writing(None, device, now) as session:
            if spoil:
                session.connection().exec_driver_sql(spoil)
            session.add_all(Person(name=name * 100) for _ in range(200))

    return save


def names(db: Database) -> list[str]:
    with db.reading() as reader:
        return list(reader.scalars(select(Person.name)))


def test_a_file_is_opened_with_the_houses_settings(lite: Database) -> None:
    wanted = {"journal_mode": "delete", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000, "mmap_size": 0}
    with lite.connecting() as connection:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
    lite.close()


def test_a_locked_file_is_told(lite: Database, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    hurried = open_database(lite.file or "")
    with closing(sqlite3.connect(lite.file or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Refusal, match="占用"):
            write(hurried)
        assert names(hurried) == ["张三"]
        other.execute("ROLLBACK")
    write(hurried)
    hurried.close()
    lite.close()


def test_a_commit_that_must_wait_too_long_is_undone(
    lite: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    hurried = open_database(lite.file or "")
    with closing(sqlite3.connect(lite.file or "", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person")
        with pytest.raises(Refusal, match="占用"):
            write(hurried)
        assert names(hurried) == ["张三"]
        reader.execute("COMMIT")
    write(hurried)
    assert len(names(hurried)) == 201
    assert verify(hurried) == []
    hurried.close()
    lite.close()


@pytest.mark.parametrize(
    ("spoil", "words"), [("PRAGMA query_only = ON", "只读"), ("PRAGMA max_page_count = 1", "磁盘已满")]
)
def test_a_read_only_or_full_disk_is_told_and_nothing_is_half_saved(
    lite: Database, write: Write, spoil: str, words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        write(lite, spoil)
    lite.close()
    assert names(lite) == ["张三"]
    assert verify(lite) == []
    lite.close()


def test_a_missing_file_is_told_and_not_made(tmp_path: Path) -> None:
    db = open_database(tmp_path / "nowhere.sqlite")
    with pytest.raises(Refusal, match="找不到数据文件"), db.reading():
        pass
    assert not (tmp_path / "nowhere.sqlite").exists()


@pytest.mark.parametrize("content", [b"PK\x03\x04" + b"x" * 5000, "项目台账".encode() * 500])
def test_what_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ledger.xlsx"
    file.write_bytes(content)
    db = open_database(file)
    for attempt in (lambda: schema_state(db), lambda: db.reading().__enter__(), lambda: create_schema(db, NOW)):
        with pytest.raises(Damaged, match="不是本程序的数据文件"):
            attempt()
    db.close()
    assert file.read_bytes() == content


def test_an_unreachable_server_is_told(device: Installation, now: dt.datetime) -> None:
    db = open_database("postgresql://nobody:secret@127.0.0.1:1/nothing")
    saving = db.writing(None, device, now)
    for attempt, words in ((lambda: schema_state(db), "连接不上"), (saving.__enter__, "没有保存")):
        with pytest.raises(Refusal, match=words) as caught:
            attempt()
        assert "127.0.0.1:1/nothing" in str(caught.value), "a port that is not the usual one is part of the place"
        assert "secret" not in str(caught.value) + caught.value.details
    db.close()


def test_a_wrong_password_and_a_missing_database_are_told(postgres_url: str) -> None:
    db = open_database(postgres_url + "_none")
    with pytest.raises(Refusal, match=r"不存在|连接不上"):
        schema_state(db)
    db.close()


def test_a_server_is_not_waited_for_without_end(postgres_url: str) -> None:
    db = open_database(postgres_url)
    with db.connecting() as connection:
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "30s"
    db.close()


@pytest.mark.parametrize("target", ["mysql://host/office", "sqlite://"])
def test_an_unknown_place_is_refused(target: str) -> None:
    with pytest.raises(Refusal, match="不认识"):
        open_database(target)


def test_the_same_number_twice_is_refused(db: Database, device: Installation, now: dt.datetime) -> None:
    def save() -> None:
        with db.writing(None, device, now) as session:
            session.add(Project(name="综合监控", state="executing", number="GC-1"))

    save()
    with pytest.raises(Refusal, match="重复"):
        save()


def test_a_link_that_leads_nowhere_is_refused(db: Database, device: Installation, now: dt.datetime) -> None:
    def save() -> None:
        with db.writing(None, device, now) as session:
            session.add(Project(name="综合监控", state="executing", manager_id=new_id()))

    with pytest.raises(Refusal, match="引用"):
        save()
    assert verify(db) == []


def test_what_the_program_itself_raises_passes_unchanged() -> None:
    with pytest.raises(Stale), told("x"):
        raise Stale("已被修改。")
    with pytest.raises(ZeroDivisionError), told("x"):
        raise ZeroDivisionError


def test_nothing_is_saved_without_a_time_zone(db: Database, device: Installation, now: dt.datetime) -> None:
    with pytest.raises(ValueError, match="time zone"), db.writing(None, device, now.replace(tzinfo=None)):
        pass
