"""Inviting a person to a shared office, and the invitation: shown once, to be copied, printed or saved."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop import TITLE
from desktop.domain.errors import Refusal
from desktop.domain.server_place import Invitation, Trust, invitation_text, is_this_machine, name_trouble
from desktop.exchange.atomic_file import replacing
from desktop.services.logins import LoginRow, invitation_place, invite_person, list_logins, suggest_login
from desktop.services.people import PersonRow
from desktop.ui.desk import Desk
from desktop.ui.error_dialog import show_error
from desktop.ui.files import ask_where_to_save
from desktop.ui.pieces import button, heading, named, row, take_size, words
from desktop.ui.who import PeopleChooser

_LETTERS = "文本文件 (*.txt)"


class InviteDialog(QDialog):
    """Chooses a person and their login. ``invitation`` holds what came of it once the dialog was accepted."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("invite")
        self.setWindowTitle("邀请人员")
        take_size(self, 680, 620)
        self._desk = desk
        self.invitation: Invitation | None = None
        self.people = PeopleChooser(desk.office, desk.operations, None, everyone=True)
        self.login = named(QLineEdit(), "登录名")
        self.host = named(QLineEdit(invitation_place(desk.office).host), "服务器地址")
        self.administrator = QCheckBox("也是管理员：能邀请别人、重设密码、关闭登录名")
        self._missing = words(role="muted")
        self.invite_button = button("建立登录名并写邀请函", self.invite, primary=True)
        form = QFormLayout()
        form.addRow("登录名", self.login)
        form.addRow("服务器地址", self.host)
        form.addRow("", words("别人连接时写的地址；证书要用这个名字核对。", "muted", wrap=False))
        form.addRow("", self.administrator)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(heading("邀请人员", 1.3))
        layout.addWidget(words("选一个人，给他建一个自己的登录名。还没有登记的人请先在“人员与角色”里添加。", "muted"))
        layout.addWidget(self.people, 1)
        layout.addLayout(form)
        foot = row(self._missing, button("取消", self.reject), self.invite_button)
        foot.setStretch(0, 1)
        layout.addLayout(foot)
        self.people.table.chosen.connect(self._choose)
        for line in (self.login, self.host):
            line.textChanged.connect(self._judge)
        self._known: dict[UUID, LoginRow] = {}
        self._judge()
        desk.operations.start(self, lambda _ticket: list_logins(desk.office), self._learn, key="logins")

    @property
    def problem(self) -> str:
        """Why nobody can be invited yet, or nothing."""
        if self.people.current is None:
            return "请先选一个人。"
        host = self.host.text().strip()
        if not host:
            return "请填写服务器地址。"
        return name_trouble(self.login.text().strip(), "登录名")

    def invite(self) -> None:
        """Make the login."""
        person = self.people.current
        if self.problem or person is None:
            return
        office, login, host = self._desk.office, self.login.text().strip(), self.host.text().strip()
        administrator = self.administrator.isChecked()

        def work(_ticket: object) -> Invitation:
            return invite_person(office, person, login, administrator=administrator, host=host)

        self.invite_button.setEnabled(False)
        self._desk.operations.start(self, work, self._take, failed=self._failed, waiting="正在建立登录名")

    def _take(self, invitation: Invitation) -> None:
        self.invitation = invitation
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._judge()
        show_error(self, error)

    def _choose(self, person: PersonRow | None) -> None:
        if person is not None:
            self.login.setText(suggest_login(person.name, person.staff_no))
        self._judge()

    def _learn(self, logins: Sequence[LoginRow]) -> None:
        self._known = {login.person_id: login for login in logins if login.person_id is not None}
        self._judge()

    def _judge(self) -> None:
        problem = self.problem
        here = "注意：这个地址只有本机认得，别人连接不到。" if is_this_machine(self.host.text()) else ""
        known = self._known.get(self.people.current) if self.people.current is not None else None
        if known is not None:
            here = f"注意：这个人已有登录名“{known.name}”（{known.state}）。忘了密码请用“重设密码”。"
        self._missing.setText(problem or here)
        self.invite_button.setEnabled(not problem)


class InvitationDialog(QDialog):
    """Shows an invitation; the one-time password in it is nowhere else."""

    def __init__(self, invitation: Invitation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("invitation")
        self.setWindowTitle("邀请函")
        take_size(self, 640, 560)
        self._name = f"邀请函_{invitation.place.login}.txt"
        self.text = named(QPlainTextEdit(invitation_text(invitation, TITLE)), "邀请函")
        self.text.setReadOnly(True)
        self.said = words(role="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(heading(f"给{invitation.person or invitation.place.login}的邀请函", 1.3))
        layout.addWidget(words("一次性密码只在这里显示这一次。关上以后再要，就得重设密码。", "problem"))
        layout.addWidget(self.text, 1)
        if invitation.place.trust is Trust.FILE:
            file = invitation.place.ca_file
            layout.addWidget(words(f"请把 CA 证书文件一起交给他（里面没有秘密），他连接时要选中它：{file}"))
        layout.addWidget(self.said)
        close = button("关闭", self.accept)
        layout.addLayout(
            row(button("打印…", self.print), button("存为文件…", self.save), None, close, self._copy_button())
        )

    def _copy_button(self) -> QWidget:
        return button("复制", self.copy, primary=True)

    def copy(self) -> None:
        """Put the whole invitation on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.said.setText("已复制。请只发给本人，发出后清空剪贴板。")

    def print(self) -> None:
        """Print it as it stands."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self._print_on(printer))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)

    def _print_on(self, printer: QPrinter) -> None:
        document = QTextDocument(self.text.toPlainText())
        document.setDefaultFont(self.font())
        document.print_(printer)
        self.said.setText("已送去打印。")

    def save(self) -> None:
        """Write it into a file of the person's choice."""
        path = ask_where_to_save(self, "存邀请函", self._name, _LETTERS)
        if path is None:
            return
        try:
            with replacing(path) as stream:
                stream.write(self.text.toPlainText().encode())
        except Refusal as refusal:
            show_error(self, refusal)
            return
        self.said.setText(f"已存为“{path}”，交给本人后请删除。")
