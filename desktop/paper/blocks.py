"""Every kind of block as rows of boxes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import singledispatch

from reportlab.lib.units import mm

from desktop.paper.faces import HEI, SONG
from desktop.paper.linebreak import JOINER, Line
from desktop.paper.rows import (
    BODY,
    HEADING,
    PAD,
    ROW,
    SIDE,
    SMALL,
    WIDTH,
    Box,
    Cut,
    Foot,
    Place,
    Row,
    Style,
    page_of,
)
from desktop.paper.sheet import (
    BLANK_DATE,
    Align,
    Block,
    Cell,
    Column,
    Grid,
    LongText,
    Sheet,
    Signature,
    Signatures,
    Table,
    TableRow,
)

LABEL = 29 * mm
"""Width of a label beside a value."""
SIGNING = 28 * mm
"""Least height of a box to sign in; with a stamp it takes ``STAMPING``."""
STAMPING = 32 * mm
SQUEEZED_SIGNING = 24 * mm
SQUEEZED_STAMPING = 27 * mm
NARROW_LABEL = 25.5 * mm
ABREAST = 5
"""From so many signatures on they stand two abreast."""
ABREAST_LYING = 2
"""From so many on they stand three abreast, on a page that lies on its side."""
_MOST_ABREAST = 48 * mm
"""A box to sign that would be higher stands alone, over the whole width."""

NUMBER = Column("序号", 0.0, Align.CENTRE)
_NUMBER_WIDTH = 11 * mm
_SIZES = (9.5, 9.0, 8.5, 8.0, 7.5)
_NARROWEST = 4
"""A column of text is at least so many characters wide, and its title so many to a line."""
_HAIR = 0.01
"""What a column is wider than its widest figure, in points: sums of widths are not exact."""
_TEXT_YIELDS = 0.6
"""Where not all columns have what they need those of text do with this part of it, before a figure is cut."""
_WORDS = re.compile(
    "管理部(?!门)|管理员|管理|项目经理|负责人|部门|经理|总监|委员会|采购|产品|资产|验收|初验|终验|费用|沟通|预计|执行后|范围的"
)
"""Words of labels that are not divided between lines."""
PLACES = {Align.TEXT: Place.LEFT, Align.FIGURE: Place.RIGHT, Align.CENTRE: Place.CENTRE}


def rows_of(sheet: Sheet) -> list[Row]:
    """All rows of a sheet, from the first label to the last note."""
    width = page_of(sheet).form
    rows = [row for block in sheet.blocks for row in lay(block, width)]
    if rows and sheet.notes:
        rows[-1] = replace(rows[-1], keep=True)
    return rows + _notes(sheet.notes, width, sheet.notes_title)


@singledispatch
def lay(block: Block, width: float = WIDTH) -> list[Row]:
    """The rows of one block on a form of that width."""
    raise TypeError(f"{block!r} on {width}")


@lay.register
def _(block: Grid, width: float = WIDTH) -> list[Row]:
    return _headed(block.heading, block.note, [_pair(pair, width) for pair in _pairs(block.cells)], width)


@lay.register
def _(block: LongText, width: float = WIDTH) -> list[Row]:
    room = width - LABEL
    indent = 2 * BODY.size
    text = Box(
        left=LABEL,
        width=room,
        lines=BODY.fit(block.text, room - 2 * SIDE, indent) if block.text else (),
        top=True,
        indent=indent,
        justified=True,
    )
    least = max(ROW, block.lines * BODY.leading + 2 * PAD)
    return [Row((_label(block.label, 0, LABEL), text), least=least, squeezed=ROW, cut=Cut.ANYWHERE, stretch=1.0)]


@lay.register
def _(block: Table, width: float = WIDTH) -> list[Row]:
    columns, cells = block.columns, [row.cells for row in block.rows]
    if block.numbered:
        columns = (NUMBER, *columns)
        cells = [(number, *row) for number, row in zip(_numbers(block.rows), cells, strict=True)]
    style, widths = column_widths(columns, cells, width)
    title = replace(_titles(columns, widths, style), keep=True)
    band = _band(block.heading, width)
    heads = (*_headed(f"{block.heading}（续）" if block.heading else "", "", [], width), title)
    body = [
        _line(
            columns,
            widths,
            row,
            style if not source.strong else replace(style, face=HEI),
            strong=source.strong,
        )
        for row, source in zip(cells, block.rows, strict=True)
    ]
    if not body:
        body = [Row((Box(0, width, style.fit("（无）", width), style, Place.CENTRE),))]
    if block.foot:
        body.append(Row((Box(0, width, HEADING.fit(block.foot, width - 2 * SIDE), HEADING),)))
    held = [replace(row, heads=heads, keep=_held(block, at)) for at, row in enumerate(body)]
    return [*(band if block.heading else []), *_note(block.note, width), title, *held]


@lay.register
def _(block: Signatures, width: float = WIDTH) -> list[Row]:
    lying = width > WIDTH
    narrow = len(block.boxes) >= (ABREAST_LYING if lying else ABREAST)
    abreast = (3 if lying else 2) if narrow else 1
    groups = list(_abreast(block.boxes, abreast, width)) if narrow else [(one,) for one in block.boxes]
    heads = tuple(_headed(f"{block.heading}（续）", "", [], width)) if block.heading else ()
    rows = [replace(_signing(group, width, narrow=narrow), heads=heads) for group in groups]
    if len(rows) > 1:
        rows[-2] = replace(rows[-2], keep=True)
    return _headed(block.heading, "", rows, width)


def _abreast(boxes: Sequence[Signature], most: int, width: float) -> Iterator[tuple[Signature, ...]]:
    """Boxes by row, ``most`` to each, but one with a long opinion alone."""
    room = width / most - NARROW_LABEL
    group: tuple[Signature, ...] = ()
    for one in boxes:
        long = _opinion(one, 0, room).height > _MOST_ABREAST
        if group and (long or len(group) == most):
            yield group
            group = ()
        group = (*group, one)
        if long:
            yield group
            group = ()
    if group:
        yield group


def _headed(heading: str, note: str, rows: list[Row], width: float) -> list[Row]:
    return [*(_band(heading, width) if heading else []), *_note(note, width), *rows]


def _band(heading: str, width: float) -> list[Row]:
    lines = HEADING.fit(heading, width - 2 * SIDE)
    return [Row((Box(0, width, lines, HEADING, shaded=True),), least=8 * mm, keep=True)]


def _note(note: str, width: float) -> list[Row]:
    if not note:
        return []
    return [Row((Box(0, width, SMALL.fit(note, width - 2 * SIDE), SMALL),), least=6 * mm, keep=True)]


def _label(text: str, left: float, width: float) -> Box:
    room = width - 2 * SIDE
    if BODY.measure(text) > room and "（" in text:
        text, room = text.replace("（", "\n（", 1), width - SIDE
    whole = _WORDS.sub(lambda word: JOINER.join(word[0]), text)
    lines = tuple(replace(line, text=line.text.replace(JOINER, "")) for line in BODY.balance(whole, room))
    return Box(left, width, lines, place=Place.CENTRE, label=True)


def _value(cell: Cell, left: float, width: float) -> Box:
    return Box(left, width, BODY.fit(cell.value, width - 2 * SIDE) if cell.value else ())


def _pairs(cells: Sequence[Cell]) -> list[tuple[Cell, ...]]:
    """Two cells to a row, a wide one alone; what comes between the two of a row is put below it."""
    pairs: list[tuple[Cell, ...]] = []
    half: int | None = None
    for cell in cells:
        if cell.wide or half is None:
            half = half if cell.wide else len(pairs)
            pairs.append((cell,))
        else:
            pairs[half] = (*pairs[half], cell)
            half = None
    return pairs


def _pair(cells: tuple[Cell, ...], width: float) -> Row:
    share = width / len(cells)
    boxes: list[Box] = []
    for at, cell in enumerate(cells):
        left = at * share
        boxes += [_label(cell.label, left, LABEL), _value(cell, left + LABEL, share - LABEL)]
    return Row(tuple(boxes), cut=Cut.LAST_RESORT if len(cells) == 1 else Cut.NEVER)


def _numbers(rows: Sequence[TableRow]) -> list[str]:
    count = 0
    numbers: list[str] = []
    for row in rows:
        count += not row.strong
        numbers.append("" if row.strong else str(count))
    return numbers


def _held(block: Table, at: int) -> bool:
    """A total never stands alone at the top of a page, nor does the closing row."""
    following = block.rows[at + 1] if at + 1 < len(block.rows) else None
    closing = bool(block.foot) and at == len(block.rows) - 1
    return closing or (following is not None and following.strong)


def column_widths(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    width: float,
    sizes: Sequence[float] = _SIZES,
    side: float = SIDE,
) -> tuple[Style, list[float]]:
    """The largest size at which figures and dates stand on one line, with the width of each column."""
    style, needs = BODY, [width]
    for size in sizes:
        style = Style(SONG, size, size * 1.48)
        needs = [_need(column, [row[at] for row in rows], style, side) for at, column in enumerate(columns)]
        if sum(needs) <= width:
            break
    return style, _share(columns, needs, width)


def _need(column: Column, texts: Sequence[str], style: Style, side: float) -> float:
    if column is NUMBER:
        return float(_NUMBER_WIDTH)
    title = style.size * min(_NARROWEST, len(column.title))
    if column.align is Align.TEXT:
        return max(title, _NARROWEST * style.size) + 2 * side
    bold = replace(style, face=HEI)
    return max([title, *(bold.measure(part) for text in texts for part in text.split("\n"))]) + 2 * side + _HAIR


def _share(columns: Sequence[Column], needs: Sequence[float], width: float) -> list[float]:
    """Widths by weight, none below its need as far as the form's width allows; text gives way before figures."""
    if sum(needs) >= width:
        return _scarce(columns, needs, width)
    fixed: dict[int, float] = {}
    while True:
        rest = width - sum(fixed.values())
        weight = sum(column.weight for at, column in enumerate(columns) if at not in fixed)
        short = {
            at: needs[at]
            for at, column in enumerate(columns)
            if (at not in fixed and column.weight * rest < needs[at] * weight) or not column.weight
        }
        if not short.keys() - fixed.keys():
            break
        fixed |= short
    if not weight:
        return [need * width / sum(needs) for need in needs]
    return [fixed.get(at, column.weight * rest / weight) for at, column in enumerate(columns)]


