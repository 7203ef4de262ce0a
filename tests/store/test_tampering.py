"""Any one value changed behind the program's back is named by the check: all tables, all columns, both engines."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.domain.canonical import canonical_text, read_canonical
from desktop.store.engine import Database, open_database
from desktop.store.heads import Head, Printed, Seen, newest_seal
from desktop.store.tables import Base, Erasure, Journaled
from desktop.store.verify import Anchors, Finding, verify
from tests.databases import Prepare
from tests.store.tampering import FIRST, SECOND, Attacker, another, flipped, full_office

CLASSES: list[Any] = [mapper.class_ for mapper in Base.registry.mappers]
TOLD = sorted(record.__tablename__ for record in CLASSES if issubclass(record, Journaled))
"""What the journal tells."""
BINDING = ("device", "changeset", "change", "blob_chunk")
"""The journal itself, and the contents that a hash binds."""
UNBOUND = {
    "turn": "worked out anew from chains and sign-offs (tests/scenarios/test_tampering.py)",
    "presence": "who is here just now, forgotten when they leave",
    "relocation": "true of this one file or database",
    "schema_change": "true of this one file or database; its order is checked",
}


@pytest.fixture
def db(office_template: Callable[[Prepare], str]) -> Iterator[Database]:
    database = open_database(office_template(full_office))
    yield database
    database.close()


@pytest.fixture
def attacker(db: Database) -> Iterator[Attacker]:
    made = Attacker(db)
    yield made
    made.close()


def found(db: Database) -> list[Finding]:
    """What the check finds, but for the guards that the attacker has set aside."""
    return [finding for finding in verify(db) if "保护" not in finding.what]


def is_named(findings: list[Finding], table: str, keys: frozenset[str]) -> bool:
    """Whether a finding names the row, or for a journal's row the header that it belongs to."""
    there = {"changeset": {"changeset", "change", "device"}, "change": {"change", "changeset"}}.get(table, {table})
    return any(one.table in there and one.row in keys and one.where and one.what for one in findings)


def fullest(attacker: Attacker, table: str) -> dict[str, Any]:
    """The row with the fewest gaps; of the journal's and the archive's the last, behind which there is room."""
    last = {"changeset": "seq", "change": "n", "blob_chunk": "n"}.get(table)
    rows = attacker.rows(table)
    return max(rows, key=lambda row: row[last] if last else sum(value is not None for value in row.values()))


def test_every_table_is_bound_or_known_not_to_be() -> None:
    assert {*TOLD, *BINDING, *UNBOUND} == set(Base.metadata.tables)
    assert len(TOLD) + len(BINDING) + len(UNBOUND) == len(Base.metadata.tables)


def test_the_office_agrees_and_has_a_row_in_every_table(db: Database, attacker: Attacker) -> None:
    assert found(db) == []
    assert [name for name in (*TOLD, *BINDING) if not attacker.rows(name)] == []


def flips(table: str, row: dict[str, Any]) -> dict[str, object]:
    return {column.name: another(column, row[column.name]) for column in Base.metadata.tables[table].columns}


def nulls(table: str, row: dict[str, Any]) -> dict[str, object]:
    columns = Base.metadata.tables[table].columns
    return {column.name: None for column in columns if column.nullable and row[column.name] is not None}


def keys(table: str) -> set[str]:
    return {column.name for column in Base.metadata.tables[table].primary_key.columns}


@pytest.mark.parametrize("beside", [flips, nulls])
def test_any_value_of_a_record_changed_is_named(
    db: Database, attacker: Attacker, beside: Callable[[str, dict[str, Any]], dict[str, object]]
) -> None:
    """All values of a row in each table at once: of each the finding names its row and its column."""
    passed = []
    with ExitStack() as stack:
        made = []
        for table in TOLD:
            row = fullest(attacker, table)
            values = {name: new for name, new in beside(table, row).items() if name not in keys(table)}
            if values:
                made.append((table, values, stack.enter_context(attacker.changed(table, row, **values))))
        findings = found(db)
    for table, values, rows in made:
        told = "".join(one.what for one in findings if one.table == table and one.row in rows)
        passed += [(table, name) for name in values if ("保存次数" if name == "version" else f"“{name}”") not in told]
    assert passed == []
    assert len(made) > 10
    assert found(db) == []


def test_a_key_of_a_record_changed_is_named(db: Database, attacker: Attacker) -> None:
    with ExitStack() as stack:
        made = {}
        for table in TOLD:
            row = fullest(attacker, table)
            values = {name: new for name, new in flips(table, row).items() if name in keys(table)}
            made[table] = stack.enter_context(attacker.changed(table, row, **values))
        findings = found(db)
    assert [table for table, rows in made.items() if not is_named(findings, table, rows)] == []


