"""A policy in words as a print, for the meeting that confirms it."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.domain.filing import short_hash
from desktop.domain.policy import Policy
from desktop.domain.policy_chapters import Chapter, Part, Statement, count_assumed
from desktop.paper.kinds import ordinals
from desktop.paper.sheet import Align, Block, Column, Grid, Sheet, Table, TableRow

_COLUMNS = (Column("事项", 2.0), Column("规定", 7.0), Column("依据", 1.6, Align.CENTRE))
_MARK = "【须确认】"


def policy_sheet(
    policy: Policy, chapters: tuple[Chapter, ...], *, company: str, logo: bytes | None = None, subtitle: str = ""
) -> Sheet:
    """The sheet that says these chapters of a policy; ``subtitle`` tells where they are not the whole of it."""
    return Sheet(
        title=policy.title,
        company=company,
        blocks=tuple(_blocks(chapters)),
        subtitle=subtitle,
        logo=logo,
        form_code=f"制度 {policy.key}",
        number=f"{policy.version} 版",
        number_label="版本",
        dated=f"须确认 {count_assumed(chapters)} 处",
        digest=short_hash(policy.sha256),
        notes=(f"标有{_MARK}的，制度原文没有写明，由程序推定，请单位确认后在制度文件中去掉这个标记。",),
    )


def _blocks(chapters: tuple[Chapter, ...]) -> Iterator[Block]:
    numbers = ordinals()
    for chapter in chapters:
        yield Grid((), f"{next(numbers)}、{chapter.title}")
        for part in chapter.parts:
            yield _table(part)


def _table(part: Part) -> Table:
    return Table(part.title, _COLUMNS, tuple(map(_row, part.statements)), numbered=False)


def _row(one: Statement) -> TableRow:
    basis = "\n".join(text for text in (one.strength, one.rule) if text)
    return TableRow((one.label, f"{_MARK if one.assumed else ''}{one.text}", basis))
