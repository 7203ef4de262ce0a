"""请假: who is away from one day to another; one's own, or the people's for whom one records papers (WEEK-5)."""

from __future__ import annotations

import datetime as dt
import functools
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.domain import values
from desktop.domain.ledger import PersonRef
from desktop.domain.weeks import day_in
from desktop.services.absences import AbsenceRow, cancel_absence, list_absences, note_absence
from desktop.services.people import people_refs
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import refusal_of
from desktop.ui.fields.dates import add_calendar
from desktop.ui.fields.people import add_people, pick_person
from desktop.ui.pieces import button, heading, named, row, words
from desktop.ui.saving import save_record
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column
from desktop.ui.tables import Table

COLUMNS: tuple[Column[AbsenceRow], ...] = (
    Column("姓名", lambda item: item.person.shown, width=5),
    Column("部门", lambda item: item.person.department, width=8),
    Column("从", lambda item: item.starts_on.isoformat(), align="centre", width=6),
    Column("到", lambda item: item.ends_on.isoformat(), align="centre", width=6),
    Column("事由", lambda item: item.reason, stretch=True, tip=lambda item: item.reason),
)


class AbsenceDialog(QDialog):
    """The absences that a person may keep, one to add, and those that may be taken back."""

    def __init__(self, desk: Desk, parent: QWidget, away: UUID | None = None, week: str = "") -> None:
        """``away`` is whom to offer instead of the actor, ``week`` the week to offer instead of today."""
        super().__init__(parent)
        self.desk = desk
        self._away = away or desk.actor
        self._people: list[PersonRef] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("请假")
        self.resize(720, 480)
        self.table: Table[AbsenceRow] = short_table(
            desk, COLUMNS, self._load, lambda item: item.id, name="请假", empty="现在没有登记的请假"
        )
        self.table.search.hide()
        self.person = named(QLineEdit(placeholderText="姓名、拼音首字母或工号"), "请假人")
        today = desk.office.today()
        first, last = (day_in(week, 1), day_in(week, 5)) if week else (today, today)
        self.since, self.until = named(QLineEdit(first.isoformat()), "从"), named(QLineEdit(last.isoformat()), "到")
        for line in (self.since, self.until):
            add_calendar(line)
        self.reason = named(QLineEdit(placeholderText="如：年假、病假"), "事由")
        self.add = button("登记", self.save, primary=True)
        self.cancel = button("取消所选", self._cancel)
        self.cancel.setEnabled(False)
        self.table.chosen.connect(lambda item: self.cancel.setEnabled(item is not None))
        self._wrong = words("", "problem")
        self._wrong.hide()
        self._lay_out()
        desk.read(self, people_refs, self._know)
        self.table.reload()

    def tell(self, text: str) -> None:
        """Say what is wrong."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        self.add.setEnabled(True)

    def save(self) -> None:
        """Note the absence as written."""
        person, note = pick_person(self.person.text(), self._people)
        if person is None:
            self.tell(f"{note or '请选择请假人'}。")
            return
        try:
            days = [values.read_date(line.text()).value for line in (self.since, self.until)]
        except values.Unreadable as reason:
            self.tell(f"{reason}。")
            return
        if not all(isinstance(day, str) for day in days):
            self.tell("请填写起止日期。")
            return
        start, end = (dt.date.fromisoformat(str(day)) for day in days)
        note_it = functools.partial(
            note_absence, person_id=person.id, starts_on=start, ends_on=end, reason=self.reason.text()
        )
        self.tell("")
        self.add.setEnabled(False)
        self.desk.run(self, note_it, lambda _id: self._done(), failed=self._failed)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("请假人", self.person)
        days = QHBoxLayout()
        for part in (self.since, QLabel("到"), self.until):
            days.addWidget(part)
        form.addRow("从", days)
        form.addRow("事由", self.reason)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(heading("请假", 1.2))
        layout.addWidget(words("请假盖住一周的全部工作日时，这一周免交周报；不足一周的照常填报。", "muted"))
        layout.addWidget(self.table, 1)
        layout.addLayout(row(None, self.cancel))
        layout.addLayout(form)
        layout.addWidget(self._wrong)
        layout.addLayout(row(None, button("关闭", self.reject), self.add))

    def _load(self) -> list[AbsenceRow]:
        actor = self.desk.actor
        return self.desk.ask(lambda reading: list_absences(reading, actor))

    def _know(self, people: list[PersonRef]) -> None:
        self._people = people
        add_people(self.person, people)
        own = next((person for person in people if person.id == self._away), None)
        if own is not None and not self.person.text():
            self.person.setText(own.full)

    def _cancel(self) -> None:
        chosen = self.table.current()
        if chosen is not None:
            take_back = functools.partial(cancel_absence, absence_id=chosen.id)
            failed = self._failed
            save_record(self.desk, self, take_back, {}, chosen.version, self._taken_back, failed=failed, deed="取消")

    def _taken_back(self, _nothing: None) -> None:
        self._done()

    def _done(self) -> None:
        self.tell("")
        self.reason.clear()
        self.table.reload()

    def _failed(self, error: Exception) -> None:
        self.tell(str(refusal_of(error)))
