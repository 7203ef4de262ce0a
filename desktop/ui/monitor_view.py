"""A project's monitor table on its page: tasks against the baseline, lights, earned value and the S-curve (WEEK-6)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QSplitter, QVBoxLayout, QWidget

from desktop.domain.monitor import Light, Monitor, TaskState
from desktop.domain.reports.monitor_table import notes_of
from desktop.services.monitoring import MonitorPage, open_monitor, propose_change
from desktop.ui.chart import LineChart, Series
from desktop.ui.colours import ACCENT, MUTED, TONES
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.pieces import Elided, button, row, words
from desktop.ui.report_view import open_report_pdf, save_report_book
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column

_HEIGHT = 26
"""In lines of text: below this some rows of the table and the curve do not both have room."""
LIGHT_TONES = {Light.GREEN: "good", Light.YELLOW: "warning", Light.RED: "bad", Light.NONE: "neutral"}


def _days(state: TaskState) -> str:
    if state.light is Light.NONE:
        return ""
    if not state.deviation:
        return "0"
    return f"{'+' if state.deviation > 0 else ''}{state.deviation}"


def columns_of(page: dict[str, str]) -> tuple[Column[TaskState], ...]:
    """The table's columns, the telling ones first: the last wait for room; ``page`` has the owners by task."""
    return (
        Column("灯", lambda one: one.light.label, chip=True, tone=lambda one: LIGHT_TONES[one.light], width=4.2),
        Column("任务", _name, stretch=True, width=8, tip=lambda one: one.task.name),
        Column("计划", lambda one: f"{one.planned_done:.0f}%", "right", width=3.2),
        Column("实际", lambda one: f"{one.done:.0f}%", "right", width=3.2),
        Column("偏差", _days, "right", tone=lambda one: LIGHT_TONES[one.light], width=3.2),
        Column("计划完成", lambda one: one.task.end.isoformat(), "centre", width=4.9),
        Column("实际/预计完成", _finish, "centre", width=6.6),
        Column("责任人", lambda one: page.get(one.task.id, ""), width=4),
        Column("计划开始", lambda one: one.task.start.isoformat(), "centre", width=4.9),
        Column("实际开始", lambda one: one.started.isoformat() if one.started else "", "centre", width=4.9),
        Column("工时", lambda one: f"{one.hours.normalize():f}" if one.hours else "", "right", width=3.2),
    )


def _name(state: TaskState) -> str:
    mark = "◆ " if state.task.milestone else "▾ " if state.summary else ""
    return f"{mark}{state.task.name}{'　（关键）' if state.critical and not state.summary else ''}"


def _finish(state: TaskState) -> str:
    return f"{state.finished.isoformat()}" if state.finished else f"预计 {state.finish.isoformat()}"


def value_text(table: Monitor) -> str:
    """Earned value in words."""
    value = table.value
    if value is None:
        return ""
    unit = "人日" if table.by_work else "工作日（计划没有填写人日，按工期加权）"
    told = [f"PV {value.planned:.1f}", f"EV {value.earned:.1f}"]
    if table.by_work:
        told.append(f"AC {value.spent:.1f}")
    told.append(f"SPI {value.spi:.2f}" if value.spi is not None else "SPI —")
    if table.by_work:
        told.append(f"CPI {value.cpi:.2f}" if value.cpi is not None else "CPI —")
        if value.estimate is not None:
            told.append(f"BAC {value.budget:.0f}，EAC {value.estimate:.0f}")
    return f"{'　'.join(told)}　（{unit}）"


class MonitorView(QWidget):
    """The table above, the curve below; a deviating milestone offers the change of the schedule (CHG-4)."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.page: MonitorPage | None = None
        self._project: UUID | None = None
        self._owners: dict[str, str] = {}
        self.against = QComboBox()
        self.against.setAccessibleName("对照的基线")
        self.against.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.against.activated.connect(lambda _at: self._read())
        self.offer = button("按预计日期变更进度计划…", self._offer, primary=True)
        self.offer.hide()
        self.pdf = button("PDF 与打印…", self._open_pdf)
        self.book = button("Excel…", self._save_book)
        self.value = Elided()
        self.value.setProperty("role", "muted")
        self.notes = words("", "muted")
        self.setMinimumHeight(round(self.fontMetrics().height() * _HEIGHT))
        self.table = short_table(
            desk,
            columns_of(self._owners),
            self._rows,
            lambda one: one.task.id,
            name="进度监控表",
            empty="这个项目还没有进度计划基线：立项批准后按周报自动生成",
        )
        self.table.search.hide()
        self.table.fit_columns()
        self.curve = LineChart()
        self.curve.setAccessibleName("挣值曲线")
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self.curve)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row(QLabel("对照"), self.against, None, self.pdf, self.book, self.offer))
        layout.addWidget(self.value)
        layout.addWidget(split, 1)
        layout.addWidget(self.notes)

    def show_project(self, project_id: UUID) -> None:
        """Read and show this project's monitor table."""
        if project_id != self._project:
            self.against.clear()
        self._project = project_id
        self._read()

    def _read(self) -> None:
        project, actor, no = self._project, self.desk.actor, self.against.currentData()
        if project is None:
            return
        self.desk.read(self, lambda reading: open_monitor(reading, actor, project, no), self._take, key="monitor")

    def _take(self, page: MonitorPage) -> None:
        self.page = page
        self._owners.clear()
        self._owners.update(page.owners)
        if not self.against.count():
            for one in reversed(page.baselines):
                self.against.addItem(f"第 {one.no} 版基线（{one.effective_on}）", one.no)
        self.against.setVisible(bool(page.baselines))
        self.table.reload()
        self.value.set_whole(value_text(page.table))
        self._show_curve(page.table)
        self._show_notes(page.table)
        newest = page.shown is not None and page.shown.no == page.baselines[-1].no
        self.offer.setVisible(newest and bool(page.table.deviating))

    def _rows(self) -> Sequence[TaskState]:
        return self.page.table.tasks if self.page else ()

    def _show_curve(self, table: Monitor) -> None:
        curve = table.curve
        places = [f"{one.on:%m-%d}" for one in curve]
        series = [
            Series("计划 PV", MUTED, [float(one.planned) for one in curve], dashed=True),
            Series("完成 EV", ACCENT, [float(one.earned) for one in curve]),
        ]
        if table.by_work:
            series.append(Series("投入 AC", TONES["warning"].ink, [float(one.spent) for one in curve]))
        self.curve.show_series(places, series if places else ())
        self.curve.setVisible(bool(places))

    def _show_notes(self, table: Monitor) -> None:
        notes = notes_of(table, self.desk.office.policy.monitoring)
        self.notes.setText("".join(notes) if table.tasks else "")

    def _open_pdf(self) -> None:
        if self.page is not None:
            open_report_pdf(self.desk, self, self.page.report)

    def _save_book(self) -> None:
        if self.page is not None:
            save_report_book(self.desk, self, self.page.report)

    def _offer(self) -> None:
        project, office, actor = self._project, self.desk.office, self.desk.actor
        if project is None:
            return

        def done(draft: object) -> None:
            self.desk.wanted.emit("draft", draft)

        self.desk.operations.start(
            self,
            lambda _ticket: propose_change(office, actor, project),
            done,
            failed=self._refused,
            waiting="正在填写变更申请",
        )

    def _refused(self, error: Exception) -> None:
        show_error(self, error)
