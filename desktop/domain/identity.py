"""Identities: whose key it is, by whose word, and from when to when; and what there is to say of a signature.

What a signature is, this module does not know: it is given a function that verifies one. How identities follow from
the office's signed statements: `desktop.domain.statements`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from desktop.domain.canonical import canonical_text, read_canonical
from desktop.domain.errors import Refusal
from desktop.domain.rights import Holding

Verify = Callable[[str, str, str], bool]
"""Whether a signature over a text is that of a public key: ``(public, text, signature)``, both keys hexadecimal."""

_SHOWN = 32
_GROUP = 4


class KeyLocked(Refusal):
    """A signature is asked for, and a key is locked: ask for its password and try again.

    ``root`` says that it is the office's root key, else it is that of whoever acts.
    """

    def __init__(self, what: str, *, kept: str = "", todo: str = "", root: bool = False) -> None:
        super().__init__(what, kept=kept, todo=todo)
        self.root = root


class Target(StrEnum):
    """What a revocation takes back: a card by its key, a grant by its statement's id, an installation by its id."""

    CARD = "card"
    GRANT = "grant"
    DEVICE = "device"


def fingerprint(public: str) -> str:
    """The name of a public key: sha256 over its bytes, hexadecimal.

    Raises:
        ValueError: it is not hexadecimal.
    """
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()


def spoken(mark: str) -> str:
    """A fingerprint as people compare it, aloud or on paper: its first 128 bits in groups of four digits."""
    shown = mark[:_SHOWN].upper()
    return " ".join(shown[at : at + _GROUP] for at in range(0, len(shown), _GROUP))


def mark_text(key: str, signature: str) -> str:
    """How a signature stands in a column: canonical text ``{key, sig}``."""
    return canonical_text({"key": key, "sig": signature})


def read_mark(text: str) -> tuple[str, str] | None:
    """Fingerprint and signature from what ``mark_text`` wrote, or nothing where it is something else."""
    try:
        told = read_canonical(text)
    except (ValueError, Refusal, RecursionError):
        return None
    if isinstance(told, dict) and set(told) == {"key", "sig"}:
        return str(told["key"]), str(told["sig"])
    return None


@dataclass(frozen=True)
class Root:
    """An office's root key.

    ``replaces`` is the one before it; of that one's statements it ``vouches`` for those with these hashes.
    """

    key: str
    public: str
    at: dt.datetime
    replaces: str = ""
    vouches: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Card:
    """A person's key; ``until`` is the first moment at which it is no longer good."""

    id: UUID
    key: str
    public: str
    person_id: UUID
    name: str
    since: dt.datetime
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Grant:
    """A role that a person holds by the root key's word; ``until`` is the last day."""

    id: UUID
    person_id: UUID
    holding: Holding
    since: dt.date
    until: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether it reaches over that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Revocation:
    """What is taken back from a moment on, and why."""

    id: UUID
    target: Target
    key: str
    since: dt.datetime
    why: str


@dataclass(frozen=True)
class Request:
    """A person's key that asks for a card."""

    id: UUID
    key: str
    public: str
    person_id: UUID
    name: str
    at: dt.datetime


@dataclass(frozen=True)
class Identities:
    """What an office's statements come to for a reader who trusts one root.

    ``current`` is the root that counts now, empty where none is trusted. ``foreign`` are roots that stand in the data
    and are not trusted; ``doubtful`` what they signed. ``faults`` says of a statement why it does not count at all.
    """

    current: str = ""
    roots: Mapping[str, Root] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()
    cards: Mapping[str, tuple[Card, ...]] = field(default_factory=dict)
    doubtful: Mapping[str, tuple[Card, ...]] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    requests: tuple[Request, ...] = ()
    revocations: Mapping[tuple[Target, str], tuple[Revocation, ...]] = field(default_factory=dict)
    faults: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def foreign(self) -> tuple[str, ...]:
        """Roots that stand in the data and are not trusted here."""
        return tuple(key for key in self.roots if key not in self.trusted)

    def revoked_since(self, target: Target, key: str) -> Revocation | None:
        """The revocation that reaches back furthest, or nothing."""
        return min(self.revocations.get((target, key), ()), key=lambda item: item.since, default=None)

    def cards_of(self, person_id: UUID) -> list[Card]:
        """All cards that a person ever had, the oldest first."""
        found = [card for cards in self.cards.values() for card in cards if card.person_id == person_id]
        return sorted(found, key=lambda card: (card.since, card.id))

    def card_holds(self, card: Card, at: dt.datetime) -> bool:
        """Whether a card was good at a moment."""
        revoked = self.revoked_since(Target.CARD, card.key)
        ended = (card.until is not None and at >= card.until) or (revoked is not None and at >= revoked.since)
        return card.since <= at and not ended

    def holdings(self, person_id: UUID, at: dt.datetime) -> frozenset[Holding]:
        """The roles that the root key's word gives a person at a moment."""
        day = at.astimezone().date()
        held = (item for item in self.grants if item.person_id == person_id and item.holds_on(day))
        return frozenset(item.holding for item in held if self.grant_stands(item, at))

    def grant_stands(self, grant: Grant, at: dt.datetime) -> bool:
        """Whether a grant was not taken back by a moment."""
        revoked = self.revoked_since(Target.GRANT, str(grant.id))
        return revoked is None or at < revoked.since


