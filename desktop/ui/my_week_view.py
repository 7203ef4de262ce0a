"""我的周报: a member's week in one grid, kept while it is written, checked, and sent to each project (WEEK-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.canonical import Json
from desktop.domain.fields import effort_hours
from desktop.domain.filing import FilingState
from desktop.domain.form import LineTable, Problem
from desktop.domain.values import decimal_text
from desktop.domain.weeks import week_text
from desktop.services.my_week import MyWeek, SentReport, drop_week, keep_week, my_week, send_week, week_problems
from desktop.services.office import Reading
from desktop.services.submitting import Incomplete
from desktop.services.todos import project_label
from desktop.ui.archive_files import field_context
from desktop.ui.chips import FILING_TONES
from desktop.ui.colours import TONES, colour
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.fields.base import FieldContext
from desktop.ui.line_editor import LineEditor
from desktop.ui.pieces import button, card, clear, row, words
from desktop.ui.question import ask
from desktop.ui.report_import import open_own_import

_PAUSE_MS = 500
_PROBLEMS_SEEN = 3

_ALL_SENT = "这一周该交的周报都已提交，审批结果见上。"


@dataclass(frozen=True)
class _Opened:
    page: MyWeek
    context: FieldContext
    problems: tuple[Problem, ...]


class MyWeekView(QWidget):
    """One week of whoever sits here; every change is kept on this machine a moment later."""

    duty_known = Signal(bool)
    """A week has been read: whether whoever sits here has, had or is excused from a report of it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.week = ""
        self.page: MyWeek | None = None
        self.editor: LineEditor | None = None
        self.problems: list[Problem] = []
        self._owner = desk.actor
        self._due = words("", "muted", wrap=False)
        self._hours = words("", "muted", wrap=False)
        self._saved = words("", "faint", wrap=False)
        self.take_in = button("从 Excel 导入…", self._import)
        self.anew = button("重新生成", self._ask_anew)
        self.anew.setToolTip("丢开已写的内容，按上周计划和进度计划重新列出本周任务")
        self.send = button("提交", self.ask_send, primary=True)
        self.send.setToolTip("提交（Ctrl+Enter）")
        self._sent = QHBoxLayout()
        self._sent.setSpacing(6)
        self._none = words("", "muted")
        self._none.hide()
        self.listed = QListWidget()
        self.listed.setAccessibleName("还要处理的问题")
        self.listed.setObjectName("problems")
        self.listed.setWordWrap(True)
        self.listed.itemClicked.connect(self._go_to)
        self.listed.itemActivated.connect(self._go_to)
        frame, column = card(margin=12)
        column.addLayout(row(self._due, self._hours, None, self._saved, self.take_in, self.anew, self.send))
        column.addLayout(self._sent)
        column.addWidget(self._none)
        written = QWidget()
        self._body = QVBoxLayout(written)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._area = QScrollArea()  # the grid is as high as its rows
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setWidget(written)
        self._area.viewport().setAutoFillBackground(False)
        written.setAutoFillBackground(False)
        column.addWidget(self._area, 1)
        column.addWidget(self.listed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(_PAUSE_MS)
        self._keeping.timeout.connect(self._keep)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Ctrl+Return"), self, self.ask_send, context=inside)

    def open_week(self, week: str) -> None:
        """Show a week; what was written of the one before is kept first."""
        self.leave()
        self.week = week
        self.reload()

    def reload(self) -> None:
        """Read the week anew, unless something is being written."""
        if self._keeping.isActive():
            return
        desk, actor, week = self.desk, self.desk.actor, self.week
        if self._owner != actor:
            self.page = None
        self._owner = actor

        def read(reading: Reading) -> _Opened:
            page = my_week(reading, actor, week)
            problems = week_problems(reading, actor, page, page.lines)
            return _Opened(page, field_context(desk, self), tuple(problems))

        desk.read(self, read, self._show, key="week")

    def _read_anew(self) -> None:
        """Read the week and show it in place of what is written."""
        self.page = None
        self.reload()

    def leave(self) -> None:
        """Keep at once what a moment later would have been kept by itself."""
        if self._keeping.isActive():
            self._keeping.stop()
            self._write()

    def lines(self) -> list[Any]:
        """What stands in the grid; lines in which only the project is named count as empty."""
        lines = self.editor.value() if self.editor else []
        return [line for line in lines if any(value for key, value in line.items() if key not in {"id", "project"})]

    def _show(self, opened: _Opened) -> None:
        page = opened.page
        if page.week != self.week:
            return
        if self._is_written_in(page):
            self.page = page
            self._show_sent(page.sent)
            self._show_state(page)
            return
        self.page = page
        clear(self._body)
        table = page.form.section("lines")
        if not isinstance(table, LineTable):
            raise TypeError(table)
        self.editor = LineEditor(table, opened.context, read_only=False)
        self.editor.set_value(page.lines)
        self.editor.changed.connect(self._edited)
        self.editor.view.selectionModel().currentChanged.connect(self._follow)
        self._body.addWidget(self.editor)
        self._body.addStretch(1)
        self.setFocusProxy(self.editor)
        self._show_sent(page.sent)
        self._show_state(page)
        self._tell_problems(opened.problems)

    def _is_written_in(self, page: MyWeek) -> bool:
        """Whether the grid of this week stands there and somebody is writing in it, or has all that was kept."""
        if self.editor is None or self.page is None or self.page.week != page.week or self.page.form != page.form:
            return False
        focus = QApplication.focusWidget()
        if focus is not None and self.editor.isAncestorOf(focus):
            return True
        return _filled(page.lines) == _filled(self.editor.value())

    def _show_state(self, page: MyWeek) -> None:
        due = f"{page.due:%m-%d %H:%M} 前提交" if page.due else "这一周没有工作日，不用交周报"
        self._due.setText(due)
        self._saved.setText("已写的内容保存在本机" if page.kept else "")
        self._tell_hours()
        choices = page.form.section("lines")
        free = isinstance(choices, LineTable) and bool(getattr(choices.columns[0], "options", ()))
        reasons = [f"{project_label(duty.project)}：{duty.excuse}" for duty in page.excused]
        if not free:
            self._none.setText(
                "您现在不是任何在管项目的项目经理或成员，没有周报要交。成员由项目的组织计划或“组织”页指定。"
            )
        elif reasons or not page.sent or page.lines:
            self._none.setText("免报：" + "；".join(reasons) if reasons else "")
        else:
            self._none.setText(_ALL_SENT)
        self._none.setVisible(bool(self._none.text()))
        for part in (self.send, self.anew, self.take_in):
            part.setEnabled(free)
        if self.editor is not None:
            self.editor.setVisible(free)
        self.duty_known.emit(bool(free or page.sent or page.excused))

    def _show_sent(self, sent: Sequence[SentReport]) -> None:
        clear(self._sent)
        if not sent:
            return
        self._sent.addWidget(words("已提交：", "muted", wrap=False))
        for item in sent:
            name = item.project.short_name or item.project.name
            made = QToolButton()
            made.setProperty("role", "flat")
            made.setText(f"{name} {item.number} {item.state.label}")
            ink = TONES[FILING_TONES[item.state]].ink
            made.setStyleSheet(f"color: {ink}")
            back = item.state is FilingState.RETURNED
            made.setToolTip("退回待改：打开后点“修改后重新提交”" if back else "打开这份周报")
            made.clicked.connect(lambda _checked=False, key=item.filing_id: self.desk.wanted.emit("filing", key))
            self._sent.addWidget(made)
        self._sent.addStretch(1)

    def _edited(self) -> None:
        self._tell_hours()
        self._saved.setText("…")
        self._keeping.start()

    def _tell_hours(self) -> None:
        if self.editor is None or self.page is None:
            return
        hours = sum((effort_hours(line.get("effort")) for line in self.editor.value()), self.page.sent_hours)
        knows = any(item.key == "effort" for item in self.editor.model.section.columns)
        self._hours.setText(f"工时 {decimal_text(hours)} / {self.page.hours} 小时" if knows else "")

    def _write(self) -> None:
        if self.editor is not None:
            keep_week(self.desk.office, self._owner, self.week, self.editor.value())

    def _keep(self) -> None:
        """Keep what is written and look over it, in the background."""
        if self.editor is None or self.page is None:
            return
        desk, actor, page, lines = self.desk, self._owner, self.page, self.editor.value()
        filled = self.lines()

        def work(_ticket: object) -> tuple[Problem, ...]:
            keep_week(desk.office, actor, page.week, lines)
            return tuple(desk.ask(lambda reading: week_problems(reading, actor, page, filled)))

        def told(problems: tuple[Problem, ...]) -> None:
            self._saved.setText("已写的内容保存在本机")
            self._tell_problems(problems)

        desk.operations.start(self, work, told, key="keep")

    def _tell_problems(self, problems: Sequence[Problem]) -> None:
        unread = [
            Problem("lines", field.key, f"{field.label}“{text}”：{why}", line=line)
            for line, field, text, why in (self.editor.model.unread() if self.editor else ())
        ]
        filled = {str(line["id"]) for line in self.lines()}
        known = [problem for problem in problems if not problem.line or problem.line in filled]
        self.problems = [*unread, *known]
        self.listed.clear()
        for problem in self.problems:
            rule = f"（{problem.rule}）" if problem.rule else ""
            item = QListWidgetItem(f"{self._place(problem)}{problem.text}{rule}", self.listed)
            item.setData(Qt.ItemDataRole.UserRole, problem)
            item.setForeground(colour(TONES["bad" if problem.blocks else "warning"].ink))
        self.listed.setVisible(bool(self.problems))
        seen = min(len(self.problems), _PROBLEMS_SEEN)
        self.listed.setFixedHeight(round(self.fontMetrics().height() * (1.5 * seen + 0.6)))
        blocking = sum(problem.blocks for problem in self.problems)
        self.send.setText(f"提交（还差 {blocking} 处）" if blocking else "提交")

    def _follow(self, current: QModelIndex) -> None:
        """Keep the current cell in sight."""
        if self.editor is not None and current.isValid():
            cell = self.editor.view.visualRect(current)
            at = self.editor.view.viewport().mapTo(self._area.widget(), cell.center())
            self._area.ensureVisible(at.x(), at.y(), 0, cell.height())

    def _place(self, problem: Problem) -> str:
        number = self.editor.model.place_of(problem.line) if self.editor and problem.line else -1
        return f"第 {number + 1} 行　" if number >= 0 and "第" not in problem.text[:12] else ""

    def _go_to(self, item: QListWidgetItem) -> None:
        problem = item.data(Qt.ItemDataRole.UserRole)
        if self.editor is not None and problem.line:
            self.editor.go_to(problem.line, problem.field)
            self.editor.view.setFocus()

    def _ask_anew(self) -> None:
        ask(
            self,
            "重新生成这一周的任务？",
            "已写而没有提交的内容将不再保留；已提交的周报不受影响。",
            yes="重新生成",
            then=self._begin_anew,
            danger=True,
        )

    def _begin_anew(self) -> None:
        self._keeping.stop()
        drop_week(self.desk.office, self.desk.actor, self.week)
        self._read_anew()

    def _import(self) -> None:
        self.leave()
        open_own_import(self.desk, self, self.week, self._read_anew)

    def ask_send(self) -> None:
        """Send the week, once nothing stands in its way."""
        if self.editor is None or not self.send.isEnabled():
            return
        self.leave()
        blocking = [problem for problem in self.problems if problem.blocks]
        if blocking:
            if blocking[0].line:
                self.editor.go_to(blocking[0].line, blocking[0].field)
            return
        lines = self.lines()
        reminders = "".join(f"\n提醒：{problem.text}" for problem in self.problems[:5])
        projects = len({line.get("project") for line in lines})
        if not lines:
            nothing = "这一周还没有填写任何任务：请填写任务名称和完成情况后再提交。"
            self._none.setText(_ALL_SENT if self.page is not None and self.page.sent else nothing)
            self._none.show()
            return
        text = f"共 {len(lines)} 项任务，按 {projects} 个项目分送审批。{reminders}"
        ask(self, f"提交{week_text(self.week)}的周报？", text, yes="提交", then=self._send)

    def _send(self) -> None:
        week, lines, office, owner = self.week, self.lines(), self.desk.office, self._owner
        self.send.setEnabled(False)

        def done(_filings: object) -> None:
            drop_week(office, owner, week)
            self.send.setEnabled(True)
            self._read_anew()

        def failed(error: Exception) -> None:
            self.send.setEnabled(True)
            if isinstance(error, Incomplete) and self.editor is not None:
                self.editor.go_to(error.problems[0].line, error.problems[0].field)
            show_error(self, error)

        self.desk.run(self, lambda work: send_week(work, week, lines), done, failed=failed, waiting="正在提交周报")


def _filled(lines: Sequence[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """What stands in lines; a line that nobody has kept bears another id each time it is read."""
    return [{key: value for key, value in line.items() if value and key != "id"} for line in lines]
