"""What the database says, told to a person: every known fault becomes a Refusal in plain words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from desktop.domain.conflicts import Overtaken
from desktop.domain.errors import Damaged, NotAdmitted, Refusal, Unreachable, Unsettled
from desktop.store.refusals import KEPT, UNSPEAKABLE, constraint_refusal, written_once
from desktop.store.writable import is_too_long

_IN_THE_WAY = ("40P01", "40001")
"""PostgreSQL's codes for a deadlock, and for transactions that cannot be put in an order."""


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn faults of the database at ``place`` (a file's path or a server's name) into refusals.

    Raises:
        Overtaken: somebody else saved the record first, or each waited for what the other held.
        Damaged: the file is damaged or no database.
        Unreachable: the server or the file is out of reach.
        NotAdmitted: the server does not let this login in.
        Refusal: locked, read-only, full, or against a constraint.
    """
    try:
        yield
    except StaleDataError as error:
        raise Overtaken from error
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
        raise _sorted(refusal, error.orig) from error
    except Exception as error:
        refusal = _refusal(error, place)
        if refusal is None:
            raise
        raise _sorted(refusal, error) from error


@contextmanager
def told_in_saving(place: str) -> Iterator[None]:
    """As `told`, around a save on a server: where that is out of reach, what was not saved matters, not its address.

    Raises:
        Refusal: as `told`.
    """
    try:
        with told(place):
            yield
    except Unsettled:
        raise
    except Unreachable as error:
        raise lost_in_saving(place, known=True, details=error.details or str(error)) from error


def is_lost(error: BaseException | None) -> bool:
    """Whether the driver's error says that the data went out of reach, not that it said no."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) or 0
        moved = code == sqlite3.SQLITE_READONLY_DBMOVED
        return moved or code & 0xFF in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
    if error is None or not hasattr(error, "sqlstate"):  # psycopg's: only then the driver is loaded anyway
        return False
    from psycopg import OperationalError

    state = error.sqlstate or ""
    return isinstance(error, OperationalError) and (not state or state[:2] == "08" or state[:3] == "57P")


def lost_in_saving(place: str, *, known: bool, details: str) -> Unreachable:
    """What is said where the connection broke while something was saved; ``known`` says that it was not saved."""
    if known:
        return Unreachable(
            f"没有保存：与“{place}”的连接断开了。",
            kept="您填写的内容仍在，数据没有改动。",
            todo="连接恢复后请再保存一次。",
            details=details,
        )
    return Unsettled(
        f"与“{place}”的连接在保存时断开了，还不知道有没有保存上。",
        kept="您填写的内容仍在。",
        todo="连接恢复后，程序会查明并告诉您；在那之前请不要重复保存。",
        details=details,
    )


def _sorted(refusal: Refusal, error: BaseException | None) -> Refusal:
    """The refusal as what it is: out of reach, which may pass, somebody in the way, or a no, which stands."""
    if getattr(error, "sqlstate", "") in _IN_THE_WAY:
        return Overtaken(refusal.what, refusal.todo)
    if isinstance(refusal, NotAdmitted) or not is_lost(error):
        return refusal
    return Unreachable(refusal.what, kept=refusal.kept, todo=refusal.todo, details=refusal.details)


def _refusal(error: BaseException | None, place: str) -> Refusal | None:
    if isinstance(error, sqlite3.Error):
        return _sqlite_refusal(error, place)
    if error is not None and hasattr(error, "sqlstate"):  # psycopg's: only then the driver is loaded anyway
        from psycopg import Error

        from desktop.store.server_faults import server_refusal

        return server_refusal(error, place) if isinstance(error, Error) else None
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
        return constraint_refusal(reference=code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, details=details)
    what, todo = next(((what, todo) for codes, what, todo in _SQLITE_FAULTS if {code, primary} & set(codes)), ("", ""))
    if primary == sqlite3.SQLITE_CANTOPEN and is_too_long(Path(place)):
        what, todo = "的路径太长，打不开。", "请把文件放到层次较浅、名称较短的文件夹里，再从那里打开。"
    return Refusal(f"“{place}”{what}", kept=KEPT, todo=todo, details=details) if what else None


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
