"""周报: one's own week, the reports that wait for one's decision, and who has reported (WEEK)."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from desktop.ui.desk import Desk
from desktop.ui.my_week_view import MyWeekView
from desktop.ui.page import Page
from desktop.ui.pieces import Segments, row
from desktop.ui.week_bar import WeekBar
from desktop.ui.week_queue_view import WeekQueueView
from desktop.ui.week_status_view import WeekStatusView

MINE, QUEUE, STATUS = "mine", "queue", "status"
_PARTS = ((MINE, "我的周报"), (QUEUE, "待我审批"), (STATUS, "提交情况"))


class WeeklyPage(Page):
    """Three views of weekly reports; the week chosen above holds for the first and the last."""

    reads = frozenset(
        {"project", "person", "department", "assignment", "office", "filing", "sign_off", "plan_line", "absence"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.bar = WeekBar(desk.office.today, self)
        self.mine, self.queue, self.status = MyWeekView(desk), WeekQueueView(desk), WeekStatusView(desk)
        self._views = {MINE: self.mine, QUEUE: self.queue, STATUS: self.status}
        self.parts = Segments(_PARTS, self._turn_to)
        self._stack = QStackedWidget()
        for view in self._views.values():
            self._stack.addWidget(view)
        self.queue.counted.connect(
            lambda count: self.parts.set_text(QUEUE, f"待我审批 {count}" if count else "待我审批")
        )
        self.bar.changed.connect(lambda _week: self.reload())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        layout.addLayout(row(self.parts, None, self.bar))
        layout.addWidget(self._stack, 1)

    def reload(self) -> None:
        """Read what is looked at, and how many reports wait."""
        part = self.parts.current
        if part == MINE:
            self.mine.open_week(self.bar.week)
        if part == STATUS:
            self.status.open_week(self.bar.week)
        self.queue.reload()

    def show_item(self, kind: str, item: object) -> None:
        """Show one of the views, or whichever was looked at last.

        Raises:
            LookupError: it is none of them.
        """
        if item is None:
            return
        if str(item) not in self._views:
            raise LookupError(kind)
        self.parts.choose(str(item))

    def reseat(self) -> None:
        self.mine.leave()
        super().reseat()

    def leave(self) -> None:
        self.mine.leave()

    def _turn_to(self, part: str) -> None:
        self.mine.leave()
        self._stack.setCurrentWidget(self._views[part])
        self.bar.setVisible(part != QUEUE)
        self.reload()
