"""Statements about keys as small text files, which may also be pasted: requests coming in, cards going out.

Whatever a mail program does to the lines around and inside the block, what stands in it is signed.
"""

from __future__ import annotations

import base64
import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from desktop.domain.canonical import Json, canonical_text, read_canonical
from desktop.domain.errors import Damaged, Refusal
from desktop.domain.statements import Statement
from desktop.store.writable import reason, write_whole

SUFFIX = ".epmkey"
_BEGIN, _END = "-----BEGIN EPM KEY STATEMENTS-----", "-----END EPM KEY STATEMENTS-----"
_BLOCK = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
_MOST_BYTES = 4 << 20
_KEYS = {"id", "kind", "key", "person", "text", "by", "sig"}


def paper_text(heading: Iterable[str], statements: Sequence[Statement]) -> str:
    """A file's text: lines for people, then the statements in a block."""
    rows: list[Json] = [
        {
            "id": str(one.id),
            "kind": one.kind,
            "key": one.key,
            "person": str(one.person_id) if one.person_id else "",
            "text": one.text,
            "by": one.signed_by,
            "sig": one.signature,
        }
        for one in statements
    ]
    block = base64.b64encode(canonical_text(rows).encode("utf-8")).decode("ascii")
    return "\n".join([*heading, "", _BEGIN, *textwrap.wrap(block, 64), _END, ""])


def read_paper(text: str) -> list[Statement]:
    """The statements in a file or in pasted text; whether they are signed is not looked at.

    Raises:
        Damaged: there are none in it, or they are cut.
    """
    found = _BLOCK.search(text)
    try:
        if found is None:
            raise _not_a_paper("no block")
        packed = re.sub(r"[\s>]", "", found.group(1))  # mail programs quote and wrap
        rows: Any = read_canonical(base64.b64decode(packed, validate=True).decode("utf-8"))
        return [_statement(row) for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _not_a_paper(str(error)) from error


def read_paper_file(file: Path) -> list[Statement]:
    """The statements in a file.

    Raises:
        Damaged: it is no such file. Refusal: it cannot be read.
    """
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise _not_a_paper("too large")
        return read_paper(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _not_a_paper(str(error)) from error
    except OSError as error:
        raise Refusal(f"“{file}”读不出来。", kept="没有作任何改动。", details=str(error)) from error


def save_paper(file: Path, text: str) -> None:
    """Write a paper whole or not at all.

    Raises:
        Refusal: it cannot be written.
    """
    try:
        write_whole(file, text)
    except OSError as error:
        raise Refusal(f"“{file}”写不进去：{reason(error)}。", kept="没有作任何改动。", details=str(error)) from error


def _statement(row: Any) -> Statement:  # noqa: ANN401 - whatever a file may hold
    if set(row) != _KEYS or not all(isinstance(value, str) for value in row.values()):
        raise ValueError("not a statement")
    person = UUID(row["person"]) if row["person"] else None
    return Statement(UUID(row["id"]), row["kind"], row["key"], person, row["text"], row["by"], row["sig"])


def _not_a_paper(details: str) -> Damaged:
    return Damaged(
        "这里面没有密钥请求或身份证明，或者它已经残缺。",
        kept="没有作任何改动。",
        todo=f"请选择本程序存出的 {SUFFIX} 文件；粘贴的文字要连同 BEGIN 和 END 两行。",
        details=details,
    )
