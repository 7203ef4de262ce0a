"""Forms declared once: sections of fields and line tables, known to no screen, database or paper.

A form's content is plain JSON by section: a grid is ``{field key: value}``, a line table a list of
``{"id": stable line id, column key: value}``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from desktop.domain.canonical import Json
from desktop.domain.field import Content, Facts, Field, is_empty
from desktop.domain.fields import ComputedField


@dataclass(frozen=True)
class Problem:
    """Something in a form that a person must (or should) mend, with the place where."""

    section: str
    field: str
    text: str
    line: str = ""
    blocks: bool = True
    rule: str = ""


Line = Mapping[str, Json]
LineMaker = Callable[[Facts, Content], Iterable[Line]]
"""Makes the lines of a computed table, each with its stable ``id``."""


class OnPaper(Enum):
    """Whether a part of a form is printed: it is signed for all the same, by its hash."""

    ALWAYS = auto()
    WHEN_FILLED = auto()
    NEVER = auto()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a form that is hashed and signed on its own."""

    key: str
    title: str
    note: str = ""
    on_paper: OnPaper = OnPaper.ALWAYS


@dataclass(frozen=True, kw_only=True)
class Grid(Section):
    """Labelled fields."""

    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Pivot:
    """The columns by which a table of lines is also read crosswise: one value down, another across, sums inside."""

    down: str
    across: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class LineTable(Section):
    """Any number of like lines with stable ids; ``total`` names the money or quantity columns that are summed.

    ``initially`` names the fact whose lines a new draft begins with (a copy of the plan, ids included). A table with
    ``compute`` is nobody's to type in: its lines follow from facts and the sections that people fill in. A computed
    column is given the line in place of the whole content. ``pivot`` asks for the sums crosswise beside the lines.
    """

    columns: tuple[Field, ...]
    total: tuple[str, ...] = ()
    at_least: int = 0
    noun: str = "行"
    initially: str = ""
    compute: LineMaker | None = None
    pivot: Pivot | None = None


Check = Callable[[Content, Facts], Iterable[Problem]]
Foretelling = Callable[[Content, Facts], str]
"""What a content will lead to as things stand now, in a sentence; nothing where that cannot be said yet."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A paper form: its sections, the checks over them, and what its approval posts onto the ledger.

    ``subject`` is what a filing of this form is about (``project`` or ``office``); ``posts`` names a posting. No policy
    goes without a form that is ``needed``. One that ``alters`` a project's course is listed among the changes (变更).
    Of one that ``repeats`` a project may have any number in approval at once. ``about`` names the fields
    (``section.field``) that say in lists what a filing is about where that is no project yet: a contract, a program.
    What ``foretells`` says is shown to whoever fills the form in, and is no part of its content. ``period`` names the
    field (section, key) that says of which week, month or day a filing speaks; with ``once_each`` (``author`` or
    ``project``) it is given once for each period. One that is ``wide`` is printed on pages that lie on their side, for
    the many columns of its table.
    """

    key: str
    title: str
    subject: str
    sections: tuple[Section, ...]
    posts: str
    checks: tuple[Check, ...] = ()
    note: str = ""
    needed: bool = False
    alters: bool = False
    repeats: bool = False
    about: tuple[str, ...] = ()
    foretells: Foretelling | None = None
    period: tuple[str, str] | None = None
    once_each: str = ""
    wide: bool = False

    def section(self, key: str) -> Section:
        """The section of that key.

        Raises:
            KeyError: the form has none.
        """
        for item in self.sections:
            if item.key == key:
                return item
        raise KeyError(f"{self.key}/{key}")

    def has(self, key: str) -> bool:
        """Whether the form has a section of that key."""
        return any(item.key == key for item in self.sections)

    def with_fields(self, additions: Mapping[str, Sequence[Field]]) -> Form:
        """The same form with a policy's own fields added to its grids and line tables, by section key."""

        def added(item: Section) -> Section:
            more = tuple(additions.get(item.key, ()))
            if isinstance(item, Grid):
                return replace(item, fields=(*item.fields, *more))
            return replace(item, columns=(*item.columns, *more)) if isinstance(item, LineTable) else item

        return replace(self, sections=tuple(added(item) for item in self.sections))

    def without_fields(self, names: Collection[str]) -> Form:
        """The same form without the fields that a policy has no use for, named ``section.field``."""

        def kept(item: Section, fields: Sequence[Field]) -> tuple[Field, ...]:
            return tuple(one for one in fields if f"{item.key}.{one.key}" not in names)

        def less(item: Section) -> Section:
            if isinstance(item, Grid):
                return replace(item, fields=kept(item, item.fields))
            return replace(item, columns=kept(item, item.columns)) if isinstance(item, LineTable) else item

        return replace(self, sections=tuple(less(item) for item in self.sections))


def is_printed(section: Section, content: Content) -> bool:
    """Whether a section stands on the paper of a content."""
    if section.on_paper is OnPaper.WHEN_FILLED:
        return bool(content.get(section.key))
    return section.on_paper is OnPaper.ALWAYS


