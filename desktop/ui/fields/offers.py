"""What is offered while a person types: the entries of a fact that a field names."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from desktop.domain.field import Facts, Field
from desktop.domain.fields import TextField
from desktop.services.sorting import initials

_MOST_SHOWN = 12
_MOST_OFFERED = 60


Offer = tuple[str, str]
"""What is offered, and the pinyin initials by which it is found, too."""


def offers_for(field: Field, facts: Facts) -> Sequence[Offer]:
    """What is offered in a field; nothing in most.

    The fact lists texts, or pairs of a text and its initials where there are too many to work them out here.
    """
    entries = facts.get(field.offers) if isinstance(field, TextField) and field.offers else None
    found = entries if isinstance(entries, list | tuple) else ()
    return [(entry, initials(entry)) if isinstance(entry, str) else (str(entry[0]), str(entry[1])) for entry in found]


def add_offers(line: QLineEdit, entries: Sequence[Offer]) -> QCompleter:
    """Let a line offer these entries by any part of them or their pinyin initials."""
    model = QStringListModel(line)
    completer = QCompleter(model, line)
    completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setMaxVisibleItems(_MOST_SHOWN)

    def offer(text: str) -> None:
        wanted = text.strip().casefold()
        found = [entry for entry, letters in entries if wanted in entry.casefold() or wanted in letters]
        model.setStringList(found[:_MOST_OFFERED] if wanted else [])

    line.textEdited.connect(offer)
    line.setCompleter(completer)
    return completer
