"""Identities: what signed statements come to, by time, revocation and succession."""

import datetime as dt
import hashlib
import random
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.canonical import canonical_text
from desktop.domain.identity import Claim, Identities, Reason, Target, Verdict, fingerprint, judge, mark_text, spoken
from desktop.domain.rights import Holding
from desktop.domain.statements import Kind, Statement, first_seen, moment_text, statement_text, vouched_for, work_out

OFFICE, ANN, BOB = UUID(int=1), UUID(int=2), UUID(int=3)
NOON = dt.datetime(2026, 8, 3, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TEXT = canonical_text({"decision": "approve"})
moments = st.integers(-1000, 1000).map(lambda hours: NOON + hours * HOUR)


class Key:
    """A key without cryptography: whoever has its name can sign, which is enough for rules about statements."""

    def __init__(self, name: str) -> None:
        self.public = hashlib.sha256(name.encode()).hexdigest()
        self.key = fingerprint(self.public)

    def sign(self, text: str) -> str:
        return hashlib.sha256(f"{self.public}{text}".encode()).hexdigest()


def verify(public: str, text: str, signature: str) -> bool:
    return signature == hashlib.sha256(f"{public}{text}".encode()).hexdigest()


@dataclass
class Book:
    """The statements of an office, written one after the other."""

    office: UUID = OFFICE
    said: list[Statement] = field(default_factory=list)

    def add(self, kind: Kind, key: str, by: Key, at: dt.datetime, whose: UUID | None = None, **says: Any) -> Statement:
        text = statement_text(self.office, kind, at, says)
        one = Statement(UUID(int=100 + len(self.said)), kind.value, key, whose, text, by.key, by.sign(text))
        self.said.append(one)
        return one

    def root(self, key: Key, at: dt.datetime = NOON, replaces: Key | None = None) -> None:
        old = replaces.key if replaces else ""
        vouches = vouched_for(self.said, old) if old else []
        self.add(Kind.ROOT, key.key, key, at, public=key.public, replaces=old, vouches=vouches)

    def succession(self, old: Key, new: Key, at: dt.datetime = NOON) -> None:
        self.root(new, at, old)
        self.add(Kind.SUCCESSION, new.key, old, at, public=new.public)

    def card(
        self, key: Key, person: UUID, by: Key, since: dt.datetime = NOON, until: dt.datetime | None = None
    ) -> None:
        ends = {"until": moment_text(until)} if until else {}
        says = {"public": key.public, "person": str(person), "name": "", "since": moment_text(since), **ends}
        self.add(Kind.CARD, key.key, by, since, person, **says)

    def grant(self, person: UUID, role: str, by: Key, since: dt.date, until: dt.date | None = None) -> Statement:
        ends = {"until": until.isoformat()} if until else {}
        says = {"person": str(person), "role": role, "since": since.isoformat(), **ends}
        return self.add(Kind.GRANT, "", by, NOON, person, **says)

    def revoke(self, target: Target, key: str, by: Key, since: dt.datetime) -> None:
        self.add(Kind.REVOCATION, key, by, since, of=target.value, target=key, since=moment_text(since), why="丢失")

    def read(self, pinned: Key) -> Identities:
        return work_out(self.said, self.office, pinned.key, verify)


ROOT, NEXT, OTHER, ANNS, BOBS = (Key(name) for name in ("root", "next", "other", "ann", "bob"))


def office() -> Book:
    book = Book()
    book.root(ROOT)
    book.card(ANNS, ANN, ROOT)
    return book


def signed(key: Key, at: dt.datetime = NOON, person: UUID = ANN, text: str = TEXT) -> Claim:
    return Claim(text, mark_text(key.key, key.sign(text)), person, at)


def reason(book: Book, claim: Claim, pinned: Key = ROOT) -> Reason:
    return judge(book.read(pinned), claim, verify).reason


def test_a_signature_with_a_card_of_the_pinned_root_is_verified() -> None:
    assert reason(office(), signed(ANNS)) is Reason.VERIFIED


def test_each_doubt_has_its_name() -> None:
    book = office()
    assert reason(book, replace(signed(ANNS), mark="")) is Reason.UNSIGNED
    assert reason(book, signed(BOBS)) is Reason.NO_CARD
    assert reason(book, replace(signed(ANNS), text=TEXT.replace("approve", "reject"))) is Reason.WRONG
    assert reason(book, replace(signed(ANNS), mark="{")) is Reason.WRONG
    assert reason(book, signed(ANNS, person=BOB)) is Reason.ANOTHERS
    assert reason(book, signed(ANNS), pinned=OTHER) is Reason.UNCONFIRMED_ROOT
    assert reason(book, signed(ANNS, NOON - HOUR)) is Reason.NOT_YET


def test_a_borrowed_mark_does_not_fit_another_text() -> None:
    mark = signed(ANNS).mark
    assert reason(office(), replace(signed(ANNS, text=canonical_text({"a": 1})), mark=mark)) is Reason.WRONG


@given(at=moments, since=moments, until=moments, revoked=st.none() | moments)
def test_a_card_holds_from_its_first_moment_until_it_ends_or_is_revoked(
    at: dt.datetime, since: dt.datetime, until: dt.datetime, revoked: dt.datetime | None
) -> None:
    book = Book()
    book.root(ROOT)
    book.card(ANNS, ANN, ROOT, since, until)
    if revoked is not None:
        book.revoke(Target.CARD, ANNS.key, ROOT, revoked)
    found = reason(book, signed(ANNS, at))
    assert (found is Reason.VERIFIED) == (since <= at < until and (revoked is None or at < revoked))
    if revoked is not None and at >= revoked:
        assert found is Reason.REVOKED


def test_a_revocation_says_from_when() -> None:
    book = office()
    book.revoke(Target.CARD, ANNS.key, ROOT, NOON + HOUR)
    found = judge(book.read(ROOT), signed(ANNS, NOON + 2 * HOUR), verify)
    assert found == Verdict(Reason.REVOKED, NOON + HOUR)
    assert "已吊销（自 2026-08-03" in found.words


def test_only_the_root_revokes_and_issues() -> None:
    book = office()
    book.revoke(Target.CARD, ANNS.key, ANNS, NOON)
    book.card(BOBS, BOB, ANNS)
    assert reason(book, signed(ANNS)) is Reason.VERIFIED
    assert reason(book, signed(BOBS, person=BOB)) is Reason.NO_CARD
    assert set(book.read(ROOT).faults.values()) == {"签发它的根密钥不在数据中"}


def test_another_key_with_a_card_by_a_foreign_root_is_not_trusted() -> None:
    book = office()
    book.root(OTHER)
    book.card(BOBS, BOB, OTHER)
    found = book.read(ROOT)
    assert found.foreign == (OTHER.key,)
    assert reason(book, signed(BOBS, person=BOB)) is Reason.UNCONFIRMED_ROOT
    assert reason(book, signed(ANNS)) is Reason.VERIFIED


def test_a_successor_that_the_root_has_named_is_trusted_and_the_old_one_signs_nothing_more() -> None:
    book = office()
    book.succession(ROOT, NEXT, NOON + HOUR)
    book.card(BOBS, BOB, NEXT, NOON + HOUR)
    late = Key("late")
    book.card(late, BOB, ROOT, NOON)  # backdated with the key that was replaced
    for pinned in (ROOT, NEXT):
        assert book.read(pinned).current == NEXT.key
        assert reason(book, signed(ANNS), pinned) is Reason.VERIFIED
        assert reason(book, signed(BOBS, NOON + HOUR, BOB), pinned) is Reason.VERIFIED
        assert reason(book, signed(late, NOON + HOUR, BOB), pinned) is Reason.UNCONFIRMED_ROOT


def test_a_lost_root_is_replaced_only_where_the_new_one_was_confirmed() -> None:
    book = office()
    book.root(NEXT, NOON + HOUR, ROOT)
    book.card(BOBS, BOB, NEXT, NOON + HOUR)
    assert book.read(ROOT).current == ROOT.key
    assert book.read(ROOT).foreign == (NEXT.key,)
    assert reason(book, signed(BOBS, NOON + HOUR, BOB), ROOT) is Reason.UNCONFIRMED_ROOT
    assert reason(book, signed(BOBS, NOON + HOUR, BOB), NEXT) is Reason.VERIFIED
    assert reason(book, signed(ANNS), NEXT) is Reason.VERIFIED, "the new root vouches for what the lost one signed"


def test_two_successors_of_one_root_are_both_refused() -> None:
    book = office()
    book.succession(ROOT, NEXT)
    book.succession(ROOT, OTHER)
    found = book.read(ROOT)
    assert found.current == ROOT.key
    assert set(found.foreign) == {NEXT.key, OTHER.key}
    assert list(found.faults.values()) == ["同一把根密钥有两个接替者"] * 2


def test_roots_in_a_ring_come_to_an_end() -> None:
    book = Book()
    book.add(Kind.ROOT, ROOT.key, ROOT, NOON, public=ROOT.public, replaces=NEXT.key, vouches=[])
    book.add(Kind.ROOT, NEXT.key, NEXT, NOON, public=NEXT.public, replaces=ROOT.key, vouches=[])
    book.add(Kind.SUCCESSION, NEXT.key, ROOT, NOON, public=NEXT.public)
    book.add(Kind.SUCCESSION, ROOT.key, NEXT, NOON, public=ROOT.public)
    assert book.read(ROOT).trusted == {ROOT.key, NEXT.key}
    assert first_seen(book.said, OFFICE, verify) == ""


def test_at_first_sight_the_last_of_the_first_line_is_taken() -> None:
    assert first_seen([], OFFICE, verify) == ""
    book = office()
    book.root(OTHER)
    assert first_seen(book.said, OFFICE, verify) == ROOT.key
    book.succession(ROOT, NEXT)
    assert first_seen(book.said, OFFICE, verify) == NEXT.key


def test_a_statement_of_another_office_does_not_count() -> None:
    book, strange = office(), Book(UUID(int=9))
    strange.root(ROOT)
    strange.card(BOBS, BOB, ROOT)
    strange.said = [replace(one, id=UUID(int=500 + place)) for place, one in enumerate(strange.said)]
    book.said += strange.said
    assert reason(book, signed(BOBS, person=BOB)) is Reason.NO_CARD
    assert list(book.read(ROOT).faults.values()) == ["是另一个单位的"] * 2


@pytest.mark.parametrize("column", ["kind", "key", "person_id", "signed_by", "signature"])
def test_a_column_that_does_not_repeat_the_text_is_a_fault(column: str) -> None:
    book = office()
    wrong: dict[str, Any] = {"person_id": BOB, "kind": "grant"}
    book.said[1] = replace(book.said[1], **{column: wrong.get(column, BOBS.key)})
    assert list(book.read(ROOT).faults) == [book.said[1].id]
    assert reason(book, signed(ANNS)) is Reason.NO_CARD


@given(place=st.integers(0, 1), cut=st.randoms())
def test_no_altered_statement_counts(place: int, cut: random.Random) -> None:
    book = office()
    text = book.said[place].text
    at = cut.randrange(len(text))
    letter = cut.choice('0a}"{:,9')
    book.said[place] = replace(book.said[place], text=f"{text[:at]}{letter}{text[at + 1 :]}")
    unchanged = book.said[place].text == text
    assert (reason(book, signed(ANNS)) is Reason.VERIFIED) == unchanged


@given(since=st.integers(-9, 9), until=st.none() | st.integers(-9, 9), revoked=st.none() | moments, at=moments)
def test_a_grant_holds_on_its_days_until_it_is_taken_back(
    since: int, until: int | None, revoked: dt.datetime | None, at: dt.datetime
) -> None:
    day = dt.timedelta(days=1)
    first, last = NOON.date() + since * day, None if until is None else NOON.date() + until * day
    book = office()
    grant = book.grant(ANN, "president", ROOT, first, last)
    if revoked is not None:
        book.revoke(Target.GRANT, str(grant.id), ROOT, revoked)
    on = at.astimezone().date()
    expected = first <= on and (last is None or on <= last) and (revoked is None or at < revoked)
    assert (Holding("president") in book.read(ROOT).holdings(ANN, at)) == expected
    assert not book.read(ROOT).holdings(BOB, at)
    assert not book.read(OTHER).grants


def test_a_request_is_signed_by_its_own_key() -> None:
    book = office()
    says = {"public": BOBS.public, "person": str(BOB), "name": "宝"}
    book.add(Kind.REQUEST, BOBS.key, BOBS, NOON, BOB, **says)
    forged = book.add(Kind.REQUEST, BOBS.key, OTHER, NOON, BOB, **says)
    found = book.read(ROOT)
    assert [(one.key, one.person_id, one.name) for one in found.requests] == [(BOBS.key, BOB, "宝")]
    assert list(found.faults) == [forged.id]


def test_a_fingerprint_is_read_aloud_in_groups_of_four() -> None:
    assert spoken("0123456789abcdef" * 4) == "0123 4567 89AB CDEF 0123 4567 89AB CDEF"
