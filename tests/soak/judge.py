"""The judge of a soak: what clients were told is compared with what is in the database, and with its journal.

It reads tables, not services: what it finds does not depend on the code that wrote.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from desktop.store import tables
from desktop.store.tables import table_of
from tests.soak.ledger import SAVED, Entry, Fact

_NUMBER = re.compile(r"^(.*?)(\d+)$")


@dataclass(frozen=True)
class Change:
    """One change of the journal."""

    lamport: int
    entity: str
    id: str
    op: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """What the database holds that clients can have written; keys are texts."""

    filings: Mapping[str, str]
    revisions: Mapping[tuple[str, int], str]
    signatures: Counter[tuple[str, str, str, str]]
    documents: Mapping[str, str]
    counters: Mapping[str, int]
    versions: Mapping[tuple[str, str], int]
    changes: tuple[Change, ...] = field(repr=False)
    code: str = ""


def take_snapshot(connection: Connection) -> Snapshot:
    """Read the tables, whichever engine keeps them."""
    filing, revision, sign_off = table_of(tables.Filing), table_of(tables.Revision), table_of(tables.SignOff)
    document, counter = table_of(tables.Document), table_of(tables.Counter)
    change, changeset = table_of(tables.Change), table_of(tables.Changeset)
    rows = connection.execute
    journal = (
        select(changeset.c.lamport, change.c.entity, change.c.entity_id, change.c.op, change.c.body)
        .join(changeset, change.c.changeset_id == changeset.c.id)
        .order_by(changeset.c.lamport, changeset.c.device_id, change.c.n)
    )
    signed = select(sign_off.c.filing_id, sign_off.c.step_key, sign_off.c.revision_id, sign_off.c.recorded_by)
    records = [mapper.class_ for mapper in tables.Base.registry.mappers if issubclass(mapper.class_, tables.Record)]
    return Snapshot(
        filings={str(key): number or "" for key, number in rows(select(filing.c.id, filing.c.number))},
        revisions={
            (str(key), n): sha for key, n, sha in rows(select(revision.c.filing_id, revision.c.n, revision.c.sha256))
        },
        signatures=Counter(tuple(map(str, row)) for row in rows(signed)),  # type: ignore[misc]
        documents={name: sha for name, sha in rows(select(document.c.name, document.c.blob_sha))},  # noqa: C416
        counters={key: following for key, following in rows(select(counter.c.key, counter.c.next))},  # noqa: C416
        versions={
            (table.name, str(key)): version
            for table in map(table_of, records)
            for key, version in rows(select(table.c.id, table.c.version))
        },
        changes=tuple(
            Change(lamport, entity, key, op, json.loads(body)["fields"])
            for lamport, entity, key, op, body in rows(journal)
        ),
        code=connection.scalar(select(table_of(tables.Office).c.code)) or "",
    )


def judge(snapshot: Snapshot, entries: Iterable[Entry], before: int = 0) -> list[str]:
    """Everything that is wrong, in words; ``before`` is the Lamport number with which the office was handed over."""
    told = list(entries)
    return [
        *failed(told),
        *lost(snapshot, told),
        *broken_chains(snapshot),
        *number_faults(snapshot),
        *made_up(snapshot, told, before),
    ]


def failed(entries: Iterable[Entry]) -> Iterator[str]:
    """Saves that the program could not carry out."""
    for entry in entries:
        if entry.answer == "failed":
            yield f"保存失败：{entry.client} 号机 {entry.act}：{entry.text}"


def lost(snapshot: Snapshot, entries: Iterable[Entry]) -> Iterator[str]:
    """Acknowledged writes that are not there, or not as they were acknowledged."""
    states = _changed_to(snapshot)
    holds: dict[str, Callable[[Fact], bool]] = {
        "filing": lambda fact: snapshot.filings.get(fact.key) == fact.what["number"],
        "revision": lambda fact: snapshot.revisions.get((fact.key, fact.what["n"])) == fact.what["sha256"],
        "signature": lambda fact: _signature(fact) in snapshot.signatures,
        "document": lambda fact: snapshot.documents.get(fact.key) == fact.what["sha256"],
        "value": lambda fact: fact.what["value"] in states[fact.what["entity"], fact.key, fact.what["field"]],
        "state": lambda fact: fact.what["state"] in states["filing", fact.key, "state"],
    }
    for entry in entries:
        for fact in entry.facts if entry.answer in SAVED else ():
            if not holds[fact.kind](fact):
                yield f"丢失：{entry.client} 号机 {entry.act} 得到了“已保存”，数据库中却没有：{fact}"


def _signature(fact: Fact) -> tuple[str, str, str, str]:
    return fact.key, fact.what["step"], fact.what["revision"], fact.what["by"]


def _changed_to(snapshot: Snapshot) -> dict[tuple[str, str, str], set[Any]]:
    """Every value that each field of each record was given."""
    found: dict[tuple[str, str, str], set[Any]] = defaultdict(set)
    for change in snapshot.changes:
        for name, value in change.fields.items():
            new = value[1] if change.op == "update" else value
            if isinstance(new, str):
                found[change.entity, change.id, name].add(new)
    return found


def broken_chains(snapshot: Snapshot) -> Iterator[str]:
    """Records some change of which began from another state than the change before it had left: an update was lost.

    The version that a record has reached counts its changes.
    """
    states: dict[tuple[str, str], dict[str, Any]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for change in snapshot.changes:
        key = (change.entity, change.id)
        counts[key] += 1
        if change.op != "update":
            states[key] = dict(change.fields) if change.op == "insert" else {}
            continue
        state = states.setdefault(key, {})
        for name, (old, new) in change.fields.items():
            if state.get(name) != old:
                yield f"更新丢失：{change.entity} {change.id} 的 {name} 由 {old!r} 改起，而它当时是 {state.get(name)!r}"
            state[name] = new
    for key, version in snapshot.versions.items():
        if counts[key] != version:
            yield f"更新丢失：{key[0]} {key[1]} 是第 {version} 版，日志里有 {counts[key]} 次改动"


def number_faults(snapshot: Snapshot) -> Iterator[str]:
    """Series of numbers with gaps, with a number twice, or that ended elsewhere than their counter says."""
    series: dict[str, list[int]] = defaultdict(list)
    given = list(_project_numbers(snapshot.changes))
    for number in filter(None, (*snapshot.filings.values(), *given)):
        found = _NUMBER.match(number)
        if found:
            series[found[1]].append(int(found[2]))
    for prefix, numbers in series.items():
        counts = Counter(numbers)
        yield from (f"重号：{prefix}{n} 给了 {times} 份" for n, times in counts.items() if times > 1)
        gaps = sorted(set(range(1, max(numbers) + 1)) - set(counts))
        yield from (f"跳号：{prefix}{n} 没有给任何一份" for n in gaps)
    counted = sum(following - 1 for key, following in snapshot.counters.items() if key.startswith("project:"))
    if counted != len(given):
        yield f"跳号：项目编号给出了 {counted} 个，用在项目上的有 {len(given)} 个"
    for key, following in snapshot.counters.items():
        kind, _, rest = key.partition(":")
        if kind == "filing":
            pattern, _, year = rest.rpartition(":")
            prefix = pattern.partition("{n")[0].format(year=year, code=snapshot.code)
            if max(series.get(prefix, [0])) != following - 1:
                yield f"跳号：{prefix} 的下一个号是 {following}，最后用到的是 {max(series.get(prefix, [0]))}"


def _project_numbers(changes: Iterable[Change]) -> Iterator[str]:
    """The numbers, provisional and official, that projects were given; not those that a ledger brought with it."""
    for change in changes:
        if change.entity == "project":
            if change.op == "insert" and change.fields.get("provisional"):
                yield change.fields["provisional"]
            elif change.op == "update":
                yield from (change.fields[name][1] for name in ("number", "provisional") if name in change.fields)


def made_up(snapshot: Snapshot, entries: Iterable[Entry], before: int) -> Iterator[str]:
    """What stands in the database without any client having meant to save it, and signatures that stand twice."""
    meant: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for fact in entry.facts if entry.answer == "meant" else ():
            meant[fact.kind].add(fact.key if fact.kind != "value" else f"{fact.key} {fact.what['value']}")
    kinds = {"filing": "filing", "document": "document", "sign_off": "signature"}
    for change in snapshot.changes:
        if change.lamport <= before or change.entity not in kinds or change.op != "insert":
            continue
        kind = kinds[change.entity]
        key = {"filing": change.id, "document": change.fields.get("name")}.get(kind, change.fields.get("filing_id"))
        if key not in meant[kind]:
            yield f"来历不明：{change.entity} {change.id}（{key}）没有人要保存过"
    for (filing, step, _revision, by), times in snapshot.signatures.items():
        if times > 1:
            yield f"重复：{by} 在 {filing} 的同一版上把“{step}”签了 {times} 次"
