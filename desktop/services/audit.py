"""The audit log: every entry of the journal in words, searched and paged; logins' events of a server among them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from desktop.domain.canonical import Json
from desktop.domain.identity import Claim, judge
from desktop.domain.policy_terms import Action
from desktop.domain.rights import OFFICE, may
from desktop.services.audit_words import VERBS, JournalWords, is_shown, label_of, noun_of
from desktop.services.finding import holds
from desktop.services.identities import identities
from desktop.services.office import Reading, not_allowed, who_may
from desktop.services.sorting import sort_key
from desktop.services.standing import people_by_id, standing_of
from desktop.store.bodies import read_body
from desktop.store.history import old_and_new
from desktop.store.keys import verify_signature
from desktop.store.logins import LoginEvent, login_events
from desktop.store.signing import header_claim, signature_fate
from desktop.store.tables import (
    SCHEMA_NO,
    Change,
    Changeset,
    Contract,
    Department,
    Device,
    Filing,
    Person,
    Program,
    Project,
)

EntryId = UUID | int
"""The id of a changeset, or the number of a server's event."""

MOST_CHANGES = 200
"""Changes of one entry that are told in full."""
_TOLD = 4
_NAMED = 300
_ACTIONS = (Action.MANAGE_OFFICE, Action.MANAGE_PEOPLE)
_EVENTS = {"invite": "开通登录名", "password": "更换登录密码", "close": "关闭登录名"}
_PARTS = frozenset({"revision", "section", "counter", "blob", "device"})
_DECIDED = {("sign_off", "insert"): "decision", ("filing", "insert"): "state", ("filing", "update"): "state"}
"""What says more than that something was written."""
_RANK = {"filing": 0, "sign_off": 1, "project": 2, "contract": 3, "person": 4, "assignment": 5}
_TEXTS = (
    (Project.number, Project.name, Project.short_name, Project.pinyin),
    (Filing.number, Filing.title),
    (Contract.number, Contract.name),
    (Program.name,),
    (Person.name, Person.staff_no, Person.pinyin),
    (Department.name,),
)


@dataclass(frozen=True)
class AuditQuery:
    """What is looked for: words, days (both included), by whom, from which installation, on what kinds of records."""

    text: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    person: UUID | None = None
    device: UUID | None = None
    entities: tuple[str, ...] = ()
    descending: bool = True


@dataclass(frozen=True)
class AuditChoices:
    """What the log can be narrowed to: people and installations; ``refusal`` says why somebody does not see it."""

    refusal: str
    people: tuple[tuple[UUID, str], ...]
    devices: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True)
class AuditEntry:
    """One entry: when, who, from where (``seq`` in that installation's chain), what in a few words, how signed."""

    id: EntryId
    at: dt.datetime
    person: str
    device: str
    seq: int
    text: str
    signature: str
    tone: str


@dataclass(frozen=True)
class AuditChange:
    """One change of an entry: of what, and its fields line by line, old → new."""

    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class AuditDetail:
    """One entry in full; ``more`` counts the changes that are not told, ``words`` says how it was signed."""

    entry: AuditEntry
    changes: tuple[AuditChange, ...]
    more: int
    words: str


def audit_refusal(reading: Reading, actor: UUID) -> str:
    """Why this person does not see the log; empty for those who care for the office or its people."""
    standing = standing_of(reading.session, actor, reading.today)
    if any(may(reading.policy, standing, action, OFFICE) for action in _ACTIONS):
        return ""
    return f"审计日志由{who_may(reading.policy, _ACTIONS[0])}查看。"


def audit_choices(reading: Reading, actor: UUID) -> AuditChoices:
    """By whom and from where entries are; nothing for who may not see them."""
    refusal = audit_refusal(reading, actor)
    if refusal:
        return AuditChoices(refusal, (), ())
    authors = set(
        reading.session.scalars(select(Changeset.author_id).where(Changeset.author_id.is_not(None)).distinct())
    )
    people = people_by_id(reading.session, {key for key in authors if key is not None})
    devices = reading.session.execute(select(Device.id, Device.name).order_by(Device.name, Device.id)).all()
    listed = sorted(((key, person.full) for key, person in people.items()), key=lambda one: sort_key(one[1]))
    return AuditChoices("", tuple(listed), tuple((row.id, row.name) for row in devices))


def audit_ids(reading: Reading, actor: UUID, query: AuditQuery) -> list[EntryId]:
    """The entries that were looked for, sorted by time.

    Raises:
        NotAllowed: the actor cares neither for the office nor for its people.
    """
    if audit_refusal(reading, actor):
        raise not_allowed(reading, _ACTIONS[0], "*", "查看审计日志")
    found = select(Changeset.id, Changeset.at).where(*_conditions(reading, query))
    order = (Changeset.at, Changeset.lamport, Changeset.id)
    rows = reading.session.execute(found.order_by(*(one.desc() if query.descending else one for one in order))).all()
    events = [event for event in _events(reading) if _fits(event, query)]
    if not events:
        return [key for key, _at in rows]
    every: list[tuple[dt.datetime, EntryId]] = [(at, key) for key, at in rows]
    every += [(event.at, event.id) for event in events]
    return [key for _at, key in sorted(every, key=lambda one: one[0], reverse=query.descending)]


