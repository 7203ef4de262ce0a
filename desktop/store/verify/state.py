"""State against journal: every journaled table must be the fold of its changes, row by row, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.canonical import Json
from desktop.domain.errors import Damaged
from desktop.store.bodies import Body, read_body
from desktop.store.journal import change_hash
from desktop.store.shapes import Shape, journaled_shapes
from desktop.store.tables import Change
from desktop.store.verify.chain import Chains
from desktop.store.verify.finding import Finding, place_of
from desktop.store.verify.rows import Row, rows_of

LONGEST = 40


@dataclass(slots=True)
class _Told:
    """What the journal says of one record; ``whole`` is false where a body is withheld or cannot be trusted."""

    key: str
    exists: bool = False
    whole: bool = True
    writes: int = 0
    fields: dict[str, Json] = field(default_factory=dict)


def check_state(session: Session, chains: Chains) -> Iterator[Finding]:
    """Compare each journaled table with the journal, and the bodies of the journal with their hashes."""
    shapes = journaled_shapes()
    for shape in shapes.values():
        altered: list[Finding] = []
        yield from _compare(session, shape, _told(session, shape.entity, chains, altered))
        yield from altered
    strange = select(Change.entity).where(Change.entity.not_in(list(shapes))).distinct()
    for entity in session.scalars(strange):
        yield Finding("日志", f"有变动涉及不认识的表“{entity}”。", "change", entity)


def _told(session: Session, entity: str, chains: Chains, altered: list[Finding]) -> Iterator[_Told]:
    """Fold the changes of one table, record by record in the order of their keys."""
    query = (
        select(Change.entity_id, Change.changeset_id, Change.n, Change.salt, Change.body, Change.hash, Change.op)
        .where(Change.entity == entity)
        .order_by(Change.entity_id)
    )
    rows = session.execute(query.execution_options(yield_per=5000))
    for key, group in groupby(rows, key=lambda row: str(row.entity_id)):
        told = _Told(key)
        for row in sorted(group, key=lambda row: _order(row, chains)):
            link = chains.links.get(row.changeset_id)
            body = None
            if row.body is not None and link is not None:
                body = _trusted(row, entity, link.schema_no)
                if body is None:
                    altered.append(Finding(link.where, "一条变动的内容被改动过。", "change", key))
            _fold(told, body)
        yield told


def _order(row: Any, chains: Chains) -> tuple[int, str, int]:  # noqa: ANN401 - a row of a query
    link = chains.links.get(row.changeset_id)
    return (0, "", row.n) if link is None else (link.lamport, link.device, row.n)


def _trusted(row: Any, entity: str, schema_no: int) -> Body | None:  # noqa: ANN401 - a row of a query
    """The body, where it is what was sealed and tells of just this record."""
    try:
        if change_hash(row.salt, row.body) != row.hash:
            return None
        body = read_body(row.body, schema_no)
    except (ValueError, Damaged):
        return None
    return body if (body.entity, body.id, body.op) == (entity, row.entity_id, row.op) else None


def _fold(told: _Told, body: Body | None) -> None:
    if body is None:
        told.whole = False
        return
    if body.op == "delete":
        told.exists, told.writes, told.fields = False, 0, {}
        return
    told.exists = True
    told.writes += 1
    for key, value in body.fields.items():
        match value:
            case [_, new] if body.op == "update":
                told.fields[key] = new
            case _:
                told.fields[key] = value


def _compare(session: Session, shape: Shape, stream: Iterator[_Told]) -> Iterator[Finding]:
    """Walk table and journal side by side; both come in the order of their keys."""
    told = next(stream, None)
    for row in rows_of(session, shape):
        while told is not None and told.key < row.key:
            yield from _missing(told, shape.entity)
            told = next(stream, None)
        if told is None or told.key != row.key or (told.whole and not told.exists):
            what = "日志中没有这条记录：它是绕过程序添加的。"
            yield Finding(place_of(shape.entity, row.fields), what, shape.entity, row.key)
        elif told.whole:
            yield from _differences(shape.entity, row, told)
        if told is not None and told.key == row.key:
            told = next(stream, None)
    while told is not None:
        yield from _missing(told, shape.entity)
        told = next(stream, None)


def _missing(told: _Told, entity: str) -> Iterator[Finding]:
    if told.exists and told.whole:
        yield Finding(place_of(entity, told.fields), "记录缺失：它是绕过程序删除的。", entity, told.key)


def _differences(entity: str, row: Row, told: _Told) -> Iterator[Finding]:
    if row.fields != told.fields:
        for column in sorted(row.fields.keys() | told.fields.keys()):
            now, noted = row.fields.get(column), told.fields.get(column)
            if now != noted:
                what = f"“{column}”现为“{_short(now)}”，而日志记的是“{_short(noted)}”：它是绕过程序改动的。"
                yield Finding(place_of(entity, row.fields), what, entity, told.key)
    if row.version is not None and row.version != told.writes:
        what = f"保存次数现为 {row.version}，而日志记的是 {told.writes}：它是绕过程序改动的。"
        yield Finding(place_of(entity, row.fields), what, entity, told.key)


def _short(value: object) -> str:
    text = "空" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
