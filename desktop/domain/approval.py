"""Sign-offs and chains: who has signed what, whether it still holds, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from desktop.domain.chain_edits import ChainEdit, EditKind, fold, handed_on, lane_of, stage_of
from desktop.domain.policy_papers import Step


class Decision(StrEnum):
    """What a signer may say."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"

    @property
    def label(self) -> str:
        """The word on screen and paper."""
        return {"approve": "同意", "return": "退回", "reject": "否决"}[self.value]


@dataclass(frozen=True)
class SignOff:
    """A decision bound to content: ``covers`` maps each section signed for to the hash it had.

    ``recorded_by`` differs from the signer when a clerk recorded a signature given on paper (代录); ``scan_sha256``
    is then the archived scan. ``for_id`` is the person for whom a stand-in (代理人) signed; ``back_to`` the key of the
    earlier step to which a return goes, empty for the author.
    """

    id: UUID
    step: str
    decision: Decision
    signer_id: UUID | None
    signer_name: str
    recorded_by: UUID | None
    recorded_name: str
    on: dt.date
    at: dt.datetime
    opinion: str
    covers: Mapping[str, str]
    policy_sha256: str
    revision_no: int
    on_paper: bool = False
    scan_sha256: str = ""
    for_id: UUID | None = None
    for_name: str = ""
    back_to: str = ""

    @property
    def signed_by(self) -> str:
        """The signer as shown and printed: a stand-in with the name of the person represented (ROLE-11)."""
        return f"{self.signer_name}（代 {self.for_name}）" if self.for_name else self.signer_name

    @property
    def given_for(self) -> UUID | None:
        """The person whose signature this is: the one represented, or the signer."""
        return self.for_id or self.signer_id


class StepState(StrEnum):
    """Where one step of a chain stands.

    ``PARTLY``: some of those who must each sign have. ``AGAIN``: it was signed, and a later step gave it back to be
    looked at again.
    """

    SIGNED = "signed"
    PARTLY = "partly signed"
    AGAIN = "again"
    VOID = "void"
    RETURNED = "returned"
    REJECTED = "rejected"
    OPEN = "open"
    SKIPPED = "skipped"

    @property
    def settled(self) -> bool:
        """Whether nothing is asked of the step any more."""
        return self in {StepState.SIGNED, StepState.SKIPPED}


