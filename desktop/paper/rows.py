"""Rows of boxes, the one shape that every block of a sheet is laid out in; all lengths in points."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from reportlab.lib.pagesizes import A3, A4
from reportlab.lib.units import mm

from desktop.paper.faces import HEI, SONG, face
from desktop.paper.linebreak import Line, break_text
from desktop.paper.sheet import Sheet

WIDTH = 170 * mm
"""Width of the form between its outer borders, on an upright page."""
ROW = 9 * mm
"""Least height of a row: high enough to write in by hand."""
PAD = 4.75
"""Free space above and below the text of a box."""
SIDE = 6.0
"""Free space left and right of the text of a box."""
_LEAST_PART = 2
"""A divided text leaves at least so many lines on either page."""


@dataclass(frozen=True, slots=True)
class Page:
    """The paper that a form is printed on, and the width of the form on it.

    ``first_top`` and ``later_top`` lie between its upper edge and the form, on the first page and on those after it;
    ``title``, ``subtitle`` and ``later_title`` are where the base lines of these are, from the upper edge; ``company``
    that of the company's name.
    """

    width: float
    height: float
    form: float
    first_top: float = 48 * mm
    later_top: float = 32 * mm
    bottom: float = 20 * mm
    company: float = 18.5 * mm
    title: float = 34 * mm
    subtitle: float = 40 * mm
    later_title: float = 27.5 * mm

    @property
    def left(self) -> float:
        """Where the form begins."""
        return (self.width - self.form) / 2

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.left + self.form


_UPRIGHT = Page(*A4, WIDTH)
_LYING = Page(A4[1], A4[0], A4[1] - A4[0] + WIDTH)
_SIZES = {"A4": A4, "A3": A3}
_MARGIN = 12 * mm


def page_of(sheet: Sheet) -> Page:
    """The page for a sheet, with the same margins upright and lying."""
    if not sheet.report:
        return _LYING if sheet.wide else _UPRIGHT
    short, long = _SIZES[sheet.paper]
    width, height = (long, short) if sheet.wide else (short, long)
    return Page(
        width,
        height,
        width - 2 * _MARGIN,
        first_top=33 * mm,
        later_top=18 * mm,
        bottom=15 * mm,
        company=14 * mm,
        title=19 * mm,
        subtitle=25 * mm,
        later_title=14 * mm,
    )


@dataclass(frozen=True, slots=True)
class Style:
    """A face at a size with the distance between lines."""

    face: str
    size: float
    leading: float

    def measure(self, text: str) -> float:
        """Width of ``text``."""
        return face(self.face).stringWidth(text, self.size)

    def fit(self, text: str, width: float, indent: float = 0.0) -> tuple[Line, ...]:
        """``text`` broken into lines of ``width``."""
        return tuple(break_text(text, width, self.measure, indent))

    def balance(self, text: str, width: float) -> tuple[Line, ...]:
        """``text`` in as few lines as ``width`` asks for, these as even as can be."""
        lines = self.fit(text, width)
        narrower = width - self.size / 2
        while narrower > 0:
            tried = self.fit(text, narrower)
            if len(tried) > len(lines) or any(self.measure(line.text) > narrower for line in tried):
                break
            lines = tried
            narrower -= self.size / 2
        return lines


BODY = Style(SONG, 10.5, 16)
HEADING = Style(HEI, 10.5, 16)
SMALL = Style(SONG, 8.5, 12.5)


class Cut(Enum):
    """Whether a row may be divided between two pages."""

    NEVER = auto()
    LAST_RESORT = auto()
    """Only where it is higher than a page."""
    ANYWHERE = auto()


class Place(Enum):
    """Where the lines of a box stand between its sides."""

    LEFT = auto()
    CENTRE = auto()
    RIGHT = auto()


@dataclass(frozen=True, slots=True)
class Foot:
    """A text on a line at the bottom of a box, ``at`` so far from the box's left or from its right."""

    text: str
    at: float
    from_right: bool = False
    style: Style = BODY


@dataclass(frozen=True, slots=True)
class Box:
    """One cell: lines in the middle or from the ``top``, and lines at its ``foot`` (the lowest last).

    ``pad`` and ``side`` are the free space around its text; ``tone`` colours it.
    """

    left: float
    width: float
    lines: tuple[Line, ...]
    style: Style = BODY
    place: Place = Place.LEFT
    top: bool = False
    indent: float = 0.0
    justified: bool = False
    shaded: bool = False
    label: bool = False
    foot: tuple[tuple[Foot, ...], ...] = ()
    pad: float = PAD
    side: float = SIDE
    tone: str = ""

    @property
    def height(self) -> float:
        """What the box needs."""
        between = self.pad if self.lines and self.foot else 0.0
        return len(self.lines) * self.style.leading + between + self.foot_height + 2 * self.pad

    @property
    def foot_height(self) -> float:
        """What the lines at the foot need."""
        return sum(line[0].style.leading for line in self.foot)


@dataclass(frozen=True, slots=True)
class Row:
    """Boxes side by side.

    ``least`` is its height at least, ``squeezed`` that where a page can be saved (or nothing, where it cannot give),
    ``given_up`` what of it has been;
    ``keep`` holds the row on one page with the next; ``heads`` are repeated above it where it begins a page;
    ``stretch`` is its share of spare room; a row without frame stands below the form.
    """

    boxes: tuple[Box, ...]
    least: float = ROW
    keep: bool = False
    cut: Cut = Cut.NEVER
    squeezed: float = 0.0
    given_up: float = 0.0
    stretch: float = 0.0
    heads: tuple["Row", ...] = ()
    framed: bool = True

    @property
    def height(self) -> float:
        """How high the row is."""
        return max(self.least, *(box.height for box in self.boxes))

    def divide(self, room: float) -> tuple["Row", "Row"] | None:
        """The part that fits into ``room`` and the rest, or nothing if it cannot be divided there."""
        if self.cut is Cut.NEVER:
            return None
        longest = max((box for box in self.boxes if not box.label), key=lambda box: len(box.lines))
        count = int((room - 2 * PAD) // longest.style.leading)
        count = min(count, len(longest.lines) - _LEAST_PART)
        if count < _LEAST_PART:
            return None
        upper = tuple(replace(box, top=True) if box.label else _first(box, count) for box in self.boxes)
        lower = tuple(_continued(box) if box.label else _rest(box, count) for box in self.boxes)
        part = replace(self, boxes=upper, least=ROW, squeezed=0.0, given_up=0.0, stretch=0.0, keep=False)
        return part, replace(part, boxes=lower, keep=self.keep)


def _first(box: Box, count: int) -> Box:
    return replace(box, lines=box.lines[:count], foot=(), top=True)


def _rest(box: Box, count: int) -> Box:
    return replace(box, lines=box.lines[count:], top=True)


def _continued(box: Box) -> Box:
    mark = Line("（续）", first=True, last=True)
    return replace(box, lines=box.lines if mark in box.lines else (*box.lines, mark), top=True)
