"""From when to when a role is held: two days to write or pick, in a line or in a dialog."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.domain.values import Unreadable, read_date
from desktop.services.roles import RoleHeld
from desktop.ui.fields.dates import add_calendar
from desktop.ui.pieces import button, heading, named, row, words


class DaysLine(QWidget):
    """Two days; the first may be left for today, the last for as long as it goes. ``edited`` follows every change."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.since = named(QLineEdit(placeholderText="今天"), "起")
        self.until = named(QLineEdit(placeholderText="不限"), "止")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        for label, part in (("起", self.since), ("止", self.until)):
            add_calendar(part)
            line.addWidget(QLabel(label))
            line.addWidget(part, 1)
            part.textChanged.connect(lambda _text: self.edited.emit())

    @property
    def blank(self) -> bool:
        """Whether no first day is written."""
        return not self.since.text().strip()

    def show_days(self, since: dt.date | None, until: dt.date | None) -> None:
        """Show these days."""
        self.since.setText(since.isoformat() if since else "")
        self.until.setText(until.isoformat() if until else "")

    def days(self) -> tuple[dt.date | None, dt.date | None]:
        """The days as written.

        Raises:
            Unreadable: one of them is no day.
        """
        since, until = (read_date(part.text()).value for part in (self.since, self.until))
        return _day(since), _day(until)


def _day(value: object) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else None


class DaysDialog(QDialog):
    """Corrects the days of a role. ``chosen`` brings the role held, its first day and its last (or ``None``)."""

    chosen = Signal(object, object, object)

    def __init__(self, held: RoleHeld, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("days")
        self.setWindowTitle("起止日期")
        self._held = held
        self.days = DaysLine()
        self.days.show_days(held.since, held.until)
        self.problem = words(role="problem")
        self.problem.hide()
        self.save = button("保存", self._take, primary=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.addWidget(heading(held.text, 1.1))
        layout.addWidget(words("最后一天写在“止”里，留空就是一直担任。以前签过的字不受影响。", "muted"))
        layout.addWidget(self.days)
        layout.addWidget(self.problem)
        layout.addLayout(row(None, button("取消", self.reject), self.save))
        self.setMinimumWidth(420)

    def _take(self) -> None:
        try:
            since, until = self.days.days()
        except Unreadable as error:
            self._tell(f"{error}。")
            return
        if until is not None and until < (since or self._held.since):
            self._tell("结束日期早于开始日期，请核对。")
            return
        self.chosen.emit(self._held, since or self._held.since, until)
        self.accept()

    def _tell(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
