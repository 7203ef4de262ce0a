"""The table at the left of a Gantt chart: which columns there is room for, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.domain.schedule.gantt import GanttChart, Row

_LEAST_NAME, _MOST_NAME = 9.5, 15.0
_CHARACTER, _MARKS = 0.72, 3.6
_YEAR = 2.4
_PADDING = 0.5


@dataclass(frozen=True)
class TaskColumn:
    """A column: its title, its text, its width in ems; ``right`` for figures."""

    title: str
    text: Callable[[Row], str]
    width: float
    right: bool = False


@dataclass(frozen=True)
class Cell:
    """A column at its place."""

    column: TaskColumn
    x: float
    width: float


def days_text(row: Row) -> str:
    """The days of a task; the second year is left out where it is the first."""
    if row.days is None:
        return "未填"
    first, last = row.days
    if row.moment:
        return first.isoformat()
    return f"{first} 至 {last:%m-%d}" if first.year == last.year else f"{first} 至 {last}"


def short_days(row: Row) -> str:
    """The same without years, for where there is little room: the chart tells them."""
    if row.days is None:
        return "未填"
    first, last = row.days
    return f"{first:%m-%d}" if row.moment else f"{first:%m-%d} 至 {last:%m-%d}"


NAME = TaskColumn("任务", lambda row: row.name or "（未命名）", _LEAST_NAME)
_DAYS = TaskColumn("起止", days_text, 9.6)
_SHORT_DAYS = TaskColumn("起止", short_days, 6.9)
_LENGTH = TaskColumn("工作日", lambda row: str(row.length) if row.days and not row.moment else "", 3.4, right=True)
_PROGRESS = TaskColumn("进度", lambda row: f"{row.progress:.0f}%" if row.progress is not None else "", 3.1, right=True)
_OWNER = TaskColumn("责任人", lambda row: row.owner, 4.1)
_ORDER = (_OWNER, _DAYS, _SHORT_DAYS, _LENGTH, _PROGRESS)


@dataclass(frozen=True)
class Needs:
    """What a chart's table would like, in ems: a width for the names, and the columns behind, the most wanted first."""

    name: float = _LEAST_NAME
    columns: tuple[tuple[TaskColumn, float], ...] = ()

    @property
    def width(self) -> float:
        """How wide the table is where all of its columns are to be seen."""
        return self.name + sum(width for _column, width in self.columns)


def needs_of(chart: GanttChart) -> Needs:
    """What the table of a chart would like."""
    longest = max((len(row.name) * _CHARACTER + row.level for row in chart.rows), default=0)
    wide = any(row.days and not row.moment and row.days[0].year != row.days[1].year for row in chart.rows)
    wanted = (_DAYS, _PROGRESS, _OWNER, _LENGTH) if chart.reported else (_DAYS, _OWNER, _LENGTH)
    columns = tuple((column, column.width + (_YEAR if wide and column is _DAYS else 0)) for column in wanted)
    return Needs(min(max(_LEAST_NAME, longest + _MARKS), _MOST_NAME), columns)


def cells(needs: Needs, width: float, em: float) -> list[Cell]:
    """The columns for which there is room, in their order, the name taking what is left.

    How many working days a task has can be seen in the chart: that column gives way to long names.
    """
    room = width - _LEAST_NAME * em
    kept: dict[TaskColumn, float] = {}
    for wanted, ems in needs.columns:
        spare = (needs.name - _LEAST_NAME) * em if wanted is _LENGTH else 0
        choices = [(wanted, ems * em)]
        if wanted is _DAYS:
            choices.append((_SHORT_DAYS, _SHORT_DAYS.width * em))
        fitting = next(((column, wide) for column, wide in choices if wide <= room - spare), None)
        if fitting is not None:
            kept[fitting[0]] = fitting[1]
            room -= fitting[1]
    found = [Cell(NAME, 0.0, _LEAST_NAME * em + max(0.0, room) if kept else width)]
    for column in _ORDER:
        if column in kept:
            found.append(Cell(column, found[-1].x + found[-1].width, kept[column]))
    return found


def padding(em: float) -> float:
    """What is kept free at both sides of a cell."""
    return _PADDING * em
