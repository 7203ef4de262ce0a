"""The chain of signatures of a filing: who signed when, whose turn it is, what no longer holds and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.domain.approval import Progress, SignOff, StepState, StepStatus
from desktop.domain.chain_edits import lane_of, stage_of
from desktop.domain.form import Form
from desktop.domain.policy_papers import Step
from desktop.ui.nodes import Mark, Node, NodeLine

_MARKS: dict[StepState, Mark] = {
    StepState.SIGNED: "done",
    StepState.PARTLY: "todo",
    StepState.AGAIN: "void",
    StepState.VOID: "void",
    StepState.RETURNED: "wrong",
    StepState.REJECTED: "wrong",
    StepState.OPEN: "todo",
    StepState.SKIPPED: "skipped",
}
_ASSUMED = "制度原文没有写明这一步，须由办公室确认"
_OPEN = frozenset({StepState.OPEN, StepState.PARTLY, StepState.AGAIN, StepState.RETURNED})


@dataclass(frozen=True)
class Standing:
    """What a chain does not know itself: who may sign the steps that are due, by when, and which day it is."""

    holders: Mapping[str, str] = field(default_factory=dict)
    due_on: Mapping[str, dt.date] = field(default_factory=dict)
    today: dt.date = dt.date.min


class ChainView(NodeLine):
    """Shows a filing's chain."""

    def __init__(self) -> None:
        super().__init__("审批流")

    def show_chain(
        self,
        first: Node,
        progress: Progress,
        form: Form,
        holders: Mapping[str, str],
        *,
        live: bool,
        due_on: Mapping[str, dt.date] | None = None,
        today: dt.date = dt.date.min,
    ) -> None:
        """Show who filled the form in (``first``) and every step.

        ``holders`` names who may sign an open step, ``due_on`` by when a step that is due must be signed; ``live`` says
        that the filing is in approval, so that somebody's turn it is.
        """
        standing = Standing(holders, due_on or {}, today)
        due = {step.key for step in progress.due} if live else set()
        nodes = [first]
        before: Step | None = None
        for status in progress.steps:
            step = status.step
            beside = before is not None and stage_of(before) == stage_of(step) and lane_of(before) != lane_of(step)
            nodes.append(_Shown(status, progress, form, standing, due=step.key in due).node(beside=beside))
            before = step
        self.set_nodes(nodes)


@dataclass(frozen=True)
class _Shown:
    """One step as it is to be shown."""

    status: StepStatus
    progress: Progress
    form: Form
    standing: Standing
    due: bool

    @property
    def _holder(self) -> str:
        return self.standing.holders.get(self.status.step.key, "")

    @property
    def _late(self) -> bool:
        day = self.standing.due_on.get(self.status.step.key)
        return self.due and day is not None and day < self.standing.today

    def node(self, *, beside: bool) -> Node:
        step, state = self.status.step, self.status.state
        mark: Mark = "now" if self.due and state in _OPEN else _MARKS[state]
        title = f"{step.title} *" if step.assumed else step.title
        lines = [*self._lines(), *self._by_when()]
        return Node(title, tuple(lines), "late" if self._late else mark, tip=self._tip(), beside=beside)

    def _lines(self) -> list[str]:
        status = self.status
        signed = status.sign_off
        if status.state is StepState.SKIPPED:
            return [f"{self._holder} 不适用".strip()]
        if status.open_to and status.state in {StepState.OPEN, StepState.PARTLY}:
            return self._everyones()
        if signed is None:
            return [f"{self._holder} {'待签' if self.due else ''}".strip()]
        return self._after(signed)

    def _after(self, signed: SignOff) -> list[str]:
        """What is told of a step at which somebody has spoken."""
        status = self.status
        if self.due and status.state is StepState.RETURNED:
            return [f"{self._holder} 待签".strip(), f"{signed.on:%m-%d} 曾退回"]
        if status.given_back is not None:
            return [f"{self._holder or signed.signed_by} 待签", f"{status.given_back.signed_by}退回重看"]
        if status.state is StepState.SIGNED and len(status.sign_offs) > 1:
            return [f"{len(status.sign_offs)} 人均已签 {signed.on:%m-%d}", *_said(signed)]
        words = {
            StepState.VOID: ["内容已改，需重签"],
            StepState.RETURNED: ["退回"],
            StepState.REJECTED: ["否决"],
        }.get(status.state, _said(signed))
        return [_signed(signed), *words]

    def _everyones(self) -> list[str]:
        signed = len(self.status.sign_offs)
        told = f"会签 已签 {signed}/{signed + len(self.status.open_to)}"
        return [told, f"{self._holder} 待签"] if self.due else [told]

    def _by_when(self) -> list[str]:
        day = self.standing.due_on.get(self.status.step.key)
        if day is None or not self.due:
            return []
        return [f"{day:%m-%d} 前签，已逾期" if self._late else f"{day:%m-%d} 前签"]

    def _tip(self) -> str:
        status, step = self.status, self.status.step
        told = [f"{step.title}（{step.rule}）" if step.rule else step.title]
        told += [edit.text for edit in self.progress.edits_of(step.key)]
        for signed in status.sign_offs or ((status.sign_off,) if status.sign_off else ()):
            told.append(f"{signed.signed_by}　{signed.on.isoformat()}　{signed.decision.label}")
            told += [f"意见：{signed.opinion}"] if signed.opinion else []
            told += [f"纸面签字，由{signed.recorded_name}代录"] if signed.on_paper else []
        if status.given_back is not None:
            told.append(f"{status.given_back.signed_by}退回，请再看：{status.given_back.opinion}")
        if self._holder and not status.state.settled:
            told.append(f"可签：{self._holder}")
        if status.changed:
            titles = "、".join(self.form.section(key).title for key in status.changed if self.form.has(key))
            told.append(f"签字后“{titles}”有改动，原签字失效")
        if step.assumed:
            told.append(_ASSUMED)
        return "\n".join(told)


def _signed(signed: SignOff) -> str:
    return f"{signed.signed_by} {signed.on:%m-%d}{'（纸面）' if signed.on_paper else ''}"


def _said(signed: SignOff) -> list[str]:
    """What a signer said beyond the decision itself."""
    said = signed.opinion.strip("。 ")
    return [f"“{signed.opinion}”"] if said and said != signed.decision.label else []
