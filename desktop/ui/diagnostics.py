"""The way from the windows to 关于与诊断, to the report, and to what is to be said of a crash before.

What these need is loaded when somebody asks for it (see `desktop.ui.loading`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from desktop.services.home import Home
from desktop.ui.helpline import helpline
from desktop.ui.operations import Operations

if TYPE_CHECKING:
    from desktop.services.office import Office
    from desktop.ui.notice_bar import NoticeBar

_CRASHED = "上次使用时程序意外中断了。已经保存的内容没有受影响；填写到一半的表单列在工作台，可以接着填。"


class Diagnostics(QObject):
    """Opens what helps where something fails. ``subject`` tells the office, or where its data should be."""

    def __init__(
        self, home: Home, operations: Operations, subject: Callable[[], Office | str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._home, self._operations, self._subject = home, operations, subject
        line = helpline()
        if line is not None:
            line.offer(self.save_report)

    def save_report(self, over: QWidget) -> None:
        """Ask over this widget's window where to, and save a report there."""
        from desktop.ui.reports import Reports

        Reports(self._home, self._operations, self._subject).save(over)

    def show_about(self, over: QWidget) -> QDialog:
        """Open 关于与诊断 over this widget's window."""
        from desktop.ui.about import AboutDialog
        from desktop.ui.reports import Reports

        dialog = AboutDialog(Reports(self._home, self._operations, self._subject), over.window())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def notice_of_crash(self) -> NoticeBar | None:
        """What is said once after the program died; nothing where it ended well, or where it was said."""
        from desktop.services.diagnosis_crash import take_untold_crash
        from desktop.ui.notice_bar import NoticeBar

        if take_untold_crash(self._home.log_file.parent) is None:
            return None
        bar = NoticeBar(_CRASHED, [("保存诊断报告…", lambda: self.save_report(bar))])
        return bar
