"""Signed statements about keys, and what they come to for a reader who trusts one root key.

The office's root key signs everything: a person's card, a grant of a role, a revocation. Who reads trusts one root, the
one that is *pinned* on their machine, and what follows from it: the root that it has itself named as its successor, and
backwards what a root found right of the one that it replaced (``vouches``). A root that nobody trusted has named (the
old one was lost) counts only once it is pinned instead, by a person who compared it with the printed fingerprint.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from desktop.domain.canonical import Json, canonical_text, read_canonical, sha256_text
from desktop.domain.errors import Refusal
from desktop.domain.identity import Card, Grant, Identities, Request, Revocation, Root, Target, Verify, fingerprint
from desktop.domain.rights import Holding

PURPOSE = "epm identity 1"


class Kind(StrEnum):
    """What a statement says."""

    REQUEST = "request"
    ROOT = "root"
    SUCCESSION = "succession"
    CARD = "card"
    GRANT = "grant"
    REVOCATION = "revocation"


@dataclass(frozen=True)
class Statement:
    """One signed statement as it is kept: ``text`` is what ``signature`` signs with the key ``signed_by``.

    ``key`` is the fingerprint of the key that it is about, or else what a revocation takes back.
    """

    id: UUID
    kind: str
    key: str
    person_id: UUID | None
    text: str
    signed_by: str
    signature: str


def moment_text(moment: dt.datetime) -> str:
    """An aware moment as statements spell it."""
    return moment.astimezone(dt.UTC).isoformat()


def statement_text(office: UUID, kind: Kind, at: dt.datetime, says: Mapping[str, Json]) -> str:
    """The canonical text of a statement made at the moment ``at`` in that office."""
    head: dict[str, Json] = {"epm": PURPOSE, "office": str(office), "kind": kind.value, "at": moment_text(at)}
    return canonical_text({**says, **head})


@dataclass(frozen=True)
class _Read:
    """A statement whose text makes sense."""

    statement: Statement
    says: Mapping[str, Json]
    at: dt.datetime

    @property
    def kind(self) -> Kind:
        return Kind(self.statement.kind)

    def text(self, key: str) -> str:
        value = self.says.get(key)
        return value if isinstance(value, str) else ""


def work_out(statements: Iterable[Statement], office: UUID, pinned: str, verify: Verify) -> Identities:
    """What the statements of an office come to for a reader with that root pinned; with none pinned none is trusted."""
    faults: dict[UUID, str] = {}
    sound = [item for item in (_read(one, office, faults) for one in statements) if item is not None]
    roots = {item.statement.key: _root(item) for item in sound if _self_signed(item, Kind.ROOT, verify, faults)}
    signed = [item for item in sound if _by_root(item, roots, verify, faults)]
    heirs = [item for item in signed if item.kind is Kind.SUCCESSION]
    line = _line(roots, heirs, pinned, faults)
    counts = [item for item in signed if _counts(item, line)]
    return Identities(
        current=line[-1].key if line else "",
        roots=roots,
        trusted=frozenset(root.key for root in line),
        cards=_cards(counts),
        doubtful=_cards([item for item in signed if not _counts(item, line)]),
        grants=tuple(_grant(item) for item in counts if item.kind is Kind.GRANT),
        requests=tuple(_request(item) for item in sound if _self_signed(item, Kind.REQUEST, verify, faults)),
        revocations=_revocations(counts),
        faults=faults,
    )


def first_seen(statements: Iterable[Statement], office: UUID, verify: Verify) -> str:
    """The root to trust at first sight: the first that was ever made, or the last of those that replaced it.

    Empty where there is none.
    """
    faults: dict[UUID, str] = {}
    sound = [item for item in (_read(one, office, faults) for one in statements) if item is not None]
    sound.sort(key=lambda item: item.statement.id)
    roots = {item.statement.key: _root(item) for item in sound if _self_signed(item, Kind.ROOT, verify, faults)}
    found = next((root.key for root in roots.values() if not root.replaces), "")
    passed = {found}
    while heir := next((root.key for root in roots.values() if root.replaces == found and root.key not in passed), ""):
        found = heir
        passed.add(found)
    return found


def vouched_for(statements: Iterable[Statement], root: str) -> list[str]:
    """The hashes by which the next root vouches for what this one has signed so far."""
    return sorted(sha256_text(item.text) for item in statements if item.signed_by == root)


def _read(one: Statement, office: UUID, faults: dict[UUID, str]) -> _Read | None:
    """The statement with its text understood; else a fault."""
    try:
        item = _understood(one)
    except (ValueError, KeyError, TypeError, Refusal, RecursionError):
        item = None
    if item is None:
        faults[one.id] = "内容不合格式，或与所列各栏不符"
    elif item.text("office") != str(office):
        faults[one.id] = "是另一个单位的"
        return None
    return item


def _understood(one: Statement) -> _Read | None:
    says = read_canonical(one.text)
    if not isinstance(says, dict) or says.get("epm") != PURPOSE or canonical_text(says) != one.text:
        return None
    item = _Read(one, says, dt.datetime.fromisoformat(str(says["at"])))
    sound = item.at.tzinfo is not None and says["kind"] == Kind(one.kind).value and _columns_agree(item)
    return item if sound else None


def _columns_agree(item: _Read) -> bool:
    """Whether the columns repeat what the text says, and the text says all that its kind must."""
    one, kind = item.statement, item.kind
    if kind is Kind.REVOCATION:
        Target(item.text("of"))
        _moment(item, "since")
        return one.key == item.text("target") and one.person_id is None and bool(one.key)
    if kind is Kind.GRANT:
        _grant(item)
        return one.key == "" and str(one.person_id) == item.text("person")
    if one.key != fingerprint(item.text("public")) or not item.text("public"):
        return False
    if kind is Kind.CARD:
        _card(item)
    if kind in {Kind.CARD, Kind.REQUEST}:
        return one.person_id is not None and str(one.person_id) == item.text("person")
    return one.person_id is None


def _self_signed(item: _Read, kind: Kind, verify: Verify, faults: dict[UUID, str]) -> bool:
    one = item.statement
    if item.kind is not kind:
        return False
    if one.signed_by == one.key and verify(item.text("public"), one.text, one.signature):
        return True
    faults[one.id] = "签名与内容不符"
    return False


def _by_root(item: _Read, roots: Mapping[str, Root], verify: Verify, faults: dict[UUID, str]) -> bool:
    one = item.statement
    if item.kind in {Kind.ROOT, Kind.REQUEST}:
        return False
    root = roots.get(one.signed_by)
    if root is None:
        faults[one.id] = "签发它的根密钥不在数据中"
    elif not verify(root.public, one.text, one.signature):
        faults[one.id] = "签名与内容不符"
    return one.id not in faults


def _line(roots: Mapping[str, Root], heirs: Sequence[_Read], pinned: str, faults: dict[UUID, str]) -> list[Root]:
    """The trusted roots, the oldest first: back from the pinned one, and on to whom it named."""
    if pinned not in roots:
        return []
    line = [roots[pinned]]
    while (before := line[0].replaces) in roots and before not in {root.key for root in line}:
        line.insert(0, roots[before])
    while True:
        last = line[-1].key
        named = {item.statement.key: item for item in heirs if item.statement.signed_by == last}
        after = [key for key in named if key in roots and roots[key].replaces == last]
        if len(after) > 1:
            faults |= {named[key].statement.id: "同一把根密钥有两个接替者" for key in after}
        if len(after) != 1 or after[0] in {root.key for root in line}:
            return line
        line.append(roots[after[0]])


def _counts(item: _Read, line: Sequence[Root]) -> bool:
    """Whether the trusted roots stand behind a statement: the last by itself, an earlier one if the next vouches."""
    for place, root in enumerate(line):
        if root.key == item.statement.signed_by:
            return place == len(line) - 1 or sha256_text(item.statement.text) in line[place + 1].vouches
    return False


def _root(item: _Read) -> Root:
    vouches = item.says.get("vouches")
    listed = frozenset(str(one) for one in vouches) if isinstance(vouches, list) else frozenset()
    return Root(item.statement.key, item.text("public"), item.at, item.text("replaces"), listed)


def _cards(items: Iterable[_Read]) -> dict[str, tuple[Card, ...]]:
    found: dict[str, tuple[Card, ...]] = {}
    for item in items:
        if item.kind is Kind.CARD:
            found[item.statement.key] = (*found.get(item.statement.key, ()), _card(item))
    return found


def _card(item: _Read) -> Card:
    until = _moment(item, "until") if item.text("until") else None
    return Card(
        item.statement.id,
        item.statement.key,
        item.text("public"),
        UUID(item.text("person")),
        item.text("name"),
        _moment(item, "since"),
        until,
    )


def _request(item: _Read) -> Request:
    return Request(
        item.statement.id,
        item.statement.key,
        item.text("public"),
        UUID(item.text("person")),
        item.text("name"),
        item.at,
    )


def _grant(item: _Read) -> Grant:
    department, project, until = item.text("department"), item.text("project"), item.text("until")
    holding = Holding(item.text("role"), UUID(department) if department else None, UUID(project) if project else None)
    return Grant(
        item.statement.id,
        UUID(item.text("person")),
        holding,
        dt.date.fromisoformat(item.text("since")),
        dt.date.fromisoformat(until) if until else None,
    )


def _revocations(items: Iterable[_Read]) -> dict[tuple[Target, str], tuple[Revocation, ...]]:
    found: dict[tuple[Target, str], tuple[Revocation, ...]] = {}
    for item in items:
        if item.kind is Kind.REVOCATION:
            one, target = item.statement, Target(item.text("of"))
            earlier = found.get((target, one.key), ())
            taken_back = Revocation(one.id, target, one.key, _moment(item, "since"), item.text("why"))
            found[target, one.key] = (*earlier, taken_back)
    return found


def _moment(item: _Read, key: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(item.text(key))
    if moment.tzinfo is None:
        raise ValueError(key)
    return moment
