import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from desktop.domain.errors import Damaged
from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.ids import new_id
from desktop.store.schema import create_schema
from desktop.store.tables import Base, Person
from desktop.store.verify import Finding, verify
from desktop.store.verify.finding import TITLES
from tests.store.conftest import NOW
from tests.store.offices import behind, fill_office


def places(findings: list[Finding]) -> set[str]:
    return {finding.table for finding in findings}


def test_an_untouched_office_agrees(db: Database, device: Installation, now: dt.datetime) -> None:
    assert verify(db) == []
    fill_office(db, device, now)
    with db.writing(None, Installation(new_id(), "二号机"), now) as session:
        session.add(Person(name="张三"))
    assert verify(db) == []


def test_every_table_has_a_title() -> None:
    assert set(TITLES) == {mapper.class_.__tablename__ for mapper in Base.registry.mappers}


# what somebody did past the program, and the table in which it must show
TAMPERING = {
    "an amount raised": ("UPDATE project SET amount = amount + 1", "project"),
    "a state set": ("UPDATE project SET state = 'closed'", "project"),
    "a date set": ("UPDATE project SET final_on = '2026-12-01'", "project"),
    "a version counted up": ("UPDATE person SET version = version + 1", "person"),
    "a value emptied": ("UPDATE project SET manager_id = NULL", "project"),
    "a moment moved": ("UPDATE office SET created_at = '2020-01-01T00:00:00.000000Z'", "office"),
    "a flag turned": ("UPDATE person SET active = NOT active", "person"),
    "a setting removed": ("DELETE FROM setting", "setting"),
    "a decision turned": ("UPDATE sign_off SET decision = 'rejected'", "sign_off"),
    "a sign-off removed": ("DELETE FROM sign_off", "sign_off"),
    "a sign-off pointed elsewhere": ("UPDATE sign_off SET covers = '{\"reason\":\"00\"}'", "sign_off"),
    "a signature garbled": ("UPDATE sign_off SET covers = 'x'", "sign_off"),
    "a section rewritten": ("UPDATE section SET text = '[1]' WHERE key = 'people'", "section"),
    "a section removed": ("DELETE FROM section WHERE key = 'people'", "section"),
    "a revision's hash": ("UPDATE revision SET sha256 = '00'", "revision"),
    "a policy rewritten": ("UPDATE policy_version SET text = '别的'", "policy_version"),
    "a document renamed": ("UPDATE document SET name = '别的.pdf'", "document"),
    "a piece of a file": ("UPDATE blob_chunk SET data = (SELECT data FROM blob_chunk WHERE n = 0)", "blob_chunk"),
    "a piece of a file lost": ("DELETE FROM blob_chunk WHERE n = 0", "blob_chunk"),
    "a file lost whole": ("DELETE FROM blob_chunk", "blob_chunk"),
    "a body rewritten": ("UPDATE change SET body = replace(body, 'GC-1', 'GC-2') WHERE entity = 'project'", "change"),
    "a change moved to another record": (
        "UPDATE change SET entity_id = '00000000-0000-0000-0000-000000000000' WHERE op = 'update'", "change"),
    "a change removed": ("DELETE FROM change WHERE op = 'update'", "change"),
    "a change's hash": ("UPDATE change SET hash = '00' WHERE op = 'update'", "change"),
    "a header edited": ("UPDATE changeset SET header = replace(header, '2026', '2025') WHERE seq = 2", "changeset"),
    "a header's column": ("UPDATE changeset SET author_id = NULL WHERE seq = 2", "changeset"),
    "a header sealed anew": ("UPDATE changeset SET hash = '00' WHERE seq = 2", "changeset"),
    "a changeset removed": ("DELETE FROM changeset WHERE seq = 2", "changeset"),
    "the last changeset removed": ("DELETE FROM changeset WHERE seq = 3", "device"),
    "the head moved": ("UPDATE device SET seq = 2", "device"),
    "the installation removed": ("DELETE FROM device", "device"),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERING)
def test_what_was_done_behind_the_programs_back_is_found(
    db: Database, device: Installation, now: dt.datetime, case: str
) -> None:
    statement, table = TAMPERING[case]
    fill_office(db, device, now)
    behind(db, statement)
    findings = verify(db)
    assert table in places(findings)
    assert all(finding.where and finding.what.endswith(("。", "x")) for finding in findings)


def test_a_row_added_behind_the_programs_back_is_found(db: Database, device: Installation, now: dt.datetime) -> None:
    small = fill_office(db, device, now)
    behind(
        db,
        "INSERT INTO person (id, name, staff_no, phone, pinyin, active, version) "
        f"SELECT '{new_id().hex}', name, staff_no, phone, pinyin, active, version FROM person",
    )
    (finding,) = verify(db)
    assert finding.table == "person"
    assert finding.row != str(small.person)
    assert "添加" in finding.what


def test_a_removed_row_is_told_by_its_name(db: Database, device: Installation, now: dt.datetime) -> None:
    small = fill_office(db, device, now)
    behind(db, "UPDATE filing SET project_id = NULL", "DELETE FROM project")
    found = [finding for finding in verify(db) if finding.row == str(small.project)]
    assert [finding.where for finding in found if "缺失" in finding.what] in (["项目 GC-1 综合监控"], [])
    assert found or db.file is not None


@pytest.mark.parametrize("value", ["'很多'", "12.5"])
def test_a_value_of_another_kind_is_found(tmp_path: Path, device: Installation, now: dt.datetime, value: str) -> None:
    db = open_database(tmp_path / "office.sqlite")
    create_schema(db, NOW)
    fill_office(db, device, now)
    behind(db, f"UPDATE project SET amount = {value}")
    behind(db, "UPDATE project SET final_on = '明年'")
    assert {finding.what.split("”")[0] for finding in verify(db)} == {"“amount", "“final_on"}
    db.close()


def test_guards_that_were_taken_away_are_found(db: Database) -> None:
    if db.file is None:
        with psycopg.connect(db.url.set(drivername="postgresql").render_as_string(hide_password=False)) as server:
            server.execute("ALTER TABLE change DISABLE TRIGGER change_refuse_rewriting")
    else:
        with closing(sqlite3.connect(db.file)) as lite:
            lite.execute("DROP TRIGGER change_refuse_delete")
    assert [finding.table for finding in verify(db)] == ["change"]


def test_a_damaged_file_is_told(tmp_path: Path, device: Installation, now: dt.datetime) -> None:
    file = tmp_path / "office.sqlite"
    db = open_database(file)
    create_schema(db, NOW)
    fill_office(db, device, now)
    db.close()
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 9000] = b"\xff" * 9000
    file.write_bytes(content)
    findings = verify(db)
    db.close()
    assert findings
    file.write_bytes(b"\xff" * 9000)
    with pytest.raises(Damaged):
        verify(db)
    db.close()


def test_no_data_is_told(database_url: str) -> None:
    db = open_database(database_url)
    (finding,) = verify(db)
    assert finding.what == "其中没有数据。"
    db.close()
