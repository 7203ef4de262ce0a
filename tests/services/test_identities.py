"""Identities and signatures, the whole way: key, request, card, signed step, revocation, and everything forged."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, Table

from desktop.domain.canonical import canonical_text
from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.identity import KeyLocked, Reason, Request, Target, spoken
from desktop.domain.policy_terms import Action
from desktop.domain.statements import Kind, Statement, statement_text
from desktop.services import identities as ids
from desktop.services import root_key, signatures
from desktop.services.approving import PaperSignature, record_paper_signatures
from desktop.services.audit import AuditEntry, AuditQuery, audit_ids, audit_rows
from desktop.services.checking import verify_office
from desktop.services.history import project_history
from desktop.services.home import Home
from desktop.services.identity_overview import CardState, key_rows
from desktop.services.identity_papers import paper_text, read_paper
from desktop.services.office import Office, Work, who_may
from desktop.services.opening import open_office
from desktop.services.printing import print_filing
from desktop.services.root_paper import print_fingerprint
from desktop.services.seat_keys import Pin
from desktop.store.engine import make_engine
from desktop.store.keys import ROUNDS, SecretKey, make_secret
from desktop.store.signing import SIGNED, statements_of
from desktop.store.tables import Assignment, Filing, IdentityRecord, SignOff
from tests.services.world import CLERK, HEAD, PRESIDENT, TECHNICAL, World

ROOTS, OWN = "单位根密钥的密码", "自己的密码 2026"


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a password costs is the library's affair; here one round will do."""
    assert ROUNDS > 16
    monkeypatch.setattr("desktop.store.keys.ROUNDS", 1)


def found(world: World) -> SecretKey:
    root_key.found_root(world.office, world.who(CLERK), ROOTS)
    root = world.office.keys.of(world.office.id)
    assert root is not None
    return root


def carded(world: World, root: SecretKey, *names: str) -> dict[str, str]:
    """These people have a key each, unlocked, with a card; fingerprints by name."""
    made = {}
    for name in names:
        made[name] = ids.make_key(world.office, world.who(name), OWN).value
        issue(world, root, made[name])
    return made


def issue(world: World, root: SecretKey, key: str, *, revoke_older: bool = True) -> None:
    (request,) = (one for one in world.office.read(ids.identities).requests if one.key == key)
    world.office.run(world.who(CLERK), lambda work: ids.issue_card(work, root, request.id, revoke_older=revoke_older))


def entries(world: World) -> list[AuditEntry]:
    actor, query = world.who(CLERK), AuditQuery()
    return world.office.read(lambda reading: audit_rows(reading, audit_ids(reading, actor, query)))


def told_of_headers(world: World) -> list[str]:
    return [one.what for one in verify_office(world.office) if one.where.startswith("安装点")]


def states(world: World, filing: UUID) -> list[tuple[str, str]]:
    page = world.page(filing)
    return [(page.signatures[one.id].label, page.signatures[one.id].words) for one in page.sign_offs]


def revoke(world: World, root: SecretKey, key: str, since: dt.datetime | None = None) -> None:
    at = since or world.clock.now
    world.office.run(world.who(CLERK), lambda work: ids.revoke(work, root, Target.CARD, key, at, "密码泄露"))


def test_the_whole_way_from_key_to_verified_signature(world: World) -> None:
    root = found(world)
    carded(world, root, TECHNICAL, HEAD)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    assert states(world, filing) == [("已验证", "电子签名已验证")]
    with world.office.reading() as reading:
        row = reading.session.query(SignOff).where(SignOff.filing_id == filing).one()
        assert row.signature
    assert verify_office(world.office) == []


def test_an_office_without_keys_says_nothing_of_signatures(world: World) -> None:
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    assert states(world, filing) == [("", "没有电子签名")]
    assert not world.office.read(ids.identities).roots


def test_a_locked_key_leaves_the_signature_out_until_the_office_asks_for_it(world: World) -> None:
    root = found(world)
    carded(world, root, TECHNICAL, HEAD)
    filing = world.submitted("suspension")
    world.office.keys.lock()
    clerk = world.who(CLERK)
    world.office.run(clerk, partial(signatures.require_signatures, on=True))
    with world.unchanged(), pytest.raises(KeyLocked):
        world.approve(filing, TECHNICAL)
    with pytest.raises(Refusal, match="密码不对"):
        world.office.keys.unlock(world.who(TECHNICAL), "不是这个密码")
    world.office.keys.unlock(world.who(TECHNICAL), OWN)
    world.approve(filing, TECHNICAL)
    world.office.run(clerk, partial(signatures.require_signatures, on=False))
    world.approve(filing, HEAD)
    assert states(world, filing) == [("已验证", "电子签名已验证"), ("未验证", "没有电子签名")]


