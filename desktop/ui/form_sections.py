"""The parts of a form on the screen: a grid of labelled fields, a table of lines, each in its card."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.domain.canonical import Json
from desktop.domain.field import Field
from desktop.domain.fields import ComputedField
from desktop.domain.form import Grid, LineTable, Problem, Section
from desktop.domain.plan import SCHEDULE
from desktop.ui.colours import TONES
from desktop.ui.fields.base import FieldContext, FieldEditor
from desktop.ui.fields.computed import ValueView
from desktop.ui.fields.kinds import editor_for
from desktop.ui.line_editor import LineEditor
from desktop.ui.schedule_card import ScheduleSwitch
from desktop.ui.schedule_files import ScheduleFiles
from desktop.ui.theme import sized

_LABEL_WIDTH = 5.4
_DENSE = 1
_LOOSE = 6


class SectionCard(QFrame):
    """A section with its title.

    ``changed`` follows every edit by a person, ``rested`` one that is a step of its own, whatever comes next.
    """

    changed = Signal()
    rested = Signal()

    def __init__(self, section: Section) -> None:
        super().__init__()
        self.section = section
        self.setObjectName("card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 12, 16, 14)
        self.body.setSpacing(8)
        title = QLabel(section.title)
        title.setFont(sized(self.font(), 1.08, bold=True))
        self.body.addWidget(title)
        if section.note:
            note = QLabel(section.note)
            note.setWordWrap(True)
            note.setProperty("role", "muted")
            self.body.addWidget(note)

    def value(self) -> Any:  # noqa: ANN401 – a grid or lines, as the section is
        """The section's content as it is stored."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:  # noqa: ANN401
        """Show another content."""
        raise NotImplementedError

    def show_computed(self, value: Any) -> None:  # noqa: ANN401
        """Show the values that nobody types, as worked out from what is typed."""
        raise NotImplementedError

    def written(self) -> dict[str, str]:
        """What cannot be read, by place within the section."""
        raise NotImplementedError

    def set_written(self, written: Mapping[str, str]) -> None:
        """Put back what could not be read."""
        raise NotImplementedError

    def unreadable(self) -> list[Problem]:
        """What cannot be read, as problems."""
        raise NotImplementedError

    def go_to(self, problem: Problem) -> QWidget:
        """Take the keyboard to where a problem is; the widget there."""
        raise NotImplementedError


