"""Saves a draft behind the screen: never an older content over a newer one, and nothing after it is done with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.services.drafting import Draft, discard_draft, save_draft
from desktop.ui.desk import Desk


class DraftKeeper(QObject):
    """Keeps one draft. ``saved`` tells when it was, ``failed`` why it could not be."""

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, desk: Desk, draft: Draft, content: Callable[[], Mapping[str, Any]], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._author = desk.actor
        self._content = content
        self._lock = Lock()
        self._given = 0
        self._written = 0
        self._done = False
        self.draft = draft

    def save(self) -> None:
        """Save what is filled in now, in the background."""
        number, draft = self._take_down()
        self._desk.operations.start(
            self, lambda _ticket: self._write(number, draft), self._tell, key="save", failed=self.failed.emit
        )

    def save_now(self) -> None:
        """Save before the screen goes on, if anything changed; for the moment in which the form is left."""
        if dict(self._content()) != dict(self.draft.content):
            self._tell(self._write(*self._take_down()))

    def discard(self) -> None:
        """Throw the draft away for good; may be called in the background."""
        with self._lock:
            self._done = True
            discard_draft(self._desk.office, self.draft.id)

    def _take_down(self) -> tuple[int, Draft]:
        self._given += 1
        return self._given, replace(self.draft, content=dict(self._content()))

    def _write(self, number: int, draft: Draft) -> Draft | None:
        with self._lock:
            if self._done or number < self._written:
                return None
            self._written = number
            return save_draft(self._desk.office, self._author, draft)

    def _tell(self, draft: Draft | None) -> None:
        if draft is not None:
            self.draft = draft
            self.saved.emit(draft.saved_at)