def test_where_signatures_are_asked_for_a_key_and_a_card_are_needed(world: World) -> None:
    found(world)
    world.office.run(world.who(CLERK), partial(signatures.require_signatures, on=True))
    filing = world.submitted("suspension")
    with world.unchanged(), pytest.raises(Refusal, match="本机没有您的密钥"):
        world.approve(filing, TECHNICAL)
    ids.make_key(world.office, world.who(TECHNICAL), OWN)
    with world.unchanged(), pytest.raises(Refusal, match="没有有效的身份证明"):
        world.approve(filing, TECHNICAL)


def test_signatures_are_not_asked_for_before_there_is_a_root(world: World) -> None:
    with pytest.raises(Refusal, match="还没有根密钥"):
        world.office.run(world.who(CLERK), partial(signatures.require_signatures, on=True))


def test_only_who_may_manage_the_office_cares_for_keys(world: World) -> None:
    assert TECHNICAL not in who_may(world.office.policy, Action.MANAGE_OFFICE)
    technical = world.who(TECHNICAL)
    with world.unchanged(), pytest.raises(NotAllowed):
        root_key.found_root(world.office, technical, ROOTS)
    assert not world.office.keys.public(world.office.id), "nothing was left behind"
    root = found(world)
    key = ids.make_key(world.office, technical, OWN).value
    (request,) = world.office.read(ids.identities).requests
    for use_case in (
        lambda work: ids.issue_card(work, root, request.id, revoke_older=True),
        lambda work: ids.revoke(work, root, Target.CARD, key, work.now, "x"),
        lambda work: ids.grant_roles(work, root, []),
        partial(signatures.require_signatures, on=True),
    ):
        with world.unchanged(), pytest.raises(NotAllowed):
            world.office.run(technical, use_case)
    with pytest.raises(NotAllowed):
        root_key.replace_root(world.office, technical, ROOTS, lost=True)


def test_a_second_root_is_refused(world: World) -> None:
    root = found(world)
    with world.unchanged(), pytest.raises(Refusal, match="已经有根密钥"):
        root_key.found_root(world.office, world.who(CLERK), ROOTS)
    assert world.office.keys.public(world.office.id) == root.public


def test_a_revoked_key_is_told_with_its_day_and_signs_no_more(world: World) -> None:
    root = found(world)
    made = carded(world, root, TECHNICAL, HEAD)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    since = world.clock.now
    world.clock.pass_minutes()
    revoke(world, root, made[TECHNICAL], since)
    assert states(world, filing) == [("未验证", f"未验证：身份证明已吊销（自 {since.astimezone():%Y-%m-%d %H:%M}）")]
    assert verify_office(world.office) == [], "what was signed before anybody knew is no damage"
    revoke(world, root, made[HEAD])
    world.approve(filing, HEAD)
    assert states(world, filing)[1] == ("未验证", "没有电子签名"), "the program does not sign with a revoked key"
    with world.unchanged(), pytest.raises(Refusal, match="原因"):
        world.office.run(world.who(CLERK), lambda work: ids.revoke(work, root, Target.CARD, made[HEAD], since, " "))
    with world.unchanged(), pytest.raises(Refusal, match="已经自"):
        revoke(world, root, made[HEAD])


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


def test_a_request_is_refused_for_good(world: World) -> None:
    root = found(world)
    key = ids.make_key(world.office, world.who(TECHNICAL), OWN).value
    revoke(world, root, key)
    (row,) = world.office.read(key_rows)
    assert (row.state, row.request_id) == (CardState.REVOKED, None)
    with world.unchanged(), pytest.raises(Refusal, match="被拒绝"):
        issue(world, root, key)


