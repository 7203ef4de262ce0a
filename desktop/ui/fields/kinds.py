"""Which widget edits which kind of field; a test holds that none is missing."""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.field import Field
from desktop.ui.fields.attachments import AttachmentEditor
from desktop.ui.fields.base import FieldContext, FieldEditor
from desktop.ui.fields.choices import ChoiceEditor, MultiChoiceEditor
from desktop.ui.fields.computed import ValueView
from desktop.ui.fields.dates import DateEditor, PeriodEditor
from desktop.ui.fields.figures import MoneyEditor, PercentEditor, QuantityEditor
from desktop.ui.fields.people import PersonEditor
from desktop.ui.fields.texts import text_editor

EDITORS: dict[str, Callable[[Field, FieldContext], FieldEditor]] = {
    "text": text_editor,
    "money": MoneyEditor,
    "date": DateEditor,
    "month": text_editor,
    "week": text_editor,
    "effort": text_editor,
    "period": PeriodEditor,
    "quantity": QuantityEditor,
    "percent": PercentEditor,
    "person": PersonEditor,
    "choice": ChoiceEditor,
    "multi-choice": MultiChoiceEditor,
    "attachment": AttachmentEditor,
    "computed": ValueView,
}
"""Kind → what makes its widget."""


def editor_for(field: Field, context: FieldContext, *, read_only: bool = False) -> FieldEditor:
    """The widget that edits a field, or that shows its value where it may only be read."""
    if read_only and field.kind != "attachment":
        return ValueView(field, context)
    made = EDITORS[field.kind](field, context)
    made.set_read_only(read_only)
    return made