def _scarce(columns: Sequence[Column], needs: Sequence[float], width: float) -> list[float]:
    """Widths where not every column can have what it needs."""
    text = sum(need for column, need in zip(columns, needs, strict=True) if column.align is Align.TEXT)
    rest = width - (sum(needs) - text)
    if rest < _TEXT_YIELDS * text or not text:
        return [need * width / sum(needs) for need in needs]
    return [
        need * rest / text if column.align is Align.TEXT else need for column, need in zip(columns, needs, strict=True)
    ]


def _titles(columns: Sequence[Column], widths: Sequence[float], style: Style) -> Row:
    bold = replace(style, face=HEI)
    boxes: list[Box] = []
    left = 0.0
    for column, width in zip(columns, widths, strict=True):
        lines = bold.balance(column.title, width - SIDE)
        boxes.append(Box(left, width, lines, bold, Place.CENTRE, shaded=True))
        left += width
    return Row(tuple(boxes))


def _line(
    columns: Sequence[Column], widths: Sequence[float], texts: Sequence[str], style: Style, *, strong: bool
) -> Row:
    boxes: list[Box] = []
    left = 0.0
    for column, width, text in zip(columns, widths, texts, strict=True):
        lines = style.fit(text, width - 2 * SIDE) if text else ()
        number = column is NUMBER and bool(text)
        boxes.append(Box(left, width, lines, style, PLACES[column.align], shaded=strong, label=number))
        left += width
    return Row(tuple(boxes), cut=Cut.LAST_RESORT)


