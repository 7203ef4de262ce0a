"""What a use-case says it changed, so that every view decides for itself whether to reload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Changes:
    """The kinds of records (``project``, ``filing``, …) and the ids that one transaction wrote."""

    entities: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def touches(self, *entities: str) -> bool:
        """Whether any record of these kinds was written."""
        return not self.entities.isdisjoint(entities)

    def with_(self, other: Changes) -> Changes:
        """Both together."""
        return Changes(self.entities | other.entities, self.ids | other.ids)


@dataclass(frozen=True)
class Done(Generic[T]):
    """A use-case's answer and what it changed."""

    value: T
    changes: Changes
