"""What looks after the open office's data by itself: a light check when the window stands, a backup once a day."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from desktop.domain.errors import Refusal
from desktop.services.backups import back_up_if_due
from desktop.services.checking import Finding, check_office_lightly
from desktop.services.retention import prune_logs
from desktop.ui.desk import Desk
from desktop.ui.notice_bar import NoticeBar
from desktop.ui.operations import Ticket
from desktop.ui.window import Window

LOOK_MS = 15_000
BACK_UP_MS = 90_000
"""So long the window is left in peace."""
AGAIN_MS = 3_600_000
PANEL = "backups"


class Caretaker(QObject):
    """Checks once, and backs up whenever a backup is due; says so above the pages where either finds trouble."""

    def __init__(self, window: Window, desk: Desk) -> None:
        super().__init__(window)
        self._window, self._desk = window, desk
        self._told = self._paused = False
        QTimer.singleShot(LOOK_MS, self, self.look)
        QTimer.singleShot(BACK_UP_MS, self, self.back_up)
        self._timer = QTimer(self, interval=AGAIN_MS)
        self._timer.timeout.connect(self.back_up)
        self._timer.start()

    def look(self) -> None:
        """Check lightly: what is damaged is not backed up over what is sound."""
        office = self._desk.office

        def work(_ticket: Ticket) -> list[Finding]:
            prune_logs(office.home)
            return check_office_lightly(office)

        self._desk.operations.start(self, work, self._checked, key="light", failed=self._not_looked)

    def back_up(self) -> None:
        """Make today's backup if it is due."""
        if self._paused:
            return
        office = self._desk.office

        def work(_ticket: Ticket) -> Path | None:
            return back_up_if_due(office)

        self._desk.operations.start(self, work, lambda _made: None, key="backup", failed=self._not_backed_up)

    def _checked(self, findings: list[Finding]) -> None:
        if not findings:
            return
        self._paused = True
        first = f"{findings[0].where}：{findings[0].what}"
        self._say(f"打开时的简单检查发现数据有问题：{first} 自动备份已暂停，请做全面检查。", "全面检查")

    def _not_looked(self, error: Exception) -> None:
        """Data that cannot be reached now tells so wherever it is needed."""
        if not isinstance(error, Refusal):
            raise error

    def _not_backed_up(self, error: Exception) -> None:
        if not isinstance(error, Refusal):
            raise error
        if not self._told:
            self._told = True
            self._say(f"今天的自动备份没有做成：{error}", "备份与恢复")

    def _say(self, text: str, offer: str) -> None:
        bar = NoticeBar(text, [(offer, lambda: self._desk.wanted.emit("settings", PANEL))])
        self._window.show_bar(bar)
