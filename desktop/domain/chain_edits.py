"""What signers do to a filing's own chain: hand a step on (转办), add a signer before or after their own (加签)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from desktop.domain.policy_papers import BY_PERSON, Step


class EditKind(StrEnum):
    """What was done to the chain."""

    HAND_ON = "hand on"
    ADD_BEFORE = "add before"
    ADD_AFTER = "add after"

    @property
    def label(self) -> str:
        """The word on screen and paper."""
        return {"hand on": "转办", "add before": "前加签", "add after": "后加签"}[self.value]


@dataclass(frozen=True)
class ChainEdit:
    """One edit: done at ``step`` by one person, whose turn it then is another's.

    ``new_key`` is the key of an added step. ``for_id`` is whose signature was handed on where a stand-in did it.
    """

    kind: EditKind
    step: str
    new_key: str
    person_id: UUID
    person_name: str
    by_id: UUID
    by_name: str
    at: dt.datetime
    reason: str
    for_id: UUID | None = None

    @property
    def text(self) -> str:
        """The edit in one line."""
        why = f"：{self.reason}" if self.reason else ""
        return f"{self.by_name}{self.kind.label}{self.person_name}{why}"


def stage_of(step: Step) -> str:
    """What is asked for at the same time: a stage by its name, a step outside of any by its own key."""
    return step.stage or step.key


def lane_of(step: Step) -> str:
    """Within a stage, what comes in order: a step with those that were added to it."""
    return step.lane or step.key


def fold(steps: Sequence[Step], edits: Sequence[ChainEdit]) -> tuple[Step, ...]:
    """The chain of one filing: the policy's steps with what its signers did to them, ``edits`` in the order made.

    An added step covers the sections of the step at which it was added, applies where that one applies, and comes
    before or after it alone: other steps of the same stage wait for it no more than for that step itself.
    """
    chain = list(steps)
    after: dict[str, int] = {}
    for edit in edits:
        place = next((n for n, step in enumerate(chain) if step.key == edit.step), None)
        if place is None:
            continue
        base = chain[place]
        if edit.kind is EditKind.HAND_ON:
            if not base.every:
                chain[place] = replace(base, signer=f"{BY_PERSON}{edit.person_id}")
        elif edit.kind is EditKind.ADD_BEFORE:
            chain.insert(place, _added(base, edit))
        else:
            after[base.key] = after.get(base.key, 0) + 1
            chain.insert(place + after[base.key], _added(base, edit))
    return tuple(chain)


def _added(base: Step, edit: ChainEdit) -> Step:
    return Step(
        key=edit.new_key,
        title=f"加签：{edit.person_name}",
        signer=f"{BY_PERSON}{edit.person_id}",
        sections=base.sections,
        when=base.when,
        assumed=False,
        seal=False,
        rule="",
        stage=stage_of(base),
        lane=lane_of(base),
        days=base.days,
    )


def handed_on(asked: Iterable[UUID], step: str, edits: Sequence[ChainEdit]) -> tuple[UUID, ...]:
    """Those who must each sign a step (会签), where some have handed their signature on."""
    people = list(asked)
    for edit in edits:
        if edit.kind is EditKind.HAND_ON and edit.step == step:
            giver = edit.for_id or edit.by_id
            people = [edit.person_id if person == giver else person for person in people]
    return tuple(dict.fromkeys(people))
