"""The words that rows of the policy choose from: how strongly a rule binds, how far a right reaches, what it allows."""

from __future__ import annotations

from enum import StrEnum


class Strength(StrEnum):
    """How strongly a rule binds, in the policy's own words."""

    MUST = "must"
    PRINCIPLE = "in principle"
    USUAL = "usual"
    ADVICE = "advice"
    OPTIONAL = "optional"

    @property
    def label(self) -> str:
        """The policy's word for it."""
        return _STRENGTH_WORDS[self]

    @property
    def blocks(self) -> bool:
        """Whether what breaks the rule may not go on."""
        return self is Strength.MUST


_STRENGTH_WORDS = {
    Strength.MUST: "必须",
    Strength.PRINCIPLE: "原则上",
    Strength.USUAL: "一般情况",
    Strength.ADVICE: "建议",
    Strength.OPTIONAL: "可以",
}


class Scope(StrEnum):
    """How far a role or a right reaches."""

    OFFICE = "office"
    DEPARTMENT = "department"
    PROJECT = "project"


class Action(StrEnum):
    """What a person may want to do; rights are rows of (role, scope, action)."""

    SEE = "see"
    FILE = "file"
    RECORD_PAPER = "record paper"
    IMPORT_LEDGER = "import ledger"
    ARCHIVE = "archive"
    MANAGE_PEOPLE = "manage people"
    STAFF_PROJECT = "staff project"
    MANAGE_OFFICE = "manage office"
    WAIVE = "waive"


class Tone(StrEnum):
    """What a state means to its reader; the screen has a colour for each."""

    NEUTRAL = "neutral"
    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
