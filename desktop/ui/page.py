"""A page of the window: it knows which records it shows, and reads anew only when it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.services.changes import Changes
from desktop.ui.desk import Desk


class Page(QWidget):
    """The base of every page. ``reads`` names the kinds of records whose change concerns it."""

    reads: frozenset[str] = frozenset()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._stale = True

    def reload(self) -> None:
        """Read everything anew."""
        raise NotImplementedError

    def show_item(self, kind: str, item: object) -> None:
        """Show this project, filing or draft.

        Raises:
            LookupError: the page shows no such thing.
        """
        raise LookupError(kind)

    def on_changed(self, changes: Changes) -> None:
        """Something was written: read anew if it concerns this page, at once or when it is looked at."""
        if changes.touches(*self.reads):
            self.renew()

    def renew(self) -> None:
        """Read anew now if the page is looked at, else as soon as it is."""
        if self.isVisible():
            self.reload()
        else:
            self._stale = True

    def reseat(self) -> None:
        """Somebody else sits here now: nothing that the one before saw may stay."""
        self.renew()

    def leave(self) -> None:
        """The page is left for another one, or the window closes: keep what must be kept."""

    @property
    def unsaved(self) -> str:
        """What is written here and would be gone with the window, in words; nothing where all is kept."""
        return ""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self.reload()


@dataclass(frozen=True)
class Tab:
    """A page with its place in the window; one without ``title`` has no tab. ``takes`` are the kinds it can show."""

    key: str
    title: str
    make: Callable[[Desk], Page]
    takes: frozenset[str] = field(default_factory=frozenset)
