"""The lock of this installation: a code that is asked for before somebody sits down at a locked screen.

It keeps passers-by from the screen and is no protection of the data file, which whoever owns the machine can read;
what keeps others out is the machine's own login. Only a hash of the code is kept, and only on this machine.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.errors import Damaged, Refusal
from desktop.services.home import Home
from desktop.store.writable import write_whole

SHORTEST = 4
_FILE = "lock.json"
_COST, _BLOCK, _LANES, _MEMORY = 1 << 15, 8, 1, 64 << 20


@dataclass(frozen=True)
class _Kept:
    salt: bytes
    digest: bytes


def has_code(home: Home) -> bool:
    """Whether a code was set.

    Raises:
        Damaged: the file that holds it is unreadable.
    """
    return _read(home) is not None


def set_code(home: Home, code: str) -> None:
    """Set or replace the code.

    Raises:
        Refusal: it is too short, or cannot be kept.
    """
    if len(code) < SHORTEST:
        raise Refusal(f"锁定密码至少要 {SHORTEST} 个字符。", kept="没有作任何改动。")
    salt = secrets.token_bytes(16)
    text = json.dumps({"salt": salt.hex(), "scrypt": _digest(code, salt).hex()})
    try:
        write_whole(_file(home), text)
    except OSError as error:
        raise Refusal("锁定密码没有保存。", todo="请检查程序文件夹能否写入。", details=str(error)) from error


def remove_code(home: Home) -> None:
    """Go without a code.

    Raises:
        Refusal: the file cannot be removed.
    """
    try:
        _file(home).unlink(missing_ok=True)
    except OSError as error:
        raise Refusal("锁定密码没有取消。", todo="请检查程序文件夹能否写入。", details=str(error)) from error


def code_fits(home: Home, code: str) -> bool:
    """Whether this is the code; any is where none was set.

    Raises:
        Damaged: the file that holds it is unreadable.
    """
    kept = _read(home)
    return kept is None or hmac.compare_digest(_digest(code, kept.salt), kept.digest)


def _digest(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=_MEMORY)


def _file(home: Home) -> Path:
    return home.folder / _FILE


def _read(home: Home) -> _Kept | None:
    file = _file(home)
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return _Kept(bytes.fromhex(data["salt"]), bytes.fromhex(data["scrypt"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(
            f"锁定密码的文件“{file}”无法读取。",
            kept="办公室的数据没有受影响。",
            todo="请管理这台电脑的人删除该文件，重新打开程序后再设密码。",
            details=str(error),
        ) from error
