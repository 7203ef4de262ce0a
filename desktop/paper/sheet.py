"""A printed form, told neutrally: what stands on it and in which order, nothing of fonts or positions.

All texts are complete as they shall be read; a blank value leaves its box empty for the pen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, auto

BLANK_DATE = "\u00a0" * 8 + "年" + "\u00a0" * 5 + "月" + "\u00a0" * 5 + "日"
"""Where a date will be written by hand; fixed spaces, so that nothing narrows them."""


class Align(Enum):
    """How a column of a table stands: running text, figures right-aligned, or short words in the middle."""

    TEXT = auto()
    FIGURE = auto()
    CENTRE = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """A label and its value; ``wide`` gives it a row of its own."""

    label: str
    value: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Labels and values, two pairs to a row, under an optional heading."""

    cells: tuple[Cell, ...]
    heading: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LongText:
    """Paragraphs beside their label, over pages if need be; ``lines`` at least are kept for the pen."""

    label: str
    text: str = ""
    lines: int = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; ``weight`` is its share of the width."""

    title: str
    weight: float = 1.0
    align: Align = Align.TEXT


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row, a text for each column; ``strong`` marks subtotals and totals."""

    cells: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Like lines under column titles that are repeated on every page; ``foot`` closes the table."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    numbered: bool = True
    foot: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign, or the sign-off given there.

    ``role`` labels it; ``asks`` is off for those who sign what they filed themselves: they have no opinion to give.
    ``choices`` are printed with boxes to tick, the one equal to ``decision`` ticked; a decision that is none of them
    is printed as it is. ``recorded_by`` and ``recorded_on`` are set where a clerk recorded a signature given on paper
    (代录).
    """

    role: str
    choices: tuple[str, ...] = ("同意", "不同意")
    asks: bool = True
    stamp: bool = False
    decision: str = ""
    opinion: str = ""
    signer: str = ""
    date: str = ""
    recorded_by: str = ""
    recorded_on: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The boxes of those who sign, in their order, under a heading that is repeated on every page."""

    boxes: tuple[Signature, ...]
    heading: str = "审批意见"


Block = Grid | LongText | Table | Signatures


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole form.

    ``logo`` is a PNG or JPEG file; ``number`` is printed with ``number_label`` (编号 or 临时编号); ``dated``
    is the line opposite the number; ``qr`` is what the code in the corner says; ``draft`` lays 草稿 across
    every page; ``notes`` stand below the form (填表说明); ``wide`` lays the pages on their side.
    """

    title: str
    company: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    logo: bytes | None = None
    form_code: str = ""
    number: str = ""
    number_label: str = "编号"
    dated: str = ""
    revision: int = 0
    digest: str = ""
    qr: str = ""
    draft: bool = False
    notes: tuple[str, ...] = ()
    wide: bool = False

    def texts(self) -> Iterator[str]:
        """Every text that is printed."""
        yield from _texts(self)


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished document, the characters printed as 〓 since no font has them, and how many pages it has."""

    pdf: bytes
    missing: frozenset[str]
    pages: int


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
