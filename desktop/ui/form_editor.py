"""The editor of a form, built from its declaration alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.field import Content, Facts
from desktop.domain.form import Form, Problem, problems_of, settle
from desktop.ui.fields.base import FieldContext
from desktop.ui.form_guide import FormGuide
from desktop.ui.form_history import FormHistory
from desktop.ui.form_sections import SectionCard, card_for

UNREAD = "unread"
"""Beside its sections a draft's content holds under this key what could not be read, as it was written."""
_SAVE_MS = 800
_THINK_MS = 90
_REST_MS = 1200
_MOST_WIDE = 62


class FormEditor(QWidget):
    """Edits (or shows) the content of a form bound to a policy.

    ``edited`` comes a moment after an edit, and again while edits go on: time to save the draft.
    ``judged`` brings the problems.
    """

    edited = Signal()
    judged = Signal(list)

    def __init__(self, form: Form, facts: Facts, context: FieldContext, *, read_only: bool = False) -> None:
        super().__init__()
        self.form = form
        self.facts = facts
        self.read_only = read_only
        self.problems: list[Problem] = []
        self.cards: dict[str, SectionCard] = {
            section.key: card_for(section, context, read_only=read_only) for section in form.sections
        }
        self.guide = FormGuide(form, read_only=read_only)
        self._history = FormHistory({})
        self._edited = False
        self._save = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._save.timeout.connect(self.flush)
        self._think = QTimer(self, singleShot=True, interval=_THINK_MS)
        self._think.timeout.connect(self._consider)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._end_burst)
        self._lay_out()
        for key, card in self.cards.items():
            card.changed.connect(lambda key=key: self._on_edit(key))
            card.rested.connect(self._end_burst)
        self.guide.section_wanted.connect(self.go_to_section)
        self.guide.problem_wanted.connect(self.go_to)
        if not read_only:
            self._catch_undo()
        self.set_content({})

    def set_content(self, content: Content) -> None:
        """Show a content and forget the steps of undo."""
        self._apply(content)
        self._history = FormHistory(self.content())

    def content(self) -> dict[str, Any]:
        """What is filled in, by section; what cannot be read stands under ``UNREAD``. Computed values are in it."""
        made: dict[str, Any] = settle(self.form, {key: card.value() for key, card in self.cards.items()}, self.facts)
        unread = {
            f"{key}/{place}": _storable(text)
            for key, card in self.cards.items()
            for place, text in card.written().items()
        }
        return {**made, UNREAD: unread} if unread else made

    def flush(self) -> None:
        """Tell of an edit at once that would be told of in a moment; before leaving the form."""
        self._save.stop()
        if self._edited:
            self._edited = False
            self.edited.emit()

    def stop(self) -> None:
        """Tell of no more edits: whoever asks takes the content as it stands."""
        self._save.stop()
        self._edited = False

    def judge(self) -> None:
        """Work out the problems at once."""
        self._think.stop()
        self._consider()

    def go_to(self, problem: Problem) -> None:
        """Take the keyboard to where a problem is."""
        card = self.cards[problem.section]
        self._area.ensureWidgetVisible(card.go_to(problem), 40, 80)

    def go_to_section(self, key: str) -> None:
        """Bring a section to the top."""
        self._area.verticalScrollBar().setValue(max(0, self.cards[key].y() - 4))

    def undo(self) -> None:
        """Take the last edit back."""
        if self._history.can_undo:
            self._restore(self._history.undo())

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._history.can_redo:
            self._restore(self._history.redo())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Undo is the form's: the steps of its lines and areas would fall out of step with it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_undo(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        self._sheet = QWidget()
        column = QVBoxLayout(self._sheet)
        column.setContentsMargins(0, 0, 6, 12)
        column.setSpacing(10)
        for card in self.cards.values():
            column.addWidget(card)
        column.addStretch(1)
        self._sheet.setMaximumWidth(round(self.fontMetrics().height() * _MOST_WIDE))
        self._area = QScrollArea()
        self._area.setWidget(self._sheet)
        self._area.setWidgetResizable(True)
        self._area.verticalScrollBar().valueChanged.connect(self._follow)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.guide)
        row.addWidget(self._area, 1)
        QTimer.singleShot(0, self, lambda: self._follow(0))

    def _catch_undo(self) -> None:
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Redo), self, self.redo)
        parts: list[QWidget] = [*self._sheet.findChildren(QLineEdit), *self._sheet.findChildren(QPlainTextEdit)]
        for part in parts:
            part.installEventFilter(self)

    def _follow(self, top: int) -> None:
        seen = [key for key, card in self.cards.items() if card.y() <= top + 60]
        self.guide.show_section(seen[-1] if seen else next(iter(self.cards)))

    def _on_edit(self, section: str) -> None:
        self._edited = True
        focus = self.focusWidget()
        self._history.add(self.content(), f"{section}/{id(focus)}")
        if not self._save.isActive():  # whoever types on and on is saved all the same
            self._save.start()
        self._think.start()
        self._rest.start()

    def _end_burst(self) -> None:
        self._history.rest()

    def _consider(self) -> None:
        if self.read_only:  # what was signed is shown as it was, never worked out again
            return
        content = {key: card.value() for key, card in self.cards.items()}
        settled = settle(self.form, content, self.facts)
        for key, card in self.cards.items():
            card.show_computed(settled[key])
        unreadable = [problem for card in self.cards.values() for problem in card.unreadable()]
        places = {(item.section, item.field, item.line) for item in unreadable}
        others = [
            item
            for item in problems_of(self.form, settled, self.facts)
            if (item.section, item.field, item.line) not in places
        ]
        self.problems = unreadable + others
        self.guide.show_problems(self.problems)
        self.judged.emit(self.problems)

    def _apply(self, content: Content) -> None:
        unread: Mapping[str, str] = content.get(UNREAD) or {}
        for key, card in self.cards.items():
            card.set_value(content.get(key))
            prefix = f"{key}/"
            card.set_written({p.removeprefix(prefix): text for p, text in unread.items() if p.startswith(prefix)})
        self._think.stop()
        self._consider()

    def _restore(self, content: Content) -> None:
        self._apply(content)
        self._edited = True
        self._save.start()


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


def _storable(text: str) -> str:
    """What is typed may hold marks that no file can; a draft keeps the rest of it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
