"""State rebuilt from the journal: equal where all is sound, and what the journal says where it was tampered with."""

from pathlib import Path

import pytest

from desktop.store.copying import fingerprints
from desktop.store.device import Installation
from desktop.store.engine import Database, open_database
from desktop.store.rebuild import Rebuilt, rebuild
from desktop.store.verify import verify
from tests.store.conftest import NOW
from tests.store.offices import Small, behind, fill_office


def silent(_done: int, _total: int, _text: str) -> None:
    pass


@pytest.fixture
def small(db: Database, device: Installation) -> Small:
    return fill_office(db, device, NOW)


def rebuilt(db: Database, file: Path) -> tuple[Rebuilt, Database]:
    made = rebuild(db, file, silent)
    return made, open_database(file)


def test_a_sound_office_is_rebuilt_equal(db: Database, small: Small, tmp_path: Path) -> None:  # noqa: ARG001
    made, copy = rebuilt(db, tmp_path / "copy.epm")
    assert (made.undone, made.kept, made.lost, made.equal) == ((), (), (), True)
    assert fingerprints(copy, silent) == fingerprints(db, silent)
    assert verify(copy) == []
    copy.close()


TAMPERED = [
    ("UPDATE project SET amount = 1", "project", "改回“128050”"),
    ("UPDATE project SET version = 9", "project", "保存次数由 9 改回 2"),
    ("UPDATE sign_off SET opinion = '同意支付'", "sign_off", "改回“"),
    ("UPDATE filing SET number = 'X-1'", "filing", "“number”由“X-1”改回“空”"),
    ("DELETE FROM assignment", "assignment", "按日志补回"),
    ("DELETE FROM sign_off", "sign_off", "按日志补回"),
    ("UPDATE setting SET text = '{\"a\":1}'", "setting", "改回“{}”"),
]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("statement", "table", "words"), TAMPERED)
def test_a_tampered_office_is_as_the_journal_says_again(
    db: Database,
    tmp_path: Path,
    statement: str,
    table: str,
    words: str,
) -> None:
    before = fingerprints(db, silent)
    behind(db, statement)
    assert verify(db)
    made, copy = rebuilt(db, tmp_path / "copy.epm")
    assert {one.table for one in made.undone} == {table}
    assert words in made.undone[0].what
    assert (made.kept, made.equal) == ((), False)
    assert fingerprints(copy, silent) == before
    assert verify(copy) == []
    copy.close()


def test_what_was_added_past_the_program_is_left_out(db: Database, small: Small, tmp_path: Path) -> None:  # noqa: ARG001
    before = fingerprints(db, silent)
    behind(
        db,
        "INSERT INTO setting (id, key, text, version) VALUES ('0123456789abcdef0123456789abcdef', 'added', 'x', 1)",
    )
    made, copy = rebuilt(db, tmp_path / "copy.epm")
    assert [(one.table, "没有带过去" in one.what) for one in made.undone] == [("setting", True)]
    assert fingerprints(copy, silent) == before
    copy.close()


def test_what_the_journal_does_not_tell_whole_is_kept_and_told(db: Database, small: Small, tmp_path: Path) -> None:
    key = str(small.project)
    behind(db, f"UPDATE change SET body = '{{}}' WHERE entity_id = '{key}' AND op = 'insert'")
    made, copy = rebuilt(db, tmp_path / "copy.epm")
    assert [(one.table, one.key) for one in made.kept] == [("project", key)]
    assert "按现状保留" in made.kept[0].what
    assert made.undone == ()
    with copy.reading() as session:
        assert session.connection().exec_driver_sql("SELECT amount, state FROM project").one() == (128_050, "paused")
    copy.close()


def test_archived_content_that_is_another_now_is_told(db: Database, small: Small, tmp_path: Path) -> None:  # noqa: ARG001
    value = "x'00'" if db.file else "'\\x00'"
    behind(db, f"UPDATE blob_chunk SET data = {value} WHERE n = 0")
    made, copy = rebuilt(db, tmp_path / "copy.epm")
    assert len(made.lost) == 1
    copy.close()


def test_cells_that_cannot_be_read_are_no_hindrance(db: Database, small: Small, tmp_path: Path) -> None:  # noqa: ARG001
    if db.file is None:
        pytest.skip("a server keeps its types by itself")
    before = fingerprints(db, silent)
    behind(db, "UPDATE office SET created_at = 'gestern'", "UPDATE counter SET next = 'viele'")
    made, copy = rebuilt(db, tmp_path / "copy.epm")
    assert {one.table for one in made.undone} == {"office", "counter"}
    assert fingerprints(copy, silent) == before
    copy.close()
