"""Rows of the policy about papers: how forms are numbered and signed, which gates and documents stand before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.domain.field import Field
from desktop.domain.policy_terms import Strength

BY_FIELD, BY_PERSON = "field:", "person:"
"""How a step's signer begins where it is not a role's key."""


@dataclass(frozen=True)
class Step:
    """One signature of a chain.

    ``signer`` is a role's key, ``field:section.field`` for a person whom the form names, or ``person:id`` for one whom
    a signer added or handed the step on to. ``sections`` lists what the signature covers (``*`` for all). ``when``
    names the conditions that must all hold for the step to apply.

    Steps of one ``stage`` that stand next to each other are asked at the same time; of one ``lane`` of a stage they
    come in order (a step is a lane of its own unless it was added to another's). ``every`` asks each holder of the role
    (会签) instead of one of them (或签). ``days`` is how many working days the signature may take (0: no limit).
    ``confirms`` names the sections whose lines the signer confirms one by one before signing.
    ``needs`` names conditions that must hold, as things stand then, before the step is signed. ``asks`` is what the
    signer must write down in approving (处理意见, INFO-3), or empty.
    """

    key: str
    title: str
    signer: str
    sections: tuple[str, ...]
    when: tuple[str, ...]
    assumed: bool
    seal: bool
    rule: str
    stage: str = ""
    lane: str = ""
    every: bool = False
    days: int = 0
    confirms: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    asks: str = ""

    @property
    def by_role(self) -> bool:
        """Whether a role's holders are asked, not one person by name."""
        return not self.signer.startswith((BY_FIELD, BY_PERSON))


@dataclass(frozen=True)
class FormRule:
    """What the policy adds to a declared form: code, numbering, who signs, from which states it may be filed.

    ``without`` names declared fields that the office has no use for. ``gates`` must be passed before it is submitted.
    ``once`` names what the form gives a project: where the project has it, the form is not filed again. ``sends`` are
    the roles that get a copy at once (MON-2, INFO-2).
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    code: str
    number: str
    applicant: str
    copies: str
    note: str
    from_states: tuple[str, ...]
    steps: tuple[Step, ...]
    labels: Mapping[str, str]
    additions: Mapping[str, tuple[Field, ...]]
    rule: str
    gates: tuple[str, ...] = ()
    once: str = ""
    without: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Numbering:
    """How the office numbers its projects (APPT-3): gap-free per year and kind of project.

    ``pattern`` and ``provisional`` are filled with ``year``, ``n``, ``code`` (the office's) and ``kind`` (from
    ``kinds``, by the kind's key).
    """

    pattern: str = "{code}{kind}-{year}-{n:03}"
    provisional: str = "暂-{year}-{n:03}"
    kinds: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class GateRule:
    """What must hold before something goes on: named conditions; ``opens`` are the forms that may mend it.

    ``documents`` names a stage whose documents must be on record (DOC-2), each with its own strength. ``kinds`` narrows
    the gate to projects of those kinds. It is asked in the ``states`` alone; without any, in all that do not end.
    One that ``bars`` must be passed before its form is so much as begun.
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    conditions: tuple[str, ...]
    opens: tuple[str, ...]
    strength: Strength
    rule: str
    documents: str = ""
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    bars: bool = False


@dataclass(frozen=True)
class DocumentRule:
    """A document that a stage asks for (技术文档目录, DOC-1, DOC-2), from projects of some kinds or (empty) of all.

    ``stage`` is a word of the policy's own (``initiation``, ``closing``) by which a gate asks for its documents.
    A file archived as this kind of document is one; so is an approved filing of ``form``.
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    stage: str
    kinds: tuple[str, ...]
    strength: Strength
    form: str
    rule: str

    def asked_of(self, kind: str) -> bool:
        """Whether projects of that kind owe it."""
        return not self.kinds or kind in self.kinds
