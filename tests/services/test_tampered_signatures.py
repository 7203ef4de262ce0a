"""What is signed, forged and changed past the program: it is named, whoever did it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import Connection, Table

from desktop.domain.canonical import canonical_text
from desktop.domain.statements import Kind, statement_text
from desktop.services import identities as ids
from desktop.services import signatures
from desktop.services.audit import AuditEntry, AuditQuery, audit_ids, audit_rows
from desktop.services.checking import verify_office
from desktop.services.office import Work
from desktop.store.engine import make_engine
from desktop.store.keys import make_secret
from desktop.store.signing import SIGNED
from desktop.store.tables import IdentityRecord, SignOff
from desktop.store.verify.light import check_lightly
from tests.services.keyholders import carded, found, revoke, states
from tests.services.world import CLERK, HEAD, PRESIDENT, TECHNICAL, World

pytestmark = pytest.mark.usefixtures("quick_keys")


def entries(world: World) -> list[AuditEntry]:
    actor, query = world.who(CLERK), AuditQuery()
    return world.office.read(lambda reading: audit_rows(reading, audit_ids(reading, actor, query)))


def told_of_headers(world: World) -> list[str]:
    return [one.what for one in verify_office(world.office) if one.where.startswith("安装点")]


@pytest.mark.parametrize("minutes", [30, -30])
def test_what_a_revoked_key_signs_all_the_same_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    root = found(world)
    key = carded(world, root, TECHNICAL)[TECHNICAL]
    filing = world.submitted("suspension")
    world.clock.pass_minutes(60)
    revoke(world, root, key)
    world.clock.pass_minutes(minutes)
    stolen = world.office.keys.of(world.who(TECHNICAL))
    monkeypatch.setattr(world.office.keys, "signer", lambda *_args: stolen)  # a program that was tampered with
    world.approve(filing, TECHNICAL)
    (finding,) = verify_office(world.office)
    assert "在保存之前已经吊销" in finding.what
    assert ("倒填" in finding.what) == (minutes < 0)


def test_a_card_for_another_person_does_not_verify(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    root = found(world)
    carded(world, root, HEAD)
    keys = world.office.keys
    borrowed = keys.of(world.who(HEAD))
    assert borrowed is not None
    monkeypatch.setattr(keys, "signer", lambda *_args: borrowed)  # what a program that was tampered with could do
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    assert states(world, filing) == [("未验证", "未验证：密钥的身份证明不是签字人本人的")]
    assert any("不是签字人本人的" in one.what for one in verify_office(world.office))


def test_every_column_of_a_sign_off_is_signed() -> None:
    columns = {column.name for column in SignOff.__table__.columns}
    assert set(SIGNED) == columns - {"id", "signature"}


@contextmanager
def unguarded(world: World, table: str) -> Iterator[Connection]:
    """The data in the hands of somebody who takes the guards off."""
    engine = make_engine(world.office.database.url, pooled=False)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {table}_refuse_update")
        else:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield connection


def tampered(world: World, filing: UUID, **columns: object) -> None:
    table = SignOff.__table__
    assert isinstance(table, Table)
    with unguarded(world, "sign_off") as connection:
        connection.execute(table.update().where(table.c.filing_id == filing).values(**columns))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"decision": "reject"}, "签名与内容不符"),
        ({"opinion": "同意，但要降价"}, "签名与内容不符"),
        ({"signed_on": dt.date(2026, 8, 1)}, "签名与内容不符"),
        ({"covers": canonical_text({"reason": "00"})}, "签名与内容不符"),
        ({"signature": ""}, "没有电子签名"),
        ({"signature": "{}"}, "签名与内容不符"),
    ],
)
def test_a_tampered_sign_off_is_named(world: World, columns: dict[str, object], told: str) -> None:
    root = found(world)
    carded(world, root, TECHNICAL)
    world.office.run(world.who(CLERK), partial(signatures.require_signatures, on=True))
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    tampered(world, filing, **columns)
    ((label, words),) = states(world, filing)
    assert label == "未验证"
    assert told in words
    assert any(told in one.what for one in verify_office(world.office) if one.table == "sign_off")


@pytest.mark.parametrize("asked", [True, False])
def test_paper_says_that_a_signature_is_missing_where_the_office_asked_for_one(world: World, *, asked: bool) -> None:
    root = found(world)
    carded(world, root, TECHNICAL)
    if asked:
        world.office.run(world.who(CLERK), partial(signatures.require_signatures, on=True))
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    assert [state.printed for state in world.page(filing).signatures.values()] == ["电子签名已验证"]
    tampered(world, filing, signature="")
    assert [state.printed for state in world.page(filing).signatures.values()] == ["没有电子签名" if asked else ""]
    assert states(world, filing) == [("未验证", "没有电子签名")]


def test_a_header_signed_by_another_hand_is_named(world: World) -> None:
    root = found(world)
    carded(world, root, TECHNICAL)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    stranger = make_secret()
    with unguarded(world, "changeset") as connection:
        connection.exec_driver_sql(f"UPDATE changeset SET signature = '{stranger.mark('x')}' WHERE signature <> ''")
    assert set(told_of_headers(world)) == {"电子签名被换过。"}
    assert {entry.signature for entry in entries(world)} == {"", "未验证"}


def test_a_header_signed_anew_by_its_own_key_over_something_else_is_named(world: World) -> None:
    root = found(world)
    key = carded(world, root, TECHNICAL)[TECHNICAL]
    signer = world.office.keys.of(world.who(TECHNICAL))
    assert signer is not None
    world.approve(world.submitted("suspension"), TECHNICAL)
    with unguarded(world, "changeset") as connection:
        connection.exec_driver_sql(
            f"UPDATE changeset SET signature = '{signer.mark('x')}' WHERE signature LIKE '%%{key}%%'"
        )
    assert set(told_of_headers(world)) == {"电子签名未能验证：签名与内容不符。"}


def test_headers_whose_signatures_were_taken_off_are_named(world: World) -> None:
    """Also where all else that the changeset wrote bears no signature of its own: the header tells who signs it."""
    root = found(world)
    carded(world, root, TECHNICAL)
    world.approve(world.submitted("suspension"), TECHNICAL)
    with unguarded(world, "changeset") as connection:
        (signed,) = connection.exec_driver_sql("SELECT count(*) FROM changeset WHERE signature <> ''").one()
        connection.exec_driver_sql("UPDATE changeset SET signature = ''")
    assert told_of_headers(world) == ["电子签名被去掉了。"] * signed
    assert {one.what for one in check_lightly(world.office.database)} == {"电子签名被去掉了。"}
    assert signed > 1
    assert [entry.signature for entry in entries(world)].count("未验证") == signed


def test_a_statement_written_past_the_program_is_named(world: World) -> None:
    root = found(world)
    carded(world, root, TECHNICAL)
    forger = make_secret()
    says = {
        "public": forger.public,
        "person": str(world.who(PRESIDENT)),
        "name": PRESIDENT,
        "since": "2026-01-01T00:00:00+00:00",
    }
    text = statement_text(world.office.id, Kind.CARD, world.clock.now, says)

    def forge(work: Work) -> None:
        work.session.add(
            IdentityRecord(
                kind="card", key=forger.key, person_id=world.who(PRESIDENT), text=text, signed_by=root.key,
                signature=forger.sign(text), at=work.now,
            )
        )  # fmt: skip

    world.office.run(world.who(TECHNICAL), forge)
    assert [one.what for one in verify_office(world.office) if one.table == "identity_record"] == [
        "身份登记不算数：签名与内容不符。"
    ]
    assert not world.office.read(ids.identities).cards_of(world.who(PRESIDENT))