@dataclass(frozen=True)
class StepStatus:
    """A step, the sign-off that counts for it, and which sections changed since if it no longer holds.

    Of a step that everyone must sign (会签), ``sign_offs`` are those of each person that stand, and ``open_to`` those
    who have still to sign. ``given_back`` is the return that asks for it again.
    """

    step: Step
    state: StepState
    sign_off: SignOff | None = None
    changed: tuple[str, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    open_to: tuple[UUID, ...] = ()
    given_back: SignOff | None = None


@dataclass(frozen=True)
class Progress:
    """How far a filing has come along its chain, and what its signers did to the chain."""

    steps: tuple[StepStatus, ...]
    edits: tuple[ChainEdit, ...] = ()

    @property
    def due(self) -> tuple[Step, ...]:
        """The steps whose turn it is, at once; none when all that apply have signed."""
        first = next((stage_of(item.step) for item in self.steps if not item.state.settled), None)
        lanes: dict[str, Step] = {}
        for item in self.steps:
            if not item.state.settled and stage_of(item.step) == first:
                lanes.setdefault(lane_of(item.step), item.step)
        return tuple(lanes.values())

    @property
    def complete(self) -> bool:
        """Whether every step that applies is signed for the present content."""
        return not self.due

    def is_due(self, key: str) -> bool:
        """Whether it is that step's turn."""
        return any(step.key == key for step in self.due)

    def status(self, key: str) -> StepStatus:
        """The status of the step of that key.

        Raises:
            KeyError: the chain has no such step.
        """
        for item in self.steps:
            if item.step.key == key:
                return item
        raise KeyError(key)

    def earlier(self, key: str) -> tuple[StepStatus, ...]:
        """The signed steps to which the step of that key may return the filing.

        Raises:
            KeyError: the chain has no such step.
        """
        own = self.status(key).step
        place = [item.step.key for item in self.steps].index(key)
        return tuple(
            item
            for item in self.steps[:place]
            if item.state is StepState.SIGNED
            and (stage_of(item.step) != stage_of(own) or lane_of(item.step) == lane_of(own))
        )

    def edits_of(self, key: str) -> tuple[ChainEdit, ...]:
        """What made the step of that key what it is: by whom it was added, and to whom it was handed on."""
        return tuple(
            item for item in self.edits if item.new_key == key or (item.step == key and item.kind is EditKind.HAND_ON)
        )


def covered(step: Step, hashes: Mapping[str, str]) -> dict[str, str]:
    """The sections that a step signs for, with their present hashes."""
    return dict(hashes) if "*" in step.sections else {key: hashes[key] for key in step.sections}


def applies(step: Step, holding: Collection[str]) -> bool:
    """Whether a step is asked for: every condition that it names must hold."""
    return all(name in holding for name in step.when)


def progress(
    steps: Sequence[Step],
    sign_offs: Sequence[SignOff],
    hashes: Mapping[str, str],
    holding: Collection[str] = (),
    *,
    edits: Sequence[ChainEdit] = (),
    asked: Mapping[str, Collection[UUID]] | None = None,
) -> Progress:
    """Work out a chain's progress.

    ``steps`` as the policy has them, ``edits`` in the order made. ``sign_offs`` in the order they were given;
    ``hashes`` of the present revision; ``holding`` names the conditions that hold for this filing, so that steps under
    others are skipped. ``asked`` says of a step that everyone must sign (会签) who that is now; where it names nobody,
    one signature is enough. A sign-off counts only while every section it covers still has the hash that was signed.
    """
    everyone = asked or {}
    chain = fold(steps, edits)
    people = {step.key: handed_on(everyone.get(step.key, ()), step.key, edits) for step in chain if step.every}
    return Progress(
        tuple(_status(step, sign_offs, hashes, holding, people.get(step.key, ())) for step in chain), tuple(edits)
    )


def _status(
    step: Step,
    sign_offs: Sequence[SignOff],
    hashes: Mapping[str, str],
    holding: Collection[str],
    people: Sequence[UUID],
) -> StepStatus:
    if not applies(step, holding):
        return StepStatus(step, StepState.SKIPPED)
    asked_again = [n for n, item in enumerate(sign_offs) if _gives_back(item, step)]
    again = asked_again[-1] if asked_again else -1
    own = [(n, item) for n, item in enumerate(sign_offs) if item.step == step.key]
    back = sign_offs[again] if asked_again else None
    if people:
        latest = {item.given_for: (n, item) for n, item in own}
        return _of_everyone(step, [_one(step, latest.get(person), hashes, again) for person in people], people, back)
    found = _one(step, own[-1] if own else None, hashes, again)
    return replace(found, given_back=back if found.state is StepState.AGAIN else None)


def _gives_back(item: SignOff, step: Step) -> bool:
    return item.decision is Decision.RETURN and item.back_to == step.key and item.step != step.key


def _one(step: Step, last: tuple[int, SignOff] | None, hashes: Mapping[str, str], again: int) -> StepStatus:
    """How one signature stands; what was given before place ``again`` of the order is asked for once more."""
    if last is None:
        return StepStatus(step, StepState.OPEN)
    place, sign_off = last
    if sign_off.decision is Decision.RETURN:
        return StepStatus(step, StepState.RETURNED, sign_off)
    if sign_off.decision is Decision.REJECT:
        return StepStatus(step, StepState.REJECTED, sign_off)
    now = covered(step, hashes)
    changed = tuple(key for key in now if sign_off.covers.get(key) != now[key])
    if changed:
        return StepStatus(step, StepState.VOID, sign_off, changed)
    state = StepState.AGAIN if place < again else StepState.SIGNED
    return StepStatus(step, state, sign_off)


_WEIGHT = (StepState.REJECTED, StepState.RETURNED, StepState.VOID, StepState.AGAIN)
"""Of the signatures of one step, the first of these that stands there says where the step stands."""


def _of_everyone(step: Step, each: Sequence[StepStatus], people: Sequence[UUID], back: SignOff | None) -> StepStatus:
    signed = tuple(item.sign_off for item in each if item.state is StepState.SIGNED and item.sign_off)
    missing = tuple(person for person, item in zip(people, each, strict=True) if item.state is not StepState.SIGNED)
    told = next((item for state in _WEIGHT for item in each if item.state is state), None)
    if told is not None:
        given = back if told.state is StepState.AGAIN else None
        return replace(told, sign_offs=signed, open_to=missing, given_back=given)
    if not missing:
        latest = max(signed, key=lambda item: item.at)
        return StepStatus(step, StepState.SIGNED, latest, sign_offs=signed)
    state = StepState.PARTLY if signed else StepState.OPEN
    return StepStatus(step, state, sign_offs=signed, open_to=missing)
