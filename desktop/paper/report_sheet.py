"""From a declared report to the sheet that is printed."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.domain.field import Field
from desktop.domain.fields import MoneyField, QuantityField, TextField
from desktop.domain.report import Report, Row, Table, shortened
from desktop.paper.kinds import kind_of, ordinals, shown_by
from desktop.paper.sheet import (
    Align,
    Block,
    Column,
    Figure,
    Figures,
    Line,
    Listing,
    ListingRow,
    Prose,
    Sheet,
)

_SHORT = 2
"""A column of texts so long holds marks, which stand in its middle."""


def report_sheet(report: Report, *, company: str, logo: bytes | None = None) -> Sheet:
    """The sheet of a report, its long texts cut to the room that they have on paper."""
    return Sheet(
        title=report.title,
        company=company,
        blocks=tuple(_blocks(report)),
        subtitle=report.subtitle,
        logo=logo,
        dated=report.dated,
        notes=report.notes,
        notes_title="说明：",
        wide=report.wide,
        report=True,
        paper=report.paper,
        to=report.to,
    )


def _blocks(report: Report) -> Iterator[Block]:
    if report.facts:
        yield Figures(tuple(Figure(one.label, one.text, one.tone.value if one.tone else "") for one in report.facts))
    numbers = ordinals()
    for part in report.parts:
        heading = f"{next(numbers)}、{part.title}" if len(report.parts) > 1 else part.title
        yield _listing(part, heading) if isinstance(part, Table) else Prose(heading, part.text)


def _listing(table: Table, heading: str) -> Listing:
    return Listing(
        heading,
        tuple(map(_column, table.columns)),
        tuple(_lines(table)),
        numbered=table.numbered,
        note=table.note,
        empty=table.empty,
    )


def _lines(table: Table) -> Iterator[ListingRow]:
    for group in table.groups:
        if group.title:
            yield ListingRow((group.title,), line=Line.GROUP)
        yield from (_line(table, row, Line.ROW) for row in group.rows)
        if group.subtotal:
            yield _line(table, group.subtotal, Line.SUM)
    if table.total:
        yield _line(table, table.total, Line.TOTAL)


def _line(table: Table, row: Row, line: Line) -> ListingRow:
    cells = tuple(_cell(table, item, row) for item in table.columns)
    tones = tuple(tone.value if (tone := row.tones.get(item.key)) else "" for item in table.columns)
    return ListingRow(cells, tones if any(tones) else (), line)


def _cell(table: Table, item: Field, row: Row) -> str:
    text = item.text(row.values.get(item.key))
    return shortened(text, table.room[item.key]) if item.key in table.room else text


def _column(item: Field) -> Column:
    return Column(column_title(item), item.share, Align.CENTRE if _is_mark(item) else kind_of(item).align)


def column_title(item: Field) -> str:
    """A column's heading with its unit."""
    shown = shown_by(item)
    unit = "元" if isinstance(shown, MoneyField) else ""
    return f"{item.label}（{unit}）" if unit and unit not in item.label else item.label


def _is_mark(item: Field) -> bool:
    shown = shown_by(item)
    return isinstance(shown, QuantityField) or (isinstance(shown, TextField) and shown.longest <= _SHORT)
