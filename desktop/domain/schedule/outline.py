"""The order and the depth of tasks that stand below one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Outline:
    """Tasks in outline order: each before those below it, otherwise as they were given.

    Parents must not go in circles.
    """

    def __init__(self, ids: Sequence[str], parents: Mapping[str, str]) -> None:
        self.parents = parents
        self.children: dict[str, list[str]] = {}
        for key in ids:
            if key in parents:
                self.children.setdefault(parents[key], []).append(key)
        self.order: list[str] = []
        self.level: dict[str, int] = {}
        waiting = [key for key in reversed(ids) if key not in parents]
        while waiting:
            key = waiting.pop()
            self.order.append(key)
            self.level[key] = self.level[parents[key]] + 1 if key in parents else 1
            waiting += reversed(self.children.get(key, ()))
        self._first = {key: place for place, key in enumerate(self.order)}
        self._last = dict(self._first)
        for key in reversed(self.order):
            if key in parents:
                self._last[parents[key]] = max(self._last[parents[key]], self._last[key])

    def above(self, upper: str, lower: str) -> bool:
        """Whether a task stands somewhere above another."""
        return self._first[upper] < self._first[lower] <= self._last[upper]