class GridCard(SectionCard):
    """Labelled fields in two columns; wide ones span both."""

    def __init__(self, section: Grid, context: FieldContext, *, read_only: bool) -> None:
        super().__init__(section)
        self.editors = {item.key: editor_for(item, context, read_only=read_only) for item in section.fields}
        dense = all(isinstance(editor, ValueView) for editor in self.editors.values())
        self._top = _DENSE if dense else _LOOSE
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.setColumnMinimumWidth(0, self._label_width())
        grid.setColumnMinimumWidth(2, self._label_width())
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self.body.addLayout(grid)
        self._fill(grid, section, read_only=read_only)
        for editor in self.editors.values():
            editor.changed.connect(self.changed)

    def value(self) -> dict[str, Json]:
        return {key: editor.value() for key, editor in self.editors.items()}

    def set_value(self, value: Mapping[str, Json] | None) -> None:
        known = value or {}
        for key, editor in self.editors.items():
            if editor.written() or editor.value() != known.get(key):
                editor.set_value(known.get(key))

    def show_computed(self, value: Mapping[str, Json]) -> None:
        for key, editor in self.editors.items():
            if isinstance(editor.field, ComputedField) and editor.value() != value.get(key):
                editor.set_value(value.get(key))

    def written(self) -> dict[str, str]:
        return {key: editor.written() for key, editor in self.editors.items() if editor.wrong}

    def set_written(self, written: Mapping[str, str]) -> None:
        for key, text in written.items():
            if key in self.editors:
                self.editors[key].set_written(text)

    def unreadable(self) -> list[Problem]:
        return [
            Problem(self.section.key, key, f"“{editor.field.label}”：{editor.wrong}")
            for key, editor in self.editors.items()
            if editor.wrong
        ]

    def go_to(self, problem: Problem) -> QWidget:
        editor = self.editors.get(problem.field) or next(iter(self.editors.values()))
        editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return editor

    def _label_width(self) -> int:
        return round(self.fontMetrics().height() * _LABEL_WIDTH)

    def _fill(self, grid: QGridLayout, section: Grid, *, read_only: bool) -> None:
        row, side = 0, 0
        for item in section.fields:
            editor = self.editors[item.key]
            if editor.wide and side:
                row, side = row + 1, 0
            if isinstance(editor, ValueView):
                editor.label.setContentsMargins(0, self._top, 0, self._top)
            grid.addWidget(self._label(item, editor, read_only=read_only), row, side, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(editor, row, side + 1, 1, 3 if editor.wide else 1, Qt.AlignmentFlag.AlignTop)
            if editor.wide or side:
                row, side = row + 1, 0
            else:
                side = 2

    def _label(self, item: Field, editor: FieldEditor, *, read_only: bool) -> QLabel:
        star = f'<span style="color:{TONES["bad"].ink}"> *</span>' if item.required and not read_only else ""
        label = QLabel(f"{escape(item.label)}{star}")
        label.setProperty("role", "muted")
        label.setWordWrap(True)
        label.setFixedWidth(self._label_width())
        label.setContentsMargins(0, self._top, 0, 0)
        label.setBuddy(editor)
        if item.hint:
            label.setToolTip(item.hint)
        return label


class LinesCard(SectionCard):
    """A table of lines; one that is worked out is only shown."""

    def __init__(self, section: LineTable, context: FieldContext, *, read_only: bool) -> None:
        super().__init__(section)
        self._follows = section.compute is not None
        self.lines = LineEditor(section, context, read_only=read_only or self._follows)
        self.lines.changed.connect(self.changed)
        edited = section.key == SCHEDULE.key and not read_only and not self._follows
        self.switch = ScheduleSwitch(self.lines, context) if edited else None
        if self.switch is not None:
            self.body.addWidget(self.switch)
            self.switch.pulled.connect(self.rested)
        self.body.addWidget(self.lines)
        self.files = ScheduleFiles(self.lines, context) if edited else None

    def value(self) -> list[dict[str, Any]]:
        return self.lines.value()

    def set_value(self, value: list[Mapping[str, Json]] | None) -> None:
        if self.lines.written() or self.lines.value() != [dict(line) for line in value or ()]:
            self.lines.set_value(value or [])

    def show_computed(self, value: list[Mapping[str, Json]]) -> None:
        if self._follows:
            self.set_value(value)
        else:
            self.lines.model.show_computed(value)

    def written(self) -> dict[str, str]:
        return self.lines.written()

    def set_written(self, written: Mapping[str, str]) -> None:
        for place, text in written.items():
            self.lines.set_written(place, text)

    def unreadable(self) -> list[Problem]:
        model = self.lines.model
        return [
            Problem(
                self.section.key,
                field.key,
                f"“{self.section.title}”第 {model.place_of(line) + 1} 行“{field.label}”：{why}",
                line=line,
            )
            for line, field, _text, why in model.unread()
        ]

    def go_to(self, problem: Problem) -> QWidget:
        if self.switch is not None:
            self.switch.show_table()
        self.lines.go_to(problem.line, problem.field)
        self.lines.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return self.lines


def card_for(section: Section, context: FieldContext, *, read_only: bool) -> SectionCard:
    """The card of a section.

    Raises:
        TypeError: no card is known for such a section.
    """
    if isinstance(section, Grid):
        return GridCard(section, context, read_only=read_only)
    if isinstance(section, LineTable):
        return LinesCard(section, context, read_only=read_only)
    raise TypeError(section)