class Reason(StrEnum):
    """What there is to say of a signature."""

    VERIFIED = "verified"
    UNSIGNED = "unsigned"
    WRONG = "wrong"
    NO_CARD = "no card"
    UNCONFIRMED_ROOT = "unconfirmed root"
    ANOTHERS = "another's"
    NOT_YET = "not yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    NOT_GRANTED = "not granted"


_WORDS = {
    Reason.VERIFIED: "已验证",
    Reason.UNSIGNED: "没有电子签名",
    Reason.WRONG: "签名与内容不符",
    Reason.NO_CARD: "密钥没有身份证明",
    Reason.UNCONFIRMED_ROOT: "根密钥未经本机确认",
    Reason.ANOTHERS: "密钥的身份证明不是签字人本人的",
    Reason.NOT_YET: "签字时身份证明尚未生效",
    Reason.EXPIRED: "身份证明已到期",
    Reason.REVOKED: "身份证明已吊销",
    Reason.NOT_GRANTED: "角色授予未经根密钥确认",
}


@dataclass(frozen=True)
class Verdict:
    """Whether a signature is verified, else why not; ``since`` is from when the card was revoked or ended."""

    reason: Reason
    since: dt.datetime | None = None

    @property
    def verified(self) -> bool:
        """Whether all agrees."""
        return self.reason is Reason.VERIFIED

    @property
    def words(self) -> str:
        """The reason in words."""
        told = _WORDS[self.reason]
        return told if self.since is None else f"{told}（自 {self.since.astimezone():%Y-%m-%d %H:%M}）"


@dataclass(frozen=True)
class Claim:
    """A text that somebody says a person signed at a moment; ``mark`` is the column's ``{key, sig}``, or empty."""

    text: str
    mark: str
    person_id: UUID | None
    at: dt.datetime


def judge(identities: Identities, claim: Claim, verify: Verify) -> Verdict:
    """What there is to say of a signature by what the office's statements come to."""
    if not claim.mark:
        return Verdict(Reason.UNSIGNED)
    told = read_mark(claim.mark)
    if told is None:
        return Verdict(Reason.WRONG)
    key, signature = told
    cards = identities.cards.get(key, ())
    known = cards or identities.doubtful.get(key, ())
    if not known:
        return Verdict(Reason.NO_CARD)
    if not verify(known[0].public, claim.text, signature):
        return Verdict(Reason.WRONG)
    if not cards:
        return Verdict(Reason.UNCONFIRMED_ROOT)
    own = [card for card in cards if card.person_id == claim.person_id]
    return _by_time(identities, own, claim.at) if own else Verdict(Reason.ANOTHERS)


def _by_time(identities: Identities, cards: Sequence[Card], at: dt.datetime) -> Verdict:
    if any(identities.card_holds(card, at) for card in cards):
        return Verdict(Reason.VERIFIED)
    revoked = identities.revoked_since(Target.CARD, cards[0].key)
    if revoked is not None and at >= revoked.since:
        return Verdict(Reason.REVOKED, revoked.since)
    if all(at < card.since for card in cards):
        return Verdict(Reason.NOT_YET)
    return Verdict(Reason.EXPIRED, max((card.until for card in cards if card.until), default=None))
