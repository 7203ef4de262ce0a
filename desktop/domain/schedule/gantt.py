"""A schedule as a Gantt chart, without pixels or paper: its rows, and where bars and arrows stand (CTRL-6).

The screen and the paper draw from here. The bars are the days as entered; what is critical says the network.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from desktop.domain.calendar import WorkCalendar
from desktop.domain.monitor import Light, TaskState
from desktop.domain.plan import Line, days_of
from desktop.domain.schedule.links import Dependency
from desktop.domain.schedule.moving import Grip
from desktop.domain.schedule.network import EndlessSchedule, Network
from desktop.domain.schedule.outline import Outline
from desktop.domain.schedule.reading import PlanSchedule, read_schedule
from desktop.domain.schedule.timescale import Days, TimeScale
from desktop.domain.schedule.workdays import Workdays

_DAY = dt.timedelta(days=1)
_BEFORE, _AFTER = 7, 21
"""Days that the chart reaches beyond what stands in it, so that a bar can be pulled there."""
_TODAY_NEAR = 120
"""Today is in the chart where it is no further from it than so many days."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the plan in its outline order.

    ``days`` are its own, or from the first to the last of what stands below it; ``length`` and ``slack`` in working
    days; ``forecast`` is when it is going to be (or was) done by the weekly reports, ``base`` its days under an older
    baseline. ``leaf`` is off where other lines stand below.
    """

    id: str
    number: int
    name: str
    owner: str
    level: int
    days: Days | None
    length: int = 0
    leaf: bool = True
    milestone: bool = False
    critical: bool = False
    slack: int | None = None
    progress: Decimal | None = None
    forecast: dt.date | None = None
    deviation: int = 0
    light: Light = Light.NONE
    finished: bool = False
    base: Days | None = None

    @property
    def moment(self) -> bool:
        """Whether it takes no time and is drawn as a diamond."""
        return self.leaf and self.milestone and self.days is not None and self.days[0] == self.days[1]

    @property
    def told(self) -> str:
        """The word beside the bar of a task that does not keep its day; nothing where it does."""
        if not self.leaf or self.deviation <= 0:
            return ""
        return f"{'完成' if self.finished else self.light.label} +{self.deviation}天"


@dataclass(frozen=True)
class GanttChart:
    """Rows and the links between them.

    ``reported`` and ``compared`` say whether progress and an older baseline are told; ``note`` tells why there is no
    critical path.
    """

    rows: tuple[Row, ...]
    links: tuple[Dependency, ...]
    calendar: WorkCalendar
    today: dt.date
    span: Days
    reported: bool = False
    compared: bool = False
    note: str = ""
    workdays: Workdays = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "workdays", Workdays(self.calendar))

    def unfolded(self, folded: Collection[str]) -> tuple[Row, ...]:
        """The rows without those that stand below a folded one."""
        found, hidden = [], 0
        for row in self.rows:
            if hidden and row.level > hidden:
                continue
            hidden = row.level if row.id in folded and not row.leaf else 0
            found.append(row)
        return tuple(found)


def gantt_chart(
    schedule: PlanSchedule,
    calendar: WorkCalendar,
    today: dt.date,
    *,
    states: Iterable[TaskState] = (),
    older: Sequence[Line] | None = None,
) -> GanttChart:
    """The chart of a schedule, with what weekly reports tell of it and the lines of an ``older`` baseline."""
    known = {state.task.id: state for state in states}
    note = ""
    try:
        network = schedule.network(calendar)
    except EndlessSchedule as endless:
        network, note = Network({}, None, None), f"{endless}；没有推算关键路径。"
    older_days = read_schedule(older).spans() if older is not None else {}
    maker = _Rows(schedule, Workdays(calendar), network, known, older_days)
    rows = tuple(maker.rows())
    return GanttChart(
        rows,
        schedule.dependencies,
        calendar,
        today,
        _span(rows, today),
        reported=bool(known),
        compared=older is not None,
        note=note,
    )


@dataclass(frozen=True)
class _Rows:
    schedule: PlanSchedule
    workdays: Workdays
    network: Network
    states: Mapping[str, TaskState]
    older: Mapping[str, Days]

    def rows(self) -> Iterator[Row]:
        lines = {str(line["id"]): (number, line) for number, line in enumerate(self.schedule.lines, 1)}
        outline = Outline(list(lines), self.schedule.parents)
        spans = self.schedule.spans()
        for key in outline.order:
            number, line = lines[key]
            leaf = key not in outline.children
            yield self._row(key, number, line, spans.get(key), outline.level[key], leaf=leaf)

    def _row(self, key: str, number: int, line: Line, days: Days | None, level: int, *, leaf: bool) -> Row:
        owner, own = line.get("owner"), days_of(line)
        if days is None and own:
            days = dt.date.fromisoformat(own[0]), dt.date.fromisoformat(own[1])
        timing, state = self.network.timings.get(key), self.states.get(key)
        milestone = line.get("milestone") == "yes"
        moment = leaf and milestone and days is not None and days[0] == days[1]
        return Row(
            key,
            number,
            str(line.get("name") or ""),
            str(owner.get("name") or "") if isinstance(owner, Mapping) else "",
            level,
            days,
            self.workdays.between(*days) if days and not moment else 0,
            leaf,
            milestone,
            timing is not None and timing.critical,
            timing.total_slack if timing else None,
            state.done if state else None,
            state.finish if state and days and state.finish > days[1] else None,
            state.deviation if state else 0,
            state.light if state else Light.NONE,
            state is not None and state.finished is not None,
            self.older.get(key),
        )


def _span(rows: Sequence[Row], today: dt.date) -> Days:
    """The days of the chart: all that stands in it and some more, whole weeks."""
    known = [day for row in rows for days in (row.days, row.base) if days for day in days]
    known += [row.forecast for row in rows if row.forecast]
    first, last = min(known, default=today), max(known, default=today)
    if (today - first).days >= -_TODAY_NEAR and (today - last).days <= _TODAY_NEAR:
        first, last = min(first, today), max(last, today)
    first -= _DAY * min(_BEFORE, (first - dt.date.min).days)
    last += _DAY * min(_AFTER, (dt.date.max - last).days)
    return first - _DAY * first.weekday(), last


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, its upper left corner at ``x``, ``y``."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


Points = tuple[tuple[float, float], ...]
_TOP, _BAR, _THIN, _BASE_TOP, _BASE = 0.2, 0.44, 0.2, 0.72, 0.14
_INSET = 0.28
"""How far from the end of a bar an arrow leaves or meets it, in heights of the bar."""
_EDGE = 0.5
"""How wide the end of a bar is where it can be held, in heights of the bar; a third of a short bar at most."""


@dataclass(frozen=True)
class Layout:
    """Where all of it stands: x from the scale, y from the place of a row among those shown, each ``row`` high."""

    rows: tuple[Row, ...]
    links: tuple[Dependency, ...]
    scale: TimeScale
    row: float
    places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {row.id: place for place, row in enumerate(self.rows)})

    @property
    def height(self) -> float:
        """How high all rows are."""
        return len(self.rows) * self.row

    def between(self, top: float, bottom: float) -> range:
        """The rows of which something stands between two heights."""
        first = max(0, int(top // self.row))
        return range(first, max(first, min(len(self.rows), -int(-bottom // self.row))))

    def bar(self, place: int) -> Box | None:
        """The bar of a row, the bracket of one with others below, the box of a diamond; nothing without days."""
        row = self.rows[place]
        return self._box(row, row.days, place * self.row + self.row * _TOP, self.row * _BAR) if row.days else None

    def base(self, place: int) -> Box | None:
        """The thin bar of the older baseline below the bar."""
        row = self.rows[place]
        return self._box(row, row.base, place * self.row + self.row * _BASE_TOP, self.row * _BASE) if row.base else None

    def _box(self, row: Row, days: Days, y: float, height: float) -> Box:
        if row.leaf and row.milestone and days[0] == days[1]:
            x = (self.scale.left(days[0]) + self.scale.right(days[0]) - height) / 2
            return Box(x, y, height, height)
        left = self.scale.left(days[0])
        thin = height if row.leaf else height * _THIN / _BAR
        return Box(left, y, self.scale.right(days[1]) - left, thin)

    def done(self, place: int) -> float:
        """How much of a bar is done, as a width."""
        row, bar = self.rows[place], self.bar(place)
        if bar is None or row.progress is None:
            return 0.0
        return bar.width * float(min(max(row.progress, Decimal(0)), Decimal(100))) / 100

    def extension(self, place: int) -> tuple[float, float, float] | None:
        """From where to where a bar is going to be longer by the weekly reports, and at what height."""
        row, bar = self.rows[place], self.bar(place)
        if bar is None or row.forecast is None:
            return None
        begin = bar.middle[0] if row.moment else bar.right
        end = self.scale.right(row.forecast) - (self.scale.day / 2 if row.moment else 0)
        return begin, end, bar.middle[1]

    def reach(self, place: int) -> float | None:
        """Where a row's bar ends with all that belongs to it, so that words can stand behind it."""
        bar, base, more = self.bar(place), self.base(place), self.extension(place)
        ends = [box.right for box in (bar, base) if box] + ([more[1]] if more else [])
        return max(ends, default=None)

    def arrows(self, shown: range) -> Iterator[tuple[Dependency, Points]]:
        """The links that pass through some of the rows shown, each a line of right angles, its point last."""
        for link in self.links:
            before, after = self.places.get(link.before), self.places.get(link.after)
            if before is None or after is None or before == after:
                continue
            if max(before, after) < shown.start or min(before, after) >= shown.stop:
                continue
            points = self._arrow(link, before, after)
            if points:
                yield link, points

    def _arrow(self, link: Dependency, before: int, after: int) -> Points:
        """Down (or up) from the one bar to the gap before the other row, along the gap, and on to the other bar."""
        one, other = self.bar(before), self.bar(after)
        if one is None or other is None:
            return ()
        down = after > before
        x = self._anchor(one, self.rows[before], start=link.kind.from_start)
        to = self._anchor(other, self.rows[after], start=not link.kind.to_finish)
        begin, end = (one.bottom, other.y) if down else (one.y, other.bottom)
        if abs(x - to) < 1:
            return (to, begin), (to, end)
        gap = (after if down else after + 1) * self.row
        return (x, begin), (x, gap), (to, gap), (to, end)

    def _anchor(self, box: Box, row: Row, *, start: bool) -> float:
        if row.moment:
            return box.middle[0]
        inset = min(self.row * _BAR * _INSET, box.width / 2)
        return box.x + inset if start else box.right - inset

    def grip(self, x: float, y: float) -> tuple[int, Grip] | None:
        """Which bar is at a place, and how it would be held there."""
        place = int(y // self.row)
        if not 0 <= place < len(self.rows):
            return None
        bar, row = self.bar(place), self.rows[place]
        slack = self.row * _BAR * _EDGE
        if bar is None or not bar.y - 2 <= y <= bar.bottom + 2 or not bar.x - slack / 2 <= x <= bar.right + slack / 2:
            return None
        edge = min(slack, bar.width / 3)
        if row.moment or bar.x + edge < x < bar.right - edge:
            return place, Grip.WHOLE
        return place, Grip.START if x <= bar.x + edge else Grip.FINISH
