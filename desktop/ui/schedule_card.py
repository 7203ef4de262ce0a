"""The schedule that is edited in a form: its table, or its Gantt chart over the same lines."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.fields.base import FieldContext
from desktop.ui.gantt.draft_gantt import DraftGantt
from desktop.ui.line_editor import LineEditor
from desktop.ui.pieces import Segments, row

TABLE, GANTT = "table", "gantt"


class ScheduleSwitch(QWidget):
    """Two buttons of which one is down; the chart is made when it is first asked for.

    ``pulled`` follows when a task was given other days in the chart.
    """

    pulled = Signal()

    def __init__(self, lines: LineEditor, context: FieldContext) -> None:
        super().__init__()
        self._lines, self._context = lines, context
        self.gantt: DraftGantt | None = None
        self.views = Segments(((TABLE, "表"), (GANTT, "甘特图")), self._switch)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(row(self.views, None))

    def show_table(self) -> None:
        """Turn to the table."""
        self.views.choose(TABLE)

    def _switch(self, key: str) -> None:
        if key == GANTT and self.gantt is None:
            self.gantt = DraftGantt(self._lines.model, self._context)
            self.gantt.opened.connect(self._open)
            self.gantt.written.connect(self.pulled)
            self._column.addWidget(self.gantt)
        self._lines.setVisible(key == TABLE)
        if self.gantt is not None:
            self.gantt.setVisible(key == GANTT)
            if key == GANTT:
                self.gantt.follow()
                self.gantt.view.area.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, line: str) -> None:
        """A task is wanted in the table."""
        self.show_table()
        self._lines.go_to(line, "name")
        self._lines.view.setFocus(Qt.FocusReason.OtherFocusReason)
