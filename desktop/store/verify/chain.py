"""The chains of headers, and the changes under each header's root."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.canonical import Json, read_canonical, sha256_text
from desktop.store.journal import header_text, root_hash
from desktop.store.tables import Change, Changeset, Device
from desktop.store.verify.finding import Finding


@dataclass(frozen=True, slots=True)
class Link:
    """What the further checks need of one header."""

    where: str
    lamport: int
    device: str
    schema_no: int
    root: str


@dataclass
class Chains:
    """All headers by their ids, filled by ``check_chains``."""

    links: dict[UUID, Link] = field(default_factory=dict)


def check_chains(session: Session, chains: Chains) -> Iterator[Finding]:
    """Follow each installation's chain: no gap, each header sealed, naming its predecessor; the head as noted."""
    devices = {device.id: device for device in session.scalars(select(Device))}
    query = select(Changeset).order_by(Changeset.device_id, Changeset.seq)
    stream = session.scalars(query.execution_options(yield_per=500))
    ends: dict[UUID, Changeset] = {}
    for device_id, sets in groupby(stream, key=lambda item: item.device_id):
        name = devices[device_id].name if device_id in devices else str(device_id)
        seq, previous = 0, ""
        for item in sets:
            where = f"安装点“{name}”的日志第 {item.seq} 条"
            chains.links[item.id] = Link(where, item.lamport, str(device_id), item.schema_no, item.root)
            if item.seq != seq + 1:
                yield Finding(where, f"日志不连续：第 {seq + 1} 至 {item.seq - 1} 条缺失。", "changeset", str(item.id))
            elif item.prev_hash != previous:
                yield Finding(where, "与前一条日志接不上。", "changeset", str(item.id))
            if sha256_text(item.header) != item.hash:
                yield Finding(where, "日志表头与其校验值不符。", "changeset", str(item.id))
            if _header_of(item) != item.header:
                yield Finding(where, "日志表头与所列各栏不符。", "changeset", str(item.id))
            seq, previous = item.seq, item.hash
            ends[device_id] = item
        session.expunge_all()
    yield from _check_heads(devices, ends)


def _check_heads(devices: dict[UUID, Device], ends: dict[UUID, Changeset]) -> Iterator[Finding]:
    for device_id, device in devices.items():
        end = ends.pop(device_id, None)
        noted = (device.seq, device.head_hash, device.lamport)
        if noted != ((0, "", 0) if end is None else (end.seq, end.hash, end.lamport)):
            yield Finding(
                f"安装点“{device.name}”", "日志末尾与登记的不符，可能有日志被删去。", "device", str(device_id)
            )
    for device_id in ends:
        yield Finding(f"安装点 {device_id}", "有日志而未登记。", "device", str(device_id))


def _header_of(item: Changeset) -> str:
    parents: Json
    try:
        parents = read_canonical(item.parents)
    except ValueError:
        parents = None
    return header_text(
        device=item.device_id,
        seq=item.seq,
        author=item.author_id,
        prev=item.prev_hash,
        lamport=item.lamport,
        parents=[str(parent) for parent in parents] if isinstance(parents, list) else [item.parents],
        schema=item.schema_no,
        root=item.root,
        at=item.at,
    )


def check_roots(session: Session, chains: Chains) -> Iterator[Finding]:
    """Each header's root must be over the hashes of just its changes."""
    query = select(Change.changeset_id, Change.hash).order_by(Change.changeset_id, Change.n)
    rows = session.execute(query.execution_options(yield_per=5000))
    missing = set(chains.links)
    for changeset_id, changes in groupby(rows, key=lambda row: row.changeset_id):
        link = chains.links.get(changeset_id)
        if link is None:
            yield Finding("日志", "有变动不属于任何一条日志。", "change", str(changeset_id))
            continue
        missing.discard(changeset_id)
        if root_hash([row.hash for row in changes]) != link.root:
            yield Finding(link.where, "所含的变动被增删或改动过。", "change", str(changeset_id))
    for changeset_id in missing:
        yield Finding(chains.links[changeset_id].where, "所含的变动全部缺失。", "change", str(changeset_id))
