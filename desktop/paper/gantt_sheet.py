"""A Gantt chart on paper (CTRL-6): lying A4 or A3, as many pages across and down as it takes.

The table of tasks and the labels of time stand on every page, so that pages can be read alone or pasted together.
Pages on which no task shows are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import Enum
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A3, A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from desktop.domain.schedule.gantt import GanttChart, Layout
from desktop.domain.schedule.timescale import TimeScale
from desktop.paper.faces import HEI, SONG, face, missing
from desktop.paper.gantt_page import GanttHead, GanttPage, Tile
from desktop.paper.printing import drawing, logo_picture
from desktop.paper.sheet import Printed

ROW = 5.6 * mm
_MARGIN = 12 * mm
_TOP, _BOTTOM = 31 * mm, 21 * mm
_HEAD = 9 * mm
_NAME = {"A4": 50 * mm, "A3": 66 * mm}
_LEAST_DAY, _MOST_DAY = 1.15 * mm, 6 * mm
_NARROW_DAY = 0.38 * mm
"""So narrow a day may be where that brings the whole chart onto one page."""
_WEEK = 7


class PaperSize(Enum):
    """The papers that a chart is printed on."""

    A4 = "A4"
    A3 = "A3"

    @property
    def points(self) -> tuple[float, float]:
        """Width and height of the lying page."""
        width, height = {PaperSize.A4: A4, PaperSize.A3: A3}[self]
        return height, width


def render_gantt(chart: GanttChart, head: GanttHead, size: PaperSize, *, whole: bool = False) -> Printed:
    """The chart as a PDF, the same bytes for the same chart; ``whole`` puts all of its time onto one page's width.

    Raises:
        Refusal: the logo is no readable picture.
    """
    with drawing:
        face(SONG)
        face(HEI)
        buffer = BytesIO()
        font: Any = SONG  # the stubs take the name of a font for a number
        canvas = Canvas(buffer, pagesize=size.points, initialFontName=font, invariant=1)
        canvas.setTitle(f"{head.title} {head.project}")
        canvas.setAuthor(head.company)
        _draw(canvas, chart, head, size, logo_picture(head.logo), whole=whole)
        canvas.save()
    told = [text for row in chart.rows for text in (row.name, row.owner)]
    return Printed(buffer.getvalue(), missing([*told, *head.texts()]), canvas.getPageNumber() - 1)


def _draw(
    canvas: Canvas, chart: GanttChart, head: GanttHead, size: PaperSize, logo: ImageReader | None, *, whole: bool
) -> None:
    width, height = size.points
    page = GanttPage(canvas, chart, head, logo, (width, height), _MARGIN, _NAME[size.value], _HEAD)
    room = width - 2 * _MARGIN - page.table
    down = max(1, int((height - _TOP - _BOTTOM - _HEAD) // ROW))
    days = (chart.span[1] - chart.span[0]).days + 1
    whole = whole or (len(chart.rows) <= down and days * _NARROW_DAY <= room)
    per, day = _days_a_page(days, room, whole=whole)
    pages = 1 if whole else -(-days // per)
    ahead = min(pages * per - 1, (dt.date.max - chart.span[0]).days)
    scale = TimeScale(chart.span[0], chart.span[0] + dt.timedelta(days=ahead), day)
    layout = Layout(chart.rows, chart.links, scale, ROW)
    tiles = list(_tiles(layout, per, down))
    for number, tile in enumerate(tiles, 1):
        page.draw(layout, tile, height - _TOP, f"第 {number} 页\u3000共 {len(tiles)} 页")
        canvas.showPage()


def _days_a_page(days: int, room: float, *, whole: bool) -> tuple[int, float]:
    """How many days stand on a page, whole weeks where there are several, and how wide a day is."""
    pages = 1 if whole else -(-int(days * _LEAST_DAY) // int(room))
    per = -(-days // max(1, pages))
    if pages > 1:
        per = -(-per // _WEEK) * _WEEK
    day = min(_MOST_DAY, room / per)
    return max(per, int(room / day)), day


def _tiles(layout: Layout, per: int, down: int) -> Iterator[Tile]:
    """The pages, those of the same tasks side by side; where nothing is drawn there is none."""
    scale = layout.scale
    across = -(-((scale.last - scale.first).days + 1) // per)
    high = max(1, -(-len(layout.rows) // down))
    for low in range(high):
        rows = range(low * down, min(len(layout.rows), (low + 1) * down))
        wide = per * scale.day
        tiles = [
            Tile(rows, side * wide, (side + 1) * wide, (low + 1, high), (side + 1, across)) for side in range(across)
        ]
        yield from [tile for tile in tiles if _shows(layout, tile)] or tiles[:1]


def _shows(layout: Layout, tile: Tile) -> bool:
    for place in tile.rows:
        for box in (layout.bar(place), layout.base(place)):
            if box and box.x < tile.right and box.right > tile.left:
                return True
        more = layout.extension(place)
        if more and more[0] < tile.right and more[1] > tile.left:
            return True
    return False
