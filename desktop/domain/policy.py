"""The paper policy as data: what a company's 项目管理制度 says about people, states, papers and deadlines.

Whatever is ``assumed`` is the program's guess where the paper policy is silent; the office must confirm it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from desktop.domain.fields import Field, Option

BY_FIELD, BY_PERSON = "field:", "person:"
"""How a step's signer begins where it is not a role's key."""


class HasKey(Protocol):
    """A row of the policy that is known by its key."""

    @property
    def key(self) -> str:
        """The key."""


_Keyed = TypeVar("_Keyed", bound=HasKey)


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


class LengthUnit(StrEnum):
    """What a clock counts in."""

    WORKING_DAYS = "working days"
    DAYS = "days"
    MONTHS = "months"


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
class ClockRule:
    """A deadline: it starts on a date of the project and runs while the project is in one of ``states``.

    ``until`` names a date of the project that replaces the computed end once it is set; ``done`` one that stops the
    clock once it is set. ``remind`` is how many days ahead it shows, ``ahead`` the same in the clock's own unit (one
    month before a planned date, FAT-1), whichever comes first. ``kinds`` narrows it to projects of those kinds.
    ``opens`` names the form that answers it; where ``until_filed`` the clock rests while such a filing is in approval.
    ``unless`` names a condition under which it does not run, or is empty.
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    starts: str
    length: int
    unit: LengthUnit
    until: str
    states: tuple[str, ...]
    tells: tuple[str, ...]
    remind: int
    opens: str
    strength: Strength
    rule: str
    until_filed: bool = False
    unless: str = ""
    ahead: int = 0
    done: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class MonthlyRule:
    """Days of each month, both included, in which a form is usually filed for the next one (BUD-1).

    It concerns projects in one of ``states`` and shows ``remind`` days ahead to those whom it ``tells``.
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    form: str
    first: int
    last: int
    states: tuple[str, ...]
    tells: tuple[str, ...]
    remind: int
    strength: Strength
    rule: str


@dataclass(frozen=True)
class WeeklyRule:
    """A deadline of every week (WEEK-1, WEEK-3, WEEK-5): until ``hour`` on ``weekday`` (Monday is 1).

    It lies ``weeks`` after the week that is reported. Where people do not work on that day it moves ``earlier`` to the
    last working day of its week before it, or else to the next working day. ``form`` is what is due then, or empty;
    ``away`` marks the one that holds for reports brought in from people without network. ``goes_to`` are the roles that
    get what is due then (WEEK-5, INFO-1).
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    form: str
    weekday: int
    hour: int
    weeks: int
    earlier: bool
    away: bool
    tells: tuple[str, ...]
    strength: Strength
    rule: str
    goes_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class RhythmRule:
    """What a project does again and again (MON-2): a ``form`` at least every so many ``weeks``.

    Only filings that bear the values of ``where`` count (``section.field=value``). It holds for projects in one of
    ``states`` and is told to ``tells`` when one is missed.
    """

    key: str
    assumed: bool = field(default=False, kw_only=True)
    title: str
    form: str
    where: tuple[str, ...]
    weeks: int
    states: tuple[str, ...]
    tells: tuple[str, ...]
    strength: Strength
    rule: str


@dataclass(frozen=True)
class MilestoneRule:
    """Which ``forms`` check a project at its milestones (MON-3), in which ``states``, and whom a missing one is told.

    It is due ``days`` working days after the milestone was reached, by its plan or by a report.
    """

    forms: tuple[str, ...] = ()
    days: int = 0
    states: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    strength: Strength = Strength.USUAL
    rule: str = "MON-3"
    assumed: bool = False


@dataclass(frozen=True)
class TrackingRule:
    """How problems are tracked (CTRL-7, INFO-3): ``raise_with`` and ``close_with`` are forms, empty where none is.

    Beside its owner a problem is told to ``tells`` (roles of a department by the problem's department) ``remind``
    working days ahead. ``answers`` is the form whose approval the PMO turns into a problem (处理意见).
    """

    raise_with: str = ""
    close_with: str = ""
    answers: str = ""
    tells: tuple[str, ...] = ()
    remind: int = 3
    strength: Strength = Strength.MUST
    rule: str = "INFO-3"
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


@dataclass(frozen=True)
class Pausing:
    """After how many weeks without any record the PMO asks whether a project is paused in fact (PAUSE-2)."""

    quiet_weeks: int = 8
    rule: str = "PAUSE-2"
    assumed: bool = False


@dataclass(frozen=True)
class Monitoring:
    """From how many working days of deviation a task's light is yellow and red (WEEK-6), and what hours stand out.

    ``most_hours`` is the largest week that is not asked about, in hours; ``full`` the share of a month's working days
    from which a person counts as overloaded (WEEK-7), in percent.
    """

    yellow: int = 1
    red: int = 5
    most_hours: int = 60
    full: int = 110
    rule: str = "WEEK-6"
    assumed: bool = True


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