def fields_of(section: Section) -> tuple[Field, ...]:
    """The fields of a grid or the columns of a line table."""
    if isinstance(section, Grid):
        return section.fields
    if isinstance(section, LineTable):
        return section.columns
    raise TypeError(section)


def lines_of(content: Content, section: str) -> Sequence[Mapping[str, Json]]:
    """The lines of a line table, none if it was never filled."""
    lines: Sequence[Mapping[str, Json]] = content.get(section) or ()
    return lines


def value_of(content: Content, section: str, field: str) -> Json:
    """The value of a grid's field, ``None`` if it was never filled."""
    value: Json = (content.get(section) or {}).get(field)
    return value


def period_of(form: Form, content: Content) -> str | None:
    """The week, month or day of which a content speaks, ``None`` for forms that have none."""
    value = value_of(content, *form.period) if form.period else None
    return value if isinstance(value, str) else None


def day_of(content: Content, section: str, field: str) -> dt.date | None:
    """The value of a date field as a date."""
    text = value_of(content, section, field)
    return dt.date.fromisoformat(text) if isinstance(text, str) else None


def begin(form: Form, facts: Facts) -> dict[str, Any]:
    """A new content: what facts already know (``initially``), else what is usual, computed values included."""
    content: dict[str, Any] = {}
    for section in form.sections:
        if isinstance(section, Grid):
            known = {item.key: facts.get(item.initially) if item.initially else None for item in section.fields}
            usual = {item.key: item.usual for item in section.fields}
            content[section.key] = {key: usual[key] if value is None else value for key, value in known.items()}
        elif isinstance(section, LineTable) and section.initially:
            content[section.key] = facts.get(section.initially) or []
    return settle(form, content, facts)


def begin_line(section: LineTable) -> dict[str, Json]:
    """A new line of a table, with what is usual in it."""
    return {item.key: item.usual for item in section.columns if item.usual is not None}


def settle(form: Form, content: Content, facts: Facts) -> dict[str, Any]:
    """The whole content: every section and field present, computed values filled in, a blank always ``None``.

    What signatures bind to must not depend on whether a field was emptied or never filled.
    """
    settled: dict[str, Any] = {}
    for section in form.sections:
        given = content.get(section.key)
        if isinstance(section, Grid):
            settled[section.key] = _settled_values(section.fields, given or {})
        elif isinstance(section, LineTable) and section.compute is None:
            settled[section.key] = _settled_lines(section, given or (), facts)
    for section in form.sections:
        if isinstance(section, LineTable) and section.compute is not None:
            settled[section.key] = _settled_lines(section, section.compute(facts, settled), facts)
        if isinstance(section, Grid):
            for item in section.fields:
                if isinstance(item, ComputedField):
                    settled[section.key][item.key] = item.compute(facts, settled)
    return {section.key: settled[section.key] for section in form.sections}


def _settled_lines(section: LineTable, lines: Iterable[Line], facts: Facts) -> list[dict[str, Json]]:
    computed = [item for item in section.columns if isinstance(item, ComputedField)]
    settled = [{"id": line["id"], **_settled_values(section.columns, line)} for line in lines]
    for line in settled:
        for item in computed:
            line[item.key] = item.compute(facts, line)
    return settled


def _settled_values(fields: Sequence[Field], given: Mapping[str, Json]) -> dict[str, Json]:
    values = {item.key: given.get(item.key) for item in fields}
    return {key: None if is_empty(value) else value for key, value in values.items()}


def problems_of(form: Form, content: Content, facts: Facts) -> list[Problem]:
    """Everything that keeps the form from being submitted, then what is worth a look, in the form's order."""
    found = [problem for section in form.sections for problem in _misfilled(section, content)]
    for check in form.checks:
        found.extend(check(content, facts))
    order = {section.key: index for index, section in enumerate(form.sections)}
    return sorted(found, key=lambda item: (not item.blocks, order.get(item.section, len(order))))


def _misfilled(section: Section, content: Content) -> Iterator[Problem]:
    """Blanks that must be filled, and values that are not what their fields ask for."""
    if isinstance(section, Grid):
        for item in section.fields:
            value = value_of(content, section.key, item.key)
            if wrong := _wrong(item, value, f"“{section.title}”中的“{item.label}”"):
                yield Problem(section.key, item.key, wrong)
    elif isinstance(section, LineTable) and section.compute is None:
        lines = lines_of(content, section.key)
        if len(lines) < section.at_least:
            yield Problem(section.key, "", f"“{section.title}”至少要填 {section.at_least} {section.noun}")
        for number, line in enumerate(lines, 1):
            for item in section.columns:
                place = f"“{section.title}”第 {number} 行的“{item.label}”"
                if wrong := _wrong(item, line.get(item.key), place):
                    yield Problem(section.key, item.key, wrong, line=str(line["id"]))


def _wrong(item: Field, value: Json, place: str) -> str:
    if is_empty(value):
        return f"{place}还没有填写" if item.required else ""
    fault = item.fault(value)
    return f"{place}：{fault}" if fault else ""
