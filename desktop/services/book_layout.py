"""Where the table stands in a workbook, for the dialog in which a person points it out column by column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.field import Field
from desktop.domain.fields import MoneyField
from desktop.exchange.cells import cell_text
from desktop.exchange.headings import unit_text
from desktop.exchange.table_finding import Choice, FoundColumn, FoundTable, find_table
from desktop.exchange.workbook import Progress, Sheet, Workbook, no_progress, open_workbook, preview
from desktop.services.book_import import BookKind, BookPreview
from desktop.services.office import Reading

__all__ = [
    "UNITS",
    "Choice",
    "FoundColumn",
    "FoundTable",
    "ImportBook",
    "Sheet",
    "book_of",
    "examples",
    "first_rows",
    "lay_out",
    "open_import_book",
]

UNITS = tuple((size, unit_text(size)) for size in (1, 1_000, 10_000, 1_000_000, 100_000_000))
"""The units that a column of amounts may be kept in: yuan, and the word."""

_ROWS_SEARCHED = 50


@dataclass(frozen=True)
class ImportBook:
    """A workbook that was read, and the columns that are looked for in it."""

    path: Path
    workbook: Workbook
    columns: tuple[Field, ...]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Its worksheets."""
        return self.workbook.sheets

    def is_money(self, key: str | None) -> bool:
        """Whether a field holds amounts."""
        return any(item.key == key and isinstance(item, MoneyField) for item in self.columns)

    def missing(self, keys: set[str]) -> list[str]:
        """The labels of required fields that are not among ``keys``."""
        return [item.label for item in self.columns if item.required and item.key not in keys]


def open_import_book(reading: Reading, kind: BookKind, path: Path, progress: Progress = no_progress) -> ImportBook:
    """Read a workbook without looking for a table in it.

    Raises:
        Refusal: it is no workbook that can be read.
    """
    return ImportBook(path, open_workbook(path, progress), kind.columns(reading.policy))


def book_of(shown: BookPreview) -> ImportBook:
    """The workbook behind a preview."""
    return ImportBook(shown.path, Workbook(shown.path.name, shown.sheets, shown.sha256), shown.columns)


def lay_out(book: ImportBook, choice: Choice) -> FoundTable:
    """The table as it stands with this choice.

    Raises:
        Refusal: no heading was recognised and none was pointed out.
    """
    return find_table(book.workbook, book.columns, choice)


def first_rows(sheet: Sheet, count: int = 30) -> list[tuple[int, tuple[str, ...]]]:
    """The first rows of a sheet with their numbers, as a person sees them."""
    return preview(sheet, count=count)


def examples(table: FoundTable, column: FoundColumn, count: int = 3) -> list[str]:
    """A few different values that stand in a column."""

    def values() -> Iterator[str]:
        for row in table.rows[:_ROWS_SEARCHED]:
            text = cell_text(row.value(column.index)).strip()
            if text:
                yield text.replace("\n", " ")

    return list(dict.fromkeys(values()))[:count]