@pytest.mark.parametrize("name", BINDING)
def test_any_value_of_the_journal_changed_is_named(db: Database, attacker: Attacker, name: str) -> None:
    row, passed = fullest(attacker, name), []
    for column, new in [*flips(name, row).items(), *nulls(name, row).items()]:
        with attacker.changed(name, row, **{column: new}) as rows:
            findings = found(db)
        if not is_named(findings, name, rows):
            passed.append((column, row[column], new, findings[:2]))
    assert passed == []
    assert found(db) == []


def test_records_removed_are_named(db: Database, attacker: Attacker) -> None:
    with ExitStack() as stack:
        gone = {name: stack.enter_context(attacker.removed(name, attacker.rows(name)[-1])) for name in TOLD}
        findings = found(db)
    assert [name for name, rows in gone.items() if not is_named(findings, name, rows)] == []
    assert found(db) == []


@pytest.mark.parametrize("name", BINDING)
def test_a_row_of_the_journal_removed_is_named(db: Database, attacker: Attacker, name: str) -> None:
    rows = attacker.rows(name)
    for row in (rows[0], rows[len(rows) // 2], rows[-1]):
        with attacker.removed(name, row) as named:
            assert is_named(found(db), name, named)


def double(attacker: Attacker, table: str) -> dict[str, Any]:
    """A row like one that is there, under a key of its own."""
    row = dict(fullest(attacker, table))
    for column in Base.metadata.tables[table].columns:
        if column.primary_key or column.unique or column.name in {"number", "seq", "n", "key", "line"}:
            row[column.name] = another(column, row[column.name])
    return row


def test_records_added_are_named(db: Database, attacker: Attacker) -> None:
    with ExitStack() as stack:
        more = {name: stack.enter_context(attacker.added(name, double(attacker, name))) for name in TOLD}
        findings = found(db)
    assert [name for name, rows in more.items() if not is_named(findings, name, rows)] == []
    assert found(db) == []


@pytest.mark.parametrize("name", ["changeset", "change", "blob_chunk"])
def test_a_row_of_the_journal_added_is_named(db: Database, attacker: Attacker, name: str) -> None:
    """An installation without a chain has done nothing: that is no finding."""
    with attacker.added(name, double(attacker, name)) as rows:
        assert is_named(found(db), name, rows)


TEXTS = (
    ("section", "text"),
    ("change", "body"),
    ("change", "salt"),
    ("changeset", "header"),
    ("changeset", "parents"),
    ("policy_version", "text"),
    ("changeset", "signature"),
    ("sign_off", "covers"),
    ("blob_chunk", "data"),
)


def test_any_byte_changed_is_named(db: Database, attacker: Attacker) -> None:
    there = {(table, column): [row for row in attacker.rows(table) if row[column]] for table, column in TEXTS}

    @settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def check(data: st.DataObject) -> None:
        table, column = data.draw(st.sampled_from(TEXTS))
        row = data.draw(st.sampled_from(there[table, column]))
        at = data.draw(st.integers(0, len(row[column]) - 1))
        content = row[column]
        new: str | bytes = flipped(content, at) if isinstance(content, str) else _flipped_byte(content, at)
        with attacker.changed(table, row, **{column: new}) as rows:
            assert is_named(found(db), table, rows)

    check()


def _flipped_byte(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_spaces_and_capitals_are_changes_too(db: Database, attacker: Attacker) -> None:
    """What reads the same is not the same: a salt in capitals, a list with a space, a key in capitals."""
    row = next(row for row in attacker.rows("change") if row["salt"] != row["salt"].upper())
    with attacker.changed("change", row, salt=row["salt"].upper()) as rows:
        assert is_named(found(db), "change", rows)
    row = attacker.rows("changeset")[0]
    with attacker.changed("changeset", row, parents=row["parents"].replace("[", "[ ")) as rows:
        assert is_named(found(db), "changeset", rows)
    row = next(row for row in attacker.rows("changeset") if row["signature"])
    with attacker.changed("changeset", row, signature=row["signature"].upper()) as rows:
        assert is_named(found(db), "changeset", rows)
    if db.file is not None:
        row = next(row for row in attacker.rows("project") if row["id"] != row["id"].upper())
        with attacker.changed("project", row, id=row["id"].upper()) as rows:
            assert is_named(found(db), "project", rows | {row["id"].upper()})


def test_a_body_that_tells_of_another_kind_of_value_is_named(db: Database, attacker: Attacker) -> None:
    row = next(row for row in attacker.rows("change") if row["entity"] == "person" and row["op"] == "insert")
    body: Any = read_canonical(row["body"])
    body["fields"]["name"] = ["x", {}]
    with attacker.changed("change", row, body=canonical_text(body)) as rows:
        assert is_named(found(db), "change", rows)


def test_bytes_that_are_no_text_are_named(db: Database, attacker: Attacker) -> None:
    """SQLite keeps any bytes as text; the server refuses them."""
    if db.file is None:
        return
    attacker.run("UPDATE project SET name = CAST(? AS TEXT)", b"\xff\xfe")
    assert {one.table for one in found(db)} == {"project"}
    attacker.run("UPDATE changeset SET header = CAST(? AS TEXT) WHERE seq = 2", b"\xff\xfe")
    assert {one.table for one in found(db)} == {"project", "changeset"}


def test_columns_of_another_kind_are_named(db: Database, attacker: Attacker) -> None:
    """On SQLite a column takes anything: what cannot be read in one table keeps no other from being checked."""
    if db.file is None:
        return
    attacker.run("UPDATE changeset SET at = 'gestern' WHERE seq = 1")
    attacker.run("UPDATE revision SET filing_id = 'x', at = 12")
    attacker.run("UPDATE sign_off SET covers = X'00'")
    assert {"changeset", "revision", "sign_off"} <= {one.table for one in found(db)}


# --- bodies that were taken out ----------------------------------------------------------------------------------


def test_a_body_taken_out_is_named_unless_an_erasure_tells_of_it(db: Database, attacker: Attacker) -> None:
    person = next(row for row in attacker.rows("person"))
    key = str(UUID(str(person["id"])))
    attacker.run("UPDATE change SET body = NULL, salt = '' WHERE entity = 'person' AND entity_id = ?", key)
    assert [one.row for one in found(db)] == [key]
    taken = sum(row["entity_id"] == key and row["body"] is None for row in attacker.rows("change"))
    row = next(row for row in attacker.rows("change") if row["body"] is None)
    with attacker.changed("change", row, salt="00"):
        assert is_named(found(db), "change", frozenset({key}))
    later = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    with db.writing(None, FIRST, later) as session:
        made = Erasure(entity="person", entity_id=key, upto=later, bodies=taken, rule="离职满五年", at=later)
        session.add(made)
    assert found(db) == []
    attacker.run("DELETE FROM person WHERE phone = '13900000000'")
    assert "person" in {one.table for one in found(db)}


# --- tails that were cut off -------------------------------------------------------------------------------------


def heads(attacker: Attacker) -> Anchors:
    rows = attacker.rows("device")
    seen = [Head(str(UUID(str(row["id"]))), row["name"], row["seq"], row["head_hash"]) for row in rows]
    return Anchors([Seen(head, "本机 2026-11-20 ") for head in seen])


def cut(attacker: Attacker, device: UUID, seq: int) -> None:
    """Cut a chain's tail off behind ``seq``, and let the installation know no better."""
    chain = [row for row in attacker.rows("changeset") if UUID(str(row["device_id"])) == device]
    for row in chain:
        if row["seq"] > seq:
            attacker.run("DELETE FROM change WHERE changeset_id = ?", row["id"])
            attacker.run("DELETE FROM changeset WHERE id = ?", row["id"])
    end = next((row for row in chain if row["seq"] == seq), {"hash": "", "lamport": 0})
    statement = "UPDATE device SET seq = ?, head_hash = ?, lamport = ? WHERE id = ?"
    attacker.run(statement, seq, end["hash"], end["lamport"], chain[0]["device_id"])


def test_a_tail_cut_off_with_everything_it_did_is_named_by_an_anchor(db: Database, attacker: Attacker) -> None:
    seen = heads(attacker)
    assert verify(db, anchors=seen) == verify(db)
    cut(attacker, FIRST.id, 3)
    attacker.run("UPDATE person SET phone = '', version = version - 1")
    assert found(db) == []
    (finding,) = [one for one in verify(db, anchors=seen) if "保护" not in one.what]
    assert finding.row == str(FIRST.id)
    assert "一号机" in finding.where
    assert "第 4 条" in finding.where
    assert "2026-11-20" in finding.what


def test_a_seal_on_paper_is_found_as_long_as_nothing_before_it_changed(db: Database, attacker: Attacker) -> None:
    with db.connecting() as connection:
        seal = newest_seal(connection)
    (first,) = [one.head.hash for one in heads(attacker).seen if one.head.device == str(FIRST.id)]
    assert seal == Printed(5, first[:16])
    assert verify(db, anchors=Anchors(printed=[seal])) == verify(db)
    cut(attacker, FIRST.id, 3)
    attacker.run("UPDATE person SET phone = '', version = version - 1")
    (finding,) = [one for one in verify(db, anchors=Anchors(printed=[seal])) if "保护" not in one.what]
    assert f"流水校验 5:{seal.code}" in finding.where


def test_a_chain_cut_off_is_named_by_those_who_wrote_after_it(db: Database, attacker: Attacker) -> None:
    """The heads of other installations stand in the headers that were written after them."""
    cut(attacker, SECOND.id, 0)
    findings = [one for one in found(db) if one.table == "changeset"]
    assert ["一号机" in one.where and "第 4 条" in one.where for one in findings] == [True]
