"""Buttons that start the office's own forms, for those who may."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.services.drafting import Draft, start_draft
from desktop.services.office_forms import office_forms
from desktop.ui.desk import Desk
from desktop.ui.pieces import button


class RegisterButtons(QWidget):
    """One button for each (form key, words); those that a person may not file do not show."""

    def __init__(self, desk: Desk, forms: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._desk = desk
        self.buttons = {key: button(words, partial(self.begin, key)) for key, words in forms}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        for made in self.buttons.values():
            line.addWidget(made)
            made.hide()

    def reload(self) -> None:
        """Find out what this person may register."""
        actor = self._desk.actor
        self._desk.read(self, lambda reading: office_forms(reading, actor), self._show, key="rights")

    def begin(self, form_key: str) -> None:
        """Start that form, or go on with the draft of it that is open."""
        office, actor = self._desk.office, self._desk.actor

        def begun(draft: Draft) -> None:
            self._desk.wanted.emit("draft", draft)

        self._desk.operations.start(self, lambda _ticket: start_draft(office, actor, form_key, None), begun)

    def _show(self, allowed: frozenset[str]) -> None:
        for key, made in self.buttons.items():
            made.setVisible(key in allowed)
