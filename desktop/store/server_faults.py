"""What a PostgreSQL server says, in plain words; loaded with its driver, by offices on a server alone."""

from __future__ import annotations

import psycopg

from desktop.domain.errors import NotAllowed, Refusal
from desktop.store.guard_faults import guard_refusal
from desktop.store.refusals import KEPT, UNSPEAKABLE, constraint_refusal, written_once
from desktop.store.server_words import WRONG_PASSWORD, connect_fault


def server_refusal(error: psycopg.Error, place: str) -> Refusal | None:
    """The refusal for a fault that is known, or None."""
    details = f"{error.sqlstate or type(error).__name__}: {error}"
    faults = psycopg.errors
    if guarded := guard_refusal(error.sqlstate or "", error.diag.message_detail or "", details):
        return guarded
    if isinstance(error, faults.IntegrityError):
        return constraint_refusal(reference=isinstance(error, faults.ForeignKeyViolation), details=details)
    if isinstance(error, faults.InsufficientPrivilege):
        return _not_allowed(place, details)
    return _known_fault(error, place, details) or _connection_refusal(error, place, details)


def _known_fault(error: psycopg.Error, place: str, details: str) -> Refusal | None:
    faults = psycopg.errors
    if isinstance(error, faults.RaiseException):
        return written_once(details)
    if isinstance(error, faults.DataError) and "NUL" in str(error):
        return Refusal(UNSPEAKABLE, kept=KEPT, todo="请删除该字符后重试。", details=details)
    if isinstance(error, faults.FeatureNotSupported) and any(mark in str(error) for mark in _RECOVERING):
        error = faults.ReadOnlySqlTransaction(str(error))
    for kinds, what, todo in _POSTGRES_FAULTS:
        if isinstance(error, kinds):
            return Refusal(f"数据库“{place}”{what}", kept=KEPT, todo=todo, details=details)
    return None


def _not_allowed(place: str, details: str) -> NotAllowed:
    return NotAllowed(
        f"服务器“{place}”按制度的权限拒绝了这次操作：您的登录名不能查看或更改这里的数据。",
        kept=KEPT,
        todo="请刷新后核对；认为应当有权的，请与维护人员和角色的同事联系。",
        details=details,
    )


def _connection_refusal(error: psycopg.Error, place: str, details: str) -> Refusal | None:
    """The refusal for a connection that did not come about, or broke; None for what is no such thing."""
    if isinstance(error, psycopg.errors.InvalidAuthorizationSpecification):
        return WRONG_PASSWORD.refusal(place, details)
    if not isinstance(error, psycopg.OperationalError):
        return None
    if error.sqlstate is None and str(error).lower().startswith(_CONNECTING) and (fault := connect_fault(str(error))):
        return fault.refusal(place, details)
    if error.sqlstate is None or error.sqlstate[:2] in ("08", "57"):
        return Refusal(
            f"连接不上数据库服务器“{place}”。",
            kept="已保存的数据未受影响。",
            todo="请检查网络与服务器地址，稍后再试。",
            details=details,
        )
    return None


_RECOVERING = ("during recovery", "恢复")
"""What a replica says to a transaction that would write."""

_CONNECTING = ("connection failed", "failed to resolve", "multiple connection attempts", "connection timeout")
"""How psycopg begins to say that a connection did not come about; one that broke it tells otherwise."""

_POSTGRES_FAULTS: tuple[tuple[tuple[type[psycopg.Error], ...], str, str], ...] = (
    (
        (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure),
        "正忙，本次操作与他人的操作冲突。",
        "请稍候再试。",
    ),
    (
        (psycopg.errors.ReadOnlySqlTransaction,),
        "现在只能查看，不能保存：它是一份副本，或被设成了只读。",
        "请连接主服务器；主服务器停了的，请管理员让副本接替它。",
    ),
    ((psycopg.errors.DiskFull,), "所在磁盘已满，未能保存。", "请管理员清理磁盘空间后重试。"),
    ((psycopg.errors.InvalidCatalogName,), "不存在。", "请核对数据库名称。"),
    (
        (psycopg.errors.DataCorrupted, psycopg.errors.IndexCorrupted),
        "报告数据已经损坏。",
        "请立即联系管理员，用备份恢复。",
    ),
)
