"""The button that saves what is due as a calendar file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from desktop.ui.desk import Desk
from desktop.ui.files import ask_where_to_save
from desktop.ui.question import tell


class DeadlineButton(QPushButton):
    """Saves the dated items: one's own, or (``everyone``) the whole office's."""

    def __init__(self, desk: Desk, everyone: Callable[[], bool]) -> None:
        super().__init__("日历文件…")
        self.setAutoDefault(False)
        self.setToolTip("把有日期的事项存为 .ics，放进 Outlook 或手机日历；再导入一次会更新，不会重复")
        self._desk, self._everyone = desk, everyone
        self.clicked.connect(lambda _checked: self._ask())

    def _ask(self) -> None:
        day = self._desk.office.today().isoformat()
        path = ask_where_to_save(self, "存为日历文件", f"期限 {day}.ics", "日历文件 (*.ics)")
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Write the file in the background and say how many deadlines are in it."""
        from desktop.services.due_calendar import export_deadlines

        actor, everyone = self._desk.actor, self._everyone()
        self._desk.read(
            self,
            lambda reading: export_deadlines(reading, actor, path, everyone=everyone),
            lambda count: self._told(path, count),
        )

    def _told(self, path: Path, count: int) -> None:
        tell(self, f"已把 {count} 项期限存为“{path.name}”。", "用日历程序打开这个文件即可导入。")
