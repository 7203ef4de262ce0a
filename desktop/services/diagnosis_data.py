"""What a report says of an office's data: engine, sizes, numbers of rows, what a check found; never any content."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from desktop.domain.errors import Damaged, Refusal
from desktop.services.diagnosis_errors import links_of
from desktop.services.diagnosis_paths import drive_kind, masked
from desktop.services.office import Office
from desktop.store.engine import Database, open_database
from desktop.store.inventory import engine_name, engine_settings, row_counts, strange_tables
from desktop.store.places import sync_warning
from desktop.store.schema import SchemaState, schema_state
from desktop.store.schema_history import schema_steps
from desktop.store.verify import Finding, verify
from desktop.store.verify.finding import TITLES
from desktop.store.writable import trouble_of_saving

Lines = list[tuple[str, str]]
Tell = Callable[[int, int, str], None]

_STATES = {
    SchemaState.MISSING: "没有找到数据（文件不在，或是空的）",
    SchemaState.CURRENT: "与本程序一致",
    SchemaState.OLDER: "旧版本，须升级",
    SchemaState.NEWER: "由更新版本的程序升级过，本程序不能打开",
    SchemaState.FOREIGN: "不是本程序的数据",
}
_LOCAL = frozenset({"", "localhost", "127.0.0.1", "::1"})
_HEADER = b"SQLite format 3\x00"
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]{0,20}", re.ASCII)

KINDS = (
    "日志不连续",
    "与前一条日志接不上",
    "日志表头与其校验值不符",
    "日志表头与所列各栏不符",
    "日志末尾与登记的不符",
    "有日志而未登记",
    "有变动不属于任何一条日志",
    "所含的变动被增删或改动过",
    "所含的变动全部缺失",
    "制度全文与其校验值不符",
    "内容与其校验值不符",
    "各部分与整份的校验值不符",
    "签字所确认的内容无法读取",
    "签字所确认的内容在该申请单中找不到",
    "文件内容与存入时不符",
    "文件内容缺失",
    "一条变动的内容被改动过",
    "有变动涉及不认识的表",
    "绕过程序添加",
    "绕过程序删除",
    "绕过程序改动",
    "有一栏的内容无法读取",
    "文件已经损坏",
    "引用了不存在的",
    "防止改写的保护已被去除",
    "与数据现在的版本不符",
    "另一安装点的日志缺失",
    "身份登记不算数",
    "根密钥",
    "电子签名未能验证",
    "签名的密钥在保存之前已经吊销",
    "电子签名被去掉了",
    "电子签名被换过",
    "安装点已自",
    "版本的记录与前一条接不上",
    "没有与此相符的清除记录",
    "变动的先后不合",
    "与程序安装的不同",
    "打印以后，它和它以前的记录有改动",
    "数据的版本与程序不符",
)
"""What a check may find wrong, told by words that hold nothing of the data."""


def reason_of(error: BaseException) -> str:
    """Why data could not be opened, in words of our own: the message may name servers, people and folders."""
    chain = [error, *_causes(error)]
    names = {str(getattr(item, "sqlite_errorname", "")) for item in chain} - {""}
    states = {str(getattr(item, "sqlstate", "") or "") for item in chain} - {""}
    numbers = {item.errno for item in chain if isinstance(item, OSError) and item.errno}
    codes = "，".join([*sorted(names), *(f"SQLSTATE {state}" for state in sorted(states))])
    told = f"（{codes}）" if re.fullmatch(r"[\w ，]+", codes) else ""
    for beginning, words in _REASONS:
        if any(name.startswith(beginning) for name in names):
            return f"{words}{told}"
    if states or any("psycopg" in link.kind for link in links_of(error)):
        return f"数据库服务器连接不上或拒绝了连接{told}"
    if isinstance(error, Damaged):
        return f"数据文件损坏，或不是数据文件{told}"
    if numbers:
        return (
            f"系统报告读写错误（{'，'.join(errno.errorcode.get(number, str(number)) for number in sorted(numbers))}）"
        )
    if isinstance(error, Refusal):
        return f"程序没有打开它{told}"
    return f"没有预料到的错误（{links_of(error)[0].kind}）{told}"


_REASONS = (
    ("SQLITE_CORRUPT", "数据文件已经损坏"),
    ("SQLITE_NOTADB", "不是本程序的数据文件，或文件开头已经损坏"),
    ("SQLITE_BUSY", "正被其他程序占用"),
    ("SQLITE_LOCKED", "正被其他程序占用"),
    ("SQLITE_READONLY", "只读，不能写入"),
    ("SQLITE_PERM", "没有权限"),
    ("SQLITE_FULL", "磁盘已满"),
    ("SQLITE_IOERR", "磁盘读写出错"),
    ("SQLITE_CANTOPEN", "打不开"),
)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    found: BaseException | None = error
    while found is not None:
        found = getattr(found, "orig", None) or found.__cause__ or found.__context__
        if found is None or id(found) in seen:
            return
        seen.add(id(found))
        yield found


def place_lines(subject: Office | str) -> Lines:
    """Where the data lies and what surrounds it, without a server's or a folder's name."""
    database, own = _database_of(subject)
    if database is None:
        return [("数据位置", "写法不认识")]
    try:
        if database.file is None:
            url = database.url
            local = (url.host or "") in _LOCAL or (url.host or "").startswith("/")
            return [
                ("数据位置", f"PostgreSQL 服务器（{'本机' if local else '别的机器'}，端口 {url.port or 5432}）"),
                ("连接参数", "、".join(sorted(key for key in url.query if key.isascii())) or "无"),
            ]
        return _file_lines(database.file)
    finally:
        if own:
            database.close()


def _file_lines(file: Path) -> Lines:
    lines = [
        ("数据文件", f"{masked(file)}（路径共 {len(str(file))} 个字）"),
        ("所在的盘", drive_kind(file) or "未知"),
        ("在同步文件夹中", "是" if sync_warning(file, os.environ) else "否"),
    ]
    try:
        found = file.stat()
    except OSError as error:
        return [*lines, ("数据文件的状态", f"看不到（{errno.errorcode.get(error.errno or 0, '未知')}）")]
    lines.append(("数据文件大小", f"{found.st_size:,} 字节"))
    lines.append(("可以保存", "否" if trouble_of_saving(file) else "是"))
    for ending in ("-journal", "-wal", "-shm"):
        beside = file.with_name(file.name + ending)
        if beside.exists():
            lines.append((f"旁边有 {ending} 文件", f"{beside.stat().st_size:,} 字节"))
    return lines


def state_lines(subject: Office | str) -> tuple[Lines, bool]:
    """Engine, schema and numbers of rows; and whether the data could be read at all."""
    database, own = _database_of(subject)
    if database is None:
        return [("数据", "没有打开：位置的写法不认识")], False
    try:
        return _state(database)
    except Exception as error:  # noqa: BLE001 – a report of what is wrong with the data must come out
        lines = [("数据", f"没有打开：{reason_of(error)}")]
        if own and database.file is not None:  # nothing in this process holds it open
            database.close()
            lines += _header_lines(database.file)
        return lines, False
    finally:
        if own:
            database.close()


def _state(database: Database) -> tuple[Lines, bool]:
    state = schema_state(database)
    lines = [("数据版本", f"{_STATES[state]}（本程序为 {database.schema_no:04d}）")]
    lines.append(("引擎", engine_name(database)))
    if state is SchemaState.MISSING:
        return lines, False
    with database.connecting() as connection:
        steps = schema_steps(connection)
    for step in steps:
        by = step.program if _VERSION.fullmatch(step.program) else "未知"
        when = step.at.date().isoformat() if step.at else "日期不明"
        lines.append((f"版本 {step.schema_no:04d}", f"由 {by} 版程序于 {when} 写成"))
    lines += [(f"设置 {name}", value) for name, value in engine_settings(database).items()]
    lines += [(f"行数 {TITLES.get(name, '')} {name}", f"{count:,}") for name, count in row_counts(database).items()]
    if others := strange_tables(database):
        lines.append(("不属于本程序的表", f"{others} 个"))
    return lines, state is SchemaState.CURRENT


def _header_lines(file: Path) -> Lines:
    """How a file begins that could not be opened: overwritten, emptied, encrypted?"""
    try:
        with file.open("rb") as stream:
            start = stream.read(4096)
    except OSError as error:
        return [("文件开头", f"读不出来（{errno.errorcode.get(error.errno or 0, '未知')}）")]
    if start.startswith(_HEADER):
        return [("文件开头", "是数据文件的样子")]
    if not start:
        return [("文件开头", "文件是空的")]
    return [("文件开头", "全是零字节" if not any(start) else f"不是数据文件的样子（{len(set(start))} 种字节）")]


def finding_lines(subject: Office | str, tell: Tell) -> Lines:
    """Check everything; how many findings of which kind in which table.

    Raises:
        Refusal: the data cannot be read.
    """
    database, own = _database_of(subject)
    if database is None:
        return []
    try:
        found = Counter((_table_of(finding), kind_of(finding)) for finding in verify(database, tell))
    finally:
        if own:
            database.close()
    if not found:
        return [("核对结果", "全部核对无误")]
    rows = [(f"{table}，{kind}", f"{count:,} 处") for (table, kind), count in sorted(found.items())]
    return [("核对结果", f"发现 {found.total():,} 处不符"), *rows]


def kind_of(finding: Finding) -> str:
    """What kind of thing does not agree."""
    return next((kind for kind in KINDS if kind in finding.what), "其他")


def _table_of(finding: Finding) -> str:
    return TITLES.get(finding.table, "整个文件" if not finding.table else "其他")


def _database_of(subject: Office | str) -> tuple[Database | None, bool]:
    """The data, and whether it was opened here and is to be closed again; None where its place makes no sense."""
    if isinstance(subject, Office):
        return subject.database, False
    try:
        return open_database(subject), True
    except (Refusal, ValueError):
        return None, False


def engine_of(subject: Office | str) -> str:
    """The engine that holds the data, with its version.

    Raises:
        Refusal: the server cannot be reached.
    """
    database, own = _database_of(subject)
    if database is None:
        return f"SQLite {sqlite3.sqlite_version}"
    try:
        return engine_name(database)
    finally:
        if own:
            database.close()