def _signing(group: tuple[Signature, ...], width: float, *, narrow: bool) -> Row:
    label = NARROW_LABEL if narrow else LABEL
    share = width / len(group)
    boxes: list[Box] = []
    for at, one in enumerate(group):
        left = at * share
        boxes += [_label(one.role, left, label), _opinion(one, left + label, share - label)]
    least, squeezed = SIGNING, SQUEEZED_SIGNING
    if any(one.stamp for one in group):
        least, squeezed = STAMPING, SQUEEZED_STAMPING
    elif not any(one.asks for one in group):
        least = SQUEEZED_SIGNING
    return Row(tuple(boxes), least=least, squeezed=squeezed, cut=Cut.LAST_RESORT, stretch=0.6)


def _opinion(one: Signature, left: float, width: float) -> Box:
    texts = [_decision(one), f"意见：{one.opinion}"] if one.asks else []
    lines = tuple(line for text in texts if text for line in BODY.fit(text, width - 2 * SIDE))
    date = one.date or BLANK_DATE
    name = Foot(f"签字：{one.signer}", SIDE)
    day = Foot(date, SIDE, from_right=True)
    room = width - BODY.measure(name.text) - BODY.measure(date) - 4 * SIDE
    seal = Foot("（盖章）", width * 0.42)
    foot: tuple[tuple[Foot, ...], ...]
    if room > BODY.measure(seal.text) + 20 * mm:
        foot = ((name, seal, day) if one.stamp else (name, day),)
    elif one.stamp and BODY.measure(name.text) + BODY.measure(seal.text) + 3 * SIDE < width:
        foot = ((name, replace(seal, at=SIDE, from_right=True)), (day,))
    else:
        names = tuple((Foot(line.text, SIDE),) for line in BODY.fit(name.text, width - 2 * SIDE))
        foot = (*names, (replace(seal, at=SIDE), day) if one.stamp else (day,))
    return Box(left, width, lines, top=True, foot=(*foot, *_manner(one, width)))