def test_a_lost_password_is_got_over_by_another_key(world: World) -> None:
    root = found(world)
    old = carded(world, root, TECHNICAL)[TECHNICAL]
    world.clock.pass_minutes()
    new = carded(world, root, TECHNICAL)[TECHNICAL]
    known = world.office.read(ids.identities)
    assert known.revoked_since(Target.CARD, old) is not None
    assert [known.card_holds(card, world.clock.now) for card in known.cards_of(world.who(TECHNICAL))] == [False, True]
    assert new != old
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    assert states(world, filing) == [("已验证", "电子签名已验证")]


def test_signatures_from_paper_are_claims_signed_by_the_clerk(world: World) -> None:
    root = found(world)
    carded(world, root, CLERK)
    filing = world.submitted("suspension")
    page = world.page(filing)
    signature = PaperSignature(page.may_record, world.who(TECHNICAL), TECHNICAL, world.clock.now.date())
    world.office.run(
        world.who(CLERK),
        lambda work: record_paper_signatures(work, filing, [signature], scan=world.file(), seen_sha256=page.sha256),
    )
    ((label, words),) = states(world, filing)
    assert label == "纸面"
    assert words.startswith(f"纸面签字（{CLERK}代录，扫描件 ")
    assert words.endswith("代录人的电子签名已验证")


def test_a_paper_signature_without_a_key_of_the_clerks_stays_a_claim(world: World) -> None:
    filing = world.submitted("suspension")
    page = world.page(filing)
    signature = PaperSignature(page.may_record, world.who(TECHNICAL), TECHNICAL, world.clock.now.date())
    world.office.run(
        world.who(CLERK),
        lambda work: record_paper_signatures(work, filing, [signature], scan=world.file(), seen_sha256=page.sha256),
    )
    ((label, words),) = states(world, filing)
    assert (label, words.endswith("）")) == ("纸面", True)
    found(world)
    assert states(world, filing)[0][1].endswith("代录人没有电子签名")


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


def test_roles_count_only_with_a_grant_where_the_office_grants_them(world: World) -> None:
    root = found(world)
    carded(world, root, TECHNICAL, HEAD)
    with world.office.reading() as reading:
        rows = reading.session.query(Assignment).all()
        own = {row.person_id: row.id for row in rows}
    clerk = world.who(CLERK)
    world.office.run(clerk, lambda work: ids.grant_roles(work, root, [own[world.who(HEAD)]]))
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    assert states(world, filing) == [("未验证", "未验证：角色授予未经根密钥确认")]
    world.office.run(clerk, lambda work: ids.grant_roles(work, root, [own[world.who(TECHNICAL)]]))
    assert states(world, filing) == [("已验证", "电子签名已验证")]
    grant = next(one for one in world.office.read(ids.identities).grants if one.person_id == world.who(TECHNICAL))
    world.office.run(clerk, lambda work: ids.revoke(work, root, Target.GRANT, str(grant.id), world.clock.now, "换人"))
    assert states(world, filing) == [("未验证", "未验证：角色授予未经根密钥确认")]


def test_every_column_of_a_sign_off_is_signed() -> None:
    columns = {column.name for column in SignOff.__table__.columns}
    assert set(SIGNED) == columns - {"id", "signature"}


# -- papers that travel


def requested(world: World, name: str = TECHNICAL) -> tuple[str, str]:
    key = ids.make_key(world.office, world.who(name), OWN).value
    return key, world.office.read(lambda reading: ids.request_paper(reading, world.who(name)))


def take(world: World, text: str, by: str = CLERK) -> tuple[Request, ...]:
    statements = read_paper(text)
    return world.office.run(world.who(by), lambda work: ids.take_paper(work, statements)).value


def away(world: World, folder: Path) -> Office:
    """The same data seen from another machine."""
    return open_office(world.url, Home(folder), world.clock)


def test_a_request_travels_as_text_and_a_card_comes_back(world: World) -> None:
    key, text = requested(world)
    assert spoken(key) in text
    quoted = "\r\n".join(f"> {line}" for line in text.splitlines())
    assert [one.key for one in take(world, quoted)] == [key]
    root = found(world)
    issue(world, root, key)
    card = world.office.read(lambda reading: ids.card_paper(reading, key))
    assert spoken(root.key) in card
    before = len(world.office.read(lambda reading: statements_of(reading.session)))
    take(world, card, TECHNICAL)
    assert len(world.office.read(lambda reading: statements_of(reading.session))) == before, "all of it was there"


