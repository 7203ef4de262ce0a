"""Undo and redo of unsaved edits: whole contents, one step for a burst of typing in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOST_STEPS = 200


class FormHistory:
    """Contents in the order in which they were."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._steps: list[Mapping[str, Any]] = [content]
        self._at = 0
        self._place = ""

    def add(self, content: Mapping[str, Any], place: str) -> None:
        """The content after an edit at ``place``; further edits there join the same step."""
        if content == self._steps[self._at]:
            return
        del self._steps[self._at + 1 :]
        if place and place == self._place and self._at:
            self._steps[self._at] = content
        else:
            self._steps.append(content)
            del self._steps[:-_MOST_STEPS]
            self._at = len(self._steps) - 1
        self._place = place

    def rest(self) -> None:
        """The burst is over: the next edit is a step of its own."""
        self._place = ""

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier content."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a later content."""
        return self._at + 1 < len(self._steps)

    def undo(self) -> Mapping[str, Any]:
        """Go back one step; the content there."""
        self._at = max(0, self._at - 1)
        self._place = ""
        return self._steps[self._at]

    def redo(self) -> Mapping[str, Any]:
        """Go forward one step; the content there."""
        self._at = min(len(self._steps) - 1, self._at + 1)
        self._place = ""
        return self._steps[self._at]
