"""提交情况: who has reported a week, who is late, who is missing and who is excused (WEEK-5)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.submission import StatusRow, Tally, WeekStatus
from desktop.domain.weekly_clock import Timing
from desktop.services.reported import MEMBER_REPORT, PROJECT_REPORT
from desktop.services.week_status import week_status
from desktop.ui.absence_dialog import AbsenceDialog
from desktop.ui.desk import Desk
from desktop.ui.pieces import Segments, button, card, words
from desktop.ui.report_import import open_report_import
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

TONES = {
    Timing.ON_TIME: "good",
    Timing.LATE: "warning",
    Timing.MISSING: "bad",
    Timing.WAITING: "info",
    Timing.EXCUSED: "neutral",
}
_ORDER = {kind: place for place, kind in enumerate((Timing.MISSING, Timing.LATE, Timing.WAITING, Timing.ON_TIME))}
_FORMS = ((MEMBER_REPORT, "员工周报"), (PROJECT_REPORT, "项目周报"))
_DEPARTMENTS_TOLD = 6


def _sent(row: StatusRow) -> str:
    if row.report is None:
        return ""
    return f"{row.report.at:%m-%d %H:%M}{'（代交）' if row.report.brought_in else ''}"


COLUMNS: tuple[Column[StatusRow], ...] = (
    Column(
        "周报",
        lambda row: row.timing.label,
        sort="timing",
        chip=True,
        tone=lambda row: TONES[row.timing],
        width=3.8,
        order=lambda row: _ORDER.get(row.timing, len(_ORDER)),
    ),
    Column("填报人", lambda row: row.person.shown if row.person else "", sort="person", width=5),
    Column("项目编号", lambda row: row.project.marked, sort="number", width=6.8),
    Column(
        "项目",
        lambda row: row.project.short_name or row.project.name,
        sort="name",
        stretch=True,
        width=9,
        tip=lambda row: row.project.name,
    ),
    Column("部门", lambda row: row.department, sort="department", width=6),
    Column("项目经理", lambda row: row.manager, sort="manager", width=4.8),
    Column("提交时间", _sent, sort="sent", width=7.4),
    Column("审批", lambda row: row.report.state.label if row.report else "", sort="state", width=4.2),
    Column("免交的原因", lambda row: row.reason, sort="reason", width=16, tip=lambda row: row.reason),
)


class WeekStatusView(QWidget):
    """The rows of a week, narrowed to how they came in; above them the sums by department."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.week = ""
        self.status: WeekStatus | None = None
        self._form = MEMBER_REPORT
        self._told = words("", "muted")
        self.table = Table(
            COLUMNS,
            MemorySource(self._load, COLUMNS, _key, _passes),
            desk.operations,
            name="周报提交情况",
            empty="这一周没有要交的周报",
            ask=Ask(sort="timing"),
            search="姓名、项目、部门、拼音",
        )
        self.table.remember_widths(desk.memory)
        self.table.opened.connect(self._open)
        self.table.menu_for = self._menu
        self.table.model.loaded.connect(self._tell)
        kinds = (("", "全部"), *((kind.value, kind.label) for kind in Timing))
        self.timing = Segments(kinds, self._narrow)
        self.form = Segments(_FORMS, self._turn_to)
        self.table.bar.insertWidget(0, self.form)
        self.table.bar.insertWidget(1, self.timing)
        self.bring_in = button("代交周报…", lambda: open_report_import(desk, self, self.reload))
        self.bring_in.setToolTip("把没有网络的同事写在 Excel 里的周报导入（WEEK-3）")
        self.away = button("请假…", self._open_absences)
        self.table.bar.addWidget(self.bring_in)
        self.table.bar.addWidget(self.away)
        frame, column = card(margin=12)
        column.addWidget(self._told)
        column.addWidget(self.table, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self.setFocusProxy(self.table.view)

    def open_week(self, week: str) -> None:
        """Show that week."""
        self.week = week
        self.reload()

    def reload(self) -> None:
        """Read anew."""
        self.table.reload()

    def _load(self) -> list[StatusRow]:
        actor, week, form = self.desk.actor, self.week, self._form
        if not week:
            return []
        self.status = self.desk.ask(lambda reading: week_status(reading, actor, week, form))
        return list(self.status.rows)

    def _turn_to(self, form: str) -> None:
        self._form = form
        self.reload()

    def _narrow(self, kind: str) -> None:
        self.table.model.reload(filters={"timing": frozenset({kind})} if kind else {})

    def _tell(self) -> None:
        if self.status is None:
            return
        whole = self.status.whole
        self.timing.set_text("", f"全部 {sum(whole.counts.values())}")
        for kind in Timing:
            self.timing.set_text(kind.value, f"{kind.label} {whole.of(kind)}")
        due = f"{self.status.due:%m-%d %H:%M} 截止" if self.status.due else "这一周没有工作日"
        departments = self.status.by(lambda row: row.department or "（未定部门）")
        departments.sort(key=lambda one: one.rate or 0)
        listed = "　".join(f"{one.name} {_share(one)}" for one in departments[:_DEPARTMENTS_TOLD] if one.owed)
        self._told.setText(f"{due}；应交 {whole.owed}，已交 {_share(whole)}" + (f"　│　{listed}" if listed else ""))

    def _open(self, row: StatusRow) -> None:
        if row.report is not None:
            self.desk.wanted.emit("filing", row.report.filing_id)
        else:
            self.desk.wanted.emit("project", row.project.id)

    def _open_absences(self) -> None:
        row = self.table.current()
        away = row.person.id if row is not None and row.person is not None else None
        dialog = AbsenceDialog(self.desk, self.window(), away, self.week if away else "")
        dialog.finished.connect(lambda _code: self.reload())
        dialog.open()

    def _menu(self, row: StatusRow) -> Sequence[QAction]:
        project = QAction("查看项目", self.table)
        project.triggered.connect(lambda: self.desk.wanted.emit("project", row.project.id))
        if row.report is None:
            return [project]
        report = row.report
        see = QAction("打开周报", self.table)
        see.triggered.connect(lambda: self.desk.wanted.emit("filing", report.filing_id))
        return [see, project]


def _share(tally: Tally) -> str:
    rate = f"（{tally.rate:.0%}）" if tally.rate is not None else ""
    return f"{tally.of(Timing.ON_TIME) + tally.of(Timing.LATE)}/{tally.owed}{rate}"


def _key(row: StatusRow) -> Hashable:
    return row.project.id, row.person.id if row.person else None


def _passes(row: StatusRow, wish: Ask) -> bool:
    chosen = wish.chosen("timing")
    return not chosen or row.timing.value in chosen
