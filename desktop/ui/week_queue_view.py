"""待我审批: every line of the weekly reports that wait for the reader, decided in one go (WEEK-4)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.approval import Decision
from desktop.domain.fields import EffortField
from desktop.domain.form import lines_of, value_of
from desktop.domain.forms.weekly_report import COLUMNS, LIGHTS, STATUSES
from desktop.domain.weeks import week_text
from desktop.services.week_queue import Verdict, WaitingReport, decide_reports, waiting_reports
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.pieces import button, card, words
from desktop.ui.question import ask
from desktop.ui.reason_dialog import ReasonDialog
from desktop.ui.table_source import Ask, Column, MemorySource
from desktop.ui.tables import Table

_STATUS = {option.key: option.label for option in STATUSES}
_LIGHT = {option.key: option.label for option in LIGHTS}
_TOLD = (("work", "本周工作完成情况"), ("next", "下周工作计划"), ("problems", "存在问题与解决"))
_LINES_TOLD = 4.4
_EFFORT = next(column for column in COLUMNS if isinstance(column, EffortField))


@dataclass(frozen=True)
class QueueRow:
    """One line of a waiting report; ``first`` marks the report's first, ``returned`` why it goes back, or nothing."""

    report: WaitingReport
    line: Mapping[str, Any]
    first: bool
    returned: str


def rows_of(report: WaitingReport, returned: str) -> list[QueueRow]:
    """A report's lines; a project's own report is one line of its manager's words."""
    lines: Sequence[Mapping[str, Any]] = lines_of(report.content, "lines")
    if report.form_key == "project_report":
        told = {key: value_of(report.content, "told", key) for key in ("work", "problems", "next")}
        light = _LIGHT.get(str(value_of(report.content, "week", "light")), "")
        lines = [{"id": "told", "task": f"项目周报　{light}", "done": value_of(report.content, "week", "done"), **told}]
    return [QueueRow(report, line, place == 0, returned) for place, line in enumerate(lines)]


def _text(key: str) -> Any:  # noqa: ANN401 – a function for a column
    return lambda row: str(row.line.get(key) or "").replace("\n", " ")


COLUMNS_SHOWN: tuple[Column[QueueRow], ...] = (
    Column(
        "办理",
        lambda row: "退回" if row.returned else "同意",
        chip=True,
        tone=lambda row: "warning" if row.returned else "good",
        width=3.8,
        tip=lambda row: row.returned or "同意；按空格或 R 改为退回",
    ),
    Column("成员", lambda row: row.report.person.shown if row.report.person else "", sort="person", width=4.4),
    Column("项目", lambda row: row.report.project.short_name or row.report.project.name, sort="project", width=6),
    Column("任务", _text("task"), width=7, tip=_text("task")),
    Column("状态", lambda row: _STATUS.get(str(row.line.get("status")), ""), width=3.8),
    Column("完成", lambda row: f"{row.line['done']}%" if row.line.get("done") else "", "right", width=3.4),
    Column("预计完成", _text("forecast"), "centre", width=5.6),
    Column("还需", _text("needed"), "right", width=2.8),
    Column("本周工作完成情况", _text("work"), stretch=True, width=9, tip=_text("work")),
    Column("下周工作计划", _text("next"), width=6.5, tip=_text("next")),
    Column("工时", lambda row: _EFFORT.text(row.line.get("effort")), width=5),
    Column("存在问题与解决", _text("problems"), width=7, tip=_text("problems")),
)


