"""An office copied whole from engine to engine: every value, the journal's ends, and nothing where anything differs."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.domain.errors import Damaged, Refusal
from desktop.store import copying
from desktop.store.copying import Copied, copy_into_file, copy_rows, fingerprints, finish_copy, is_unfinished
from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.schema import SchemaState, create_schema, schema_state
from desktop.store.tables import Person, Presence, Relocation, Setting
from desktop.store.verify import verify
from tests.store.conftest import NOW
from tests.store.offices import behind, fill_office

STRANGE = ("", " ", "é", "é", "𠮷\u200b\r\n\t", "'\"\\", "\\N", "NULL", "\ufeff")


def silent(_done: int, _total: int, _text: str) -> None:
    pass


@pytest.fixture
def filled(db: Database, device: Installation, now: dt.datetime) -> Database:
    small = fill_office(db, device, now)
    with db.writing(small.person, device, now + dt.timedelta(microseconds=1)) as session:
        session.add_all(Setting(key=f"strange{n}", text=value) for n, value in enumerate(STRANGE))
        session.add_all([Person(name="无邮箱", email=None), Person(name="空邮箱", email="", active=False)])
        session.add(Presence(host="一号机", program="0.5.0", since=now, seen_at=now))
    return db


@pytest.fixture
def empty(request: pytest.FixtureRequest) -> Callable[[str], Database]:
    """A fresh database of either engine."""

    def make(engine: str) -> Database:
        if engine == "postgresql":
            return open_database(request.getfixturevalue("postgres_url"))
        made = open_database(request.getfixturevalue("tmp_path") / "copy.epm")
        assert made.file is not None
        made.file.touch()
        return made

    return make


def copy(source: Database, target: Database, tell: copying.Tell = silent, *, finished: bool = True) -> Copied:
    with source.connecting() as connection:
        return copy_rows(connection, source.schema_no, target, tell, finished=finished)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_copy_holds_the_same_on_either_engine(
    filled: Database, empty: Callable[[str], Database], engine: str
) -> None:
    target = empty(engine)
    told: list[tuple[int, int]] = []
    copied = copy(filled, target, lambda done, total, _text: told.append((done, total)))
    assert verify(target) == []
    before, after = fingerprints(filled, silent), fingerprints(target, silent)
    assert copied == before == after
    assert (copied.sha256, copied.rows > 0, len(copied.heads)) == (before.sha256, True, 1)
    assert told[-1] == (2 * copied.rows, 2 * copied.rows)
    with filled.reading() as one, target.reading() as other:
        pairs = [
            (row.text, other.get_one(Setting, row.id).text)
            for row in one.query(Setting)
            if row.key.startswith("strange")
        ]
        assert sorted(pairs) == sorted((value, value) for value in STRANGE)
        mails = {row.name: (row.email, row.active) for row in other.query(Person)}
        assert (mails["无邮箱"], mails["空邮箱"]) == ((None, True), ("", False))
        assert other.query(Presence).count() == 0
    target.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_work_goes_on_in_the_copy(
    filled: Database, empty: Callable[[str], Database], engine: str, device: Installation, now: dt.datetime
) -> None:
    target = empty(engine)
    copy(filled, target)
    with target.writing(None, device, now) as session:
        session.add(Setting(key="after", text="x"))
    assert verify(target) == []
    target.close()


def test_there_and_back_again_is_the_same(filled: Database, empty: Callable[[str], Database], tmp_path: Path) -> None:
    there = empty("postgresql")
    out = copy(filled, there)
    back = copy_into_file(there, tmp_path / "back.epm", silent)
    assert back == out
    assert [file.name for file in tmp_path.glob("*.epm*")] == ["back.epm"]
    again = open_database(tmp_path / "back.epm")
    assert (verify(again), fingerprints(again, silent)) == ([], out)
    again.close()
    there.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_nothing_is_copied_over_data(filled: Database, empty: Callable[[str], Database], engine: str) -> None:
    target = empty(engine)
    copy(filled, target)
    before = fingerprints(target, silent)
    with pytest.raises(Refusal, match="已有数据"):
        copy(filled, target)
    assert fingerprints(target, silent) == before
    target.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_copy_that_is_given_up_leaves_nothing(
    filled: Database, empty: Callable[[str], Database], engine: str
) -> None:
    class GivenUp(Exception):
        pass

    def give_up(done: int, total: int, _text: str) -> None:
        if done > 0.9 * total:
            raise GivenUp

    target = empty(engine)
    with pytest.raises(GivenUp):
        copy(filled, target, give_up)
    assert schema_state(target) is SchemaState.MISSING
    copy(filled, target)
    assert verify(target) == []
    target.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_difference_undoes_the_copy(
    filled: Database, empty: Callable[[str], Database], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one row a blank is lost on the way, as a careless writer would."""
    name = "_insert" if engine == "sqlite" else "_stream"
    honest = getattr(copying, name)

    def careless(target: object, table: object, names: list[str], piece: list[tuple[object, ...]]) -> None:
        honest(target, table, names, [tuple("" if value == " " else value for value in row) for row in piece])

    monkeypatch.setattr(copying, name, careless)
    target = empty(engine)
    with pytest.raises(Refusal, match="“设置”与原来的不同。副本已经撤销"):
        copy(filled, target)
    assert schema_state(target) is SchemaState.MISSING
    target.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_an_unfinished_copy_cannot_be_opened_and_is_replaced(
    filled: Database, empty: Callable[[str], Database], engine: str, device: Installation, now: dt.datetime
) -> None:
    target = empty(engine)
    copy(filled, target, finished=False)
    assert is_unfinished(target)
    with pytest.raises(Refusal), target.reading():
        pass
    with pytest.raises(Refusal), target.writing(None, device, now):
        pass
    with filled.writing(None, device, now) as session:
        session.add(Setting(key="meanwhile", text="x"))
    copied = copy(filled, target, finished=False)
    finish_copy(target)
    assert not is_unfinished(target)
    assert (fingerprints(target, silent), verify(target)) == (copied, [])
    with pytest.raises(Refusal, match="没有未完成的副本"):
        finish_copy(target)
    target.close()


