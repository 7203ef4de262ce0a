"""A form's table of lines with its buttons, its sums and its check of what is pasted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from desktop.domain.canonical import Json
from desktop.domain.form import LineTable
from desktop.ui.fields.base import FieldContext
from desktop.ui.icons import icon
from desktop.ui.line_model import Line, LineModel
from desktop.ui.line_view import LineView
from desktop.ui.paste_check import PasteCheck, read_pasted


class LineEditor(QWidget):
    """Edits one line table of a form; ``changed`` follows every edit."""

    changed = Signal()

    def __init__(self, section: LineTable, context: FieldContext, *, read_only: bool) -> None:
        super().__init__()
        self.setObjectName(f"lines:{section.key}")
        self.model = LineModel(section, context.people, facts=context.facts, read_only=read_only, parent=self)
        self.view = LineView(self.model)
        self._others: list[QToolButton] = []
        self._sums = QLabel()
        self._sums.setAlignment(Qt.AlignmentFlag.AlignRight)
        if section.compute is not None:
            empty = "由程序根据其他部分得出，现在没有内容。"
        elif read_only:
            empty = "没有填写"
        else:
            empty = f"还没有内容。按 Insert 加一{section.noun}，也可以从 Excel 粘贴。"
        self._none = QLabel(empty)
        self._none.setProperty("role", "faint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.view)
        layout.addWidget(self._none)
        self._foot = QHBoxLayout()
        layout.addLayout(self._foot)
        if not read_only:
            self._add_buttons()
        self._foot.addStretch(1)
        self._foot.addWidget(self._sums)
        self.setFocusProxy(self.view)
        self.view.pasting.connect(self.paste)
        self.model.edited.connect(self.changed)
        for change in (self.model.modelReset, self.model.rowsInserted, self.model.rowsRemoved, self.model.dataChanged):
            change.connect(self._show_state)
        self._show_state()

    def value(self) -> list[Line]:
        """The lines as they are stored."""
        return self.model.lines()

    def set_value(self, lines: Sequence[Mapping[str, Json]]) -> None:
        """Show other lines."""
        self.model.set_lines(lines)

    def written(self) -> dict[str, str]:
        """What cannot be read, by ``line id/column``."""
        return {f"{line}/{field.key}": text for line, field, text, _why in self.model.unread()}

    def set_written(self, place: str, text: str) -> None:
        """Put back what could not be read."""
        line, _slash, key = place.partition("/")
        number = self.model.place_of(line)
        keys = [item.key for item in self.model.section.columns]
        if number >= 0 and key in keys:
            self.model.write(number, keys.index(key), text)

    def go_to(self, line: str, key: str) -> None:
        """Make a cell current."""
        keys = [item.key for item in self.model.section.columns]
        number = self.model.place_of(line)
        if number >= 0:
            self.view.go_to(number, keys.index(key) if key in keys else 0)

    def add_line(self) -> None:
        """Begin a new line below the current one."""
        at = self.view.currentIndex().row()
        self.view.go_to(self.model.insert(at + 1 if at >= 0 else self.model.rowCount()), 0)
        self.view.setFocus()

    def remove_lines(self) -> None:
        """Take out the lines in which something is chosen."""
        self.model.remove(self.view.chosen_rows())

    def replace_lines(self, lines: Sequence[Mapping[str, Json]]) -> None:
        """Take other lines as a person's edit; what could not be read in those that stay is kept as it was written."""
        unread = self.model.unread()
        self.model.set_lines(lines)
        for line, field, text, _why in unread:
            number = self.model.place_of(line)
            if number >= 0 and self.model.lines()[number].get(field.key) is None:
                self.set_written(f"{line}/{field.key}", text)
        self.model.edited.emit()

    def add_tool(self, words: str, tip: str, act: Callable[[], None]) -> QToolButton:
        """One more button behind those of the table."""
        button = QToolButton()
        button.setProperty("role", "flat")
        button.setText(words)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked: act())
        self._foot.insertWidget(self._foot.count() - 2, button)
        return button

    def paste(self, text: str) -> None:
        """Take what is on the clipboard: one value into the current cell, lines after a look at them."""
        at = self.view.currentIndex()
        if at.isValid() and not any(mark in text.rstrip("\r\n") for mark in "\t\n"):
            self.model.setData(at, text.strip())
            return
        pasted = read_pasted(text, self.model.section, max(0, at.column()))
        if not pasted.rows:
            return
        check = PasteCheck(pasted, self.model, self.window())
        check.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        check.accepted.connect(lambda: self._take(check, at.row()))
        check.open()

    def _take(self, check: PasteCheck, current: int) -> None:
        written = check.written()
        empty = self.model.untouched()
        if empty:  # an empty line waited for what is pasted
            current -= sum(number <= current for number in empty)
            self.model.remove(empty)
        at = self.model.insert(current + 1 if current >= 0 else self.model.rowCount(), check.lines())
        keys = [item.key for item in self.model.section.columns]
        for (number, key), text in written.items():
            self.model.write(at + number, keys.index(key), text)
        self.view.go_to(at, 0)

    def _add_buttons(self) -> None:
        noun = self.model.section.noun
        for name, words, keys, act in (
            ("plus", f"加一{noun}", "Ins", self.add_line),
            ("minus", "删除", "Ctrl+Del", self.remove_lines),
            ("up", "上移", "Alt+Up", lambda: self._move(-1)),
            ("down", "下移", "Alt+Down", lambda: self._move(1)),
        ):
            button = QToolButton()
            button.setProperty("role", "flat")
            button.setText(words)
            button.setIcon(icon(name))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setToolTip(f"{words}（{QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)}）")
            button.clicked.connect(act)
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._foot.addWidget(button)
            if name != "plus":
                self._others.append(button)

    def _move(self, by: int) -> None:
        at = self.view.currentIndex()
        if at.isValid():
            self.view.go_to(self.model.move(at.row(), by), at.column())

    def _show_state(self) -> None:
        empty = self.model.rowCount() == 0
        self.view.setVisible(not empty)
        self._none.setVisible(empty)
        for button in self._others:
            button.setVisible(not empty)
        sums = "　".join(f"{field.label}合计 {text}" for field, text in self.model.totals())
        self._sums.setText(sums if not empty else "")
        self._sums.setVisible(bool(self._sums.text()))
