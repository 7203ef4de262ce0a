"""A schedule's way to other project programs and back: under its lines in a form, and under a plan's schedule."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.domain.schedule.project_file import ProjectFile
from desktop.services.schedule_files import export_draft_schedule, export_schedule, read_schedule_file
from desktop.ui.desk import Desk
from desktop.ui.fields.base import FieldContext
from desktop.ui.files import ask_where_to_save, open_folder_of
from desktop.ui.line_editor import LineEditor
from desktop.ui.operations import Ticket
from desktop.ui.project_check import ProjectCheck
from desktop.ui.question import ask

PROJECT_FILES = "Microsoft Project XML (*.xml)"


class ScheduleFiles:
    """Puts the two buttons under the lines of a schedule that is being edited."""

    def __init__(self, lines: LineEditor, context: FieldContext) -> None:
        self._lines, self._context = lines, context
        self.take_in = lines.add_tool("导入 Project…", "读入 Project 另存的 XML，先看改动再导入", self._ask_which)
        self.give_out = lines.add_tool("导出 Project…", "存为 Project 能打开的 XML", self._ask_where)
        lines.model.modelReset.connect(self._show_state)
        lines.model.rowsInserted.connect(self._show_state)
        lines.model.rowsRemoved.connect(self._show_state)
        self._show_state()

    def read(self, path: Path) -> None:
        """Read a file in the background and show what it would change."""

        def work(_ticket: Ticket) -> ProjectFile:
            return read_schedule_file(path)

        self._context.operations.start(self._lines, work, self._check, waiting=f"正在读取“{path.name}”")

    def write(self, path: Path) -> None:
        """Write the lines as they stand."""
        lines, facts = self._lines.model.lines(), self._context.facts

        def work(_ticket: Ticket) -> None:
            export_draft_schedule(path, lines, facts)

        self._context.operations.start(self._lines, work, lambda _none: tell_saved(self._lines, path))

    def _check(self, file: ProjectFile) -> None:
        check = ProjectCheck(file, self._lines.model.lines(), self._context.people, self._lines.window())
        check.accepted.connect(lambda: self._lines.replace_lines(check.taken.lines))
        check.finished.connect(check.deleteLater)
        check.open()

    def _show_state(self) -> None:
        self.give_out.setVisible(self._lines.model.rowCount() > 0)

    def _ask_which(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self._lines, "导入进度计划", "", PROJECT_FILES)
        if name:
            self.read(Path(name))

    def _ask_where(self) -> None:
        name = f"{self._context.facts.get('project.name') or '进度计划'} 进度计划（草稿）.xml"
        path = ask_where_to_save(self._lines, "导出进度计划", name, PROJECT_FILES)
        if path is not None:
            self.write(path)


def export_baseline(desk: Desk, owner: QWidget, project_id: UUID, no: int, path: Path) -> None:
    """Write a plan's schedule as it was under a baseline."""
    office, actor = desk.office, desk.actor

    def work(_ticket: Ticket) -> None:
        office.read(lambda reading: export_schedule(reading, actor, project_id, path, no))

    desk.operations.start(owner, work, lambda _none: tell_saved(owner, path))


def tell_saved(owner: QWidget, path: Path) -> None:
    """Tell where a schedule was saved."""
    ask(owner, "进度计划已经导出。", str(path), yes="打开所在文件夹", no="关闭", then=lambda: open_folder_of(path))
