"""The paper policy as data: what a company's 项目管理制度 says about people, states, papers and deadlines.

Whatever is ``assumed`` is the program's guess where the paper policy is silent; the office must confirm it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from desktop.domain.choice_fields import Option
from desktop.domain.policy_deadlines import (
    ClockRule,
    MilestoneRule,
    Monitoring,
    MonthlyRule,
    Pausing,
    RhythmRule,
    TrackingRule,
    WeeklyRule,
)
from desktop.domain.policy_papers import DocumentRule, FormRule, GateRule, Numbering
from desktop.domain.policy_terms import Action, Scope, Tone


class HasKey(Protocol):
    """A row of the policy that is known by its key."""

    @property
    def key(self) -> str:
        """The key."""


_Keyed = TypeVar("_Keyed", bound=HasKey)


@dataclass(frozen=True)
class Department:
    """A department that the policy names by its function.

    Where an office has several of the kind under names of its own (技术部门), ``names`` suggests some for a new one.
    """

    key: str
    title: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Role:
    """A part that people play; ``held_as`` names the project's own person who plays it without assignment.

    ``place`` is what the department is to its holder for whose projects a role of a department is played.
    A role ``by_plan`` is also held on a project by everyone whom its plan in force names (组织计划, 进度计划).
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    scope: Scope
    department: str
    held_as: str
    rule: str
    place: str = "所管的部门"
    by_plan: bool = False


@dataclass(frozen=True)
class Right:
    """One row: who plays ``role`` may do ``action`` within ``scope`` (on the form ``on``, or on all with ``*``)."""

    role: str
    scope: Scope
    action: Action
    on: str


@dataclass(frozen=True)
class State:
    """A state of a project; ``reports`` and ``claims`` say whether it takes weekly reports and expenses.

    ``since`` names the project's date from which the state counts, or is empty; ``tells`` the roles that get notice
    when a project comes into it (CLOSE-5, WDR-3); ``next`` the forms that lead on from it, in the order in which they
    are filed.
    """

    key: str
    title: str
    tone: Tone
    synonyms: tuple[str, ...]
    reports: bool
    claims: bool
    ends: bool
    since: str
    tells: tuple[str, ...] = ()
    next: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transition:
    """A posting moves a project from one of ``sources`` to ``target``."""

    key: str
    assumed: bool = field(default=False, kw_only=True)
    sources: tuple[str, ...]
    target: str
    rule: str


@dataclass(frozen=True)
class Policy:
    """A whole policy as loaded; ``sha256`` is that of ``text``, the file as it was written."""

    key: str
    title: str
    version: str
    text: str
    sha256: str
    departments: tuple[Department, ...]
    roles: tuple[Role, ...]
    rights: tuple[Right, ...]
    kinds: tuple[Option, ...]
    contract_kinds: tuple[Option, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    forms: tuple[FormRule, ...]
    clocks: tuple[ClockRule, ...]
    gates: tuple[GateRule, ...]
    numbering: Numbering = field(default_factory=Numbering)
    subjects: tuple[Option, ...] = ()
    windows: tuple[MonthlyRule, ...] = ()
    weekly: tuple[WeeklyRule, ...] = ()
    documents: tuple[DocumentRule, ...] = ()
    pausing: Pausing = field(default_factory=Pausing)
    rhythms: tuple[RhythmRule, ...] = ()
    milestones: MilestoneRule = field(default_factory=MilestoneRule)
    tracking: TrackingRule = field(default_factory=TrackingRule)
    monitoring: Monitoring = field(default_factory=Monitoring)

    @property
    def standing_departments(self) -> tuple[str, ...]:
        """The titles of the departments that every office has under the policy's own name."""
        return tuple(item.title for item in self.departments if not item.names)

    @property
    def suggested_departments(self) -> tuple[str, ...]:
        """Names for the departments that an office names itself."""
        return tuple(name for item in self.departments for name in item.names)

    def role(self, key: str) -> Role:
        """The role of that key.

        Raises:
            KeyError: there is none.
        """
        return _pick(self.roles, key)

    def state(self, key: str) -> State:
        """The project state of that key.

        Raises:
            KeyError: there is none.
        """
        return _pick(self.states, key)

    def state_title(self, key: str) -> str:
        """What a state is called; one that only a later policy knows stands by its key."""
        return next((state.title for state in self.states if state.key == key), key)

    def form(self, key: str) -> FormRule:
        """What the policy says of that form.

        Raises:
            KeyError: nothing.
        """
        return _pick(self.forms, key)

    def has_form(self, key: str) -> bool:
        """Whether the policy has that form at all."""
        return any(rule.key == key for rule in self.forms)

    def window_of(self, form_key: str) -> MonthlyRule | None:
        """The monthly window in which a form is usually filed, if it has one."""
        return next((window for window in self.windows if window.form == form_key), None)

    def weekly_rule(self, form_key: str, *, away: bool = False) -> WeeklyRule | None:
        """The weekly deadline of a form, for people at the desk or ``away`` from it; ``None`` where it has none."""
        fitting = [item for item in self.weekly if item.form == form_key]
        return next((item for item in fitting if item.away is away), fitting[0] if fitting else None)

    def weekly_paper(self, key: str) -> WeeklyRule | None:
        """The weekly deadline of a paper that the office writes (``status_report``, ``bulletin``), if it has one."""
        return next((item for item in self.weekly if item.key == key), None)

    def gate(self, key: str) -> GateRule:
        """The gate of that key.

        Raises:
            KeyError: there is none.
        """
        return _pick(self.gates, key)

    def document(self, key: str) -> DocumentRule:
        """The document of that key.

        Raises:
            KeyError: there is none.
        """
        return _pick(self.documents, key)

    def document_title(self, key: str) -> str:
        """What a kind of document is called; one that the policy does not know stands by its key."""
        return next((item.title for item in self.documents if item.key == key), key)

    def transition(self, key: str) -> Transition:
        """The transition that the posting of that name makes.

        Raises:
            KeyError: there is none.
        """
        return _pick(self.transitions, key)

    def options(self, name: str) -> tuple[Option, ...]:
        """The list that a choice field takes: ``states``, ``kinds``, ``contract_kinds`` or ``subjects`` (费用科目).

        Raises:
            KeyError: there is no such list.
        """
        lists = {
            "states": tuple(Option(item.key, item.title, item.synonyms) for item in self.states),
            "kinds": self.kinds,
            "contract_kinds": self.contract_kinds,
            "subjects": self.subjects,
        }
        return lists[name]


def _pick(rows: tuple[_Keyed, ...], key: str) -> _Keyed:
    for row in rows:
        if row.key == key:
            return row
    raise KeyError(key)
