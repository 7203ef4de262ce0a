"""The Gantt chart over a form's schedule: what is pulled is written into the lines, so that checks and undo follow."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.plan import SCHEDULE
from desktop.services.gantt import GanttHead, PaperSize, draft_chart, render_gantt
from desktop.services.printing import Printed
from desktop.ui.archive_files import show_printed
from desktop.ui.fields.base import FieldContext
from desktop.ui.gantt.view import GanttView
from desktop.ui.line_model import LineModel
from desktop.ui.operations import Ticket

_THINK_MS = 60
_ROWS = 18
_LEAST = 6
_BASE = "现行基线"


class DraftGantt(QWidget):
    """Follows the lines of a schedule.

    ``opened`` brings the id of a line that was double-clicked, ``written`` follows when a line got other days.
    """

    opened = Signal(str)
    written = Signal()

    def __init__(self, lines: LineModel, context: FieldContext) -> None:
        super().__init__()
        self.lines, self._context = lines, context
        self.view = GanttView(editable=True)
        self._compared = True
        self._anew = True
        self._think = QTimer(self, singleShot=True, interval=_THINK_MS)
        self._think.timeout.connect(self.follow)
        for change in (lines.modelReset, lines.rowsInserted, lines.rowsRemoved, lines.rowsMoved, lines.dataChanged):
            change.connect(self._changed)
        self.view.area.pulled.connect(self.write)
        self.view.area.opened.connect(self.opened)
        self.view.against.connect(self._hold_against)
        self.view.printed.connect(self._print)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    def follow(self) -> None:
        """Show the lines as they stand now."""
        self._think.stop()
        chart = draft_chart(self.lines.lines(), self._context.facts, compared=self._compared)
        rows = min(max(len(chart.rows), _LEAST), _ROWS)
        em = self.view.area.fontMetrics().height()
        self.view.area.setFixedHeight(round(em * (1.65 * rows + 4)))
        self.view.show_chart(chart, _BASE, anew=self._anew)
        self._anew = False
        standing = bool(self._context.facts.get(SCHEDULE.fact))
        self.view.offer_bases([(_BASE, 1)] if standing else [], int(self._compared))

    def write(self, line: str, days: tuple[dt.date, dt.date]) -> None:
        """Give a line other days, as a person would who types them."""
        keys = [item.key for item in self.lines.section.columns]
        column, number = keys.index("period"), self.lines.place_of(line)
        if number >= 0:
            value = {"start": days[0].isoformat(), "end": days[1].isoformat()}
            text = self.lines.section.columns[column].text(value)
            self.lines.setData(self.lines.index(number, column), text)
            self.written.emit()
            self.follow()

    def _changed(self) -> None:
        if self.isVisible():
            self._think.start()

    def _hold_against(self, chosen: int) -> None:
        self._compared = bool(chosen)
        self.follow()

    def _print(self, size: PaperSize, whole: bool) -> None:
        facts = self._context.facts
        chart = draft_chart(self.lines.lines(), facts, compared=self._compared)
        head = GanttHead(
            company=self._context.company,
            project=str(facts.get("project.name") or ""),
            plan="尚未批准的计划",
            dated=f"打印日期：{facts.get('today') or ''}",
            logo=self._context.logo,
            base_name=_BASE,
            draft=True,
        )

        def work(_ticket: Ticket) -> Printed:
            return render_gantt(chart, head, size, whole=whole)

        def show(printed: Printed) -> None:
            show_printed(self, printed, f"甘特图（草稿）_{size.value}.pdf")

        self._context.operations.start(self, work, show)
