"""Sign-offs and chains: who has signed what, whether it still holds, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from desktop.domain.policy import Step


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
    is then the archived scan.
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


class StepState(StrEnum):
    """Where one step of a chain stands."""

    SIGNED = "signed"
    VOID = "void"
    RETURNED = "returned"
    REJECTED = "rejected"
    OPEN = "open"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class StepStatus:
    """A step, the sign-off that counts for it, and which sections changed since if it no longer holds."""

    step: Step
    state: StepState
    sign_off: SignOff | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a filing has come along its chain."""

    steps: tuple[StepStatus, ...]

    @property
    def due(self) -> Step | None:
        """The step whose turn it is; none when all that apply have signed."""
        return next((item.step for item in self.steps if item.state not in _SETTLED), None)

    @property
    def complete(self) -> bool:
        """Whether every step that applies is signed for the present content."""
        return self.due is None

    def status(self, key: str) -> StepStatus:
        """The status of the step of that key.

        Raises:
            KeyError: the chain has no such step.
        """
        for item in self.steps:
            if item.step.key == key:
                return item
        raise KeyError(key)


_SETTLED = frozenset({StepState.SIGNED, StepState.SKIPPED})


def covered(step: Step, hashes: Mapping[str, str]) -> dict[str, str]:
    """The sections that a step signs for, with their present hashes."""
    return dict(hashes) if "*" in step.sections else {key: hashes[key] for key in step.sections}


def progress(
    steps: Sequence[Step],
    sign_offs: Sequence[SignOff],
    hashes: Mapping[str, str],
    holding: Collection[str] = (),
) -> Progress:
    """Work out a chain's progress.

    ``sign_offs`` in the order they were given; ``hashes`` of the present revision; ``holding`` names the conditions
    that hold for this filing, so that steps under others are skipped. A sign-off counts only while every section it
    covers still has the hash that was signed.
    """
    latest = {item.step: item for item in sign_offs}
    return Progress(tuple(_status(step, latest.get(step.key), hashes, holding) for step in steps))


def _status(step: Step, sign_off: SignOff | None, hashes: Mapping[str, str], holding: Collection[str]) -> StepStatus:
    if step.when and step.when not in holding:
        return StepStatus(step, StepState.SKIPPED)
    if sign_off is None:
        return StepStatus(step, StepState.OPEN)
    if sign_off.decision is Decision.RETURN:
        return StepStatus(step, StepState.RETURNED, sign_off)
    if sign_off.decision is Decision.REJECT:
        return StepStatus(step, StepState.REJECTED, sign_off)
    now = covered(step, hashes)
    changed = tuple(key for key in now if sign_off.covers.get(key) != now[key])
    return StepStatus(step, StepState.VOID if changed else StepState.SIGNED, sign_off, changed)
