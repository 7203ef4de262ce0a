"""The whole check, in the order in which one result rests on another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from desktop.store.engine import Database
from desktop.store.schema import SchemaState, schema_state
from desktop.store.schema_history import schema_steps
from desktop.store.tables import Base, InsertOnly, SchemaChange
from desktop.store.verify.chain import Chains, check_chains, check_roots
from desktop.store.verify.content import check_contents
from desktop.store.verify.finding import TITLES, Finding
from desktop.store.verify.signatures import check_signatures
from desktop.store.verify.state import check_state

_CHECKS = 6
_STATES = {
    SchemaState.MISSING: "其中没有数据。",
    SchemaState.OLDER: "是旧版本的数据，须先升级。",
    SchemaState.NEWER: "由更新版本的程序保存，须用新版程序检查。",
    SchemaState.FOREIGN: "不是本程序的数据。",
}


Tell = Callable[[int, int, str], None]


def _silent(_done: int, _total: int, _text: str) -> None:
    pass


def verify(db: Database, tell: Tell = _silent, *, root: str = "") -> list[Finding]:
    """Check everything and change nothing; an empty list means that all agrees.

    ``tell`` is given how many of how many checks are through, and what is checked now; what it raises goes through.
    ``root`` is the fingerprint of the root key that is pinned on this machine, if one is.

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
        findings = [*_check_links(connection), *_check_guards(connection), *_check_history(connection, db)]
        chains = Chains()
        with Session(connection) as session:
            try:
                tell(1, _CHECKS, "核对日志")
                findings += check_chains(session, chains)
                tell(2, _CHECKS, "核对日志所含的变动")
                findings += check_roots(session, chains)
                tell(3, _CHECKS, "核对台账和表单")
                findings += check_state(session, chains)
                tell(4, _CHECKS, "核对签字和档案")
                findings += check_contents(session)
                tell(5, _CHECKS, "核对电子签名")
                findings += check_signatures(session, root)
            except (ValueError, TypeError) as error:
                findings.append(Finding("数据内容", f"有一栏的内容无法读取：{error}", ""))
    return findings


def _check_file(connection: Connection) -> Iterator[Finding]:
    """SQLite's own check; what a damaged file says further is not worth reading."""
    if connection.dialect.name != "sqlite":
        return
    try:
        answers = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(20)")]
    except DBAPIError as error:
        answers = [str(error.orig)]
    for answer in answers:
        if answer != "ok":
            yield Finding("数据文件", f"文件已经损坏：{answer}", "")


def _check_history(connection: Connection, db: Database) -> Iterator[Finding]:
    """The newest entry of the schema's history must be the schema that the data has."""
    steps = schema_steps(connection)
    if not steps or steps[-1].schema_no != db.schema_no:
        table = SchemaChange.__tablename__
        yield Finding(TITLES[table], "与数据现在的版本不符：有记录被增删过。", table)


def _check_links(connection: Connection) -> Iterator[Finding]:
    """Links that lead nowhere; PostgreSQL lets none come about."""
    if connection.dialect.name != "sqlite":
        return
    broken = Counter((str(row[0]), str(row[2])) for row in connection.exec_driver_sql("PRAGMA foreign_key_check"))
    for (table, target), count in broken.items():
        what = f"有 {count} 处引用了不存在的“{TITLES.get(target, target)}”记录。"
        yield Finding(TITLES.get(table, table), what, table)


def _check_guards(connection: Connection) -> Iterator[Finding]:
    """The triggers that refuse to rewrite what is written once must all be there."""
    if connection.dialect.name == "sqlite":
        query = "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name"
        needed = 2
    else:
        query = (
            "SELECT relname, count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND tgenabled <> 'D' GROUP BY relname"
        )
        needed = 1
    found = {str(name): int(count) for name, count in connection.execute(text(query))}
    for mapper in Base.registry.mappers:
        table = mapper.class_.__tablename__
        if issubclass(mapper.class_, InsertOnly) and found.get(table, 0) < needed:
            yield Finding(TITLES[table], "防止改写的保护已被去除。", table)
