"""Identities and signatures: key, request, card, signed step and revocation, and what is told of each."""

from functools import partial

import pytest

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.identity import KeyLocked, Target
from desktop.domain.policy_terms import Action
from desktop.services import identities as ids
from desktop.services import root_key, signatures
from desktop.services.approving import PaperSignature, record_paper_signatures
from desktop.services.checking import verify_office
from desktop.services.history import project_history
from desktop.services.identity_overview import CardState, key_rows
from desktop.services.office import who_may
from desktop.services.printing import print_filing
from desktop.store.tables import Assignment, SignOff
from tests.services.keyholders import OWN, ROOTS, carded, found, issue, revoke, states
from tests.services.world import CLERK, HEAD, TECHNICAL, World

pytestmark = pytest.mark.usefixtures("quick_keys")


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


def test_an_installation_that_was_taken_out_of_use_is_named_when_it_saves(world: World) -> None:
    root = found(world)
    device = str(world.office.home.installation.id)
    world.office.run(
        world.who(CLERK), lambda work: ids.revoke(work, root, Target.DEVICE, device, work.now, "笔记本丢失")
    )
    assert verify_office(world.office)
    assert all("停用" in one.what for one in verify_office(world.office))


def test_history_and_print_tell_of_signatures(world: World) -> None:
    root = found(world)
    carded(world, root, TECHNICAL)
    filing = world.submitted("suspension")
    world.approve(filing, TECHNICAL)
    entries = world.office.read(lambda reading: project_history(reading, world.project().id))
    assert ["电子签名已验证" in entry.details for entry in entries if TECHNICAL in entry.text] == [True]
    printed = world.office.read(lambda reading: print_filing(reading, world.who(CLERK), filing))
    assert printed.pdf.startswith(b"%PDF")
