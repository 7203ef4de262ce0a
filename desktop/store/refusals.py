"""What is said in the same words whichever engine found the fault."""

from __future__ import annotations

from desktop.domain.errors import Refusal

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


def constraint_refusal(*, reference: bool, details: str) -> Refusal:
    """What is said when the database's own rules forbid it; ``reference``: a link would lead nowhere."""
    if reference:
        return Refusal("所引用的记录不存在或仍被其他记录引用。", kept=KEPT, todo="请刷新后重试。", details=details)
    return Refusal("与已有的记录重复或内容不全，未能保存。", kept=KEPT, todo="请核对后重试。", details=details)
