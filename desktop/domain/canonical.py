"""Canonical text: the one spelling of a value that is stored, hashed and signed.

No floats (they have no one spelling), no NUL and no lone surrogates (PostgreSQL and UTF-8 refuse them), and no Unicode
normalisation (it would alter names).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from desktop.domain.errors import Refusal

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


def canonical_text(value: Json) -> str:
    """Spell ``value`` as JSON with sorted keys and no spare spaces.

    Raises:
        Refusal: a float, a NUL, a lone surrogate or a foreign type stands somewhere in it.
    """
    _refuse_unspeakable(value, "")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def read_canonical(text: str) -> Json:
    """Read back what ``canonical_text`` wrote; numbers with a fraction stay text-exact by being refused."""
    value: Json = json.loads(text, parse_float=_refuse_float, parse_constant=_refuse_float)
    return value


def sha256_text(text: str) -> str:
    """Lower-case hexadecimal sha256 of the UTF-8 bytes of ``text``."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def is_storable(text: str) -> bool:
    """Whether ``text`` can be stored and hashed on every engine (no NUL, no lone surrogate)."""
    return "\0" not in text and (text.isascii() or _LONE_SURROGATE.search(text) is None)


def _refuse_float(spelling: str) -> Json:
    raise Refusal(f"内容中出现小数“{spelling}”，而小数应以文字保存。")


def _refuse_unspeakable(value: Json, path: str) -> None:
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        if not is_storable(value):
            raise Refusal(
                f"“{path or '内容'}”中含有无法保存的字符（空字符或残缺字符）。",
                kept="其余内容未受影响。",
                todo="请删除该字符后重试。",
            )
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _refuse_unspeakable(key, path)
            _refuse_unspeakable(item, f"{path}/{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _refuse_unspeakable(item, f"{path}[{index + 1}]")
    else:
        raise Refusal(f"“{path or '内容'}”是不能保存的类型（{type(value).__name__}）。")
