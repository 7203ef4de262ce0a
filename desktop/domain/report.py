"""Papers that the program writes itself (Tuesday report, bulletin, monitor table): what stands on them, told neutrally.

A `Report` is declared as a pure function from frozen values, in `desktop.domain.reports`; paper, Excel and the screen
each show it in their own way. Meaning is never told by colour alone: a `Tone` only colours words that say it, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import TextField
from desktop.domain.policy_terms import Tone

_ENDS = "。！？；"
_STOPS = f"{_ENDS}，、：,.;:!?"
_MORE = "…"
_LEAST_PART = 0.5
"""A text is cut at the end of a sentence that lies beyond this part of the room, else wherever the room ends."""


@dataclass(frozen=True, kw_only=True)
class MomentField(TextField):
    """A moment in the office's local time as ISO text (``2026-11-23T09:30``), to the minute."""

    def text(self, value: Json) -> str:
        """Day and minute, without the year."""
        return f"{dt.datetime.fromisoformat(value):%m-%d %H:%M}" if isinstance(value, str) else ""


@dataclass(frozen=True)
class Fact:
    """A figure at the head: ``label`` and ``text``, with a tone where it asks for a look."""

    label: str
    text: str
    tone: Tone | None = None


@dataclass(frozen=True)
class Row:
    """One row by column key; ``tones`` colour single cells. ``subject`` is the project that it is about."""

    values: Mapping[str, Json]
    tones: Mapping[str, Tone] = field(default_factory=dict)
    subject: UUID | None = None


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own, closed by their subtotal; a group without title has no heading."""

    title: str
    rows: tuple[Row, ...]
    subtotal: Row | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """Like rows in typed columns, in groups.

    ``room`` is how many characters of a column stand on paper (all where it names none): longer texts end there at a
    sentence's end with …, and are whole in Excel and on the screen. ``empty`` stands where there are no rows.
    """

    key: str
    title: str
    columns: tuple[Field, ...]
    groups: tuple[Group, ...]
    total: Row | None = None
    room: Mapping[str, int] = field(default_factory=dict)
    numbered: bool = False
    note: str = ""
    empty: str = "（无）"

    @property
    def rows(self) -> Iterator[Row]:
        """The rows of all groups, without subtotals."""
        return (row for group in self.groups for row in group.rows)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(len(group.rows) for group in self.groups)


@dataclass(frozen=True)
class Paragraph:
    """Running text under a heading."""

    title: str
    text: str


Part = Table | Paragraph


@dataclass(frozen=True, kw_only=True)
class Report:
    """A whole paper.

    ``subtitle`` says what it is about (the week), ``dated`` when it was made, ``notes`` stand at its foot: as of when
    the data is, what is estimated. ``paper`` is ``A4`` or ``A3``, lying on its side where ``wide``.
    """

    key: str
    title: str
    subtitle: str = ""
    dated: str = ""
    to: str = ""
    facts: tuple[Fact, ...] = ()
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    wide: bool = True
    paper: str = "A4"

    @property
    def tables(self) -> tuple[Table, ...]:
        """The parts that are tables."""
        return tuple(part for part in self.parts if isinstance(part, Table))

    def table(self, key: str) -> Table:
        """The table of that key.

        Raises:
            KeyError: there is none.
        """
        found = next((part for part in self.tables if part.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    @property
    def name(self) -> str:
        """What a file of it is called, without ending."""
        return "_".join(part for part in (self.title, self.subtitle) if part)


def single(*rows: Row) -> tuple[Group, ...]:
    """The groups of a table that has none: all rows together."""
    return (Group("", rows),)


def shortened(text: str, room: int) -> str:
    """A text on one line in at most ``room`` characters, cut at a sentence's end where one lies well."""
    plain = one_line(text)
    if len(plain) <= room:
        return plain
    kept = plain[: room - 1]
    at = max(kept.rfind(mark) for mark in _ENDS)
    if at + 1 >= room * _LEAST_PART:
        kept = kept[: at + 1]
    return kept.rstrip().rstrip("，、：；,;:") + _MORE


def one_line(text: str) -> str:
    """Paragraphs run together, parted by a semicolon where none of them ends a sentence."""
    parts = [part.strip() for part in text.split("\n") if part.strip()]
    return "".join(part if part[-1] in _STOPS else f"{part}；" for part in parts[:-1]) + "".join(parts[-1:])
