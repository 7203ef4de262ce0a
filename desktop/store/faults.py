"""What the database says, told to a person: every known fault becomes a Refusal in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from desktop.domain.errors import Damaged, Refusal, Stale
from desktop.store.writable import is_too_long

KEPT = "已保存的数据未受影响，本次操作没有写入任何内容。"
UNSPEAKABLE = "内容中含有无法保存的字符（空字符或残缺字符）。"


def written_once(details: str) -> Refusal:
    """What is said to whoever would change or delete what is written once."""
    return Refusal(
        "这类记录一经写入就不能修改或删除。",
        kept="原有记录完好。",
        todo="如有变动，请另外新增一份。",
        details=details,
    )


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn faults of the database at ``place`` (a file's path or a server's name) into refusals.

    Raises:
        Stale: somebody else saved the record first.
        Damaged: the file is damaged or no database.
        Refusal: locked, read-only, full, unreachable, or against a constraint.
    """
    try:
        yield
    except StaleDataError as error:
        raise Stale("保存时发现这条记录刚刚被他人修改。") from error
    except UnicodeEncodeError as error:
        if "surrogates" not in error.reason:
            raise
        raise Refusal(UNSPEAKABLE, kept=KEPT, todo="请删除该字符后重试。", details=str(error)) from error
    except PoolTimeout as error:
        raise Refusal(f"“{place}”正忙，等待超时。", kept=KEPT, todo="请稍候再试。", details=str(error)) from error
    except DBAPIError as error:
        refusal = _refusal(error.orig, place)
        if refusal is None:
            raise
        raise refusal from error
    except (sqlite3.Error, psycopg.Error) as error:
        refusal = _refusal(error, place)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: BaseException | None, place: str) -> Refusal | None:
    if isinstance(error, sqlite3.Error):
        return _sqlite_refusal(error, place)
    if isinstance(error, psycopg.Error):
        return _postgres_refusal(error, place)
    return None


def _sqlite_refusal(error: sqlite3.Error, place: str) -> Refusal | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    details = f"{getattr(error, 'sqlite_errorname', '')}: {error}"
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        what = "不是本程序的数据文件" if primary == sqlite3.SQLITE_NOTADB else "已经损坏"
        return Damaged(
            f"“{place}”{what}，无法读取。",
            kept="程序没有改动该文件。",
            todo="请换用最近的备份，并保留该文件以便检查。",
            details=details,
        )
    if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER:
        return written_once(details)
    if primary == sqlite3.SQLITE_CONSTRAINT:
        return _constraint_refusal(reference=code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, details=details)
    if primary == sqlite3.SQLITE_CANTOPEN and is_too_long(Path(place)):
        todo = "请把文件放到层次较浅、名称较短的文件夹里，再从那里打开。"
        return Refusal(f"“{place}”的路径太长，打不开。", kept=KEPT, todo=todo, details=details)
    for codes, what, todo in _SQLITE_FAULTS:
        if code in codes or primary in codes:
            return Refusal(f"“{place}”{what}", kept=KEPT, todo=todo, details=details)
    return None


_SQLITE_FAULTS = (
    (
        (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
        "正被其他程序或其他人占用，等待了 30 秒仍未轮到。",
        "请稍候再试；若一直如此，请关闭其他打开该文件的程序。",
    ),
    (
        (sqlite3.SQLITE_READONLY_DBMOVED,),
        "不在原处了：它被移走、改名或删除，不能保存。",
        "请把文件放回原处后再试，或从它现在的位置重新打开。",
    ),
    (
        (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH),
        "是只读的，不能保存。",
        "请取消文件的“只读”属性，或向管理员要求写入权限。",
    ),
    ((sqlite3.SQLITE_FULL,), "所在磁盘已满，未能保存。", "请清理磁盘空间后重试。"),
    ((sqlite3.SQLITE_IOERR,), "所在磁盘读写出错。", "请检查磁盘、U 盘或网络盘是否断开，空间是否足够。"),
    ((sqlite3.SQLITE_CANTOPEN,), "打不开。", "请确认文件仍在原处，且有权限打开。"),
    ((sqlite3.SQLITE_TOOBIG,), "放不下这么大的内容。", "请缩短内容后重试。"),
)


def _constraint_refusal(*, reference: bool, details: str) -> Refusal:
    if reference:
        return Refusal("所引用的记录不存在或仍被其他记录引用。", kept=KEPT, todo="请刷新后重试。", details=details)
    return Refusal("与已有的记录重复或内容不全，未能保存。", kept=KEPT, todo="请核对后重试。", details=details)


def _postgres_refusal(error: psycopg.Error, place: str) -> Refusal | None:
    details = f"{error.sqlstate or type(error).__name__}: {error}"
    faults = psycopg.errors
    if isinstance(error, faults.IntegrityError):
        return _constraint_refusal(reference=isinstance(error, faults.ForeignKeyViolation), details=details)
    if isinstance(error, faults.RaiseException):
        return written_once(details)
    if isinstance(error, faults.DataError) and "NUL" in str(error):
        return Refusal(UNSPEAKABLE, kept=KEPT, todo="请删除该字符后重试。", details=details)
    for kinds, what, todo in _POSTGRES_FAULTS:
        if isinstance(error, kinds):
            return Refusal(f"数据库“{place}”{what}", kept=KEPT, todo=todo, details=details)
    if isinstance(error, psycopg.OperationalError) and (error.sqlstate is None or error.sqlstate[:2] in ("08", "57")):
        return Refusal(
            f"连接不上数据库服务器“{place}”。",
            kept="已保存的数据未受影响。",
            todo="请检查网络与服务器地址，稍后再试。",
            details=details,
        )
    return None


_POSTGRES_FAULTS: tuple[tuple[tuple[type[psycopg.Error], ...], str, str], ...] = (
    (
        (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure),
        "正忙，本次操作与他人的操作冲突。",
        "请稍候再试。",
    ),
    (
        (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege),
        "不允许您写入。",
        "请向管理员要求写入权限。",
    ),
    ((psycopg.errors.DiskFull,), "所在磁盘已满，未能保存。", "请管理员清理磁盘空间后重试。"),
    (
        (psycopg.errors.InvalidPassword, psycopg.errors.InvalidAuthorizationSpecification),
        "拒绝了您的用户名或口令。",
        "请核对后重试。",
    ),
    ((psycopg.errors.InvalidCatalogName,), "不存在。", "请核对数据库名称。"),
    (
        (psycopg.errors.DataCorrupted, psycopg.errors.IndexCorrupted),
        "报告数据已经损坏。",
        "请立即联系管理员，用备份恢复。",
    ),
)