def test_a_forged_request_is_refused(world: World) -> None:
    _key, text = requested(world)
    (one,) = read_paper(text)
    other = make_secret()
    forged = [
        replace(one, id=UUID(int=7), text=one.text.replace(str(world.who(TECHNICAL)), str(world.who(PRESIDENT)))),
        replace(one, id=UUID(int=8), signature=other.sign(one.text)),
        replace(one, id=UUID(int=9), key=other.key, signed_by=other.key, signature=other.sign(one.text)),
    ]
    for statement in forged:
        with world.unchanged(), pytest.raises(Refusal, match="不能接受"):
            take(world, paper_text((), [statement]))


def test_a_request_for_another_name_is_refused(world: World) -> None:
    secret = make_secret()
    says = {"public": secret.public, "person": str(world.who(PRESIDENT)), "name": TECHNICAL}
    text = statement_text(world.office.id, Kind.REQUEST, world.clock.now, says)
    one = Statement(UUID(int=7), "request", secret.key, world.who(PRESIDENT), text, secret.key, secret.sign(text))
    with world.unchanged(), pytest.raises(Refusal, match="姓名"):
        take(world, paper_text((), [one]))


def test_a_card_of_another_office_is_refused(world: World) -> None:
    secret, person = make_secret(), str(world.who(TECHNICAL))
    text = statement_text(
        UUID(int=99), Kind.REQUEST, world.clock.now, {"public": secret.public, "person": person, "name": TECHNICAL}
    )
    one = Statement(UUID(int=7), "request", secret.key, world.who(TECHNICAL), text, secret.key, secret.sign(text))
    with world.unchanged(), pytest.raises(Refusal, match="另一个单位"):
        take(world, paper_text((), [one]))


# -- the root changes


def test_a_root_that_names_its_successor_is_followed_without_asking(world: World, tmp_path: Path) -> None:
    old = found(world)
    carded(world, old, TECHNICAL)
    elsewhere = away(world, tmp_path / "elsewhere")
    assert elsewhere.read(ids.identities).current == old.key
    assert not elsewhere.keys.pin_of(elsewhere.id).compared
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    new = root_key.replace_root(world.office, world.who(CLERK), ROOTS, lost=False).value
    assert elsewhere.read(ids.identities).current == new
    assert elsewhere.keys.pin_of(elsewhere.id).key == new
    assert states(world, filing) == [("已验证", "电子签名已验证")]
    with pytest.raises(Refusal, match="不是单位现行的根密钥"):
        world.office.run(world.who(CLERK), lambda work: ids.grant_roles(work, old, []))
    elsewhere.close()


def test_a_lost_root_is_replaced_and_each_installation_confirms_it(world: World, tmp_path: Path) -> None:
    old = found(world)
    carded(world, old, TECHNICAL)
    elsewhere = away(world, tmp_path / "elsewhere")
    assert elsewhere.read(ids.identities).current == old.key
    world.office.keys.lock(world.office.id)
    with pytest.raises(KeyLocked):
        root_key.replace_root(world.office, world.who(CLERK), ROOTS, lost=False)
    new = root_key.replace_root(world.office, world.who(CLERK), ROOTS, lost=True).value
    root = world.office.keys.of(world.office.id)
    assert root is not None
    carded(world, root, HEAD)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL, HEAD)
    assert {label for label, _words in states(world, filing)} == {"已验证"}
    known = elsewhere.read(ids.identities)
    assert (known.current, known.foreign) == (old.key, (new,))
    with elsewhere.reading() as reading:
        filing_row = reading.session.get(Filing, filing)
        assert filing_row is not None
        verdicts = [state.verdict.reason for state in signatures.signature_states(reading, [filing_row]).values()]
        assert sorted(verdicts) == sorted([Reason.VERIFIED, Reason.UNCONFIRMED_ROOT])
        root_key.confirm_root(reading, new)
        assert ids.identities(reading).current == new
        assert {state.label for state in signatures.signature_states(reading, [filing_row]).values()} == {"已验证"}
    elsewhere.close()


