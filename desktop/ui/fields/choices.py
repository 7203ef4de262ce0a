"""Widgets for choices: one of the options, or any number of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from desktop.domain.canonical import Json
from desktop.domain.choice_fields import ChoiceField, MultiChoiceField, Option
from desktop.domain.field import Field
from desktop.ui.fields.base import FieldContext, FieldEditor
from desktop.ui.fields.flow import FlowLayout


def options_of(field: Field) -> Sequence[Option]:
    """The options of a choice."""
    return field.options if isinstance(field, ChoiceField | MultiChoiceField) else ()


class QuietCombo(QComboBox):
    """A list to choose from, which the wheel does not turn while a person scrolls past it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceEditor(FieldEditor):
    """One of the options, or none."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        self.box = QuietCombo()
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.setPlaceholderText(field.hint or "请选择")
        self.box.addItem("", None)
        for option in options_of(field):
            self.box.addItem(option.label, option.key)
        self.box.activated.connect(lambda _place: self.changed.emit())
        self.put(self.box)
        self.box.setCurrentIndex(-1)

    def value(self) -> Json:
        value: Json = self.box.currentData()
        return value

    def set_value(self, value: Json) -> None:
        place = self.box.findData(value) if value is not None else -1
        if value is not None and place < 0:  # an option of an older policy
            self.box.addItem(str(value), value)
            place = self.box.count() - 1
        self.box.setCurrentIndex(place)


class MultiChoiceEditor(FieldEditor):
    """Any number of the options."""

    wide = True

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        panel = QWidget()
        layout = FlowLayout(panel)
        self.boxes = {option.key: QCheckBox(option.label) for option in options_of(field)}
        for box in self.boxes.values():
            layout.addWidget(box)
            box.clicked.connect(lambda _on: self.changed.emit())
        self.put(panel)
        if self.boxes:
            self.setFocusProxy(next(iter(self.boxes.values())))

    def value(self) -> Json:
        return [key for key, box in self.boxes.items() if box.isChecked()] or None

    def set_value(self, value: Json) -> None:
        chosen = value if isinstance(value, list | tuple) else ()
        for key, box in self.boxes.items():
            box.setChecked(key in chosen)
