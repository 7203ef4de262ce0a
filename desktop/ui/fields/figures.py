"""Widgets for amounts of money, quantities and percentages."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop.domain import money
from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import MoneyField, QuantityField
from desktop.ui.fields.base import FieldContext
from desktop.ui.fields.texts import LineEditor
from desktop.ui.theme import figures


class FigureEditor(LineEditor):
    """A number, at the right of its line."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.line.setFont(figures(self.line.font()))


class MoneyEditor(FigureEditor):
    """An amount in yuan with thousands; in capitals below where the form asks for them."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        _show_unit(self.line, "元")

    def explain(self, note: str) -> None:
        value = self.value()
        capital = isinstance(self.field, MoneyField) and self.field.capital
        if isinstance(value, int) and capital:
            self.tell(f"{self.spelling(value)} 元　大写：{money.capital_text(value)}")
        elif isinstance(value, int) and any(mark in self.line.text() for mark in "万亿千"):
            self.tell(note)
        else:
            self.tell("")


class QuantityEditor(FigureEditor):
    """A count or measure with its unit."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        if isinstance(field, QuantityField) and field.unit:
            _show_unit(self.line, field.unit)

    def spelling(self, value: Json) -> str:
        return value if isinstance(value, str) else ""


class PercentEditor(FigureEditor):
    """A percentage."""

    def __init__(self, field: Field, context: FieldContext) -> None:
        super().__init__(field, context)
        _show_unit(self.line, "%")

    def spelling(self, value: Json) -> str:
        return value if isinstance(value, str) else ""


def _show_unit(line: QLineEdit, unit: str) -> None:
    line.setPlaceholderText(f"{line.placeholderText()}　{unit}" if line.placeholderText() else unit)
