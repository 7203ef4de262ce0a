"""State against journal: every journaled table must be the fold of its changes, row by row, both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from desktop.domain.canonical import Json
from desktop.domain.errors import Refusal
from desktop.store.bodies import Body, read_body
from desktop.store.journal import INTRODUCED, change_hash
from desktop.store.shapes import Shape, journaled_shapes, shape_of
from desktop.store.tables import Change, Device, Erasure
from desktop.store.verify.chain import Chains, Link
from desktop.store.verify.finding import Finding, place_of
from desktop.store.verify.rows import Row, raw_columns, rows_of

LONGEST = 40


@dataclass(slots=True)
class _Told:
    """What the journal says of one record; ``whole`` is false where a body is withheld or cannot be trusted."""

    key: str
    exists: bool = False
    whole: bool = True
    writes: int = 0
    fields: dict[str, Json] = field(default_factory=dict)


@dataclass
class Missing:
    """Bodies that are not there, by record: how many, and the moment of the newest; an erasure must tell of them."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    newest: dict[tuple[str, str], str] = field(default_factory=dict)
    where: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, entity: str, key: str, link: Link) -> None:
        """Count one."""
        record = (entity, key)
        self.counts[record] += 1
        self.newest[record] = max(self.newest.get(record, ""), link.at)
        self.where.setdefault(record, link.where)


def check_state(session: Session, chains: Chains) -> Iterator[Finding]:
    """Compare each journaled table with the journal, and the bodies of the journal with their hashes."""
    shapes = journaled_shapes()
    missing = Missing()
    for shape in shapes.values():
        altered: list[Finding] = []
        yield from _compare(session, shape, _told(session, shape.entity, chains, altered, missing))
        yield from altered
    yield from _check_devices(session, chains, missing)
    yield from _check_erasures(session, missing)
    strange = select(Change.entity, Change.entity_id).where(Change.entity.not_in([*shapes, Device.__tablename__]))
    for entity, key in session.execute(strange.distinct()):
        yield Finding("日志", f"有变动涉及不认识的表“{entity}”。", "change", str(key))


def _told(session: Session, entity: str, chains: Chains, altered: list[Finding], missing: Missing) -> Iterator[_Told]:
    """Fold the changes of one table, record by record in the order of their keys."""
    query = (
        raw_columns(Change, "entity_id", "changeset_id", "n", "salt", "body", "hash", "op")
        .where(Change.entity == entity)
        .order_by(Change.entity_id)
    )
    rows = session.execute(query.execution_options(yield_per=5000))
    for key, group in groupby(rows, key=lambda row: str(row.entity_id)):
        told = _Told(key)
        for row in sorted(group, key=lambda row: _order(row, chains)):
            link = chains.links.get(row.changeset_id)
            body = None
            if link is not None and row.body is None and row.salt == "":
                missing.note(entity, key, link)
            elif link is not None:
                body = _trusted(row, entity, link.schema_no)
                if body is None:
                    altered.append(Finding(link.where, "一条变动的内容被改动过。", "change", key))
            if not _fold(told, row.op, body) and link is not None:
                altered.append(Finding(link.where, "变动的先后不合：先有记录，才能改它、删它。", "change", key))
        yield told


def _order(row: Any, chains: Chains) -> tuple[int, str, int]:  # noqa: ANN401 - a row of a query
    link = chains.links.get(row.changeset_id)
    number = row.n if isinstance(row.n, int) else 0
    return (0, "", number) if link is None else (link.lamport, link.device, number)


def _trusted(row: Any, entity: str, schema_no: int) -> Body | None:  # noqa: ANN401 - a row of a query
    """The body, where it is what was sealed and tells of just this record."""
    try:
        if change_hash(row.salt, row.body) != row.hash or row.salt != row.salt.lower():
            return None
        body = read_body(row.body, schema_no)
    except (ValueError, TypeError, AttributeError, Refusal):
        return None
    return body if (body.entity, body.id, body.op) == (entity, row.entity_id, row.op) else None


