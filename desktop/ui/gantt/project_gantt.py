"""The Gantt chart on a project's page: a baseline with its weekly reports, held against an older one."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktop.services.gantt import GanttPage, PaperSize, open_gantt, print_gantt
from desktop.services.printing import Printed
from desktop.ui.archive_files import show_printed
from desktop.ui.desk import Desk
from desktop.ui.gantt.view import GanttView
from desktop.ui.pieces import button


class ProjectGantt(QWidget):
    """Shows the schedule of one project."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: GanttPage | None = None
        self.view = GanttView()
        self.view.against.connect(self._hold_against)
        self.view.printed.connect(self._print)
        self._wanted: tuple[UUID, int] | None = None
        self._against: int | None = None
        self._anew = True
        self.enlarge = button("大窗口", self._enlarge)
        self.enlarge.setToolTip("在单独的窗口中看整张图；Esc 返回")
        self.view.bar.addWidget(self.enlarge)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.view)

    def show_baseline(self, project_id: UUID, no: int) -> None:
        """Read and show a project's schedule under a baseline."""
        if self._wanted is None or self._wanted[0] != project_id:
            self._anew = True
        if self._wanted != (project_id, no):
            self._against = None
        self._wanted = (project_id, no)
        self._read()

    def show_page(self, page: GanttPage) -> None:
        """Show a chart that was read."""
        self.page = page
        self.enlarge.setEnabled(bool(page.chart.rows))
        self.view.show_chart(page.chart, page.base_name, anew=self._anew)
        self._anew = False
        others = [row for row in reversed(page.baselines) if row != page.shown]
        self.view.offer_bases(
            [(f"第 {row.no} 版基线", row.no) for row in others], page.against.no if page.against else 0
        )

    def _read(self) -> None:
        if self._wanted is None:
            return
        (project_id, no), actor, against = self._wanted, self.desk.actor, self._against
        self.desk.read(
            self, lambda reading: open_gantt(reading, actor, project_id, no, against), self.show_page, key="gantt"
        )

    def _enlarge(self) -> None:
        """The chart in a window of its own; it comes back when that is closed."""
        window = QDialog(self.window())
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        window.setWindowTitle(f"{self.page.project}　甘特图" if self.page else "甘特图")
        room = QVBoxLayout(window)
        self.enlarge.hide()
        room.addWidget(self.view)

        def back() -> None:
            self._column.addWidget(self.view)
            self.view.show()
            self.enlarge.show()

        window.finished.connect(back)
        window.resize(self.window().size())
        window.showMaximized()
        self.view.area.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hold_against(self, no: int) -> None:
        self._against = no
        self._read()

    def _print(self, size: PaperSize, whole: bool) -> None:
        page = self.page
        if self._wanted is None or page is None or page.shown is None:
            return
        project_id, actor = self._wanted[0], self.desk.actor
        shown = (page.shown.no, page.against.no if page.against else 0)
        name = f"甘特图_第{page.shown.no}版基线_{size.value}.pdf"

        def show(printed: Printed) -> None:
            show_printed(self, printed, name)

        self.desk.read(self, lambda reading: print_gantt(reading, actor, project_id, shown, size, whole=whole), show)
