import datetime as dt
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from desktop.domain.canonical import read_canonical, sha256_text
from desktop.domain.conflicts import Stale
from desktop.domain.errors import Refusal
from desktop.domain.identity import read_mark
from desktop.store.device import Installation
from desktop.store.engine import Database
from desktop.store.ids import new_id
from desktop.store.journal import Written, change_hash, root_hash
from desktop.store.keys import make_secret, verify_signature
from desktop.store.signing import header_claim, header_key, signature_fate
from desktop.store.tables import SCHEMA_NO, Assignment, Change, Changeset, Device, Person, PolicyVersion, Project

NAMES = ("𠮷镕堃", "㛃喆", "䶮𬭎", "𬴂𪟝", "𫖯")


def bodies(db: Database) -> list[object]:
    with db.reading() as reader:
        query = select(Change.body).join(Changeset, Changeset.id == Change.changeset_id)
        told = query.where(Change.entity != "device").order_by(Changeset.lamport, Change.n)
        return [read_canonical(body or "") for body in reader.scalars(told)]


def test_a_transaction_leaves_one_sealed_changeset(
    db: Database, device: Installation, author: UUID, now: dt.datetime
) -> None:
    with db.writing(author, device, now) as session:
        people = [Person(name=name) for name in NAMES]
        session.add_all(people)
        session.flush()
        session.add(Project(name="综合监控系统", state="executing", manager_id=people[0].id, amount=1_280_50))
    assert {written.entity for written in session.changes} == {"person", "project"}
    assert Written("person", people[0].id, "insert") in session.changes

    with db.reading() as reader:
        changeset = reader.scalars(select(Changeset)).one()
        changes = reader.scalars(select(Change).order_by(Change.n)).all()
        head = reader.fetch(Device, device.id)
        assert [person.name for person in reader.scalars(select(Person).order_by(Person.id))] == list(NAMES)
    assert [change.n for change in changes] == list(range(1, 8))
    assert read_canonical(changes[0].body or "") == {  # a new installation introduces itself
        "entity": "device",
        "id": str(device.id),
        "op": "insert",
        "fields": {"name": device.name, "registered_at": "2026-11-23T01:30:00.000000Z"},
    }
    assert all(change.hash == change_hash(change.salt, change.body or "") for change in changes)
    assert len({change.salt for change in changes}) == len(changes)
    assert changeset.root == root_hash([change.hash for change in changes])
    assert changeset.hash == sha256_text(changeset.header)
    assert read_canonical(changeset.header) == {
        "device": str(device.id),
        "seq": 1,
        "author": str(author),
        "prev": "",
        "lamport": 1,
        "parents": [],
        "schema": SCHEMA_NO,
        "root": changeset.root,
        "at": "2026-11-23T01:30:00.000000Z",
    }
    assert (changeset.at, changeset.author_id) == (now, author)
    assert (head.seq, head.head_hash, head.lamport) == (1, changeset.hash, 1)


def test_a_header_names_the_key_that_signs_it(
    db: Database, device: Installation, author: UUID, now: dt.datetime
) -> None:
    secret = make_secret()
    for signer in (None, secret):
        with db.writing(author, device, now) as session:
            session.sign_with(signer)
            session.add(Person(name=NAMES[0]))
    with db.reading() as reader:
        plain, signed = reader.scalars(select(Changeset).order_by(Changeset.seq))
    assert (header_key(plain.header), plain.signature) == ("", "")
    assert "key" not in plain.header
    assert header_key(signed.header) == secret.key
    assert verify_signature(secret.public, header_claim(signed.hash), (read_mark(signed.signature) or ("", ""))[1])
    assert (signature_fate(signed.header, signed.signature), signature_fate(plain.header, "")) == ("", "")
    assert signature_fate(signed.header, "") == "电子签名被去掉了。"
    assert signature_fate(plain.header, signed.signature) == "电子签名被换过。"


def test_bodies_tell_what_became_what(db: Database, device: Installation, now: dt.datetime) -> None:
    with db.writing(None, device, now) as session:
        person = Person(name=NAMES[0])
        session.add(person)
    with db.writing(None, device, now) as session:
        found = session.fetch(Person, person.id)
        found.phone = "13800000000"
        found.name = NAMES[0]  # the same again: no change
        held = Assignment(role_key="pm", person_id=person.id, since=dt.date(2026, 11, 1))
        session.add(held)
    with db.writing(None, device, now) as session:
        session.delete(session.fetch(Assignment, held.id))

    born = {"active": True, "name": NAMES[0], "phone": "", "pinyin": "", "staff_no": ""}
    kept = {"person_id": str(person.id), "role_key": "pm", "since": "2026-11-01"}
    told = bodies(db)
    assert told[0] == {"entity": "person", "id": str(person.id), "op": "insert", "fields": born}
    assert {"entity": "assignment", "id": str(held.id), "op": "insert", "fields": kept} in told[1:3]
    changed = {"phone": ["", "13800000000"]}
    assert {"entity": "person", "id": str(person.id), "op": "update", "fields": changed} in told[1:3]
    assert told[3] == {"entity": "assignment", "id": str(held.id), "op": "delete", "fields": kept}


