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
    """Three views of weekly reports; the week chosen above holds for the first and the last.

    Whoever owes no report is shown what waits for them, or who has reported, until they choose a view themselves.
    """

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
        self._chosen = False
        self._waiting: int | None = None
        self._owes = True
        self.queue.counted.connect(self._count)
        self.mine.duty_known.connect(self._know_duty)
        self.bar.changed.connect(lambda _week: self.reload())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        layout.addLayout(row(self.parts, None, self.bar))
        layout.addWidget(self._stack, 1)

    def reload(self) -> None:
        """Read what is looked at, and how many reports wait."""
        self.bar.refresh()
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
        self._chosen = True
        self.parts.choose(str(item))

    def reseat(self) -> None:
        self.mine.leave()
        self._waiting, self._owes, self._chosen = None, True, False
        self.parts.mark(MINE)
        self._show(MINE)
        super().reseat()

    def leave(self) -> None:
        self.mine.leave()

    def _turn_to(self, part: str) -> None:
        self._chosen = True
        self.mine.leave()
        self._show(part)
        self.reload()

    def _show(self, part: str) -> None:
        self._stack.setCurrentWidget(self._views[part])
        self.bar.setVisible(part != QUEUE)

    def _count(self, waiting: int) -> None:
        self._waiting = waiting
        self.parts.set_text(QUEUE, f"待我审批 {waiting}" if waiting else "待我审批")
        self._land()

    def _know_duty(self, owes: bool) -> None:
        self._owes = owes
        self._land()

    def _land(self) -> None:
        if not self._chosen and not self._owes and self._waiting is not None:
            self.parts.choose(QUEUE if self._waiting else STATUS)