def _conditions(reading: Reading, query: AuditQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.since is not None:
        found.append(Changeset.at >= _midnight(query.since))
    if query.until is not None:
        found.append(Changeset.at < _midnight(query.until + dt.timedelta(days=1)))
    if query.person is not None:
        found.append(Changeset.author_id == query.person)
    if query.device is not None:
        found.append(Changeset.device_id == query.device)
    if query.entities:
        found.append(Changeset.id.in_(select(Change.changeset_id).where(Change.entity.in_(query.entities))))
    found += [_tells_of(reading, word) for word in query.text.split()]
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time()).astimezone()


def _tells_of(reading: Reading, word: str) -> ColumnElement[bool]:
    """An entry by what it says, by the record it is of or belongs to, by who did it, or from where."""
    records: list[UUID] = []
    for columns in _TEXTS:
        key = columns[0].class_.id
        query = select(key).where(or_(*(holds(column, word) for column in columns))).limit(_NAMED)
        records += reading.session.scalars(query)
    told = [holds(Change.body, word), Change.entity_id.in_([str(key) for key in records])]
    told += [Change.body.contains(str(key)) for key in records[:20]]
    ways: list[ColumnElement[bool]] = [Changeset.id.in_(select(Change.changeset_id).where(or_(*told)))]
    ways.append(Changeset.author_id.in_(select(Person.id).where(holds(Person.name, word))))
    ways.append(Changeset.device_id.in_(select(Device.id).where(holds(Device.name, word))))
    return or_(*ways)


def _events(reading: Reading) -> list[LoginEvent]:
    login = reading.office.login
    return login_events(reading.session.connection()) if login is not None and login.administrator else []


def _fits(event: LoginEvent, query: AuditQuery) -> bool:
    day = event.at.astimezone().date()
    if query.device is not None or query.entities or (query.person is not None and event.person_id != query.person):
        return False
    if (query.since is not None and day < query.since) or (query.until is not None and day > query.until):
        return False
    said = f"{_EVENTS.get(event.kind, event.kind)} {event.login} {event.made_by}".lower()
    return all(word.lower() in said for word in query.text.split())


def audit_rows(reading: Reading, ids: Sequence[EntryId]) -> list[AuditEntry]:
    """These entries in a few words, in the order of their ids."""
    headers = _headers(reading, [key for key in ids if isinstance(key, UUID)])
    texts = _texts(reading, headers)
    names = _Names(reading, headers.values())
    made: dict[EntryId, AuditEntry] = {key: _entry(names, header, texts[key]) for key, header in headers.items()}
    if len(headers) < len(ids):
        made |= {event.id: _event(event) for event in _events(reading)}
    return [made[key] for key in ids]


def entry_texts(reading: Reading, keys: Sequence[UUID]) -> dict[UUID, str]:
    """What these entries of the journal did, each in a few words."""
    return _texts(reading, _headers(reading, keys))


def _headers(reading: Reading, keys: Sequence[UUID]) -> dict[UUID, Changeset]:
    return {row.id: row for row in reading.session.scalars(select(Changeset).where(Changeset.id.in_(keys)))}


def _texts(reading: Reading, headers: Mapping[UUID, Changeset]) -> dict[UUID, str]:
    keys = list(headers)
    counts: defaultdict[UUID, dict[tuple[str, str], int]] = defaultdict(dict)
    first = func.min(Change.n)
    grouped = select(Change.changeset_id, Change.entity, Change.op, func.count(), first)
    grouped = grouped.where(Change.changeset_id.in_(keys)).group_by(Change.changeset_id, Change.entity, Change.op)
    for key, entity, op, count, _n in reading.session.execute(grouped.order_by(Change.changeset_id, first)):
        counts[key][entity, op] = count
    several = select(Change).where(Change.changeset_id.in_(keys), Change.n <= _TOLD * 3)
    changes: defaultdict[UUID, list[Change]] = defaultdict(list)
    for change in reading.session.scalars(several.order_by(Change.changeset_id, Change.n)):
        changes[change.changeset_id].append(change)
    words = _words(reading, headers, (one for parts in changes.values() for one in parts))
    return {key: _summary(words, counts[key], changes[key]) for key in headers}


class _Names:
    """Who and where stands behind headers, and how they are signed."""

    def __init__(self, reading: Reading, headers: Iterable[Changeset]) -> None:
        known = list(headers)
        ids = {header.author_id for header in known if header.author_id is not None}
        self.people = {key: person.full for key, person in people_by_id(reading.session, ids).items()}
        devices = select(Device.id, Device.name).where(Device.id.in_({header.device_id for header in known}))
        self.devices = {row.id: row.name for row in reading.session.execute(devices)}
        self._known = identities(reading) if any(header.signature for header in known) else None

    def signature(self, header: Changeset) -> tuple[str, str, str]:
        """A word, its tone, and the whole truth."""
        if fate := signature_fate(header.header, header.signature):
            return "未验证", "bad", f"未验证：{fate.rstrip('。')}"
        if self._known is None or not header.signature:
            return "", "neutral", "没有电子签名"
        claim = Claim(header_claim(header.hash), header.signature, header.author_id, header.at)
        verdict = judge(self._known, claim, verify_signature)
        if verdict.verified:
            return "已验证", "good", "电子签名已验证"
        return "未验证", "bad", f"未验证：{verdict.words}"