def _decision(one: Signature) -> str:
    if one.decision and one.decision not in one.choices:
        return f"决定：{one.decision}"
    return "\u3000".join(f"{'☑' if choice == one.decision else '☐'} {choice}" for choice in one.choices)


def _manner(one: Signature, width: float) -> tuple[tuple[Foot, ...], ...]:
    """How a signature was given, for whoever reads the print later."""
    if one.recorded_by:
        text = f"【代录】本人签于纸面，由{one.recorded_by}录入{'，' if one.recorded_on else ''}{one.recorded_on}"
    elif one.signer:
        text = "本人在系统中签署"
    else:
        return ()
    lines = [f"{text}，{one.proof}"] if one.proof else [text]
    if SMALL.measure(lines[0]) > width - 2 * SIDE:
        lines = [text, *(part.text for part in SMALL.fit(one.proof, width - 2 * SIDE))]
    return tuple((Foot(line, SIDE, from_right=True, style=SMALL),) for line in lines)


def _notes(notes: Sequence[str], width: float, title: str) -> list[Row]:
    if not notes:
        return []
    texts = [note if len(notes) == 1 else f"{at}．{note}" for at, note in enumerate(notes, start=1)]
    hang = SMALL.measure(title)
    boxes = [
        Box(hang, width - hang, SMALL.fit(text, width - hang - 2 * SIDE), SMALL, top=True, justified=True)
        for text in texts
    ]
    first = Box(0, hang + SIDE, (Line(title, first=True, last=True),), SMALL, top=True, label=True)
    rows = [Row((box,), least=0.0, framed=False, cut=Cut.ANYWHERE) for box in boxes]
    rows[0] = replace(rows[0], boxes=(first, *rows[0].boxes))
    return rows
