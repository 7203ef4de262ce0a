"""A Gantt chart with what belongs to it: zoom, the baseline it is held against, print, legend (CTRL-6)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QMenu, QVBoxLayout, QWidget

from desktop.domain.schedule.gantt import GanttChart
from desktop.domain.schedule.timescale import Zoom, zoom_near
from desktop.services.gantt import PaperSize
from desktop.ui.gantt.area import GanttArea
from desktop.ui.gantt.legend import Legend
from desktop.ui.pieces import Elided, Segments, button, row, words

_LEAST_HIGH = 15
_PAPERS = (
    ("A4 横向", PaperSize.A4, False),
    ("A3 横向", PaperSize.A3, False),
    ("A4 横向，时间缩到一页宽", PaperSize.A4, True),
    ("A3 横向，时间缩到一页宽", PaperSize.A3, True),
)


class GanttView(QWidget):
    """Shows a chart.

    ``printed`` asks for it on a paper (`PaperSize`, whether all time is to stand on one page's width); ``against``
    follows another choice of baseline (its number, 0 for none).
    """

    printed = Signal(object, bool)
    against = Signal(int)

    def __init__(self, *, editable: bool = False) -> None:
        super().__init__()
        self.area = GanttArea()
        self.area.editable = editable
        self.zoom = Segments([(zoom.name, zoom.label) for zoom in Zoom], lambda key: self.area.set_zoom(Zoom[key]))
        self.zoom.setToolTip("Ctrl+滚轮、＋、－ 也可以缩放")
        self.fit = button("适合窗口", self.area.fit)
        self.today = button("今天", self.area.go_today)
        self.today.setToolTip("回到今天")
        self.bases = QComboBox()
        self.bases.setAccessibleName("对照的基线")
        self.bases.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.bases.activated.connect(lambda at: self.against.emit(int(self.bases.itemData(at))))
        self.print = button("打印甘特图 ▾", self._offer_papers)
        self.notes = Elided()
        self.notes.setProperty("role", "muted")
        self.bar = row(self.zoom, self.fit, self.today, self.notes, self.bases, self.print)
        self.bar.setStretchFactor(self.notes, 1)
        self.legend = Legend()
        self.empty = words("还没有任务。", "faint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self.bar)
        column.addWidget(self.area, 1)
        column.addWidget(self.empty)
        column.addWidget(self.legend)
        self.area.zoomed.connect(self._mark_zoom)
        self.bases.hide()

    def show_chart(self, chart: GanttChart, base_name: str = "基线", *, anew: bool = False) -> None:
        """Show a chart; ``anew`` for that of another schedule."""
        self.area.base_name = base_name
        self.area.set_chart(chart, anew=anew)
        self.legend.show_chart(chart, base_name)
        note = chart.note
        if chart.rows and not chart.calendar.covers(chart.span[1]):
            note += f"节假日数据到 {chart.calendar.known_until} 为止，之后按周一至周五推算。"
        self.notes.set_whole(note)
        some = bool(chart.rows)
        for part in (self.area, self.print, self.zoom, self.fit, self.today):
            part.setVisible(some)
        self.empty.setVisible(not some)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Where there is room for a few rows only, the legend gives way to them."""
        high = self.height() >= self.area.em * _LEAST_HIGH
        self.legend.setVisible(self.area.isVisibleTo(self) and high)

    def offer_bases(self, bases: Sequence[tuple[str, int]], chosen: int) -> None:
        """The baselines (name, number) that the chart can be held against, and the one that it is, 0 for none."""
        self.bases.clear()
        self.bases.addItem("不对照基线", 0)
        for name, no in bases:
            self.bases.addItem(f"对照{name}", no)
        self.bases.setCurrentIndex(max(0, self.bases.findData(chosen)))
        self.bases.setVisible(bool(bases))

    def _mark_zoom(self, day: float) -> None:
        self.zoom.mark(zoom_near(day, self.area.em).name)

    def _offer_papers(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, size, whole in _PAPERS:
            menu.addAction(text).triggered.connect(
                lambda _on=False, size=size, whole=whole: self.printed.emit(size, whole)
            )
        menu.popup(self.print.mapToGlobal(self.print.rect().bottomLeft()))
