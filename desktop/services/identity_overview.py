"""Keys, cards and grants as the settings show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from desktop.domain.errors import Damaged
from desktop.domain.identity import Card, Grant, Identities, Target, fingerprint
from desktop.services.identities import identities
from desktop.services.office import Reading
from desktop.services.roles import ANYWHERE
from desktop.services.signatures import required_since
from desktop.services.standing import department_names, people_by_id
from desktop.store.tables import Assignment, Person, Project


class CardState(StrEnum):
    """How a key stands."""

    WAITING = "waiting"
    GOOD = "good"
    REVOKED = "revoked"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The word on the screen."""
        return {"waiting": "待签发", "good": "有效", "revoked": "已吊销", "ended": "已到期"}[self.value]


@dataclass(frozen=True)
class KeyRow:
    """A person's key: since when it is good, from when it was revoked and why; ``request_id`` while it waits."""

    key: str
    person_id: UUID
    name: str
    department: str
    state: CardState
    since: dt.datetime
    until: dt.datetime | None = None
    why: str = ""
    request_id: UUID | None = None
    replaces: bool = False


@dataclass(frozen=True)
class GrantRow:
    """A role that is assigned, with its grant if it has one; or a grant whose role is assigned no more."""

    id: UUID
    name: str
    role: str
    where: str
    since: dt.date
    until: dt.date | None
    assignment_id: UUID | None
    grant_id: UUID | None

    @property
    def label(self) -> str:
        """The word on the screen."""
        if self.grant_id is None:
            return "未授予"
        return "已授予" if self.assignment_id else "任职已结束"


@dataclass(frozen=True)
class KeysPage:
    """All that there is to see of keys.

    ``own`` is the fingerprint of the actor's key on this machine, ``own_trouble`` why it cannot be read; ``root`` that
    of the root that counts, with ``compared`` once a person compared it here; ``foreign`` are roots that nobody has
    confirmed here, ``pinned`` the one that was, also where the data knows it no more.
    """

    own: str
    own_trouble: str
    own_open: bool
    own_card: KeyRow | None
    root: str
    pinned: str
    compared: bool
    root_here: bool
    root_open: bool
    foreign: tuple[str, ...]
    lost: tuple[str, ...]
    rows: tuple[KeyRow, ...]
    grants: tuple[GrantRow, ...]
    required_since: dt.datetime | None


def keys_page(reading: Reading, actor: UUID) -> KeysPage:
    """Keys, cards and grants for somebody who looks at them."""
    office, known = reading.office, identities(reading)
    own, trouble = _own(reading, actor)
    rows = key_rows(reading)
    pin = office.keys.pin_of(office.id)
    return KeysPage(
        own=own,
        own_trouble=trouble,
        own_open=office.keys.of(actor) is not None,
        own_card=next((row for row in rows if row.key == own and row.person_id == actor), None),
        root=known.current,
        pinned=pin.key,
        compared=pin.compared,
        root_here=bool(known.current) and _root_here(reading) == known.current,
        root_open=office.keys.of(office.id) is not None,
        foreign=known.foreign,
        lost=tuple(key for key in known.foreign if known.roots[key].replaces in known.trusted),
        rows=rows,
        grants=tuple(_grants(reading, known)),
        required_since=required_since(reading),
    )


def key_rows(reading: Reading) -> tuple[KeyRow, ...]:
    """Who waits for a card, then who has one."""
    return tuple(_rows(reading, identities(reading)))


def _own(reading: Reading, actor: UUID) -> tuple[str, str]:
    try:
        public = reading.office.keys.public(actor)
    except Damaged as damaged:
        return "", str(damaged)
    return (fingerprint(public) if public else ""), ""


def _root_here(reading: Reading) -> str:
    try:
        public = reading.office.keys.public(reading.office.id)
    except Damaged:
        return ""
    return fingerprint(public) if public else ""


def _rows(reading: Reading, known: Identities) -> Iterator[KeyRow]:
    """Who waits first, then by name, the newest card of each first."""
    cards = [card for own in known.cards.values() for card in own]
    waiting = [item for item in known.requests if item.key not in known.cards]
    people = people_by_id(reading.session, {card.person_id for card in cards} | {item.person_id for item in waiting})
    good = {card.person_id for card in cards if known.card_holds(card, reading.now)}
    for item in sorted(waiting, key=lambda item: item.at):
        person, refused = people.get(item.person_id), known.revoked_since(Target.CARD, item.key)
        yield KeyRow(
            item.key,
            item.person_id,
            person.name if person else item.name,
            person.department if person else "",
            CardState.REVOKED if refused else CardState.WAITING,
            item.at,
            until=refused.since if refused else None,
            why=refused.why if refused else "",
            request_id=None if refused else item.id,
            replaces=item.person_id in good,
        )
    for card in sorted(cards, key=lambda card: (card.name, -card.since.timestamp())):
        person = people.get(card.person_id)
        state, until, why = _state(known, card, reading.now)
        name, department = (person.name, person.department) if person else (card.name, "")
        yield KeyRow(card.key, card.person_id, name, department, state, card.since, until, why)


def _state(known: Identities, card: Card, now: dt.datetime) -> tuple[CardState, dt.datetime | None, str]:
    revoked = known.revoked_since(Target.CARD, card.key)
    if revoked is not None:
        return CardState.REVOKED, revoked.since, revoked.why
    return (CardState.GOOD if known.card_holds(card, now) else CardState.ENDED), card.until, ""


def _grants(reading: Reading, known: Identities) -> Iterator[GrantRow]:
    """The roles of people and departments that hold or will hold, then grants that outlived their roles."""
    open_ = [item for item in known.grants if known.grant_stands(item, reading.now)]
    query = (
        select(Assignment, Person.name, Project.name)
        .join(Person, Assignment.person_id == Person.id)
        .outerjoin(Project, Assignment.project_id == Project.id)
        .where(Assignment.until.is_(None) | (Assignment.until >= reading.today), Person.active.is_(True))
        .order_by(Person.name, Assignment.role_key, Assignment.id)
    )
    places = _Places(reading)
    used = set()
    for row, name, project in reading.session.execute(query):
        grant = next((item for item in open_ if _is_of(item, row)), None)
        used |= {grant.id} if grant else set()
        where = project or places.department(row.department_id)
        title = places.role(row.role_key)
        yield GrantRow(row.id, name, title, where, row.since, row.until, row.id, grant.id if grant else None)
    people = people_by_id(reading.session, {item.person_id for item in open_})
    for item in open_:
        if item.id not in used and item.holds_on(reading.today):
            where = places.department(item.holding.department_id) if not item.holding.project_id else "项目"
            name = people[item.person_id].name if item.person_id in people else ""
            yield GrantRow(item.id, name, places.role(item.holding.role), where, item.since, item.until, None, item.id)


def _is_of(grant: Grant, row: Assignment) -> bool:
    held = (grant.holding.role, grant.holding.department_id, grant.holding.project_id)
    days = (grant.since, grant.until) == (row.since, row.until)
    return days and grant.person_id == row.person_id and held == (row.role_key, row.department_id, row.project_id)


class _Places:
    """The words for roles and departments."""

    def __init__(self, reading: Reading) -> None:
        self._departments = department_names(reading.session)
        self._roles = {role.key: role.title for role in reading.policy.roles}

    def department(self, key: UUID | None) -> str:
        return self._departments.get(key, "") if key else ANYWHERE

    def role(self, key: str) -> str:
        return self._roles.get(key, key)
