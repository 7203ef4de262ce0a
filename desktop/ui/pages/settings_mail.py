"""The office's mail server: where reports are handed in; the password is asked when something is sent (INFO-1)."""

from __future__ import annotations

import functools
from typing import Any

from PySide6.QtWidgets import QFormLayout, QLineEdit, QVBoxLayout

from desktop.domain.policy_terms import Action
from desktop.services.mailing import MailServer, Security, change_mail_server, mail_server, mail_server_version
from desktop.services.office import Work
from desktop.ui.desk import Desk
from desktop.ui.fields.choices import QuietCombo
from desktop.ui.pages.settings_panel import Panel, changed_hint, refusal_for
from desktop.ui.pieces import button, card, heading, named, row, words
from desktop.ui.saving import save_record

_PORTS = {Security.TLS: "465", Security.STARTTLS: "587", Security.NONE: "25"}
_NOTE = (
    "不设置也可以发送：把通报、简报存为邮件文件，在您自己的邮件程序中打开、核对、发送。"
    "设置之后，程序可以直接交给这台服务器发出。密码在发送时填写，不保存在数据里。"
)


class MailPanel(Panel):
    """One card: server, port, security, user and sender."""

    key = "mail"
    title = "邮件"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.host = named(QLineEdit(placeholderText="smtp.example.com"), "邮件服务器")
        self.port = named(QLineEdit("465"), "端口")
        self.security = named(QuietCombo(), "加密方式")
        for one in Security:
            self.security.addItem(one.label, one.value)
        self.user = named(QLineEdit(placeholderText="一般是完整的邮箱地址"), "用户名")
        self.address = named(QLineEdit(placeholderText="pmo@example.com"), "发件人邮箱")
        self.shown_name = named(QLineEdit(placeholderText="例如：项目管理部"), "发件人名称")
        self.refusal = words(role="muted")
        self.wrong = words(role="problem")
        self.wrong.hide()
        self.save = button("保存", self._save, primary=True)
        self.remove = button("清除设置", self._remove)
        self._dirty = False
        self._version = 0
        self._lay_out()
        for line in self._lines:
            line.textEdited.connect(self._touch)
        self.security.activated.connect(self._choose)

    @property
    def _lines(self) -> tuple[QLineEdit, ...]:
        return self.host, self.port, self.user, self.address, self.shown_name

    @property
    def unsaved(self) -> str:
        return "邮件服务器" if self._dirty else ""

    def reload(self) -> None:
        actor = self.desk.actor
        self.desk.read(
            self, lambda reading: refusal_for(reading, actor, Action.MANAGE_OFFICE), self._set_refusal, key="right"
        )
        self.desk.read(
            self, lambda reading: (mail_server(reading), mail_server_version(reading)), self._show, key="server"
        )

    def _show(self, found: tuple[MailServer | None, int]) -> None:
        if self._dirty:
            self.wrong.setText("" if found[1] == self._version else changed_hint(""))
            self.wrong.setVisible(found[1] != self._version)
            return
        server, self._version = found
        self.remove.setVisible(server is not None)
        if server is not None:
            self.host.setText(server.host)
            self.port.setText(str(server.port))
            self.security.setCurrentIndex(self.security.findData(server.security.value))
            self.user.setText(server.user)
            self.address.setText(server.sender)
            self.shown_name.setText(server.name)
        self._settle()

    def _touch(self) -> None:
        self._dirty = True
        self.save.setEnabled(True)

    def _choose(self) -> None:
        self.port.setText(_PORTS[Security(self.security.currentData())])
        self._touch()

    def _save(self) -> None:
        port = self.port.text().strip()
        self.wrong.setVisible(not port.isdecimal())
        if not port.isdecimal():
            self.wrong.setText(f"端口“{port}”不是数字。")
            return
        values = {
            "host": self.host.text().strip(),
            "port": int(port),
            "security": self.security.currentData(),
            "user": self.user.text().strip(),
            "sender": self.address.text().strip(),
            "name": self.shown_name.text().strip(),
        }
        save_record(self.desk, self, _change, values, self._version, lambda _nothing: self._saved())

    def _remove(self) -> None:
        for line in self._lines:
            line.clear()
        drop = functools.partial(change_mail_server, server=None)
        save_record(self.desk, self, drop, {}, self._version, lambda _nothing: self._saved(), deed="清除")

    def _saved(self) -> None:
        self._settle()
        self.reload()

    def _settle(self) -> None:
        self._dirty = False
        self.save.setEnabled(False)

    def _set_refusal(self, refusal: str) -> None:
        self.refusal.setText(refusal)
        self.refusal.setVisible(bool(refusal))
        for part in (*self._lines, self.security, self.remove):
            part.setEnabled(not refusal)

    def _lay_out(self) -> None:
        frame, column = card()
        column.addWidget(heading("邮件服务器", 1.15))
        column.addWidget(words(_NOTE, "muted"))
        column.addWidget(self.refusal)
        form = QFormLayout()
        form.addRow("邮件服务器", self.host)
        form.addRow("加密方式", self.security)
        form.addRow("端口", self.port)
        form.addRow("用户名", self.user)
        form.addRow("发件人邮箱", self.address)
        form.addRow("发件人名称", self.shown_name)
        column.addLayout(form)
        column.addWidget(self.wrong)
        column.addLayout(row(None, self.remove, self.save))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        layout.addStretch(1)


def _change(work: Work, *, version: int, security: str, **values: Any) -> None:  # noqa: ANN401 - the server's fields
    change_mail_server(work, MailServer(security=Security(security), **values), version)
