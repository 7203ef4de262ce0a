"""The widget for what nobody types: a value shown as text, also used wherever a form is only read."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop.domain import money
from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import ComputedField, MoneyField, TextField
from desktop.ui.fields.base import FieldContext, FieldEditor
from desktop.ui.theme import figures

_LONGEST = 32
_UNBROKEN = re.compile(r"[!-~]{33,}")


class ValueView(FieldEditor):
    """Shows a value in words; a dash where there is none."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        self.wide = isinstance(field, TextField) and field.lines
        self._value: Json = None
        self.label = QLabel("—")
        self.label.setWordWrap(True)
        self.label.setFont(figures(self.label.font()))
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.label.setContentsMargins(0, 1, 0, 1)
        self.put(self.label)

    def value(self) -> Json:
        return self._value

    def set_value(self, value: Json) -> None:
        self._value = value
        shown = self.field.shows if isinstance(self.field, ComputedField) else self.field
        text = self.field.text(value)
        if isinstance(shown, MoneyField) and isinstance(value, int):
            text += f" 元（{money.capital_text(value)}）" if shown.capital else " 元"
        self.label.setText(_UNBROKEN.sub(_broken, text) or "—")


def _broken(found: re.Match[str]) -> str:
    """A run that no line could hold, in lines of a bearable length."""
    run = found.group()
    return "\n".join(run[at : at + _LONGEST] for at in range(0, len(run), _LONGEST))
