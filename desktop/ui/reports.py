"""Saving a diagnostic report: asks where, makes it in the background, says where it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.services.clock import local_clock
from desktop.services.diagnosis import PROMISE, Scene, make_report, report_name, save_report
from desktop.services.home import Home
from desktop.services.office import Office
from desktop.ui.files import ask_where_to_save, open_folder_of
from desktop.ui.operations import Operations, Ticket
from desktop.ui.question import tell
from desktop.ui.surroundings import screen_lines

REPORTS = "文本文件 (*.txt)"


@dataclass(frozen=True)
class Reports:
    """Saves reports. ``subject`` tells the office that is open, or where its data should be."""

    home: Home
    operations: Operations
    subject: Callable[[], Office | str]

    def save(self, over: QWidget) -> None:
        """Ask over this widget's window where to, and save a report there."""
        now = local_clock()
        path = ask_where_to_save(over, "保存诊断报告", report_name(now), REPORTS)
        if path is None:
            return
        scene = Scene(self.home, self.subject(), now, screen_lines())

        def work(ticket: Ticket) -> Path:
            save_report(path, make_report(scene, ticket))
            return path

        self.operations.start(over, work, lambda saved: _tell_saved(over, saved), waiting="正在写诊断报告")


def _tell_saved(over: QWidget, path: Path) -> None:
    box = tell(over, "诊断报告已保存。", f"{path}\n\n{PROMISE}可以先打开看一看，再交给帮助您的人。")
    box.addButton("打开所在文件夹", QMessageBox.ButtonRole.ActionRole).clicked.connect(lambda: open_folder_of(path))