class WeekQueueView(QWidget):
    """The lines; ``counted`` tells how many reports wait."""

    counted = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._returned: dict[UUID, str] = {}
        self._reports: list[WaitingReport] = []
        self._coming: list[WaitingReport] = []
        self.table = Table(
            COLUMNS_SHOWN,
            MemorySource(self._load, COLUMNS_SHOWN, _key),
            desk.operations,
            name="待我审批的周报",
            empty="没有等您审批的周报",
            ask=Ask(),
            search="成员、项目、任务、拼音",
        )
        self.table.remember_widths(desk.memory)
        self.table.opened.connect(lambda row: desk.wanted.emit("filing", row.report.filing_id))
        self.table.menu_for = self._menu
        self.table.model.loaded.connect(self._tell)
        self.turn_back = button("退回所选…", self.ask_return)
        self.turn_back.setToolTip("退回所选行的周报（R）；其余的不受影响")
        self.decide = button("全部同意", self.ask_decide, primary=True)
        self.decide.setToolTip("按“办理”一栏一次办完（Ctrl+Enter）")
        self.table.bar.addWidget(self.turn_back)
        self.table.bar.addWidget(self.decide)
        frame, column = card(margin=12)
        column.addWidget(words("每份周报先记为“同意”；要退回的，选中它的任一行按 R 写明理由，再一次办完。", "muted"))
        column.addWidget(self.table, 1)
        self.whole = words("", "")
        self.whole.setTextFormat(Qt.TextFormat.RichText)
        self.whole.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.whole.setMinimumHeight(round(self.fontMetrics().height() * _LINES_TOLD))
        column.addWidget(self.whole)
        self.table.chosen.connect(self._tell_line)
        self.table.wants_first = lambda: True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self.setFocusProxy(self.table.view)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys in ("R", "Space"):
            QShortcut(QKeySequence(keys), self.table.view, self.ask_return, context=inside)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.ask_decide, context=inside)

    def reload(self) -> None:
        """Read anew what waits."""
        self.table.reload()

    def _load(self) -> list[QueueRow]:
        actor = self.desk.actor
        self._coming = self.desk.ask(lambda reading: waiting_reports(reading, actor))
        return [row for report in self._coming for row in rows_of(report, self._returned.get(report.filing_id, ""))]

    def _tell(self) -> None:
        self._reports = self._coming
        standing = {report.filing_id for report in self._reports}
        self._returned = {key: reason for key, reason in self._returned.items() if key in standing}
        reports, back = len(self._reports), len(self._returned)
        self.counted.emit(reports)
        weeks = sorted({report.week for report in self._reports})
        told = f"{reports} 份周报等您审批" + (f"：{'、'.join(map(week_text, weeks))}" if weeks else "")
        self.table.foot.setText(told)
        self.table.foot.show()
        self.decide.setText(f"同意 {reports - back} 份，退回 {back} 份" if back else f"全部同意（{reports} 份）")
        self.decide.setEnabled(bool(reports))
        self.turn_back.setEnabled(bool(reports))

    def _tell_line(self, row: QueueRow | None) -> None:
        """All that stands in the current line, whatever its columns had to leave out."""
        parts = [] if row is None else [(label, str(row.line.get(key) or "")) for key, label in _TOLD]
        told = [f"<b>{label}</b>　{escape(text)}" for label, text in parts if text]
        returned = f"<b>退回理由</b>　{escape(row.returned)}" if row and row.returned else ""
        self.whole.setText("<br>".join(filter(None, (*told, returned))).replace("\n", "<br>"))

    def chosen(self) -> list[WaitingReport]:
        """The reports of the chosen rows."""
        places = sorted({index.row() for index in self.table.view.selectionModel().selectedRows()})
        rows = [row for place in places if (row := self.table.model.row_at(place))]
        return list({row.report.filing_id: row.report for row in rows}.values())

    def ask_return(self) -> None:
        """Say why the chosen reports go back; those that were to go back are agreed to again."""
        chosen = self.chosen()
        if not chosen:
            return
        if all(report.filing_id in self._returned for report in chosen):
            for report in chosen:
                del self._returned[report.filing_id]
            self.reload()
            return
        names = "、".join(report.person.shown for report in chosen if report.person)
        dialog = ReasonDialog("退回周报", f"退回{names}的周报；理由写给填报人看。", "退回", (), self)

        def send(_key: str, reason: str) -> None:
            for report in chosen:
                self._returned[report.filing_id] = reason
            dialog.accept()
            self.reload()

        dialog.send = send
        dialog.open()

    def ask_decide(self) -> None:
        """Decide on all of them, after a word."""
        if not self.decide.isEnabled():
            return
        back = len(self._returned)
        text = f"同意 {len(self._reports) - back} 份" + (f"，退回 {back} 份" if back else "") + "。办完后不能在此撤销。"
        verdicts = self.verdicts()  # those that were counted: more may come in before the answer
        ask(self, "按此办理？", text, yes="办理", then=lambda: self.carry_out(verdicts))

    def verdicts(self) -> list[Verdict]:
        """What is decided on each report that is shown."""
        return [
            Verdict(report, Decision.RETURN, reason)
            if (reason := self._returned.get(report.filing_id))
            else Verdict(report, Decision.APPROVE)
            for report in self._reports
        ]

    def carry_out(self, verdicts: Sequence[Verdict]) -> None:
        """Decide on all of these in one transaction."""
        self.decide.setEnabled(False)

        def done(_count: int) -> None:
            self._returned = {}
            self.reload()

        def failed(error: Exception) -> None:
            show_error(self, error)
            self.reload()

        self.desk.run(self, lambda work: decide_reports(work, verdicts), done, failed=failed, waiting="正在办理周报")

    def _menu(self, row: QueueRow) -> Sequence[QAction]:
        see = QAction("打开这份周报", self.table)
        see.triggered.connect(lambda: self.desk.wanted.emit("filing", row.report.filing_id))
        back = QAction("退回…", self.table)
        back.triggered.connect(self.ask_return)
        return [see, back]


def _key(row: QueueRow) -> Hashable:
    return row.report.filing_id, row.line["id"]
