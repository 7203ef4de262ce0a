"""The critical path of a schedule: earliest and latest days, total and free slack in working days (CTRL-6).

What counts:

- A task takes the working days from its entered start to its entered end; a task whose days are all off takes none.
- A milestone of a single day takes no time and is reached on the evening of that day; a milestone that lasts longer is
  a task whose end is the milestone.
- An entered start is the earliest day for that task; dependencies move it later, never earlier.
- A task that has others below it (汇总任务) has no time of its own: it runs from the first of them to the last. What it
  waits for, all of them wait for (完成-开始 and 开始-开始 only).
- Nothing may be later than the end of the whole, so that somewhere the slack is nought: there the path is critical.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from desktop.domain.calendar import WorkCalendar
from desktop.domain.schedule.graph import TaskGraph
from desktop.domain.schedule.links import Dependency
from desktop.domain.schedule.progress import Share
from desktop.domain.schedule.workdays import Workdays

_FAR = 1 << 60
_LAST = dt.date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Task:
    """A task as entered; ``parent`` is the id of the summary task above it, ``progress`` is in points of 100."""

    id: str
    name: str
    start: dt.date
    end: dt.date
    milestone: bool = False
    parent: str = ""
    work: Decimal | None = None
    progress: Decimal | None = None

    @property
    def is_moment(self) -> bool:
        """Whether it takes no time: a milestone of a single day."""
        return self.milestone and self.start == self.end


@dataclass(frozen=True, slots=True)
class Timing:
    """What the network says of a task; days are inclusive, slack and ``length`` are in working days.

    A summary task has the work and progress of what stands below it (see `Share`), and the least slack of all of it.
    """

    early_start: dt.date
    early_finish: dt.date
    late_start: dt.date
    late_finish: dt.date
    total_slack: int
    free_slack: int
    length: int
    summary: bool
    work: Decimal | None
    progress: Decimal | None

    @property
    def critical(self) -> bool:
        """Whether a day lost here is a day lost for the whole."""
        return self.total_slack == 0


@dataclass(frozen=True)
class Network:
    """The timing of every task by id, and the days from the first start to the last finish."""

    timings: Mapping[str, Timing]
    start: dt.date | None
    end: dt.date | None

    @property
    def critical(self) -> list[str]:
        """The critical tasks, in the order in which they were given; summary tasks left out."""
        return [key for key, timing in self.timings.items() if timing.critical and not timing.summary]


class CircularSchedule(ValueError):
    """Tasks wait for one another; ``tasks`` are the names on one such circle, the first one following the last."""

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__(f"任务互为前置，成了循环：{' → '.join([*tasks, *tasks[:1]])}")
        self.tasks = tuple(tasks)


class EndlessSchedule(ValueError):
    """The schedule runs past the last day that there is."""

    def __init__(self) -> None:
        super().__init__("按前置任务推算，进度计划排到了 9999 年以后，请核对工期和间隔")


def reckon(tasks: Sequence[Task], dependencies: Iterable[Dependency], calendar: WorkCalendar) -> Network:
    """The network of a schedule.

    Raises:
        CircularSchedule: tasks wait for one another.
        EndlessSchedule: the dates run out.
        ValueError: a dependency names no task, or lets the finish of a summary task wait.
    """
    if not tasks:
        return Network({}, None, None)
    parents = {task.id: task.parent for task in tasks}
    graph = TaskGraph(list(parents), parents, _known(tasks, dependencies))
    order = graph.order()
    if order is None:
        raise CircularSchedule([tasks[graph.places[key]].name for key in _one_circle(graph)])
    found = _Passes(tasks, graph, order, Workdays(calendar))
    found.forward()
    found.backward()
    return found.network()


def _known(tasks: Sequence[Task], dependencies: Iterable[Dependency]) -> list[Dependency]:
    ids = {task.id for task in tasks}
    links = list(dependencies)
    for link in links:
        if link.before not in ids or link.after not in ids:
            raise ValueError(f"no such task: {link.before} → {link.after}")
    return links


def _one_circle(graph: TaskGraph) -> list[str]:
    links = graph.circular()
    if links:
        return graph.circle(links[0])
    at = next(place for place in range(len(graph.ids)) if _climbs_forever(graph, place))
    seen = set[int]()
    while at not in seen:
        seen.add(at)
        at = graph.parent[at]
    circle = [at]
    while graph.parent[circle[-1]] != at:
        circle.append(graph.parent[circle[-1]])
    return [graph.ids[place] for place in circle]


def _climbs_forever(graph: TaskGraph, place: int) -> bool:
    seen = set[int]()
    while place >= 0 and place not in seen:
        seen.add(place)
        place = graph.parent[place]
    return place >= 0


class _Passes:
    """The two passes over the events, all in places of working days (see `Workdays`)."""

    def __init__(self, tasks: Sequence[Task], graph: TaskGraph, order: Sequence[int], days: Workdays) -> None:
        self.tasks, self.graph, self.order, self.days = tasks, graph, order, days
        count = len(tasks)
        self.entered = [days.place_after(task.end) if task.is_moment else days.place(task.start) for task in tasks]
        self.length = [
            0 if task.is_moment else days.place_after(task.end) - entered
            for task, entered in zip(tasks, self.entered, strict=True)
        ]
        self.start, self.finish = [_FAR] * count, [-_FAR] * count
        self.late_start, self.late_finish = [_FAR] * count, [-_FAR] * count
        self.free = [_FAR] * count
        self.links_out: list[list[tuple[int, Dependency]]] = [[] for _ in tasks]
        for link in graph.dependencies:
            target = graph.places[link.after]
            if link.kind.to_finish and graph.is_summary(target):
                raise ValueError(f"the finish of a summary task cannot wait: {link.after}")
            self.links_out[graph.places[link.before]].append((target, link))
        self.end = 0

    def forward(self) -> None:
        """Earliest places: each task as soon as its entered start, its summary tasks and its predecessors let it."""
        least = [-_FAR] * len(self.tasks)
        for event in self.order:
            place = self.graph.task_of(event)
            if self.graph.is_summary(place) and event == place:
                for child in self.graph.children[place]:
                    least[child] = max(least[child], least[place])
                continue
            if not self.graph.is_summary(place):
                self.start[place] = max(self.entered[place], least[place])
                self.finish[place] = self.start[place] + self.length[place]
            self._raise_parent(place)
            for target, link in self.links_out[place]:
                least[target] = max(least[target], self._bound(place, target, link))
        self.end = max(self.finish)
        if self.end > self.days.place(_LAST):
            raise EndlessSchedule

    def _raise_parent(self, place: int) -> None:
        above = self.graph.parent[place]
        if above >= 0:
            self.start[above] = min(self.start[above], self.start[place])
            self.finish[above] = max(self.finish[above], self.finish[place])

    def _bound(self, place: int, target: int, link: Dependency) -> int:
        """The earliest start that a link leaves its target."""
        bound = (self.start[place] if link.kind.from_start else self.finish[place]) + link.lag
        return bound - self.length[target] if link.kind.to_finish else bound

    def backward(self) -> None:
        """Latest places and slacks: how late each task may be, and how late without moving any other.

        Where several tasks below a summary task begin it together, each of them counts as its start.
        """
        count = len(self.tasks)
        latest_start, latest_finish = [_FAR] * count, [_FAR] * count
        free_start, free_finish = [_FAR] * count, [_FAR] * count
        for event in reversed(self.order):
            place = self.graph.task_of(event)
            summary = self.graph.is_summary(place)
            if summary and event == place:
                self._gather(place)
                continue
            self._limit(place, (latest_start, latest_finish), self.late_start)
            self._limit(place, (free_start, free_finish), self.start)
            if not summary:
                length = self.length[place]
                late = min(latest_start[place], latest_finish[place] - length, self.end - length)
                self.late_start[place], self.late_finish[place] = late, late + length
                most = min(free_start[place], free_finish[place] - length, self.end - length)
                self.free[place] = most - self.start[place]

    def _limit(self, place: int, limits: tuple[list[int], list[int]], begins: Sequence[int]) -> None:
        """How late the task of a closing may start and finish, for what follows (which ``begins`` then) and above."""
        starts, finishes = limits
        above = self.graph.parent[place]
        if above >= 0:
            finishes[place] = min(finishes[place], finishes[above])
            if self.start[place] == self.start[above]:
                starts[place] = min(starts[place], starts[above])
        for target, link in self.links_out[place]:
            bound = begins[target] - link.lag + (self.length[target] if link.kind.to_finish else 0)
            side = starts if link.kind.from_start else finishes
            side[place] = min(side[place], bound)

    def _gather(self, place: int) -> None:
        children = self.graph.children[place]
        self.late_start[place] = min(self.late_start[child] for child in children)
        self.late_finish[place] = max(self.late_finish[child] for child in children)
        self.free[place] = min(self.free[child] for child in children)

    def network(self) -> Network:
        """The result in days; what stands above others is put together from them."""
        places = range(len(self.tasks))
        slack = [self.late_start[place] - self.start[place] for place in places]
        early = [self._days(place, self.start[place], self.finish[place]) for place in places]
        late = [self._days(place, self.late_start[place], self.late_finish[place]) for place in places]
        shares = [
            Share() if self.graph.is_summary(place) else Share.of(self.length[place], task.work, task.progress)
            for place, task in enumerate(self.tasks)
        ]
        for event in reversed(self.order):
            below = self.graph.children[self.graph.task_of(event)]
            if event < len(self.tasks) and below:
                slack[event] = min(slack[child] for child in below)
                for spans in (early, late):
                    spans[event] = (min(spans[child][0] for child in below), max(spans[child][1] for child in below))
                for child in below:
                    shares[event].add(shares[child])
        timings = {
            task.id: Timing(
                *early[place],
                *late[place],
                slack[place],
                self.free[place],
                self.finish[place] - self.start[place],
                self.graph.is_summary(place),
                shares[place].planned_work,
                shares[place].progress,
            )
            for place, task in enumerate(self.tasks)
        }
        return Network(timings, min(first for first, _last in early), max(last for _first, last in early))

    def _days(self, place: int, start: int, finish: int) -> tuple[dt.date, dt.date]:
        """The first and the last day between two places; what takes no time keeps its day until it must move."""
        if start < finish:
            return self.days.day(start), self.days.day(finish - 1)
        task = self.tasks[place]
        if start == self.entered[place]:
            return task.start, task.end
        day = self.days.day(finish - 1)
        return day, day
