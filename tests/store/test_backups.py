"""Backups that hold, restoring in the data's place, and what a light check sees."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from desktop.domain.errors import Damaged, Refusal
from desktop.store import backups, files, swapping
from desktop.store.backups import AUTOMATIC, BY_HAND, back_up, back_up_server, list_backups, read_facts
from desktop.store.copying import fingerprints
from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.ids import new_id
from desktop.store.schema import create_schema
from desktop.store.swapping import put_in_place
from desktop.store.tables import Presence, Setting
from desktop.store.tables.base import spell_instant
from desktop.store.verify import verify
from desktop.store.verify.light import check_lightly
from tests.nursery import kill_children
from tests.store.conftest import NOW
from tests.store.offices import behind, fill_office

ROUNDS = 10


def silent(_done: int, _total: int, _text: str) -> None:
    pass


@pytest.fixture
def office(tmp_path: Path, device: Installation) -> Database:
    db = open_database(tmp_path / "data" / "办公室.epm")
    create_schema(db, NOW)
    fill_office(db, device, NOW)
    return db


def file_of(db: Database) -> Path:
    assert db.file is not None
    return db.file


def test_a_backup_holds_what_the_data_held(office: Database, tmp_path: Path) -> None:
    made = back_up(file_of(office), tmp_path / "backups", "0005", NOW, kind=BY_HAND)
    assert made.name == "办公室-备份-2026-11-23-0005.epm"
    copy = open_database(made)
    assert (verify(copy), fingerprints(copy, silent)) == ([], fingerprints(office, silent))
    copy.close()
    office.close()


def test_backups_are_found_with_what_they_hold(office: Database, tmp_path: Path, device: Installation) -> None:
    folder = tmp_path / "backups"
    first = back_up(file_of(office), folder, "0005", NOW, kind=AUTOMATIC)
    with office.writing(None, device, NOW) as session:
        session.add(Setting(key="later", text="x"))
    second = back_up(file_of(office), folder, "0005", NOW, kind=BY_HAND)
    (folder / "办公室-备份-2026-11-24-0005.epm").write_text("damaged", encoding="utf-8")
    (folder / "something else.epm").write_bytes(b"")
    (folder / ".hidden-备份-2026-11-24-0005.epm").write_bytes(b"")
    found = list_backups(folder)
    assert [(one.file.name, one.kind, one.facts is None) for one in found] == [
        ("办公室-备份-2026-11-24-0005.epm", BY_HAND, True),
        (second.name, BY_HAND, False),
        (first.name, AUTOMATIC, False),
    ]
    facts = read_facts(second)
    assert (facts.name, facts.schema, facts.counts["changeset"], facts.last_change) == ("项目管理部", "0005", 4, NOW)
    assert facts.heads[device.id.hex][0] == 4
    assert list_backups(tmp_path / "nowhere") == []
    office.close()


def test_a_servers_office_is_backed_up_into_a_file(postgres_url: str, tmp_path: Path, device: Installation) -> None:
    db = open_database(postgres_url)
    create_schema(db, NOW)
    fill_office(db, device, NOW)
    made = back_up_server(db, tmp_path, NOW, silent)
    copy = open_database(made)
    assert (verify(copy), fingerprints(copy, silent)) == ([], fingerprints(db, silent))
    copy.close()
    db.close()


def test_a_backup_whose_journal_ends_elsewhere_is_thrown_away(
    office: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(partial: Path) -> None:
        with closing(sqlite3.connect(partial)) as lite:
            lite.execute("UPDATE device SET head_hash = 'x'")
            lite.commit()

    monkeypatch.setattr(backups, "check_whole", cut)
    with pytest.raises(Damaged, match="备份已经撤销"):
        back_up(file_of(office), tmp_path / "backups", "0005", NOW)
    assert list((tmp_path / "backups").iterdir()) == []
    office.close()


def test_a_damaged_copy_is_thrown_away(office: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = files.check_whole

    def check(partial: Path) -> None:
        content = bytearray(partial.read_bytes())
        content[8192:12288] = bytes(4096)
        partial.write_bytes(content)
        honest(partial)

    monkeypatch.setattr(backups, "check_whole", check)
    with pytest.raises(Refusal):
        back_up(file_of(office), tmp_path / "backups", "0005", NOW)
    assert list((tmp_path / "backups").iterdir()) == []
    office.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_killed_backup_leaves_nothing_that_looks_like_one(office: Database, on_disk: Path) -> None:
    file = on_disk / "办公室.epm"
    with closing(sqlite3.connect(file_of(office))) as lite:
        lite.execute("CREATE TABLE ballast (data BLOB)")
        lite.executemany("INSERT INTO ballast VALUES (?)", [(os.urandom(1 << 20),)] * 20)
        lite.commit()
    shutil.copyfile(file_of(office), file)
    office.close()
    made: set[str] = set()
    for heard in kill_children(
        "tests.store.killed_backup", str(file), str(on_disk / "backups"), rounds=ROUNDS, seed=7, longest=0.3
    ):
        made |= {line.split()[1] for line in heard if line.startswith("made")}
    found = {one.file.name for one in list_backups(on_disk / "backups")}
    assert made <= found
    for name in found:
        with closing(sqlite3.connect(on_disk / "backups" / name)) as lite:
            assert lite.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    back_up(file, on_disk / "backups", "0005", NOW)
    assert [one.name for one in (on_disk / "backups").iterdir() if one.name.startswith(".")] == []


# ---- the copy takes the data's place


@pytest.fixture
def backup(office: Database, tmp_path: Path, device: Installation) -> Path:
    """A backup; the data has gone on since, and is closed."""
    made = back_up(file_of(office), tmp_path / "backups", "0005", NOW)
    with office.writing(None, device, NOW) as session:
        session.add(Setting(key="later", text="x"))
    office.close()
    return made


def restored(backup: Path, file: Path, tmp_path: Path, device: Installation) -> Path | None:
    copy = file.with_name("copy")
    shutil.copyfile(backup, copy)
    return put_in_place(copy, file, tmp_path / "backups", device.id, NOW)


@pytest.mark.parametrize("links", [True, False], ids=["second names", "a stick without them"])
def test_what_was_there_is_kept(
    office: Database, backup: Path, tmp_path: Path, device: Installation, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    file, before = file_of(office), fingerprints(open_database(file_of(office)), silent)
    kept = restored(backup, file, tmp_path, device)
    assert kept == tmp_path / "backups" / "办公室-恢复前备份-2026-11-23-0005.epm"
    assert fingerprints(open_database(kept), silent) == before
    assert fingerprints(open_database(file), silent) == fingerprints(open_database(backup), silent)
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_damaged_data_is_replaced_and_kept_and_its_journal_never_meets_the_new_file(
    office: Database, backup: Path, tmp_path: Path, device: Installation
) -> None:
    file = file_of(office)
    file.write_bytes(b"rubbish" * 1000)
    file.with_name(file.name + "-journal").write_bytes(b"a journal")
    kept = restored(backup, file, tmp_path, device)
    assert kept is not None
    assert kept.read_bytes() == b"rubbish" * 1000
    assert not file.with_name(file.name + "-journal").exists()
    assert verify(open_database(file)) == []


def test_a_missing_file_is_put_back(office: Database, backup: Path, tmp_path: Path, device: Installation) -> None:
    file_of(office).unlink()
    assert restored(backup, file_of(office), tmp_path, device) is None
    assert verify(open_database(file_of(office))) == []


HOLDING = """
import sqlite3, sys
lite = sqlite3.connect(sys.argv[1], isolation_level=None)
lite.execute(sys.argv[2])
lite.execute("SELECT count(*) FROM person").fetchone()
print("open", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("deed", ["SELECT 1", "BEGIN", "BEGIN IMMEDIATE"], ids=["idle", "reading", "writing"])
def test_what_another_program_has_open_is_left_alone(
    office: Database, backup: Path, tmp_path: Path, device: Installation, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    if deed == "SELECT 1" and not sys.platform.startswith(("linux", "win")):
        pytest.skip("only Linux and Windows tell who has a file open")
    monkeypatch.setattr(swapping, "PATIENCE", 0.2)
    file, before = file_of(office), file_of(office).read_bytes()
    command = [sys.executable, "-c", HOLDING, str(file), deed]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(Refusal, match=r"使用|打开"):
            restored(backup, file, tmp_path, device)
        assert file.read_bytes() == before
        assert sorted(one.name for one in file.parent.iterdir()) == ["copy", file.name]
        assert other.stdin is not None
        other.stdin.close()
    restored(backup, file, tmp_path, device)
    assert file.read_bytes() == backup.read_bytes()


def test_whoever_was_seen_just_now_on_another_machine_has_it_open(
    office: Database, backup: Path, tmp_path: Path, device: Installation
) -> None:
    file = file_of(office)
    with closing(sqlite3.connect(file)) as lite:
        for device_id, host in ((device.id, "自己"), (new_id(), "财务部二号机")):
            row = (new_id().hex, device_id.hex, host, "0.5.0", spell_instant(NOW), spell_instant(NOW))
            lite.execute(
                f"INSERT INTO {Presence.__tablename__} (id, device_id, host, program, since, seen_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        lite.commit()
    with pytest.raises(Refusal, match="财务部二号机") as refused:
        restored(backup, file, tmp_path, device)
    assert "自己" not in str(refused.value)
    with closing(sqlite3.connect(file)) as lite:
        lite.execute("DELETE FROM presence WHERE host <> '自己'")
        lite.commit()
    restored(backup, file, tmp_path, device)


# ---- the light check


def test_a_sound_office_is_light(db: Database, device: Installation) -> None:
    fill_office(db, device, NOW)
    assert check_lightly(db) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE device SET head_hash = 'x'",
        "UPDATE changeset SET header = '{}' WHERE seq = 3",
        "UPDATE changeset SET prev_hash = 'x' WHERE seq = 2",
        "DELETE FROM change WHERE entity = 'project' AND op = 'update'",
    ],
)
def test_the_ends_of_the_journal_are_looked_at(db: Database, device: Installation, statement: str) -> None:
    fill_office(db, device, NOW)
    behind(db, statement)
    assert check_lightly(db)


def test_damage_is_seen(office: Database) -> None:
    file = file_of(office)
    office.close()
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    file.write_bytes(content)
    assert check_lightly(open_database(file))
    file.write_bytes(bytes(len(content)))
    assert check_lightly(open_database(file))
    file.write_bytes(content[: len(content) // 2])
    assert check_lightly(open_database(file))


def test_without_time_nothing_is_made_up(office: Database) -> None:
    assert check_lightly(office, seconds=0) == []
    office.close()