def test_a_relocation_is_not_copied(filled: Database, tmp_path: Path) -> None:
    with filled.holding() as connection:
        connection.execute(Relocation.__table__.insert(), {"place": "别处", "at": NOW, "id": Person(name="").id})  # type: ignore[attr-defined]
    copy_into_file(filled, tmp_path / "copy.epm", silent)
    lite = sqlite3.connect(tmp_path / "copy.epm")
    assert lite.execute("SELECT count(*) FROM relocation").fetchone() == (0,)
    lite.close()


def test_what_does_not_belong_into_a_column_is_told(filled: Database, tmp_path: Path) -> None:
    if filled.file is None:
        pytest.skip("a server keeps its types by itself")
    for statement in (
        "UPDATE counter SET next = 'viele'",
        "UPDATE office SET created_at = 'gestern'",
    ):
        file = tmp_path / "tampered.epm"
        lite, other = sqlite3.connect(filled.file), sqlite3.connect(file)
        lite.backup(other)
        lite.close()
        other.close()
        tampered = open_database(file)
        behind(tampered, statement)
        with pytest.raises(Damaged, match="无法读取"):
            copy_into_file(tampered, tmp_path / "never.epm", silent)
        tampered.close()
        assert [one.name for one in tmp_path.iterdir() if "never" in one.name or "partial" in one.name] == []


def test_what_only_sqlite_can_hold_is_refused_by_a_server(
    device: Installation, now: dt.datetime, tmp_path: Path, postgres_url: str
) -> None:
    lite = open_database(tmp_path / "office.epm")
    create_schema(lite, NOW)
    fill_office(lite, device, now)
    behind(lite, "UPDATE person SET phone = '1' || char(0) || '2'")
    server = open_database(postgres_url)
    with pytest.raises(Refusal):
        copy(lite, server)
    assert schema_state(server) is SchemaState.MISSING
    lite.close()
    server.close()


def test_a_copy_never_takes_the_place_of_a_file(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "kept.epm").write_text("早先的", encoding="utf-8")
    with pytest.raises(Refusal, match="已经存在"):
        copy_into_file(filled, tmp_path / "kept.epm", silent)
    assert (tmp_path / "kept.epm").read_text(encoding="utf-8") == "早先的"


def test_data_of_another_schema_is_not_copied(filled: Database, tmp_path: Path) -> None:
    newer = open_database(tmp_path / "newer.epm", schema_no=filled.schema_no + 1)
    with pytest.raises(Refusal, match="版本不同"), filled.connecting() as connection:
        copy_rows(connection, filled.schema_no, newer, silent)
    newer.close()
