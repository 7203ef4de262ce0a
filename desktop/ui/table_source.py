"""Where tables get their rows: sorted ids in one query and rows by the hundred, or a short list held in memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

from desktop.services.sorting import initials, sort_key

Row = TypeVar("Row")
Align = Literal["left", "centre", "right"]
PAGE = 100


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. ``sort`` is the key that the query knows (for a list in memory any word); empty: not sortable.

    ``tone`` colours the text, or with ``chip`` the ground under it. ``width`` in units of the font's height;
    ``order`` gives what a list in memory sorts by where the text would not do; ``opens`` says that its text is what is
    done with the row, so that one click on it opens the row.
    """

    title: str
    text: Callable[[Row], str]
    align: Align = "left"
    sort: str = ""
    tone: Callable[[Row], str] | None = None
    chip: bool = False
    width: float = 7.0
    stretch: bool = False
    tip: Callable[[Row], str] | None = None
    order: Callable[[Row], Any] | None = None
    opens: bool = False


@dataclass(frozen=True)
class Filter:
    """A choice of values by which a table can be narrowed: (value, words) pairs."""

    key: str
    title: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Ask:
    """What a table asks for."""

    sort: str = ""
    descending: bool = False
    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def chosen(self, key: str) -> tuple[str, ...]:
        """The values chosen in a filter; none means all."""
        return tuple(sorted(self.filters.get(key, ())))


@dataclass(frozen=True)
class Found(Generic[Row]):
    """All ids in order, and those rows that are at hand already."""

    ids: Sequence[Hashable]
    rows: Mapping[Hashable, Row]


class Source(Protocol[Row]):
    """What a table reads from; called in the background."""

    def find(self, ask: Ask) -> Found[Row]:
        """The ids that were asked for, in order."""
        ...

    def fetch(self, ids: Sequence[Hashable]) -> Sequence[Row]:
        """The rows of these ids, in their order."""
        ...


class PagedSource(Generic[Row]):
    """One sorted query for the ids, rows by the hundred."""

    def __init__(
        self,
        find_ids: Callable[[Ask], Sequence[Any]],
        fetch_rows: Callable[[Sequence[Any]], Sequence[Row]],
    ) -> None:
        self._find_ids = find_ids
        self._fetch_rows = fetch_rows

    def find(self, ask: Ask) -> Found[Row]:
        ids = self._find_ids(ask)
        head = ids[:PAGE]
        return Found(ids, dict(zip(head, self._fetch_rows(head), strict=True)) if head else {})

    def fetch(self, ids: Sequence[Hashable]) -> Sequence[Row]:
        return self._fetch_rows(ids)


class MemorySource(Generic[Row]):
    """A list that is short enough to be held; sorted, searched and filtered here."""

    def __init__(
        self,
        load: Callable[[], Sequence[Row]],
        columns: Sequence[Column[Row]],
        key: Callable[[Row], Hashable],
        passes: Callable[[Row, Ask], bool] | None = None,
    ) -> None:
        self._load = load
        self._columns = columns
        self._key = key
        self._passes = passes

    def find(self, ask: Ask) -> Found[Row]:
        rows = [row for row in self._load() if self._matches(row, ask)]
        column = next((item for item in self._columns if item.sort and item.sort == ask.sort), None)
        if column is not None:
            order = column.order or (lambda row: sort_key(column.text(row)))
            rows.sort(key=order, reverse=ask.descending)
        return Found([self._key(row) for row in rows], {self._key(row): row for row in rows})

    def fetch(self, ids: Sequence[Hashable]) -> Sequence[Row]:
        raise LookupError(ids)  # every row comes with `find`

    def _matches(self, row: Row, ask: Ask) -> bool:
        if self._passes is not None and not self._passes(row, ask):
            return False
        wanted = ask.text.strip().casefold()
        if not wanted:
            return True
        texts = [column.text(row) for column in self._columns]
        return any(wanted in text.casefold() or wanted in initials(text) for text in texts)
