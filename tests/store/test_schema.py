import datetime as dt
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from desktop.domain.errors import Damaged, Refusal
from desktop.store import schema
from desktop.store.backups import back_up
from desktop.store.device import Installation
from desktop.store.engine import VERSION_TABLE, Database, open_database
from desktop.store.schema import SchemaState, create_schema, schema_state
from desktop.store.tables import SCHEMA_NO, Base, Project
from desktop.store.upgrade import upgrade
from desktop.store.verify import verify
from tests.store.conftest import NOW
from tests.store.offices import behind, fill_office, found_office

ROOT = Path(__file__).parents[2]
NEXT = SCHEMA_NO + 1
# rebuilds a table that others link to, as a careless migration empties them
GOOD = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "NEXT", "LAST"
def upgrade():
    rebuild = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    with op.batch_alter_table("department", recreate=rebuild) as table:
        table.add_column(sa.Column("place", sa.Text, nullable=False, server_default=""))
    op.create_table("room", sa.Column("id", sa.Uuid, primary_key=True))
"""
HEAD = 'from alembic import op\nrevision, down_revision = "NEXT", "LAST"\ndef upgrade():\n    '
BAD = {
    "fails": "op.execute(\"UPDATE person SET phone = '1'\")\n    raise ZeroDivisionError",
    "speaks badly": 'op.execute("UPDATE person SET phone = \'1\'")\n    op.execute("DROP TABLE nowhere")',
}
BAD_ON_A_FILE = {
    "loses rows": 'op.execute("DELETE FROM counter")',
    "loses a table": 'op.execute("DROP TABLE setting")',
    "breaks links": "op.execute(\"UPDATE person SET department_id = '00'\")",
}


def revision(folder: Path, body: str) -> Path:
    folder.mkdir()
    body = body.replace("NEXT", f"{NEXT:04d}").replace("LAST", f"{SCHEMA_NO:04d}")
    (folder / f"{NEXT:04d}_test.py").write_text(body, encoding="utf-8")
    return folder


def test_the_migrations_make_just_what_the_tables_say(db: Database) -> None:
    with db.connecting() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_migration_bears_the_schemas_number() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert scripts.get_current_head() == f"{SCHEMA_NO:04d}"


def test_a_schema_is_made_once(database_url: str) -> None:
    db = open_database(database_url)
    assert schema_state(db) is SchemaState.MISSING
    create_schema(db, NOW)
    assert schema_state(db) is SchemaState.CURRENT
    with pytest.raises(Refusal, match="已有数据"):
        create_schema(db, NOW)
    with pytest.raises(Refusal, match="不需要升级"):
        upgrade(db, Path(), NOW)
    assert verify(db) == []
    db.close()


def test_a_new_file_that_fails_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = open_database(tmp_path / "数据 1%.sqlite")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(schema, "run_migrations", fail)
        with pytest.raises(ZeroDivisionError):
            create_schema(db, NOW)
    assert list(tmp_path.glob("*.sqlite*")) == []
    create_schema(db, NOW)
    assert schema_state(db) is SchemaState.CURRENT
    db.close()


def test_a_file_names_its_program(tmp_path: Path) -> None:
    db = open_database(tmp_path / "office.sqlite")
    create_schema(db, NOW)
    with closing(sqlite3.connect(tmp_path / "office.sqlite")) as lite:
        assert lite.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)
    db.close()


def test_current_data_is_opened_without_what_only_a_migration_needs(tmp_path: Path) -> None:
    file = tmp_path / "office.sqlite"
    db = open_database(file)
    create_schema(db, NOW)
    db.close()
    code = (
        "import sys; sys.modules['alembic'] = None\n"
        "from desktop.services import opening\n"
        "from desktop.store.engine import open_database\n"
        f"assert opening.inspect_target({str(file)!r}).state == 'current'\n"
        f"with open_database({str(file)!r}).reading(): pass"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_somebody_elses_data_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(file)) as lite:
        lite.execute("CREATE TABLE bookmarks (url TEXT)")
    before = file.read_bytes()
    db = open_database(file)
    assert schema_state(db) is SchemaState.FOREIGN
    for attempt in (
        lambda: create_schema(db, NOW),
        lambda: upgrade(db, tmp_path, NOW),
        lambda: db.reading().__enter__(),
    ):
        with pytest.raises(Refusal):
            attempt()
    db.close()
    assert file.read_bytes() == before


def test_a_newer_schema_is_refused(office_url: str, device: Installation, now: dt.datetime) -> None:
    db = open_database(office_url)
    fill_office(db, device, now)
    behind(db, f"UPDATE {VERSION_TABLE} SET version_num = '0099'")
    assert schema_state(db) is SchemaState.NEWER
    with pytest.raises(Refusal, match="更新版本"):
        upgrade(db, Path(), NOW)
    with pytest.raises(Refusal, match="更新版本"), db.reading():
        pass
    with pytest.raises(Refusal, match="更新版本"), db.writing(None, device, now):
        pass
    assert [finding.what for finding in verify(db)] == ["由更新版本的程序保存，须用新版程序检查。"]
    db.close()


def test_an_upgrade_keeps_everything_and_a_backup(
    office_url: str, device: Installation, now: dt.datetime, tmp_path: Path
) -> None:
    old = open_database(office_url)
    fill_office(old, device, now)
    old.close()
    new = open_database(office_url, schema_no=NEXT)
    assert schema_state(new) is SchemaState.OLDER
    with pytest.raises(Refusal, match="旧版本"), new.reading():
        pass
    backup = upgrade(new, tmp_path / "备份", NOW, more=[revision(tmp_path / "more", GOOD)])
    assert schema_state(new) is SchemaState.CURRENT
    with new.reading() as reader:
        assert reader.scalars(select(Project.name)).all() == ["综合监控"]
        assert reader.scalars(text("SELECT place FROM department")).all() == ["", ""]
        query = "SELECT department.name FROM person JOIN department ON department.id = department_id"
        assert reader.scalar(text(query)) == "一组"
    new.close()
    if new.file is None:
        assert backup is None
        return
    assert backup is not None
    assert [file.name for file in (tmp_path / "备份").iterdir()] == [backup.name]
    kept = open_database(backup)
    assert verify(kept) == []
    kept.close()


def refuse_upgrade(url: str, device: Installation, now: dt.datetime, tmp_path: Path, body: str) -> None:
    old = open_database(url)
    fill_office(old, device, now)
    new = open_database(url, schema_no=NEXT)
    with pytest.raises(Refusal, match="升级失败"):
        upgrade(new, tmp_path / "backup", NOW, more=[revision(tmp_path / "more", HEAD + body)])
    new.close()
    assert schema_state(old) is SchemaState.CURRENT
    assert verify(old) == []
    old.close()


@pytest.mark.parametrize("case", BAD)
def test_after_a_failed_upgrade_the_old_schema_stands(
    office_url: str, device: Installation, now: dt.datetime, tmp_path: Path, case: str
) -> None:
    refuse_upgrade(office_url, device, now, tmp_path, BAD[case])


@pytest.mark.parametrize("case", BAD_ON_A_FILE)
def test_an_upgrade_that_loses_something_is_undone(
    device: Installation, now: dt.datetime, tmp_path: Path, case: str
) -> None:
    found_office(str(tmp_path / "office.sqlite"))
    refuse_upgrade(str(tmp_path / "office.sqlite"), device, now, tmp_path, BAD_ON_A_FILE[case])


def test_without_a_backup_there_is_no_upgrade(tmp_path: Path, device: Installation, now: dt.datetime) -> None:
    file, blocked = tmp_path / "office.sqlite", tmp_path / "blocked"
    blocked.write_text("a file where a folder is wanted", encoding="utf-8")
    old = open_database(file)
    create_schema(old, NOW)
    fill_office(old, device, now)
    old.close()
    before = file.read_bytes()
    new = open_database(file, schema_no=NEXT)
    with pytest.raises(Refusal, match="写备份"):
        upgrade(new, blocked, NOW, more=[revision(tmp_path / "more", GOOD)])
    new.close()
    assert file.read_bytes() == before


def test_a_damaged_file_is_not_upgraded(tmp_path: Path, device: Installation, now: dt.datetime) -> None:
    file = tmp_path / "office.sqlite"
    old = open_database(file)
    create_schema(old, NOW)
    fill_office(old, device, now)
    old.close()
    content = bytearray(file.read_bytes())
    content[len(content) // 4 : len(content) // 4 + 9000] = b"\xff" * 9000
    file.write_bytes(content)
    new = open_database(file, schema_no=NEXT)
    with pytest.raises(Damaged):
        upgrade(new, tmp_path / "backup", NOW, more=[revision(tmp_path / "more", GOOD)])
    new.close()
    assert file.read_bytes() == content


@pytest.mark.parametrize("links", [True, False], ids=["second names", "a stick without them"])
def test_backups_never_overwrite_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    db = open_database(tmp_path / "office.sqlite")
    create_schema(db, NOW)
    db.close()
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "office-升级前备份-2026-11-23-0007-2.sqlite").write_text("早先的", encoding="utf-8")
    made = [back_up(tmp_path / "office.sqlite", folder, "0007", NOW).name for _ in range(3)]
    assert made == [f"office-升级前备份-2026-11-23-0007{mark}.sqlite" for mark in ("", "-3", "-4")]
    assert (folder / "office-升级前备份-2026-11-23-0007-2.sqlite").read_text(encoding="utf-8") == "早先的"
    assert len(list(folder.iterdir())) == 4


def test_a_long_name_is_no_hindrance_to_a_backup(tmp_path: Path) -> None:
    file = tmp_path / f"{'𠮷' * 60}.sqlite"
    db = open_database(file)
    create_schema(db, NOW)
    db.close()
    assert back_up(file, tmp_path / "backup", "0001", NOW).exists()


@pytest.mark.parametrize("target", ["postgresql://u:geheim@h:p/x", "mysql://h/x", "://"])
def test_a_misspelt_place_is_refused_without_telling_a_password(target: str) -> None:
    with pytest.raises(Refusal) as refused:
        open_database(target)
    assert "geheim" not in str(refused.value)
