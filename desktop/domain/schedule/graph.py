"""The order in which a schedule's tasks can be reckoned, and the circles that leave none."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from desktop.domain.schedule.links import Dependency


class TaskGraph:
    """Tasks as events: a task that has others below it opens before them and closes after them.

    Event ``n`` is task ``n`` itself, or the opening of a summary task; its closing is `closing`. Dependencies lead from
    the closing to the opening; whether they count starts or finishes does not matter for the order.
    """

    def __init__(self, ids: Sequence[str], parents: Mapping[str, str], dependencies: Iterable[Dependency] = ()) -> None:
        self.ids = ids
        self.places = {key: place for place, key in enumerate(ids)}
        count = len(ids)
        self.parent = [self.places.get(parents.get(key, ""), -1) for key in ids]
        self.children: list[list[int]] = [[] for _ in ids]
        for place, above in enumerate(self.parent):
            if above >= 0:
                self.children[above].append(place)
        self._next: list[list[int]] = [[] for _ in range(2 * count)]
        for place, below in enumerate(self.children):
            for child in below:
                self._next[place].append(child)
                self._next[self.closing(child)].append(count + place)
        self.dependencies = list(dependencies)
        for link in self.dependencies:
            self._next[self.closing(self.places[link.before])].append(self.places[link.after])

    def is_summary(self, place: int) -> bool:
        """Whether a task has others below it."""
        return bool(self.children[place])

    def closing(self, place: int) -> int:
        """The event at which a task is over."""
        return len(self.ids) + place if self.children[place] else place

    def task_of(self, event: int) -> int:
        """The task to which an event belongs."""
        return event % len(self.ids)

    def order(self) -> list[int] | None:
        """Every event after all that it waits for; nothing where there is a circle."""
        waits = [0] * len(self._next)
        for following in self._next:
            for event in following:
                waits[event] += 1
        closings = [len(self.ids) + place for place, below in enumerate(self.children) if below]
        real = [*range(len(self.ids)), *closings]
        ready = deque(event for event in real if not waits[event])
        order = []
        while ready:
            event = ready.popleft()
            order.append(event)
            for following in self._next[event]:
                waits[following] -= 1
                if not waits[following]:
                    ready.append(following)
        return order if len(order) == len(real) else None

    def circular(self) -> list[Dependency]:
        """The dependencies that lie on a circle."""
        groups = self._groups()
        return [
            link
            for link in self.dependencies
            if groups[self.closing(self.places[link.before])] == groups[self.places[link.after]]
        ]

    def circle(self, link: Dependency) -> list[str]:
        """A shortest circle through a dependency: the ids from its ``after`` on; its ``before`` comes last."""
        start, goal = self.places[link.after], self.closing(self.places[link.before])
        came: dict[int, int] = {start: start}
        waiting = deque([start])
        while waiting and goal not in came:
            event = waiting.popleft()
            for following in self._next[event]:
                if following not in came:
                    came[following] = event
                    waiting.append(following)
        path = [goal]
        while path[-1] != start:
            path.append(came[path[-1]])
        tasks = [self.task_of(event) for event in reversed(path)]
        return [self.ids[task] for at, task in enumerate(tasks) if at == 0 or task != tasks[at - 1]]

    def _groups(self) -> list[int]:
        """For each event the group of those from which one can come back to it (Tarjan, without recursion)."""
        count = len(self._next)
        index, low, group = [0] * count, [0] * count, [0] * count
        stack: list[int] = []
        counter = groups = 0
        for root in range(count):
            if index[root]:
                continue
            counter += 1
            index[root] = low[root] = counter
            stack.append(root)
            path: list[tuple[int, Iterator[int]]] = [(root, iter(self._next[root]))]
            while path:
                event, rest = path[-1]
                following = next(rest, None)
                if following is None:
                    path.pop()
                    if path:
                        low[path[-1][0]] = min(low[path[-1][0]], low[event])
                    if low[event] == index[event]:
                        groups += 1
                        while group[event] != groups:
                            group[stack.pop()] = groups
                elif not index[following]:
                    counter += 1
                    index[following] = low[following] = counter
                    stack.append(following)
                    path.append((following, iter(self._next[following])))
                elif not group[following]:
                    low[event] = min(low[event], index[following])
        return group