def test_nothing_changed_leaves_no_changeset(db: Database, device: Installation, now: dt.datetime) -> None:
    with db.writing(None, device, now) as session:
        session.add(Person(name=NAMES[1]))
    with db.writing(None, device, now) as session:
        person = session.scalars(select(Person)).one()
        person.name = NAMES[1]
    assert session.changes == frozenset()
    with db.reading() as reader:
        assert len(reader.scalars(select(Changeset)).all()) == 1
        assert reader.scalars(select(Person)).one().version == 1


def test_a_failed_transaction_leaves_nothing(db: Database, device: Installation, now: dt.datetime) -> None:
    def fail_on_the_way() -> None:
        with db.writing(None, device, now) as session:
            session.add(Person(name=NAMES[2]))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_on_the_way()
    with db.reading() as reader:
        assert reader.scalars(select(Person)).all() == []
        assert reader.scalars(select(Change)).all() == []
        assert reader.scalars(select(Device)).all() == []


def test_chains_link_and_parents_name_what_was_new(db: Database, now: dt.datetime) -> None:
    one, two = Installation(new_id(), "一号机"), Installation(new_id(), "二号机")
    for device in (one, one, two, two, one):
        with db.writing(None, device, now) as session:
            session.add(Person(name=NAMES[3]))
    with db.reading() as reader:
        sets = reader.scalars(select(Changeset).order_by(Changeset.lamport)).all()
    assert [(item.device_id == one.id, item.seq) for item in sets] == [
        (True, 1),
        (True, 2),
        (False, 1),
        (False, 2),
        (True, 3),
    ]
    hashes = [item.hash for item in sets]
    assert [item.prev_hash for item in sets] == ["", hashes[0], "", hashes[2], hashes[1]]
    assert [read_canonical(item.parents) for item in sets] == [[], [], [hashes[1]], [], [hashes[3]]]


def test_bulk_writing_of_journaled_tables_is_refused(db: Database, device: Installation, now: dt.datetime) -> None:
    person = {"id": new_id(), "name": "张三", "version": 1}
    statements = (
        update(Person).values(phone="1"),
        delete(Person),
        insert(Person).values(person),
        update(Person.__table__).values(phone="1"),  # type: ignore[arg-type]
        text("UPDATE person SET phone = '1'"),
    )
    with db.writing(None, device, now) as session:
        for statement in statements:
            with pytest.raises(RuntimeError):
                session.execute(statement)
        assert session.scalar(text("SELECT count(*) FROM person")) == 0


def test_what_is_written_once_stays(db: Database, device: Installation, now: dt.datetime) -> None:
    with db.writing(None, device, now) as session:
        policy = PolicyVersion(
            key="epm", title="制度", version_label="1", sha256=sha256_text("x"), text="x", loaded_at=now
        )
        session.add(policy)

    def rewrite() -> None:
        with db.writing(None, device, now) as session:
            session.fetch(PolicyVersion, policy.id).text = "y"

    def remove() -> None:
        with db.writing(None, device, now) as session:
            session.delete(session.fetch(PolicyVersion, policy.id))

    for attempt in (rewrite, remove):
        with pytest.raises(Refusal, match="不能修改或删除"):
            attempt()
    for statement in ("UPDATE policy_version SET text = 'y'", "DELETE FROM policy_version", "DELETE FROM change"):

        def behind(statement: str = statement) -> None:
            with db.writing(None, device, now) as session:
                session.connection().exec_driver_sql(statement)

        with pytest.raises(Refusal, match="不能修改或删除"):
            behind()
    with db.reading() as reader:
        assert reader.fetch(PolicyVersion, policy.id).text == "x"


def test_a_save_over_a_newer_save_is_refused(db: Database, device: Installation, now: dt.datetime) -> None:
    with db.writing(None, device, now) as session:
        person = Person(name=NAMES[4])
        session.add(person)
    with db.writing(None, device, now) as session:
        session.fetch_version(Person, person.id, 1).phone = "1"
    assert person.version == 1

    def save_late() -> None:
        with db.writing(None, device, now) as session:
            session.fetch_version(Person, person.id, 1).phone = "2"

    with pytest.raises(Stale):
        save_late()
    with db.reading() as reader:
        assert reader.fetch(Person, person.id).phone == "1"


@pytest.mark.parametrize("bad", ["空\0字符", "残\ud800缺"])
def test_unspeakable_text_is_refused(db: Database, device: Installation, now: dt.datetime, bad: str) -> None:
    def write() -> None:
        with db.writing(None, device, now) as session:
            session.add(Person(name=bad))

    with pytest.raises(Refusal, match="无法保存的字符"):
        write()
    with db.reading() as reader:
        assert reader.scalars(select(Person)).all() == []


def test_a_value_of_a_foreign_type_is_refused(db: Database, device: Installation, now: dt.datetime) -> None:
    def write() -> None:
        with db.writing(None, device, now) as session:
            session.add(Project(name="项目", state="executing", amount=12.5))  # type: ignore[arg-type]

    with pytest.raises(Refusal):
        write()


def test_shared_records_are_written_through_the_journal_alone(db: Database) -> None:
    with db.reading() as reader:
        reader.add(Person(name="张三"))
        with pytest.raises(RuntimeError):
            reader.flush()
    with db.connecting() as connection, Session(connection) as plain:
        plain.add(Person(name="张三"))
        with pytest.raises(Exception, match=r"writing only|read-only"):
            plain.flush()
