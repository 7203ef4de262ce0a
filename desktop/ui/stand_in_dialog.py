"""代理人: who signs for a person from one day to another; one's own, or with the right to it anyone's (ROLE-11)."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.domain import values
from desktop.domain.ledger import PersonRef
from desktop.domain.policy import Role
from desktop.services.office import Reading
from desktop.services.people import people_refs, person_ref
from desktop.services.stand_ins import StandInRow, end_stand_in, list_stand_ins, may_set_any_stand_in, set_stand_in
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import refusal_of
from desktop.ui.fields.choices import QuietCombo
from desktop.ui.fields.dates import add_calendar
from desktop.ui.fields.people import OUTSIDE, add_people, by_letters, pick_person
from desktop.ui.pieces import button, heading, named, row, take_size, words
from desktop.ui.question import ask
from desktop.ui.saving import save_record
from desktop.ui.short_table import short_table
from desktop.ui.table_source import Column
from desktop.ui.tables import Table

_WEEK = dt.timedelta(days=6)
COLUMNS: tuple[Column[StandInRow], ...] = (
    Column("本人", lambda item: item.person.name, width=5),
    Column("代理人", lambda item: item.stand_in.name, width=5),
    Column("代哪些", lambda item: item.role, width=7),
    Column("从", lambda item: item.since.isoformat(), align="centre", width=6),
    Column("到", lambda item: item.until.isoformat(), align="centre", width=6),
    Column(
        "状态",
        lambda item: "生效中" if item.running else "未开始",
        chip=True,
        tone=lambda item: "good" if item.running else "neutral",
        width=4.5,
    ),
    Column("事由", lambda item: item.reason, stretch=True, tip=lambda item: item.reason),
)


@dataclass(frozen=True)
class _Offer:
    person: PersonRef
    people: tuple[PersonRef, ...]
    roles: tuple[Role, ...]
    anyone: bool


class StandInDialog(QDialog):
    """The stand-ins that a person may see, one to add, and those that may be ended."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk = desk
        self._people: tuple[PersonRef, ...] = ()
        self._own: PersonRef | None = None
        self._rows: tuple[StandInRow, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("代理人")
        take_size(self, 820, 540)
        self.table: Table[StandInRow] = short_table(
            desk, COLUMNS, self._load, lambda item: item.id, name="代理人", empty="现在没有代理"
        )
        self.table.search.hide()
        self.person = named(QLineEdit(), "本人")
        self.stand_in = named(QLineEdit(placeholderText="姓名、拼音首字母或工号"), "代理人")
        today = desk.office.today()
        self.since = named(QLineEdit(today.isoformat()), "从")
        self.until = named(QLineEdit((today + _WEEK).isoformat()), "到")
        for line in (self.since, self.until):
            add_calendar(line)
        self.role = named(QuietCombo(), "代哪些角色")
        self.reason = named(QLineEdit(placeholderText="如：休假、出差"), "事由")
        self.add = button("设置代理", self.save, primary=True)
        self.end = button("结束所选代理", self._ask_to_end)
        self.end.setEnabled(False)
        self.table.chosen.connect(lambda item: self.end.setEnabled(item is not None))
        self._wrong, self._missing = words("", "problem"), named(words(role="muted"), "还不能设置的原因")
        self._wrong.hide()
        self._lay_out()
        for line in (self.person, self.stand_in, self.since, self.until):
            line.textChanged.connect(lambda _text: self._judge())
        self._read()

    def tell(self, text: str) -> None:
        """Say what is wrong."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        self._judge()

    def save(self) -> None:
        """Set the stand-in as written."""
        try:
            person, stand_in, since, until = self._written()
        except values.Unreadable as reason:
            self.tell(f"{reason}。")
            return
        use_case = functools.partial(
            set_stand_in,
            person_id=person.id,
            stand_in_id=stand_in.id,
            since=since,
            until=until,
            role_key=str(self.role.currentData() or ""),
            reason=self.reason.text(),
        )
        self.tell("")
        self.add.setEnabled(False)
        self.desk.run(self, use_case, lambda _id: self._saved(), failed=self._failed)

    def _written(self) -> tuple[PersonRef, PersonRef, dt.date, dt.date]:
        """Who is stood in for by whom, from when to when.

        Raises:
            Unreadable: something of it is missing or not clear.
        """
        person, stand_in = self._chosen(self.person, "请选择本人"), self._chosen(self.stand_in, "请选择代理人")
        since, until = _day(self.since, "开始"), _day(self.until, "结束")
        if until < since:
            raise values.Unreadable("结束日期早于开始日期，请核对")
        return person, stand_in, since, until

    def _judge(self) -> None:
        """Let what is written be set, or say why not."""
        try:
            self._written()
        except values.Unreadable as reason:
            self._missing.setText(f"{reason}。")
            self.add.setEnabled(False)
        else:
            self._missing.clear()
            self.add.setEnabled(True)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("本人", self.person)
        form.addRow("代理人", self.stand_in)
        days = QHBoxLayout()
        days.addWidget(self.since)
        days.addWidget(QLabel("到"))
        days.addWidget(self.until)
        form.addRow("从", days)
        form.addRow("代哪些角色", self.role)
        form.addRow("事由", self.reason)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(heading("代理人", 1.2))
        layout.addWidget(
            words("代理期内，等本人签的也等代理人签；签字写明“代”谁，到期自动结束。不能层层转代。", "muted")
        )
        layout.addWidget(self.table, 1)
        layout.addLayout(row(None, self.end))
        layout.addLayout(form)
        layout.addWidget(self._wrong)
        line = row(self._missing, button("关闭", self.reject), self.add)
        line.setStretch(0, 1)
        layout.addLayout(line)

    def _load(self) -> list[StandInRow]:
        actor = self.desk.actor

        def query(reading: Reading) -> list[StandInRow]:
            anyone = may_set_any_stand_in(reading, actor)
            return list_stand_ins(reading, None if anyone else actor)

        return self.desk.ask(query)

    def _read(self) -> None:
        actor = self.desk.actor

        def query(reading: Reading) -> _Offer:
            anyone = may_set_any_stand_in(reading, actor)
            return _Offer(person_ref(reading, actor), tuple(people_refs(reading)), reading.policy.roles, anyone)

        self.desk.read(self, query, self._offer, key="people")
        self.table.reload()

    def _offer(self, found: _Offer) -> None:
        self._people, self._own = found.people, found.person
        self.person.setText(found.person.full)
        self.person.setReadOnly(not found.anyone)
        for line in (self.person, self.stand_in):
            add_people(line, found.people)
        self.role.clear()
        self.role.addItem("全部角色", "")
        for role in found.roles:
            self.role.addItem(role.title, role.key)
        self.stand_in.setFocus()
        self._judge()

    def _chosen(self, line: QLineEdit, missing: str) -> PersonRef:
        written = line.text().strip()
        person, note = pick_person(written, self._people)
        person = person or by_letters(written, self._people)
        if person is None:
            raise values.Unreadable(f"{missing}：人员名单中没有“{written}”" if note == OUTSIDE else note or missing)
        return person

    def _saved(self) -> None:
        self.tell("")
        self.stand_in.clear()
        self.reason.clear()
        self.table.reload()

    def _ended(self, _nothing: None) -> None:
        self._saved()

    def _failed(self, error: Exception) -> None:
        self.tell(str(refusal_of(error)))

    def _ask_to_end(self) -> None:
        item = self.table.current()
        if item is None:
            return
        use_case = functools.partial(end_stand_in, delegation_id=item.id)

        def end() -> None:
            failed = self._failed
            save_record(self.desk, self, use_case, {}, item.version, self._ended, failed=failed, deed="结束")

        ask(
            self,
            f"结束{item.stand_in.name}对{item.person.name}的代理？",
            "从现在起不再代签；已经代签的字仍然有效。",
            yes="结束",
            then=end,
        )


def _day(line: QLineEdit, word: str) -> dt.date:
    found = values.read_date(line.text()).value
    if not isinstance(found, str):
        raise values.Unreadable(f"请填写{word}日期")
    return dt.date.fromisoformat(found)