def _entry(names: _Names, header: Changeset, text: str) -> AuditEntry:
    word, tone, _words = names.signature(header)
    person = names.people.get(header.author_id, "") if header.author_id else "（建立单位）"
    return AuditEntry(
        header.id, header.at, person, names.devices.get(header.device_id, ""), header.seq, text, word, tone
    )


def _event(event: LoginEvent) -> AuditEntry:
    text = f"{_EVENTS.get(event.kind, event.kind)}“{event.login}”"
    return AuditEntry(event.id, event.at, event.made_by, "服务器", 0, text, "", "neutral")


def _words(reading: Reading, headers: Mapping[UUID, Changeset], changes: Iterable[Change]) -> JournalWords:
    """Words that know the records of these changes by name, also those that are gone, and what was said of each."""
    words = JournalWords(reading)
    told: dict[tuple[str, str], dict[str, Json]] = {}
    for change in changes:
        fields = told.setdefault((change.entity, change.entity_id), {})
        if change.body is not None:
            pairs = old_and_new(read_body(change.body, headers[change.changeset_id].schema_no))
            fields |= {key: old if change.op == "delete" else new for key, (old, new) in pairs.items()}
    words.learn(told)
    return words


def _summary(words: JournalWords, counts: Mapping[tuple[str, str], int], changes: Sequence[Change]) -> str:
    """The records that matter, in the order of their writing; a filing's parts only where nothing else was written."""
    matters = {pair: count for pair, count in counts.items() if pair[0] not in _PARTS} or counts
    told: dict[str, None] = {}
    for (entity, op), count in sorted(matters.items(), key=lambda one: _RANK.get(one[0][0], len(_RANK))):
        one = next((item for item in changes if (item.entity, item.op) == (entity, op)), None)
        if one is None or count > 1:
            told[f"{VERBS.get(op, op)}{noun_of(entity)} {count} 条"] = None
        else:
            told[_deed(words, one)] = None
    more = f"等 {sum(matters.values())} 条" if len(told) > _TOLD else ""
    return "；".join([*told][:_TOLD]) + more


def _deed(words: JournalWords, change: Change) -> str:
    """One change in words; of sign-offs and filings what was decided."""
    record = words.record(change.entity, change.entity_id)
    if change.body is not None and (change.entity, change.op) in _DECIDED:
        pairs = old_and_new(read_body(change.body, SCHEMA_NO))
        key = _DECIDED[change.entity, change.op]
        if key in pairs:
            return f"{record}：{words.value(change.entity, key, pairs[key][1])}"
    return words.deed(change.op, change.entity, change.entity_id)


def audit_detail(reading: Reading, actor: UUID, key: EntryId) -> AuditDetail:
    """One entry with its changes, fields old → new.

    Raises:
        NotAllowed: the actor cares neither for the office nor for its people.
    """
    if audit_refusal(reading, actor):
        raise not_allowed(reading, _ACTIONS[0], "*", "查看审计日志")
    (entry,) = audit_rows(reading, [key])
    if not isinstance(key, UUID):
        return AuditDetail(entry, (), 0, "由服务器记录")
    header = reading.session.fetch(Changeset, key)
    query = select(Change).where(Change.changeset_id == key).order_by(Change.n)
    changes = reading.session.scalars(query.limit(MOST_CHANGES)).all()
    whole = reading.session.scalar(select(func.count()).where(and_(Change.changeset_id == key))) or 0
    words = _words(reading, {key: header}, changes)
    told = tuple(_change(words, change, header.schema_no) for change in changes)
    return AuditDetail(entry, told, whole - len(told), _Names(reading, [header]).signature(header)[2])


def _change(words: JournalWords, change: Change, schema_no: int) -> AuditChange:
    text = words.deed(change.op, change.entity, change.entity_id)
    if change.body is None:
        return AuditChange(text, ("（内容已按个人信息的保存期限清除）",))
    pairs = old_and_new(read_body(change.body, schema_no))
    words.learn_values((key, value) for key, pair in pairs.items() for value in pair)
    lines = []
    for key, (old, new) in pairs.items():
        if is_shown(key, (old, new)):
            label, entity = label_of(change.entity, key), change.entity
            if change.op == "update":
                lines.append(f"{label}：{words.value(entity, key, old)} → {words.value(entity, key, new)}")
            else:
                lines.append(f"{label}：{words.value(entity, key, old if change.op == 'delete' else new)}")
    return AuditChange(text, tuple(lines))
