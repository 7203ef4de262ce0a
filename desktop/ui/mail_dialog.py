"""Sending a report: to whom, as a mail file for the person's own mail program or through the office's server."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.report import Report
from desktop.services.mailing import MailServer, SentLetter, mail_server, note_sent, send_once, sent_letters
from desktop.services.office import Reading, Work
from desktop.services.reporting import Recipient, recipients, report_letter, report_mail
from desktop.services.week_papers import paper_due
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.files import ask_where_to_save
from desktop.ui.pieces import button, named, row, words
from desktop.ui.question import tell

_MAILS = "邮件文件 (*.eml)"
_SHOWN = 3


@dataclass(frozen=True)
class Outlook:
    """What is known before sending: to whom, by which server, and what went out before."""

    to: tuple[Recipient, ...]
    server: MailServer | None
    earlier: tuple[SentLetter, ...]


def outlook(reading: Reading, report: Report, week: str) -> Outlook:
    """Everything that the dialog shows.

    Raises:
        Refusal: the policy has no such paper.
    """
    due = paper_due(reading, report.key, week)
    earlier = sent_letters(reading, f"{report.key}:{week}")
    return Outlook(tuple(recipients(reading, due.rule)), mail_server(reading), tuple(earlier))


class MailDialog(QDialog):
    """Recipients to tick, and the two ways to send; the password is kept in this window alone."""

    def __init__(self, desk: Desk, report: Report, week: str, found: Outlook, owner: QWidget) -> None:
        super().__init__(owner.window())
        self.desk, self.report, self.week = desk, report, week
        self.key = f"{report.key}:{week}"
        self.setWindowTitle(f"发送《{report.title}》")
        self.setMinimumWidth(560)
        self.boxes = [(one, _box(one)) for one in found.to]
        self.more = named(QLineEdit(placeholderText="其他收件人邮箱，用分号隔开"), "其他收件人")
        self.password = named(QLineEdit(echoMode=QLineEdit.EchoMode.Password), "邮箱密码")
        self.password.setPlaceholderText("邮箱密码或授权码，只在本次使用，不保存")
        self.again = QCheckBox("再次发送给已经收到的人")
        self.write = button("存为邮件文件…", self._write)
        self.send = button("发送", self._send, primary=True)
        self.told = words(role="muted")
        self._show_server(found.server)
        self._show_earlier(found.earlier)
        self._lay_out(found)

    def chosen(self) -> tuple[tuple[str, str], ...]:
        """The recipients that are ticked, and those written below."""
        people = [(one.person.name, one.email) for one, box in self.boxes if box.isChecked()]
        others = (part.strip() for part in self.more.text().replace("；", ";").replace("，", ";").split(";"))
        return (*people, *(("", part) for part in others if part))

    def _show_server(self, server: MailServer | None) -> None:
        self.send.setEnabled(server is not None)
        self.send.setToolTip("" if server else "还没有设置邮件服务器（设置—邮件）")
        self.password.setVisible(server is not None and bool(server.user))

    def _show_earlier(self, earlier: Sequence[SentLetter]) -> None:
        self.again.setVisible(bool(earlier))
        self.told.setText("\n".join(one.told for one in earlier[-_SHOWN:]) or "还没有发送过。")

    def _write(self) -> None:
        path = ask_where_to_save(self, "存为邮件文件", f"{self.report.name}.eml", _MAILS)
        if path is None:
            return
        office, report, to, key = self.desk.office, self.report, self.chosen(), self.key
        actor = self.desk.actor

        def work() -> None:
            report_mail(office, report, to, path)

            def note(done: Work) -> None:
                addresses = tuple(address for _name, address in to)
                note_sent(done, key, SentLetter(done.now, done.actor_name, addresses, "file", path.name))

            office.run(actor, note)

        def written(_nothing: None) -> None:
            self.accept()
            tell(self.parentWidget() or self, f"已存为“{path.name}”。", f"双击它，在您的邮件程序中核对后发送。\n{path}")

        self.desk.operations.start(self, lambda _ticket: work(), written, waiting="正在写邮件文件")

    def _send(self) -> None:
        self.send.setEnabled(False)
        office, report, actor = self.desk.office, self.report, self.desk.actor
        to, password, again = self.chosen(), self.password.text(), self.again.isChecked()

        def work() -> str:
            return send_once(office, actor, self.key, report_letter(office, report, to), password, again=again)

        def sent(what: str) -> None:
            self.accept()
            tell(self.parentWidget() or self, what)

        self.desk.operations.start(self, lambda _ticket: work(), sent, failed=self._failed, waiting="正在发送邮件")

    def _failed(self, error: Exception) -> None:
        self.send.setEnabled(True)
        show_error(self, error)
        self.desk.read(self, functools.partial(sent_letters, key=self.key), self._show_earlier)

    def _lay_out(self, found: Outlook) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(words("收件人", "muted"))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        for _one, box in self.boxes:
            column.addWidget(box)
        if not self.boxes:
            column.addWidget(words("制度规定的收件角色目前没有人担任；可以在下面填写。"))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        layout.addWidget(area, 1)
        lacking = sum(not one.email for one in found.to)
        if lacking:
            layout.addWidget(words(f"有 {lacking} 人没有登记邮箱，请在“设置—人员”中填写。", "problem"))
        layout.addWidget(self.more)
        layout.addWidget(self.password)
        layout.addWidget(self.again)
        layout.addWidget(self.told)
        layout.addLayout(row(None, button("取消", self.reject), self.write, self.send))


def _box(one: Recipient) -> QCheckBox:
    made = QCheckBox(f"{one.person.name}　{one.role}　{one.email or '没有邮箱'}")
    made.setChecked(bool(one.email))
    made.setEnabled(bool(one.email))
    return made
