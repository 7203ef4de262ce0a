"""The whole check, in the order in which one result rests on another."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from desktop.store.engine import Database
from desktop.store.schema import SchemaState, schema_state
from desktop.store.schema_history import schema_steps
from desktop.store.tables import SchemaChange
from desktop.store.verify.anchors import Anchors, check_anchors
from desktop.store.verify.chain import Chains, check_chains, check_roots
from desktop.store.verify.content import check_contents
from desktop.store.verify.finding import TITLES, Finding
from desktop.store.verify.guarded import check_guarded
from desktop.store.verify.guards import check_guards
from desktop.store.verify.signatures import check_signatures
from desktop.store.verify.state import check_state

_CHECKS = 7
_STATES = {
    SchemaState.MISSING: "其中没有数据。",
    SchemaState.OLDER: "是旧版本的数据，须先升级。",
    SchemaState.NEWER: "由更新版本的程序保存，须用新版程序检查。",
    SchemaState.FOREIGN: "不是本程序的数据。",
}


Tell = Callable[[int, int, str], None]


def _silent(_done: int, _total: int, _text: str) -> None:
    pass


def verify(db: Database, tell: Tell = _silent, *, root: str = "", anchors: Anchors | None = None) -> list[Finding]:
    """Check everything and change nothing; an empty list means that all agrees.

    ``tell`` is given how many of how many checks are through, and what is checked now; what it raises goes through.
    ``root`` is the fingerprint of the root key that is pinned on this machine, if one is; ``anchors`` is what
    was seen of the chains before and must still stand in them.

    Raises:
        Refusal: the database cannot be read at all (Damaged: it is no database).
    """
    state = schema_state(db)
    if state is not SchemaState.CURRENT:
        return [Finding("数据版本", _STATES[state], "")]
    tell(0, _CHECKS, "核对数据文件")
    with db.connecting() as connection:
        damage = list(_check_file(connection))
        if damage:
            return damage
        findings = [*_check_links(connection), *check_guards(connection), *_check_history(connection, db)]
        findings += check_guarded(connection)
        findings += _read_all(connection, tell, root, anchors or Anchors())
    return findings


def _read_all(connection: Connection, tell: Tell, root: str, anchors: Anchors) -> list[Finding]:
    """Read all rows; texts that are no UTF-8, of which SQLite stores any, are named and not choked on."""
    try:
        return _run(connection, tell, root, anchors)
    except OperationalError as error:
        raw: object = connection.connection.dbapi_connection
        if not isinstance(raw, sqlite3.Connection) or "decode" not in str(error.orig):
            raise
        raw.text_factory = _text_of  # slower by far, and so not for every file
        try:
            return _run(connection, tell, root, anchors)
        finally:
            raw.text_factory = str


def _run(connection: Connection, tell: Tell, root: str, anchors: Anchors) -> list[Finding]:
    findings: list[Finding] = []
    with Session(connection) as session:
        for number, (words, check) in enumerate(_checks(session, root, anchors), 1):
            tell(number, _CHECKS, words)
            findings += _found(words, check)
    return findings


def _checks(session: Session, root: str, anchors: Anchors) -> Iterator[tuple[str, Iterator[Finding]]]:
    chains = Chains()
    yield "核对日志", check_chains(session, chains)
    yield "核对曾经见过的日志末尾", check_anchors(chains, anchors)
    yield "核对日志所含的变动", check_roots(session, chains)
    yield "核对台账和表单", check_state(session, chains)
    yield "核对签字和档案", check_contents(session)
    yield "核对电子签名", check_signatures(session, root)


def _found(words: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """What a check finds; where a column's content cannot be read it ends, and the next check goes on."""
    try:
        yield from findings
    except (ValueError, TypeError, AttributeError) as error:
        yield Finding("数据内容", f"{words}时有一栏的内容无法读取：{error}", "")


def _text_of(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _check_file(connection: Connection) -> Iterator[Finding]:
    """SQLite's own check, indexes included; what a damaged file says further is not worth reading."""
    if connection.dialect.name != "sqlite":
        return
    try:
        answers = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
    except DBAPIError as error:
        answers = [str(error.orig)]
    for answer in answers:
        if answer != "ok":
            yield Finding("数据文件", f"文件已经损坏：{answer}", "")


def _check_history(connection: Connection, db: Database) -> Iterator[Finding]:
    """The schema's history must lead, step by step, to the schema that the data has."""
    table = SchemaChange.__tablename__
    steps = schema_steps(connection)
    if not steps or steps[-1].schema_no != db.schema_no:
        yield Finding(TITLES[table], "与数据现在的版本不符：有记录被增删过。", table)
    before: int | None = None
    for step in steps:
        if step.upgraded_from != before:
            what = f"第 {step.schema_no} 号版本的记录与前一条接不上。"
            yield Finding(TITLES[table], what, table, str(step.schema_no))
        before = step.schema_no


def _check_links(connection: Connection) -> Iterator[Finding]:
    """Links that lead nowhere; PostgreSQL lets none come about."""
    if connection.dialect.name != "sqlite":
        return
    broken = Counter((str(row[0]), str(row[2])) for row in connection.exec_driver_sql("PRAGMA foreign_key_check"))
    for (table, target), count in broken.items():
        what = f"有 {count} 处引用了不存在的“{TITLES.get(target, target)}”记录。"
        yield Finding(TITLES.get(table, table), what, table)
