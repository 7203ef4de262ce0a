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
    (代录); ``proof`` says what there is to say of its electronic signature, if there is one.
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
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The boxes of those who sign, in their order, under a heading that is repeated on every page."""

    boxes: tuple[Signature, ...]
    heading: str = "审批意见"


class Line(Enum):
    """What a row of a listing is."""

    ROW = auto()
    GROUP = auto()
    SUM = auto()
    TOTAL = auto()


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One row, a text for each column (of a group its title alone), and the tone of each, empty for none."""

    cells: tuple[str, ...]
    tones: tuple[str, ...] = ()
    line: Line = Line.ROW


@dataclass(frozen=True, slots=True)
class Listing:
    """A dense table of a report: its column titles, and those of the group, are repeated on every page."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[ListingRow, ...]
    numbered: bool = False
    note: str = ""
    empty: str = "（无）"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at the head of a report, with its tone, empty for none."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures side by side, as many to a row as there is room for."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text under a heading."""

    heading: str
    text: str


Block = Grid | LongText | Table | Signatures | Listing | Figures | Prose


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole form.

    ``logo`` is a PNG or JPEG file; ``number`` is printed with ``number_label`` (编号 or 临时编号); ``dated``
    is the line opposite the number; ``qr`` is what the code in the corner says; ``draft`` lays 草稿 across
    every page; ``notes`` stand below the form under ``notes_title``; ``wide`` lays the pages on their side; ``paper``
    is ``A4`` or ``A3``. A ``report`` has a smaller head and margins; it says ``to`` whom it goes.
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
    notes_title: str = "填表说明："
    report: bool = False
    paper: str = "A4"
    to: str = ""

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
