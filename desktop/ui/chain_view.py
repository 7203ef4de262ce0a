"""The chain of signatures of a filing: who signed when, whose turn it is, what no longer holds and why."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.domain.approval import Progress, StepState, StepStatus
from desktop.domain.form import Form
from desktop.ui.nodes import Mark, Node, NodeLine

_MARKS: dict[StepState, Mark] = {
    StepState.SIGNED: "done",
    StepState.VOID: "void",
    StepState.RETURNED: "wrong",
    StepState.REJECTED: "wrong",
    StepState.OPEN: "todo",
    StepState.SKIPPED: "skipped",
}
_ASSUMED = "制度原文没有写明这一步，须由办公室确认"


class ChainView(NodeLine):
    """Shows a filing's chain."""

    def __init__(self) -> None:
        super().__init__("审批流")

    def show_chain(
        self, first: Node, progress: Progress, form: Form, holders: Mapping[str, str], *, live: bool
    ) -> None:
        """Show who filled the form in (``first``) and every step.

        ``holders`` names who may sign an open step; ``live`` says that the filing is in approval, so that somebody's
        turn it is.
        """
        due = {step.key for step in progress.due} if live else set()
        steps = [_node(status, form, holders, due=status.step.key in due) for status in progress.steps]
        self.set_nodes([first, *steps])


def _node(status: StepStatus, form: Form, holders: Mapping[str, str], *, due: bool) -> Node:
    step = status.step
    mark: Mark = "now" if due and status.state in {StepState.OPEN, StepState.RETURNED} else _MARKS[status.state]
    lines = _lines(status, holders, due=due)
    title = f"{step.title} *" if step.assumed else step.title
    return Node(title, tuple(lines), mark, tip=_tip(status, form, holders))


def _lines(status: StepStatus, holders: Mapping[str, str], *, due: bool) -> list[str]:
    signed = status.sign_off
    if signed is None or status.state is StepState.SKIPPED:
        words = "不适用" if status.state is StepState.SKIPPED else ("待签" if due else "")
        who = holders.get(status.step.key, "")
        return [f"{who} {words}".strip()]
    if due and status.state is StepState.RETURNED:
        return [f"{holders.get(status.step.key, '')} 待签".strip(), f"{signed.on:%m-%d} 曾退回"]
    paper = "（纸面）" if signed.on_paper else ""
    first = f"{signed.signer_name} {signed.on:%m-%d}{paper}"
    words = {
        StepState.VOID: "内容已改，需重签",
        StepState.RETURNED: "退回",
        StepState.REJECTED: "否决",
    }.get(status.state, "")
    return [first, words] if words else [first]


def _tip(status: StepStatus, form: Form, holders: Mapping[str, str]) -> str:
    told = [status.step.title]
    if status.step.rule:
        told[0] += f"（{status.step.rule}）"
    signed = status.sign_off
    if signed is not None:
        told.append(f"{signed.signer_name}　{signed.on.isoformat()}　{signed.decision.label}")
        if signed.opinion:
            told.append(f"意见：{signed.opinion}")
        if signed.on_paper:
            told.append(f"纸面签字，由{signed.recorded_name}代录")
    elif holders.get(status.step.key):
        told.append(f"可签：{holders[status.step.key]}")
    if status.changed:
        titles = "、".join(form.section(key).title for key in status.changed if form.has(key))
        told.append(f"签字后“{titles}”有改动，原签字失效")
    if status.step.assumed:
        told.append(_ASSUMED)
    return "\n".join(told)
