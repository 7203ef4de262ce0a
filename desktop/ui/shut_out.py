"""What is told whoever sits at an office that lets them in no more, before its window goes."""

from __future__ import annotations

from desktop.domain.errors import Refusal, ShutOut

_KEPT = "已保存的数据未受影响，填写中的表单仍在本机的草稿里。"


def told_of(error: Refusal, unsaved: str) -> ShutOut:
    """The reason, with what is kept and what is not; ``unsaved`` names what stood on pages that keep no drafts."""
    gone = f"{unsaved}的修改没有保存。" if unsaved else ""
    return ShutOut(error.what, kept=f"{_KEPT}{gone}", todo=error.todo, details=error.details)
