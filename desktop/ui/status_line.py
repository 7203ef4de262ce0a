"""The line below the pages: where the data is, what must be known, by which policy, and the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QStatusBar

from desktop.services.office import Office
from desktop.services.presence import Present
from desktop.ui.pieces import Elided
from desktop.ui.waiting import name_of

WEEKDAYS = "一二三四五六日"


class StatusLine(QStatusBar):
    """Says what holds for the whole office."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        place = QLabel(f"数据：{name_of(office.target)}")
        place.setToolTip(office.target)
        self._notice = Elided()
        self._notice.setStyleSheet("color: #8d5300")
        self.addWidget(place)
        self.addWidget(self._notice, 1)
        self._here = QLabel()
        self._here.setAccessibleName("现在在用的人")
        self._here.hide()
        self.addPermanentWidget(self._here)
        self.addPermanentWidget(QLabel(f"制度：{office.policy.title} {office.policy.version}"))
        self.addPermanentWidget(QLabel(day_text(office.today())))

    def set_notice(self, text: str) -> None:
        """Show a lasting notice (a cloud folder, a calendar at its end)."""
        self._notice.set_whole(text)

    def show_here(self, present: Sequence[Present]) -> None:
        """Show how many people have the office open now, and on pointing at it who they are."""
        people = {item.person for item in present if item.person}
        self._here.setText(f"{len(people)} 人在用")
        lines = [f"{item.person}　{item.host}　{item.since.astimezone():%m-%d %H:%M} 打开" for item in present]
        self._here.setToolTip("\n".join(lines))
        self._here.setVisible(bool(people))


def day_text(day: dt.date) -> str:
    """``2026-11-22 周日``."""
    return f"{day.isoformat()} 周{WEEKDAYS[day.weekday()]}"
