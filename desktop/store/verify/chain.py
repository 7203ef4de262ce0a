"""The chains of headers, and the changes under each header's root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from desktop.domain.canonical import Json, canonical_text, read_canonical, sha256_text
from desktop.domain.errors import Refusal
from desktop.store.journal import root_hash
from desktop.store.shapes import shape_of
from desktop.store.tables import Base, Change, Changeset, Device, table_of
from desktop.store.verify.finding import Finding
from desktop.store.verify.rows import Row, raw_columns, rows_of, spoken_key

_HEADER = {
    "device": "device_id",
    "seq": "seq",
    "author": "author_id",
    "prev": "prev_hash",
    "lamport": "lamport",
    "schema": "schema_no",
    "root": "root",
    "at": "at",
}
"""What a header says, and the column that repeats it; besides its parents and the key that signs it."""


@dataclass(frozen=True, slots=True)
class Link:
    """What the further checks need of one header."""

    where: str
    key: str
    lamport: int
    device: str
    schema_no: int
    root: object
    at: str


@dataclass
class Chains:
    """All headers by their raw ids, and where each seal stands, filled by ``check_chains``.

    ``seals`` maps the place in a chain (device, seq) to the header's hash; ``numbers`` maps the Lamport numbers to the
    hashes that bear them.
    """

    links: dict[Any, Link] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    seals: dict[tuple[str, int], str] = field(default_factory=dict)
    numbers: dict[int, list[str]] = field(default_factory=dict)


def check_chains(session: Session, chains: Chains) -> Iterator[Finding]:
    """Follow each installation's chain: no gap, each header sealed, naming its predecessor; the head as noted."""
    devices = {row.key: row for row in _rows(session, Device)}
    chains.names = {key: str(row.fields.get("name")) for key, row in devices.items()}
    ends: dict[str, Row] = {}
    named: list[tuple[str, str, str]] = []
    stream = _rows(session, Changeset, "device_id", "seq")
    for device, sets in groupby(stream, key=lambda row: str(row.fields.get("device_id"))):
        seq, previous = 0, ""
        for row in sets:
            where = f"安装点“{chains.names.get(device, device)}”的日志第 {row.fields.get('seq')} 条"
            _note(chains, row, where, device)
            yield from (Finding(where, what, "changeset", row.key) for what in _faults(row, seq, previous))
            named += [(where, row.key, parent) for parent in _parents(row)]
            seq, previous = _whole(row, "seq"), str(row.fields.get("hash"))
            ends[device] = row
    yield from _check_heads(devices, ends)
    known = set(chains.seals.values())
    for where, key, parent in named:
        if parent not in known:
            what = "它所接的另一安装点的日志缺失：那里的日志末尾被删去或换过。"
            yield Finding(where, what, "changeset", key)


def _rows(session: Session, record: type[Base], *order: str) -> Iterator[Row]:
    return rows_of(session, shape_of(inspect(record)), *order)


def _note(chains: Chains, row: Row, where: str, device: str) -> None:
    told, at = row.fields, str(row.fields.get("at"))
    seq, lamport, schema_no = (_whole(row, name) for name in ("seq", "lamport", "schema_no"))
    chains.links[row.raw] = Link(where, row.key, lamport, device, schema_no, told.get("root"), at)
    seal = str(told.get("hash"))
    chains.seals[device, seq] = seal
    chains.numbers.setdefault(lamport, []).append(seal)


def _whole(row: Row, name: str) -> int:
    value = row.fields.get(name)
    return value if isinstance(value, int) else 0


def _faults(row: Row, seq: int, previous: str) -> Iterator[str]:
    told = row.fields
    if told.get("seq") != seq + 1:
        yield f"日志不连续：第 {seq + 1} 条起有缺失。"
    elif told.get("prev_hash") != previous:
        yield "与前一条日志接不上。"
    header = told.get("header")
    if not isinstance(header, str) or sha256_text(header) != told.get("hash"):
        yield "日志表头与其校验值不符。"
    parts = _read(header)
    if not isinstance(parts, dict) or not _repeated(parts, told):
        yield "日志表头与所列各栏不符。"


def _read(text: object) -> Json:
    try:
        return read_canonical(text) if isinstance(text, str) else None
    except (ValueError, Refusal):
        return None


def _repeated(parts: Mapping[str, Json], told: Mapping[str, object]) -> bool:
    """Whether the columns say what the header says, and the header nothing beyond."""
    parents = parts.get("parents")
    if parts.keys() - {"key"} != _HEADER.keys() | {"parents"} or not isinstance(parents, list):
        return False
    if told.get("parents") != ("[]" if not parents else canonical_text(parents)):
        return False
    return all(parts[part] == told.get(name) for part, name in _HEADER.items())


def _parents(row: Row) -> list[str]:
    text = row.fields.get("parents")
    parents = None if text == "[]" else _read(text)
    return [str(parent) for parent in parents] if isinstance(parents, list) else []


def _check_heads(devices: dict[str, Row], ends: dict[str, Row]) -> Iterator[Finding]:
    for key, device in devices.items():
        end = ends.pop(key, None)
        noted = tuple(device.fields.get(name) for name in ("seq", "head_hash", "lamport"))
        if noted != ((0, "", 0) if end is None else tuple(end.fields.get(name) for name in ("seq", "hash", "lamport"))):
            where = f"安装点“{device.fields.get('name')}”"
            yield Finding(where, "日志末尾与登记的不符，可能有日志被删去。", "device", key)
    for key in ends:
        yield Finding(f"安装点 {key}", "有日志而未登记。", "device", key)


def check_roots(session: Session, chains: Chains) -> Iterator[Finding]:
    """Each header's root must be over the hashes of just its changes, which are numbered from 1."""
    columns = table_of(Change).c
    query = raw_columns(Change, "changeset_id", "n", "hash").order_by(columns.changeset_id, columns.n)
    rows = session.execute(query.execution_options(yield_per=5000))
    missing = dict(chains.links)
    for raw, changes in groupby(rows, key=lambda row: row[0]):
        link = missing.pop(raw, None)
        if link is None:
            yield Finding("日志", "有变动不属于任何一条日志。", "change", spoken_key(raw))
            continue
        told = [(number, seal) for _raw, number, seal in changes]
        numbered = [number for number, _seal in told] == list(range(1, len(told) + 1))
        if not numbered or root_hash([str(seal) for _number, seal in told]) != link.root:
            yield Finding(link.where, "所含的变动被增删或改动过。", "change", link.key)
    for link in missing.values():
        yield Finding(link.where, "所含的变动全部缺失。", "change", link.key)
