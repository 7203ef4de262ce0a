"""The blocks of reports as rows of boxes: dense listings, figures at the head, running text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportlab.lib.units import mm

from desktop.paper.blocks import NUMBER, PLACES, column_widths, lay
from desktop.paper.faces import HEI, SONG
from desktop.paper.rows import WIDTH, Box, Cut, Place, Row, Style
from desktop.paper.sheet import Align, Figure, Figures, Line, Listing, ListingRow, Prose

_SIZES = (8.0, 7.5, 7.0, 6.5, 6.0)
_HEADING = Style(HEI, 9, 13)
_TEXT = Style(SONG, 8.5, 12.6)
_PAD, _SIDE = 2.2, 3.2
_LEAST = 5.2 * mm
_LABEL = Style(SONG, 7.5, 10.5)
_FIGURE = Style(HEI, 10, 13.5)
_NARROWEST_FIGURE = 24 * mm


@lay.register
def _(block: Listing, width: float = WIDTH) -> list[Row]:
    columns = (NUMBER, *block.columns) if block.numbered else block.columns
    lines = list(_numbered(block.rows)) if block.numbered else list(block.rows)
    cells = [line.cells for line in lines if line.line is not Line.GROUP]
    style, widths = column_widths(columns, cells, width, _SIZES, _SIDE)
    style = replace(style, leading=style.size * 1.36)
    titles = _titles([column.title for column in columns], widths, style)
    rows = [*_band(block.heading, width), *_band(block.note, width, _LABEL), titles]
    group: tuple[Row, ...] = ()
    for at, line in enumerate(lines):
        if line.line is Line.GROUP:
            (band,) = _band(line.cells[0], width, replace(style, face=HEI))
            rows.append(replace(band, heads=(titles,)))
            group = tuple(_band(f"{line.cells[0]}（续）", width, replace(style, face=HEI)))
            continue
        following = lines[at + 1].line if at + 1 < len(lines) else Line.ROW
        if line.line is Line.TOTAL:
            group = ()
        made = _line([column.align for column in columns], widths, line, style)
        rows.append(replace(made, heads=(titles, *group), keep=following in {Line.SUM, Line.TOTAL}))
    if not lines:
        rows.append(_row(Box(0, width, style.fit(block.empty, width), style, Place.CENTRE)))
    return rows


def _numbered(rows: Sequence[ListingRow]) -> Iterator[ListingRow]:
    count = 0
    for row in rows:
        if row.line is Line.GROUP:
            yield row
            continue
        count += row.line is Line.ROW
        number = str(count) if row.line is Line.ROW else ""
        yield replace(row, cells=(number, *row.cells), tones=("", *row.tones) if row.tones else ())


def _titles(titles: Sequence[str], widths: Sequence[float], style: Style) -> Row:
    bold = replace(style, face=HEI)
    boxes = [
        Box(left, width, bold.balance(title, width - _SIDE), bold, Place.CENTRE, shaded=True)
        for title, left, width in zip(titles, _lefts(widths), widths, strict=True)
    ]
    return replace(_row(*boxes), keep=True)


def _line(aligns: Sequence[Align], widths: Sequence[float], line: ListingRow, style: Style) -> Row:
    summed = line.line is not Line.ROW
    face = replace(style, face=HEI) if summed else style
    tones = line.tones or ("",) * len(aligns)
    boxes = []
    for align, left, width, text, tone in zip(aligns, _lefts(widths), widths, line.cells, tones, strict=True):
        shown = replace(face, face=HEI) if tone else face
        lines = shown.fit(text, width - 2 * _SIDE) if text else ()
        boxes.append(Box(left, width, lines, shown, PLACES[align], shaded=summed, tone=tone))
    return replace(_row(*boxes), cut=Cut.LAST_RESORT)


def _lefts(widths: Sequence[float]) -> Iterator[float]:
    left = 0.0
    for width in widths:
        yield left
        left += width


def _band(text: str, width: float, style: Style = _HEADING) -> list[Row]:
    if not text:
        return []
    box = Box(0, width, style.fit(text, width - 2 * _SIDE), style, shaded=True)
    return [replace(_row(box), keep=True)]


def _row(*boxes: Box) -> Row:
    return Row(tuple(replace(box, pad=_PAD, side=_SIDE) for box in boxes), least=_LEAST)


@lay.register
def _(block: Figures, width: float = WIDTH) -> list[Row]:
    needs = [_need(figure) for figure in block.figures]
    rows: list[list[int]] = [[]]
    for at, need in enumerate(needs):
        if rows[-1] and sum(needs[one] for one in rows[-1]) + need > width:
            rows.append([])
        rows[-1].append(at)
    return [row for places in rows if places for row in _figures([block.figures[at] for at in places], width)]


def _need(figure: Figure) -> float:
    return max(_FIGURE.measure(figure.text), _LABEL.measure(figure.label), _NARROWEST_FIGURE) + 2 * _SIDE


def _figures(figures: Sequence[Figure], width: float) -> list[Row]:
    """The figures under their labels, wider ones with more of the room."""
    needs = [_need(figure) for figure in figures]
    widths = [need * width / sum(needs) for need in needs]
    labels, texts = [], []
    for figure, left, share in zip(figures, _lefts(widths), widths, strict=True):
        room = share - 2 * _SIDE
        labels.append(Box(left, share, _LABEL.fit(figure.label, room), _LABEL, Place.CENTRE, shaded=True))
        lines = _FIGURE.fit(figure.text, room)
        texts.append(Box(left, share, lines, _FIGURE, Place.CENTRE, tone=figure.tone))
    return [replace(_row(*labels), keep=True), _row(*texts)]


@lay.register
def _(block: Prose, width: float = WIDTH) -> list[Row]:
    box = Box(
        0, width, _TEXT.fit(block.text, width - 2 * _SIDE, 2 * _TEXT.size), _TEXT, top=True, indent=2 * _TEXT.size
    )
    return [*_band(block.heading, width), replace(_row(box), cut=Cut.ANYWHERE)]
