"""A table of a short list that is held in memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from desktop.ui.desk import Desk
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

Row = TypeVar("Row")


def short_table(
    desk: Desk,
    columns: Sequence[Column[Row]],
    load: Callable[[], Sequence[Row]],
    key: Callable[[Row], Hashable],
    *,
    name: str,
    empty: str,
    ask: Ask | None = None,
) -> Table[Row]:
    """A table over what ``load`` gives (called in the background); its widths are remembered under its name."""
    made: Table[Row] = Table(
        columns, MemorySource(load, columns, key), desk.operations, name=name, empty=empty, ask=ask
    )
    made.remember_widths(desk.memory)
    return made
