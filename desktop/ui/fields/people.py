"""The widget for a person: typed or picked, and two people of one name are told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.ledger import PersonRef
from desktop.services.sorting import initials
from desktop.ui.fields.base import FieldContext, read
from desktop.ui.fields.texts import LineEditor

_MOST_SHOWN = 12

OUTSIDE = "不在人员名单中，只记姓名"
"""What is said of a name that no colleague bears."""


def find_person(text: str, people: Sequence[PersonRef]) -> tuple[Json, str]:
    """Whom a writing means, as a stored value, and what is to be said about it.

    Someone outside the list is kept by name alone, without an id.
    """
    written = text.strip()
    told_apart = [person for person in people if person.full == written]
    if len(told_apart) == 1:
        return {"id": str(told_apart[0].id), "name": told_apart[0].name}, ""
    if told_apart:
        return {"id": "", "name": told_apart[0].name}, "有两条这样的记录，分不清是哪一位，请先在设置中补上工号"
    namesakes = [person for person in people if person.name == written]
    if len(namesakes) == 1:
        return {"id": str(namesakes[0].id), "name": namesakes[0].name}, ""
    if namesakes:
        return {"id": "", "name": written}, f"有 {len(namesakes)} 位同名的同事，请从列表中选定是哪一位"
    return ({"id": "", "name": written}, OUTSIDE) if written else (None, "")


def pick_person(text: str, people: Sequence[PersonRef]) -> tuple[PersonRef | None, str]:
    """The one of these people whom a name, initials or a staff number mean, or why they mean none of them."""
    if (meant := by_letters(text, people)) is not None:
        return meant, ""
    found, note = find_person(text, people)
    key = found.get("id") if isinstance(found, dict) else None
    return next((person for person in people if str(person.id) == key), None), note


def by_letters(text: str, people: Sequence[PersonRef]) -> PersonRef | None:
    """The only one of these people with those pinyin initials or that staff number."""
    wanted = text.strip().casefold()
    if not wanted or not wanted.isascii():
        return None
    meant = [person for person in people if wanted in {initials(person.name), person.staff_no.casefold()}]
    return meant[0] if len(meant) == 1 else None


def person_text(value: Json, people: Sequence[PersonRef]) -> str:
    """The full name of a stored person, as it can be read back."""
    if not isinstance(value, Mapping):
        return ""
    known = next((person for person in people if str(person.id) == value.get("id")), None)
    return known.full if known is not None and known.name == value.get("name") else str(value.get("name") or "")


def add_people(line: QLineEdit, people: Sequence[PersonRef]) -> QCompleter:
    """Let a line offer people by name, pinyin initials, department and staff number."""
    model = QStringListModel(line)
    completer = QCompleter(model, line)
    completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setMaxVisibleItems(_MOST_SHOWN)

    def offer(text: str) -> None:
        wanted = text.strip().casefold()
        found = [item.full for item in people if wanted in item.full.casefold() or wanted in initials(item.name)]
        model.setStringList(found if wanted else [])

    line.textEdited.connect(offer)
    line.setCompleter(completer)
    return completer


class PersonEditor(LineEditor):
    """A colleague from the list, or somebody from outside by name."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        if not field.hint:
            self.line.setPlaceholderText("姓名、拼音首字母或工号")
        completer = add_people(self.line, context.people)
        completer.activated.connect(self._picked)
        self.line.editingFinished.connect(self._settle)

    def spelling(self, value: Json) -> str:
        return person_text(value, self.context.people)

    def _settle(self) -> None:
        """Letters that are one colleague's initials or staff number, and left so, mean that colleague."""
        if (meant := by_letters(self.line.text(), self.context.people)) is not None:
            self._picked(meant.full)

    def _picked(self, text: str) -> None:
        self.line.setText(text)
        self._read(text)

    def _read(self, text: str) -> None:
        found, note = find_person(text, self.context.people)
        self._value, _note, wrong = read(self.field, found if found is not None else text)
        self.mark(self.line, wrong)
        self.explain("" if wrong else note)
        self.changed.emit()
