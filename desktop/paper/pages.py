"""Cutting a column of rows into pages."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop.paper.rows import Cut, Row

_MOST_STRETCH = 0.7
"""A row grows by at most this part of its height to fill the only page of a form."""
_LESSER_STRETCH = 0.35
"""The same on a page that is followed by another."""


@dataclass(frozen=True, slots=True)
class Room:
    """Height of the form on the first page and on the pages after it, in points."""

    first: float
    later: float


_COMFORTS = (0.8, 0.6, 0.4, 0.2, 0.0)
"""How much of the room left for the pen is kept, tried in this order."""


def paginate(rows: Sequence[Row], room: Room) -> list[list[Row]]:
    """Rows by page: heads repeated, kept rows together, rows divided only where they must be.

    Room left for the pen is given up where that saves a page, and taken back on the last page as far as that has any;
    rows grow to fill a page that is the only one or is followed by another.
    """
    pages, left = _place(rows, room)
    if len(pages) > 1:
        fewest = len(_place([_squeezed(row, 0.0) for row in rows], room)[0])
        for comfort in _COMFORTS:
            if len(pages) == fewest:
                break
            pages, left = _place([_squeezed(row, comfort) for row in rows], room)
    if len(pages) == 1:
        return [_fill(pages[0], left[0], _MOST_STRETCH)]
    filled = [_fill(page, spare, _LESSER_STRETCH) for page, spare in zip(pages[:-1], left, strict=False)]
    return [*filled, _regain(pages[-1], left[-1])]


def _squeezed(row: Row, comfort: float) -> Row:
    """The row between its squeezed height (comfort 0) and its own (1)."""
    if not row.squeezed:
        return row
    least = row.squeezed + comfort * (row.least - row.squeezed)
    return replace(row, least=least, given_up=row.least - least)


def _place(rows: Sequence[Row], room: Room) -> tuple[list[list[Row]], list[float]]:
    """The rows by page, and what is left of each."""
    pages: list[list[Row]] = [[]]
    left = [room.first]
    waiting = deque(rows)
    while waiting:
        unit = _unit(waiting, room.later)
        fresh = _is_fresh(pages[-1])
        fitted = _fit(unit, left[-1], cut=Cut.LAST_RESORT if fresh or _towers(unit, room.later) else Cut.ANYWHERE)
        if fitted is None and fresh:
            fitted = (list(unit), [])
        if fitted is None:
            pages.append(list(unit[0].heads))
            left.append(room.later - sum(row.height for row in unit[0].heads))
            waiting.extendleft(reversed(unit))
            continue
        placed, rest = fitted
        pages[-1] += placed
        left[-1] -= sum(row.height for row in placed)
        waiting.extendleft(reversed(rest))
    return pages, left


def _unit(waiting: deque[Row], room: float) -> list[Row]:
    """The next row with all that it is kept with; what no page can hold together is parted below its headings."""
    unit = [waiting.popleft()]
    while unit[-1].keep and waiting:
        unit.append(waiting.popleft())
    if _towers(unit, room):
        at = next((at for at, row in enumerate(unit, start=1) if row.cut is not Cut.NEVER), len(unit))
        waiting.extendleft(reversed(unit[at:]))
        unit = [*unit[: at - 1], replace(unit[at - 1], keep=False)]
    return unit


def _towers(unit: list[Row], room: float) -> bool:
    """Whether the unit is higher than a page that begins with it."""
    return sum(row.height for row in (*unit[0].heads, *unit)) > room


def _fit(unit: list[Row], left: float, *, cut: Cut) -> tuple[list[Row], list[Row]] | None:
    """What of the unit can be placed and what waits for the next page; nothing if it must all wait."""
    height = sum(row.height for row in unit)
    if height <= left:
        return unit, []
    last = unit[-1]
    divided = last.divide(left - (height - last.height)) if last.cut in {cut, Cut.ANYWHERE} else None
    if divided is None:
        return None
    return [*unit[:-1], divided[0]], [divided[1]]


def _is_fresh(page: list[Row]) -> bool:
    """Whether a page holds nothing but repeated heads."""
    return all(row.keep for row in page)


def _regain(page: list[Row], left: float) -> list[Row]:
    """Give rows back what they gave up, as far as the page has room."""
    lost = [max(row.least + row.given_up - row.height, 0.0) for row in page]
    share = min(max(left, 0.0) / sum(lost), 1.0) if any(lost) else 0.0
    return [
        replace(row, least=row.height + share * part) if part else row for row, part in zip(page, lost, strict=True)
    ]


def _fill(page: list[Row], left: float, most: float) -> list[Row]:
    """Grow the rows that may, so that the form ends where the page does."""
    total = sum(row.stretch * row.height for row in page)
    if not total:
        return page
    share = min(max(left, 0.0) / total, most)
    return [replace(row, least=row.height * (1 + share * row.stretch)) for row in page]
