"""The root key of an office: successor, loss, backup, and what is told where it is not the one that was known."""

from pathlib import Path
from uuid import UUID

import pytest

from desktop.domain.errors import Refusal
from desktop.domain.identity import KeyLocked, Reason, spoken
from desktop.domain.statements import Kind, Statement, statement_text
from desktop.services import identities as ids
from desktop.services import root_key, signatures
from desktop.services.checking import verify_office
from desktop.services.home import Home
from desktop.services.identity_papers import paper_text
from desktop.services.office import Office, Work
from desktop.services.opening import open_office
from desktop.services.root_paper import print_fingerprint
from desktop.services.seat_keys import Pin
from desktop.store.keys import make_secret
from desktop.store.signing import statements_of
from desktop.store.tables import Filing, IdentityRecord
from tests.services.keyholders import ROOTS, carded, found, states, take
from tests.services.world import CLERK, HEAD, TECHNICAL, World

pytestmark = pytest.mark.usefixtures("quick_keys")


def away(world: World, folder: Path) -> Office:
    """The same data seen from another machine."""
    return open_office(world.url, Home(folder), world.clock)


def test_a_second_root_is_refused(world: World) -> None:
    root = found(world)
    with world.unchanged(), pytest.raises(Refusal, match="已经有根密钥"):
        root_key.found_root(world.office, world.who(CLERK), ROOTS)
    assert world.office.keys.public(world.office.id) == root.public


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


def test_the_fingerprint_is_printed(world: World) -> None:
    with pytest.raises(Refusal, match="还没有根密钥"):
        world.office.read(print_fingerprint)
    found(world)
    assert world.office.read(print_fingerprint).pdf.startswith(b"%PDF")