def _fold(told: _Told, op: str, body: Body | None) -> bool:
    """Carry one change on, and say whether it could come next; one without a body leaves the fields unknown."""
    fits = told.exists != (op == "insert")
    if op == "delete":
        told.exists, told.whole, told.writes, told.fields = False, True, 0, {}
        return fits
    told.exists = True
    told.writes += 1
    if body is None:
        told.whole, told.fields = False, {}
        return fits
    for key, value in body.fields.items():
        match value:
            case [_, new] if body.op == "update":
                told.fields[key] = new
            case _:
                told.fields[key] = value
    return fits


def _compare(session: Session, shape: Shape, stream: Iterator[_Told]) -> Iterator[Finding]:
    """Walk table and journal side by side; both come in the order of their keys."""
    told = next(stream, None)
    for row in rows_of(session, shape):
        while told is not None and told.key < row.key:
            yield from _missing(told, shape.entity)
            told = next(stream, None)
        if told is None or told.key != row.key or not told.exists:
            what = "日志中没有这条记录：它是绕过程序添加的。"
            yield Finding(place_of(shape.entity, row.fields), what, shape.entity, row.key)
        else:
            yield from _differences(shape.entity, row, told)
        if told is not None and told.key == row.key:
            told = next(stream, None)
    while told is not None:
        yield from _missing(told, shape.entity)
        told = next(stream, None)


def _missing(told: _Told, entity: str) -> Iterator[Finding]:
    if told.exists:
        yield Finding(place_of(entity, told.fields), "记录缺失：它是绕过程序删除的。", entity, told.key)


def _check_devices(session: Session, chains: Chains, missing: Missing) -> Iterator[Finding]:
    """An installation is what its chain's first changeset says; those of older programs said nothing of themselves."""
    entity = Device.__tablename__
    altered: list[Finding] = []
    told = {one.key: one for one in _told(session, entity, chains, altered, missing)}
    yield from altered
    for row in rows_of(session, shape_of(inspect(Device))):
        one = told.pop(row.key, None)
        if one is None or not one.whole:
            continue
        for name in INTRODUCED:
            if row.fields.get(name) != one.fields.get(name):
                yield Finding(place_of(entity, row.fields), _changed(name, row, one), entity, row.key)
    for one in told.values():
        yield from _missing(one, entity)


def _check_erasures(session: Session, missing: Missing) -> Iterator[Finding]:
    """A body may be missing only where the record of an erasure says so."""
    if not missing.counts:
        return
    told: Counter[tuple[str, str]] = Counter()
    upto: dict[tuple[str, str], str] = {}
    for row in rows_of(session, shape_of(inspect(Erasure))):
        record = (str(row.fields.get("entity")), str(row.fields.get("entity_id")))
        bodies = row.fields.get("bodies")
        told[record] += bodies if isinstance(bodies, int) else 0
        upto[record] = max(upto.get(record, ""), str(row.fields.get("upto")))
    for record, count in missing.counts.items():
        if told[record] < count or upto[record] < missing.newest[record]:
            what = f"有 {count} 条变动的内容被抽去，而没有与此相符的清除记录。"
            yield Finding(missing.where[record], what, "change", record[1])


def _differences(entity: str, row: Row, told: _Told) -> Iterator[Finding]:
    if row.fields != told.fields:
        known = row.fields.keys() | told.fields.keys() if told.whole else told.fields.keys()
        for column in sorted(known):
            if row.fields.get(column) != told.fields.get(column):
                yield Finding(place_of(entity, row.fields), _changed(column, row, told), entity, told.key)
    if row.version is not None and row.version != told.writes:
        what = f"保存次数现为 {row.version}，而日志记的是 {told.writes}：它是绕过程序改动的。"
        yield Finding(place_of(entity, row.fields), what, entity, told.key)


def _changed(column: str, row: Row, told: _Told) -> str:
    now, noted = row.fields.get(column), told.fields.get(column)
    return f"“{column}”现为“{_short(now)}”，而日志记的是“{_short(noted)}”：它是绕过程序改动的。"


def _short(value: object) -> str:
    text = "空" if value is None or value == "" else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
