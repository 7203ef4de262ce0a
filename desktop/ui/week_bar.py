"""Choosing a week: one back, one on, and back to the one that is reported now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktop.domain.weeks import shifted, week_of, week_text
from desktop.services.reported import current_week
from desktop.ui.pieces import button, heading, named, row


class WeekBar(QWidget):
    """``changed`` tells the week that is looked at, as ``2026-W47``."""

    changed = Signal(str)

    def __init__(self, today: Callable[[], dt.date], within: QWidget) -> None:
        super().__init__()
        self._today = today
        self.week = current_week(today())
        self.before = named(button("‹ 上一周", lambda: self.go(-1)), "上一周")
        self.after = named(button("下一周 ›", lambda: self.go(1)), "下一周")
        self.now = named(button("回到本期", self.go_now), "回到本期")
        self._label = heading("", 1.15)
        self._label.setMinimumWidth(round(self.fontMetrics().height() * 14))
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(row(self.before, self._label, self.after, self.now))
        for keys, by in (("Alt+Left", -1), ("Alt+Right", 1)):
            inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(keys), within, lambda by=by: self.go(by), context=inside)
        self.refresh()

    def go(self, weeks: int) -> None:
        """So many weeks on or back; not beyond the running week."""
        wanted = shifted(self.week, weeks)
        if wanted <= week_of(self._today()):
            self.show_week(wanted)

    def go_now(self) -> None:
        """To the week that is reported now."""
        self.show_week(current_week(self._today()))

    def show_week(self, week: str) -> None:
        """To that week."""
        if week != self.week:
            self.week = week
            self.refresh()
            self.changed.emit(week)

    def refresh(self) -> None:
        """Tell the week and where one may go from it today: the window may stand open for weeks."""
        self._label.setText(week_text(self.week))
        self.after.setEnabled(shifted(self.week, 1) <= week_of(self._today()))
        self.now.setEnabled(self.week != current_week(self._today()))
