"""One person: particulars, and the roles held now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.policy import Role
from desktop.domain.policy_terms import Scope
from desktop.domain.values import Unreadable
from desktop.services.people import DepartmentRow, PersonRow, RoleHeld, clean_name
from desktop.ui.fields.choices import QuietCombo
from desktop.ui.pages.settings_panel import changed_hint, fault_of
from desktop.ui.pieces import button, clear, heading, named, row, words
from desktop.ui.role_days import DaysLine

_TIMES = {"past": "曾任", "future": "将任", "now": ""}


@dataclass(frozen=True)
class PersonEntry:
    """A person as written in the editor; without ``id`` a new one."""

    id: UUID | None
    version: int
    name: str
    staff_no: str
    department_id: UUID | None
    phone: str
    active: bool
    email: str = ""


class PersonEditor(QFrame):
    """``saved`` brings a `PersonEntry`; ``assigned`` (person, role, department), ``ended`` a role held.

    ``days`` is what was written as first and last day when ``assigned`` came; ``redated`` asks for other days of a
    role held, ``history_wanted`` and ``merge_wanted`` are about the person shown; ``another`` asks for one more.
    """

    saved = Signal(object)
    assigned = Signal(object, str, object)
    ended = Signal(object)
    redated = Signal(object)
    history_wanted = Signal(object)
    merge_wanted = Signal(object)
    another = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._person: PersonRow | None = None
        self._roles: dict[str, Role] = {}
        self._serving: tuple[str, ...] = ()
        self.dirty = False
        self.title = heading("选择左边的人员", 1.15)
        self._refusal = words(role="muted")
        self._newer: PersonRow | None = None
        self.hint = named(words(role="problem"), "别人的改动")
        self.hint.hide()
        self.name = named(QLineEdit(), "姓名")
        self.staff_no = named(QLineEdit(placeholderText="同名时靠它区分"), "工号")
        self.department = named(QuietCombo(), "部门")
        self.phone = named(QLineEdit(), "电话")
        self.email = named(QLineEdit(placeholderText="发送通报和催交周报用"), "邮箱")
        self.active = QCheckBox("在职")
        self.save = button("保存", lambda: self.saved.emit(self.entry()), primary=True)
        self.revert = button("还原", lambda: self.show_person(self._newer or self._person))
        self._missing = named(words(role="muted"), "保存的提示")
        self._registered = words()
        self.next = button("再添一人", self.another.emit, primary=True)
        self.role, self.place = named(QuietCombo(), "要分配的角色"), named(QuietCombo(), "所管的部门")
        self.place_label, self.place_help = QLabel(), words(role="muted")
        self.assign = button("分配", self._assign)
        self.days_line = DaysLine()
        self.days: tuple[dt.date | None, dt.date | None] = (None, None)
        self._unassigned = named(words(role="muted"), "还不能分配的原因")
        self._others = QVBoxLayout()
        self._others.setSpacing(2)
        self.history = button("变动记录…", lambda: self.history_wanted.emit(self._person))
        self.merge = button("合并…", lambda: self.merge_wanted.emit(self._person))
        self.merge.setToolTip("这条记录与另一条是同一个人时用")
        self._held = QVBoxLayout()
        self._held.setSpacing(4)
        self._body = QWidget()
        self._body.setEnabled(False)
        self._lay_out()
        self._connect()

    @property
    def person_id(self) -> UUID | None:
        """Whose particulars are shown."""
        return self._person.id if self._person else None

    def shows(self, person: PersonRow) -> bool:
        """Whether exactly this is shown already."""
        return self._person == person

    def show_person(self, person: PersonRow | None) -> None:
        """Show a person, or blank lines for a new one."""
        self._person = person
        self.title.setText(person.name if person else "新的人员")
        self.name.setText(person.name if person else "")
        self.staff_no.setText(person.staff_no if person else "")
        self.phone.setText(person.phone if person else "")
        self.email.setText(person.email if person else "")
        self.department.setCurrentIndex(
            max(0, self.department.findData(_key(person.department_id if person else None)))
        )
        self.active.setChecked(person.active if person else True)
        self.active.setVisible(person is not None)
        clear(self._held)
        for held in person.roles if person else ():
            self._held.addWidget(self._held_line(held))
        if person and not person.roles:
            self._held.addWidget(words("没有分配角色。项目经理、客户经理由项目台账写明。", "muted"))
        clear(self._others)
        self.days_line.show_days(None, None)
        self._roles_part.setVisible(person is not None)
        self._next_part.hide()
        self.history.setVisible(person is not None)
        self.merge.setVisible(person is not None and not person.merged_into)
        self._chose_role()
        self._body.setEnabled(True)
        self.settle()

    def tell_newer(self, person: PersonRow, who: str) -> None:
        """Somebody else has saved the person who is being edited: leave what is written alone, and say so."""
        self._newer = person
        self.hint.setText(changed_hint(who))
        self.hint.show()

    def show_other_roles(self, roles: Sequence[RoleHeld], today: dt.date) -> None:
        """Show, below what is held now, what was held and what will be."""
        clear(self._others)
        for held in roles:
            if (time := held.time(today)) != "now":
                self._others.addWidget(self._other_line(held, _TIMES[time]))

    def offer_next(self, more: str = "") -> None:
        """The person shown was written down just now: lead on to the role and to the next person, and to ``more``."""
        self._registered.setText(f"已登记{self.name.text()}。请在下面分配角色，或者接着登记下一位。{more}")
        self._next_part.show()
        self.role.setFocus()

    def settle(self) -> None:
        """Nothing is unsaved."""
        self.dirty = False
        self._newer = None
        self.hint.clear()
        self.hint.hide()
        self.revert.setEnabled(False)
        self.judge()

    def judge(self) -> None:
        """Let what is written be saved, or say why not; of a new person also where their roles come."""
        new = self._person is None
        missing = fault_of(clean_name, self.name.text())
        hint = "保存以后，就在这里分配角色。" if new else ""
        told = f"{missing}{hint}" if self.dirty or new else ""
        self._missing.setText(told)
        self._missing.setVisible(bool(told))
        self.save.setEnabled(self.dirty and not missing)

    def entry(self) -> PersonEntry:
        """What is written."""
        return PersonEntry(
            id=self._person.id if self._person else None,
            version=self._person.version if self._person else 0,
            name=self.name.text(),
            staff_no=self.staff_no.text(),
            department_id=_id(self.department.currentData()),
            phone=self.phone.text(),
            active=self.active.isChecked(),
            email=self.email.text(),
        )

    def offer(self, departments: Sequence[DepartmentRow], roles: Sequence[Role], serving: Sequence[str] = ()) -> None:
        """Offer these departments and roles; what is chosen stays chosen. ``serving`` ones carry out no projects."""
        self._serving = tuple(serving)
        chosen = (
            self.department.currentData() if self.dirty else _key(self._person.department_id if self._person else None)
        )
        place = self.place.currentData()
        for box in (self.department, self.place):
            box.blockSignals(True)
            box.clear()
            for item in departments:
                if item.active:
                    box.addItem(f"{item.parent} / {item.name}" if item.parent else item.name, str(item.id))
            box.blockSignals(False)
        self.department.insertItem(0, "（未分部门）", "")
        self.department.blockSignals(True)
        self.department.setCurrentIndex(max(0, self.department.findData(chosen)))
        self.department.blockSignals(False)
        self.place.setCurrentIndex(self.place.findData(place) if place else -1)
        self._roles = {role.key: role for role in roles if role.scope is not Scope.PROJECT and not role.held_as}
        if [self.role.itemData(place) for place in range(self.role.count())] != list(self._roles):
            self.role.clear()
            for role in self._roles.values():
                self.role.addItem(role.title, role.key)
        self._chose_role()

    def set_refusal(self, refusal: str) -> None:
        """Let a person only look, and say why; an empty word lets them change."""
        self._refusal.setText(refusal)
        self._refusal.setVisible(bool(refusal))
        for part in (self._form, self._roles_part, self.merge):
            part.setEnabled(not refusal)
        self.merge.setToolTip(refusal or "这条记录与另一条是同一个人时用")

    def _lay_out(self) -> None:
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        for label, part in (
            ("姓名", self.name),
            ("工号", self.staff_no),
            ("部门", self.department),
            ("电话", self.phone),
            ("邮箱", self.email),
            ("", self.active),
        ):
            form.addRow(label, part)
        form.addRow("", _wrap(row(self.save, self.revert, None)))
        form.addRow("", self._missing)
        self._roles_part = QWidget()
        roles = QVBoxLayout(self._roles_part)
        roles.setContentsMargins(0, 0, 0, 0)
        roles.addWidget(heading("担任的角色", 1.0))
        roles.addLayout(self._held)
        roles.addLayout(self._others)
        choices = QFormLayout()
        choices.addRow("角色", self.role)
        choices.addRow(self.place_label, self.place)
        roles.addLayout(choices)
        roles.addWidget(self.place_help)
        line = row(self.days_line, self.assign)
        line.setStretch(0, 1)
        roles.addLayout(line)
        roles.addWidget(self._unassigned)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(16)
        body.addWidget(self._form)
        body.addWidget(self._roles_part)
        body.addStretch(1)
        self.history.hide()
        self.merge.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(row(self.title, None, self.history, self.merge))
        layout.addWidget(self._refusal)
        layout.addWidget(self.hint)
        line = row(self._registered, self.next)
        line.setStretch(0, 1)
        self._next_part = _wrap(line)
        self._next_part.hide()
        layout.addWidget(self._next_part)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._body)
        area.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        layout.addWidget(area, 1)
        self._refusal.hide()

    def _connect(self) -> None:
        for line in (self.name, self.staff_no, self.phone, self.email):
            line.textEdited.connect(self._touch)
            line.returnPressed.connect(self.save.click)
        self.department.activated.connect(self._touch)
        self.active.clicked.connect(self._touch)
        self.role.currentIndexChanged.connect(self._offer_place)
        self.place.currentIndexChanged.connect(self._chose_role)
        self.days_line.edited.connect(self._chose_role)

    def _touch(self) -> None:
        self.dirty = True
        self.revert.setEnabled(True)
        self.judge()

    def _offer_place(self) -> None:
        """A role is played in the person's own department, unless another is chosen.

        Who sits in one of the ``serving`` departments looks after another one: that is left to choose.
        """
        role = self._roles.get(str(self.role.currentData()))
        own = self._person.department if self._person else ""
        if self.place.currentIndex() < 0 and self._person and role and own not in {role.title, *self._serving}:
            self.place.setCurrentIndex(self.place.findData(_key(self._person.department_id)))
        self._chose_role()

    def _chose_role(self) -> None:
        role = self._roles.get(str(self.role.currentData()))
        local = role is not None and role.scope is Scope.DEPARTMENT
        self._name_place(role if local else None)
        place = _id(self.place.currentData()) if local else None
        held = {(item.role_key, item.department_id) for item in self._person.roles} if self._person else set()
        again = role is not None and (role.key, place) in held and self.days_line.blank
        if role is None:
            told = "请选择角色。"
        elif local and place is None:
            told = f"请选择{role.place}。"
        else:
            told = "已经担任这个角色。" if again else self._wrong_days()
        self._unassigned.setText(told)
        self._unassigned.setVisible(bool(told))
        self.assign.setEnabled(not told)

    def _name_place(self, role: Role | None) -> None:
        """Say whose department is asked for: that of the projects, which may be another than the person's own."""
        for part in (self.place_label, self.place, self.place_help):
            part.setVisible(role is not None)
        if role is not None:
            self.place_label.setText(role.place)
            self.place.setPlaceholderText(f"选择{role.place}")
            self.place_help.setText(
                f"{role.place}是项目归属的部门：归它和它的下级部门的项目由这里指定的人办理，不一定是本人所在的部门。"
            )

    def _wrong_days(self) -> str:
        try:
            self.days = self.days_line.days()
        except Unreadable as error:
            return f"{error}。"
        return ""

    def _assign(self) -> None:
        if self._person is not None and not self._wrong_days():
            department = None if self.place.isHidden() else _id(self.place.currentData())
            self.assigned.emit(self._person.id, str(self.role.currentData()), department)

    def _held_line(self, held: RoleHeld) -> QWidget:
        until = f" 至 {held.until}" if held.until else ""
        end = button("结束…", lambda: self.ended.emit(held))
        dates = button("起止…", lambda: self.redated.emit(held))
        made = QWidget()
        lines = QVBoxLayout(made)
        lines.setContentsMargins(0, 0, 0, 4)
        lines.setSpacing(0)
        lines.addWidget(words(held.text))
        lines.addLayout(row(words(f"自 {held.since}{until}", "muted", wrap=False), None, dates, end))
        return made

    def _other_line(self, held: RoleHeld, time: str) -> QWidget:
        until = f" 至 {held.until}" if held.until else " 起"
        line = row(words(f"{time}　{held.text}　{held.since}{until}", "muted"))
        line.setStretch(0, 1)
        if time == _TIMES["future"]:
            line.addWidget(button("起止…", lambda: self.redated.emit(held)))
            line.addWidget(button("取消…", lambda: self.ended.emit(held)))
        return _wrap(line)


def _wrap(line: QHBoxLayout) -> QWidget:
    made = QWidget()
    made.setLayout(line)
    return made


def _key(department_id: UUID | None) -> str:
    """A department as a box holds it: lists of choices compare texts, not ids."""
    return str(department_id) if department_id else ""


def _id(key: object) -> UUID | None:
    return UUID(str(key)) if key else None
