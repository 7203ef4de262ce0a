"""个人信息保存期限: how long contacts of people who left stay, and erasing what has stayed long enough."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QListWidget, QSpinBox, QVBoxLayout, QWidget

from desktop.domain.errors import Refusal
from desktop.domain.policy_terms import Action
from desktop.services.changes import Done
from desktop.services.office import Reading
from desktop.services.retention import (
    DuePerson,
    RetentionRules,
    due_people,
    erase,
    log_days,
    retention_rules,
    set_log_days,
    set_retention_rules,
)
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.operations import Ticket
from desktop.ui.pages.settings_panel import refusal_for
from desktop.ui.pieces import button, heading, named, row, words
from desktop.ui.question import ask

_SIZE = (620, 520)
_MOST = 1200


class RetentionDialog(QDialog):
    """The office's months, this machine's days, and who is due."""

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        super().__init__(owner.window())
        self.desk = desk
        self.due: list[DuePerson] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("个人信息保存期限")
        self.resize(*_SIZE)
        self.contact, self.unnamed = self._months("联系方式的月数"), self._months("全部资料的月数")
        self.days = named(QSpinBox(), "日志的天数")
        self.days.setRange(1, _MOST)
        self.days.setSuffix(" 天")
        self.list = named(QListWidget(), "已到期的人员")
        self.refusal = words(role="muted")
        self.save = button("保存期限", self._save)
        self.erase = button("清除已到期的…", self._ask_to_erase)
        form = QFormLayout()
        form.addRow("离职人员的电话、邮箱，离职后", self.contact)
        form.addRow("没有任何记录提到的离职人员，全部资料在离职后", self.unnamed)
        form.addRow("本机的旧运行日志", self.days)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(heading("个人信息保存期限", 1.15))
        layout.addLayout(form)
        layout.addLayout(row(self.refusal, None, self.save))
        layout.addWidget(heading("已到期", 1.0))
        layout.addWidget(self.list, 1)
        layout.addWidget(
            words(
                "清除后，人员资料中的这些栏变为空白，日志中记载过它们的内容也被抽去，只留校验值和一条清除记录；"
                "签过的字、填过的表单不受影响。已经做好的备份不会改动，请按备份的保留期限处理。",
                "muted",
            )
        )
        layout.addLayout(row(self.erase, None, button("关闭", self.reject)))
        self.reload()

    def _months(self, name: str) -> QSpinBox:
        box = named(QSpinBox(), name)
        box.setRange(0, _MOST)
        box.setSuffix(" 个月")
        box.setSpecialValueText("不清除")
        return box

    def reload(self) -> None:
        """Read rules and who is due anew."""
        actor = self.desk.actor
        self.days.setValue(log_days(self.desk.office.home))

        def query(reading: Reading) -> tuple[RetentionRules, list[DuePerson], str]:
            return retention_rules(reading), due_people(reading), refusal_for(reading, actor, Action.MANAGE_PEOPLE)

        self.desk.read(self, query, self._show, key="due")

    def _show(self, found: tuple[RetentionRules, list[DuePerson], str]) -> None:
        rules, self.due, refusal = found
        self.contact.setValue(rules.contact_months)
        self.unnamed.setValue(rules.unnamed_months)
        self.list.clear()
        self.list.addItems([f"{one.name}　离职于 {one.left_on}　清除{one.extent.words}" for one in self.due])
        if not self.due:
            self.list.addItem("没有到期的人员信息。")
        self.refusal.setText(refusal)
        self.erase.setEnabled(bool(self.due) and not refusal)
        for box in (self.contact, self.unnamed):
            box.setEnabled(not refusal)

    def _save(self) -> None:
        try:
            set_log_days(self.desk.office.home, self.days.value())
        except Refusal as refusal:
            show_error(self, refusal)
            return
        if self.contact.isEnabled():
            rules = RetentionRules(self.contact.value(), self.unnamed.value())
            self.desk.run(self, partial(set_retention_rules, rules=rules), lambda _nothing: self.reload())

    def _ask_to_erase(self) -> None:
        ask(
            self,
            f"清除 {len(self.due)} 人已到期的个人信息吗？",
            "清除以后不能找回，也不能从日志中重建。",
            yes="清除",
            danger=True,
            then=self._erase,
        )

    def _erase(self) -> None:
        office, actor, people = self.desk.office, self.desk.actor, [one.id for one in self.due]

        def work(_ticket: Ticket) -> Done[int]:
            return erase(office, actor, people)

        def then(_count: int) -> None:
            self.reload()

        self.desk.operations.start(self, work, then, waiting="正在清除")
