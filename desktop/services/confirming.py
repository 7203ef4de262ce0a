"""Confirming the lines of a form one by one before signing it (CHG-5, CLOSE-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from desktop.domain.errors import NotAllowed, Refusal
from desktop.domain.form import lines_of
from desktop.services.approving import open_step
from desktop.services.chains import signs_as
from desktop.services.line_checks import NO, YES, write_check
from desktop.services.office import Work

_NOTHING = "没有作任何改动。"


@dataclass(frozen=True)
class LineMark:
    """What a signer found of one line: right or not, and a remark (needed where it is not right)."""

    section: str
    line: str
    right: bool
    remark: str = ""


def confirm_lines(work: Work, filing_id: UUID, step_key: str, marks: Sequence[LineMark], *, seen_sha256: str) -> None:
    """Write down what the signer of a step found of its lines, one by one; the newest of a line counts.

    Raises:
        NotAllowed: the step is another's.
        Stale: the content has changed since it was read.
        Refusal: it is not that step's turn, it confirms no lines, a line is not there, or one that is not right bears
            no remark.
    """
    turn = open_step(work, filing_id, step_key, seen_sha256)
    if signs_as(work, work.actor, turn.filing, turn.stored.content, turn.status) is None:
        raise NotAllowed(f"“{turn.step.title}”这一步不由您签字。", kept=_NOTHING, todo="请由签字人本人逐项确认。")
    if not turn.step.confirms:
        raise Refusal(f"“{turn.step.title}”这一步不用逐项确认。", kept=_NOTHING)
    lines = {
        (key, str(line["id"])): (number, line)
        for key in turn.step.confirms
        for number, line in enumerate(lines_of(turn.stored.content, key), 1)
    }
    for mark in marks:
        if (mark.section, mark.line) not in lines:
            raise Refusal("要确认的一行已经不在表单上。", kept=_NOTHING, todo="请刷新后再试。")
        number, line = lines[mark.section, mark.line]
        if not mark.right and not mark.remark.strip():
            raise Refusal(f"第 {number} 行不符，请写明哪里不符。", kept=_NOTHING, todo="请填写说明后再试。")
        write_check(work, filing_id, mark.section, line, YES if mark.right else NO, mark.remark)