def test_a_root_key_is_carried_by_its_backup(world: World, tmp_path: Path) -> None:
    root = found(world)
    backup = tmp_path / "根密钥备份.key"
    world.office.keys.copy_to(world.office.id, backup)
    assert b"OPENSSH PRIVATE KEY" in backup.read_bytes()
    elsewhere = away(world, tmp_path / "elsewhere")
    with pytest.raises(Refusal, match="密码不对"):
        root_key.take_root_from(elsewhere, backup, "别的密码别的")
    root_key.take_root_from(elsewhere, backup, ROOTS)
    assert elsewhere.keys.public(elsewhere.id) == root.public
    elsewhere.keys.lock()
    assert root_key.unlock_root(elsewhere, ROOTS).key == root.key
    other = tmp_path / "别的.key"
    other.write_bytes(make_secret().locked_with(ROOTS))
    with pytest.raises(Refusal, match="另一把"):
        root_key.take_root_from(elsewhere, other, ROOTS)
    elsewhere.close()


def test_a_root_that_vanished_or_appeared_is_told_loudly(world: World) -> None:
    old = found(world)
    office = world.office
    assert office.read(root_key.root_notice) == ""
    assert verify_office(office) == []
    office.keys.pin(office.id, Pin("ab" * 32, compared=True))
    assert "数据可能已被调换" in office.read(root_key.root_notice)
    assert any("不在数据中" in one.what for one in verify_office(office))
    office.keys.pin(office.id, Pin(old.key))
    forger = make_secret()
    text = statement_text(
        office.id, Kind.ROOT, world.clock.now, {"public": forger.public, "replaces": "", "vouches": []}
    )

    def forge(work: Work) -> None:
        work.session.add(
            IdentityRecord(
                kind="root", key=forger.key, text=text, signed_by=forger.key, signature=forger.sign(text), at=work.now
            )
        )

    office.run(world.who(TECHNICAL), forge)
    assert spoken(forger.key) in office.read(root_key.root_notice)
    assert any("未经本机确认" in one.what for one in verify_office(office))
    one = next(one for one in office.read(lambda r: statements_of(r.session)) if one.key == forger.key)
    elsewhere = Statement(
        UUID(int=8), one.kind, one.key, None, one.text.replace("vouches", "vouched"), one.signed_by, one.signature
    )
    with world.unchanged(), pytest.raises(Refusal, match="不能接受"):
        take(world, paper_text((), [elsewhere]))


def test_a_root_from_elsewhere_does_not_come_in_by_a_file(world: World) -> None:
    found(world)
    other = make_secret()
    text = statement_text(
        world.office.id, Kind.ROOT, world.clock.now, {"public": other.public, "replaces": "", "vouches": []}
    )
    one = Statement(UUID(int=8), "root", other.key, None, text, other.key, other.sign(text))
    with world.unchanged(), pytest.raises(Refusal, match="不是同一把"):
        take(world, paper_text((), [one]))


def test_an_installation_that_was_taken_out_of_use_is_named_when_it_saves(world: World) -> None:
    root = found(world)
    device = str(world.office.home.installation.id)
    world.office.run(
        world.who(CLERK), lambda work: ids.revoke(work, root, Target.DEVICE, device, work.now, "笔记本丢失")
    )
    assert verify_office(world.office)
    assert all("停用" in one.what for one in verify_office(world.office))


def test_the_fingerprint_is_printed(world: World) -> None:
    with pytest.raises(Refusal, match="还没有根密钥"):
        world.office.read(print_fingerprint)
    found(world)
    assert world.office.read(print_fingerprint).pdf.startswith(b"%PDF")


# -- tampering


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


def test_a_header_signed_by_another_hand_is_named(world: World) -> None:
    root = found(world)
    carded(world, root, TECHNICAL)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    stranger = make_secret()
    with unguarded(world, "changeset") as connection:
        connection.exec_driver_sql(f"UPDATE changeset SET signature = '{stranger.mark('x')}' WHERE signature <> ''")
    assert set(told_of_headers(world)) == {"它的电子签名被换过。"}
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
    assert told_of_headers(world) == ["它的电子签名被去掉了。"] * signed
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


def test_history_and_print_tell_of_signatures(world: World) -> None:
    root = found(world)
    carded(world, root, TECHNICAL)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    entries = world.office.read(lambda reading: project_history(reading, world.project().id))
    assert ["电子签名已验证" in entry.details for entry in entries if TECHNICAL in entry.text] == [True]
    printed = world.office.read(lambda reading: print_filing(reading, world.who(CLERK), filing))
    assert printed.pdf.startswith(b"%PDF")
