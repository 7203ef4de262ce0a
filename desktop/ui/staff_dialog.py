"""Giving somebody a role on a project (ROLE-11): who, which role, from when to when."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.domain.ledger import PersonRef
from desktop.domain.policy import Role
from desktop.domain.values import Unreadable
from desktop.ui.fields.choices import QuietCombo
from desktop.ui.fields.people import add_people, find_person
from desktop.ui.pieces import button, heading, named, row, words
from desktop.ui.role_days import DaysLine


class StaffDialog(QDialog):
    """``chosen`` brings the person, the role's key, its first day and its last (or ``None``)."""

    chosen = Signal(object, str, object, object)

    def __init__(self, people: Sequence[PersonRef], roles: Sequence[Role], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("staff")
        self.setWindowTitle("指定项目角色")
        self.setMinimumWidth(440)
        self._people = people
        self.person = named(QLineEdit(placeholderText="姓名、拼音首字母或工号"), "人员")
        completer = add_people(self.person, people)
        completer.activated.connect(self.person.setText)
        self.role = named(QuietCombo(), "项目角色")
        for role in roles:
            self.role.addItem(role.title, role.key)
        self.days = DaysLine()
        self.problem = words(role="problem")
        self.problem.hide()
        self.save = button("指定", self._take, primary=True)
        form = QFormLayout()
        form.addRow("人员", self.person)
        form.addRow("角色", self.role)
        form.addRow("时间", self.days)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.addWidget(heading("指定项目角色", 1.15))
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addLayout(row(None, button("取消", self.reject), self.save))

    def _take(self) -> None:
        value, note = find_person(self.person.text(), self._people)
        person = value["id"] if isinstance(value, dict) else ""
        if not isinstance(person, str) or not person:
            self._tell(f"{note}。" if note else "请选择人员。")
            return
        try:
            since, until = self.days.days()
        except Unreadable as error:
            self._tell(f"{error}。")
            return
        self.chosen.emit(UUID(person), str(self.role.currentData()), since, until)
        self.accept()

    def _tell(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
